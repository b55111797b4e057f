package mpeg

import (
	"errors"
	"fmt"
)

// Kind says what is wrong at a place in a stream.
type Kind string

// The kinds of problems.
const (
	Garbage      Kind = "garbage"       // bytes that are neither frame nor tag
	Truncated    Kind = "truncated"     // a frame whose end is missing
	TagInside    Kind = "tag inside"    // a tag between frames
	BadTag       Kind = "bad tag"       // a tag that claims more bytes than there are
	LostData     Kind = "lost data"     // main data that the stream does not hold
	BadSideInfo  Kind = "bad side info" // side information that no encoder writes
	BadChecksum  Kind = "bad checksum"  // a CRC that does not fit
	FormatSwitch Kind = "format switch" // frames of another format inside
)

// Problem is something in a stream that should not be there. The stream can
// still be read past it.
type Problem struct {
	Kind   Kind   `json:"kind"`
	Offset int64  `json:"offset"` // in bytes, from the start of the file
	Length int64  `json:"length,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// String returns the problem in one line.
func (p Problem) String() string {
	s := fmt.Sprintf("%s at byte %d", p.Kind, p.Offset)
	if p.Length > 0 {
		s += fmt.Sprintf(", %d bytes", p.Length)
	}
	if p.Detail != "" {
		s += ": " + p.Detail
	}
	return s
}

// ErrNoAudio is returned for a source in which no frame can be found.
var ErrNoAudio = errors.New("no MPEG Layer III audio")

// ErrFreeFormat is returned where a stream without a stated bit rate cannot be used.
var ErrFreeFormat = errors.New("free format is not supported")

// maxProblems bounds the list; a damaged gigabyte must not fill the memory.
const maxProblems = 2000

// problems is a bounded list.
type problems struct {
	list    []Problem
	dropped int
}

func (p *problems) add(x Problem) {
	if len(p.list) < maxProblems {
		p.list = append(p.list, x)
		return
	}
	p.dropped++
}
