package script_test

import (
	"os"
	"strings"
	"testing"

	"lector/worker/script"
)

// TestVerbal holds what is said for numbers, dates and names, by class. Case
// and hyphens do not count: a voice hears neither.
func TestVerbal(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/verbal.txt")
	if err != nil {
		t.Fatal(err)
	}
	all, right := map[string]int{}, map[string]int{}
	for line := range strings.Lines(string(data)) {
		class, rest, found := strings.Cut(strings.TrimSpace(line), ": ")
		written, spoken, ok := strings.Cut(rest, " => ")
		if strings.HasPrefix(line, "#") || !found || !ok {
			continue
		}
		all[class]++
		got, _ := script.Normalise(written, "en", script.Full)
		for want := range strings.SplitSeq(spoken, " | ") {
			if heard(got) == heard(want) {
				right[class]++
				spoken = ""
				break
			}
		}
		if spoken != "" {
			t.Errorf("%s: %q is said %q, not %q", class, written, got, spoken)
		}
	}
	total, good := 0, 0
	for class, n := range all {
		t.Logf("SCORE %s %d of %d", class, right[class], n)
		total, good = total+n, good+right[class]
	}
	t.Logf("SCORE verbalisation %.1f %% of %d", 100*float64(good)/float64(total), total)
	if total < 400 {
		t.Errorf("only %d cases", total)
	}
}

// TestVerbalProperties holds on every case and level that what was spelled out
// once stays as it is, and that the spans lead back to the source.
func TestVerbalProperties(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/verbal.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ": ")
		written, _, ok := strings.Cut(rest, " => ")
		if !ok {
			continue
		}
		for _, level := range []script.Level{script.Full, script.Light, script.Off} {
			once, spans := script.Normalise(written, "en", level)
			if twice, _ := script.Normalise(once, "en", level); twice != once {
				t.Errorf("%s: %q is said %q, and then %q", level, written, once, twice)
			}
			checkSpans(t, cleaned(written, "en"), once, spans)
		}
	}
}

// heard reduces a text to what is heard of it.
func heard(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer("-", " ", ",", "").Replace(s)), " "))
}
