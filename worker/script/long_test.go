package script_test

import (
	"strings"
	"testing"
	"time"

	"lector/worker/script"
)

// TestLongRuns holds that a run without a space, of numbers or of signs, takes
// a time that grows with its length and no faster. The bound is many times
// what it takes.
func TestLongRuns(t *testing.T) {
	t.Parallel()
	const size = 200_000
	for name, text := range map[string]string{
		"numbers and dashes": strings.Repeat("1-", size/2),
		"numbers and points": strings.Repeat("1.", size/2),
		"strokes in a word":  "a" + strings.Repeat("/", size) + "b",
		"strokes at the end": "a " + strings.Repeat("/", size),
		"numbers dialled":    strings.Repeat("call 12 ", size/8),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			script.Normalise(text, "en", script.Full)
			if took := time.Since(start); took > 15*time.Second {
				t.Errorf("%d bytes took %s", len(text), took)
			}
		})
	}
}
