package audio

import (
	"errors"
	"fmt"

	"lector/audio/mpeg"
)

// ErrNoParts is returned for a stitch of nothing.
var ErrNoParts = errors.New("no parts to stitch")

// PartError says in which part of a stitch something is wrong, and where.
type PartError struct {
	Part   string
	Index  int   // from 0
	Offset int64 // in bytes; -1 where no place can be named
	Err    error
}

// Error returns the path to the fault: "part 2 (b.mp3) at byte 4711: …".
func (e *PartError) Error() string {
	at := ""
	if e.Offset >= 0 {
		at = fmt.Sprintf(" at byte %d", e.Offset)
	}
	return fmt.Sprintf("part %d (%s)%s: %v", e.Index+1, e.Part, at, e.Err)
}

// Unwrap returns what is wrong.
func (e *PartError) Unwrap() error { return e.Err }

// FormatError is a part that cannot be joined losslessly to the first.
type FormatError struct {
	Got, Want mpeg.Format
}

// Error names both formats.
func (e *FormatError) Error() string {
	return fmt.Sprintf("is %s, the first part is %s", e.Got, e.Want)
}

// DamageError is a problem in a part where Options.Strict asks for none, or one
// that nothing can be joined across.
type DamageError struct{ mpeg.Problem }

// Error returns the problem in one line.
func (e *DamageError) Error() string { return e.Problem.String() }

// PartProblem is a problem in a part that was stitched all the same.
type PartProblem struct {
	Part string
	mpeg.Problem
}
