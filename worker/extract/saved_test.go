package extract_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lector/worker/extract"
)

var update = flag.Bool("update", false, "write the golden files")

// TestGolden holds what is read of pages saved as text, in the manner of
// several kinds of sites.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/saved/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no saved pages", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := extract.File(name, data, extract.Rules{})
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(kept(p), "\n") + "\n"
		golden := strings.TrimSuffix(name, ".txt") + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: read\n%s\nwant\n%s", name, got, want)
		}
	}
}
