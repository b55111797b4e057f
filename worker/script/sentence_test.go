package script_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lector/worker/script"
)

// TestSentences holds how hard paragraphs of each language are split. A line of
// a set is one paragraph, its sentences parted by ¦.
func TestSentences(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/sentences/*.txt")
	if err != nil || len(files) < 8 {
		t.Fatalf("the sets are not all there: %v, %v", files, err)
	}
	all, right := 0, 0
	for _, file := range files {
		n, ok := scoreSentences(t, file)
		t.Logf("sentences %s: %d of %d paragraphs", filepath.Base(file), ok, n)
		all, right = all+n, right+ok
	}
	t.Logf("SCORE sentences %.1f %% of %d paragraphs", 100*float64(right)/float64(all), all)
	if all < 200 {
		t.Errorf("only %d paragraphs", all)
	}
}

func scoreSentences(t *testing.T, file string) (n, right int) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lang := strings.TrimSuffix(filepath.Base(file), ".txt")
	for line := range strings.Lines(string(data)) {
		want := strings.Split(strings.TrimSpace(line), " ¦ ")
		got := script.Sentences(strings.Join(want, " "), lang)
		n++
		if slices.Equal(got, want) {
			right++
			continue
		}
		t.Errorf("%s\n got %q\nwant %q", lang, got, want)
	}
	return n, right
}
