package script_test

import (
	"strings"
	"testing"

	"lector/worker/growthtest"
	"lector/worker/script"
)

// TestLongRuns holds that the work for a run without a space, of numbers or of
// signs, grows with its length and no faster.
func TestLongRuns(t *testing.T) {
	t.Parallel()
	const size = 200_000
	for name, text := range map[string]func(n int) string{
		"numbers and dashes": func(n int) string { return strings.Repeat("1-", n/2) },
		"numbers and points": func(n int) string { return strings.Repeat("1.", n/2) },
		"strokes in a word":  func(n int) string { return "a" + strings.Repeat("/", n) + "b" },
		"strokes at the end": func(n int) string { return "a " + strings.Repeat("/", n) },
		"numbers dialled":    func(n int) string { return strings.Repeat("call 12 ", n/8) },
		"numbers and spaces": func(n int) string { return strings.Repeat("12 ", n/3) },
		"amounts":            func(n int) string { return strings.Repeat("$1,", n/3) },
		"dates":              func(n int) string { return strings.Repeat("Jan. 5, ", n/8) },
		"one letter":         func(n int) string { return strings.Repeat("x", n) },
		"capitals":           func(n int) string { return strings.Repeat("X", n) },
		"initials":           func(n int) string { return strings.Repeat("X.", n/2) },
		"brackets":           func(n int) string { return strings.Repeat("(", n) },
		"quotes":             func(n int) string { return strings.Repeat("\"", n) },
		"addresses":          func(n int) string { return strings.Repeat("a.b@", n/4) },
		"stops":              func(n int) string { return strings.Repeat("A. ", n/3) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			growthtest.Linear(t, text(size/16), text(size), func(text string) { script.Normalise(text, "en", script.Full) })
		})
	}
}

// TestLongRunsOfPacks holds the same of the languages of data.
func TestLongRunsOfPacks(t *testing.T) {
	t.Parallel()
	const size = 32_000
	for name, unit := range map[string]string{
		"numbers and dashes": "1-", "numbers and points": "1.", "numbers": "7", "capitals": "X", "initials": "X.", "abbreviations": "z. B. ", "dates": "5. Mai ", "strokes": "1/", "spaces": "1 ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			growthtest.Linear(t, strings.Repeat(unit, size/16/len(unit)), strings.Repeat(unit, size/len(unit)), func(text string) { script.Normalise(text, "de", script.Full) })
		})
	}
}
