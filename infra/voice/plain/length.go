package plain

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"lector"
)

// CheckLength returns how long text is in the voice's unit, and a permanent error when
// that is nothing or more than one call takes: no call should be made then.
func CheckLength(text string, c lector.Capabilities) (int, error) {
	n := len(text)
	if c.Unit == lector.Characters {
		n = utf8.RuneCountInString(text)
	}
	switch {
	case n == 0:
		return 0, lector.Permanent(errors.New("nothing to say"))
	case n > c.MaxLength:
		return n, lector.Permanent(fmt.Errorf("%d %s are more than %d", n, c.Unit, c.MaxLength))
	}
	return n, nil
}
