package feed_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lector/publisher/intake/feed"
)

// items finds the beginnings of items, whatever their prefix, where none is quoted.
var items = regexp.MustCompile(`<(?:[a-z]+:)?(?:item|entry)[\s>]`)

// addressed finds an item that states an address as its own.
var addressed = regexp.MustCompile(`(?s)<item[\s>].*?<(?:link|guid)(?: [^>]*)?>\s*(?:<!\[CDATA\[)?\s*http`)

// TestForeignFeeds reads the feeds that the makers of gofeed have collected, old and odd
// ones among them: none is taken for something else, no item of one is lost, and what
// comes out is what an event may have.
func TestForeignFeeds(t *testing.T) {
	t.Parallel()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/mmcdole/gofeed").Output()
	if err != nil {
		t.Fatal(err)
	}
	read, refused, entries, skipped := 0, 0, 0, 0
	err = filepath.WalkDir(filepath.Join(strings.TrimSpace(string(dir)), "testdata"), func(name string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(name); err != nil || d.IsDir() || ext != ".xml" && ext != ".json" {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil || isResult(name) {
			return err
		}
		doc, err := feed.Parse(data, origin)
		if err != nil {
			t.Logf("%s: %v", name, err)
			refused++
			return nil
		}
		read++
		entries += len(doc.Entries)
		skipped += doc.Skipped
		if filepath.Ext(name) == ".xml" {
			if n := len(items.FindAll(data, -1)); n != len(doc.Entries)+doc.Skipped {
				t.Errorf("%s: %d items, of which %d are articles and %d are not", name, n, len(doc.Entries), doc.Skipped)
			}
		}
		if doc.Skipped > 0 && addressed.Match(data) {
			t.Errorf("%s: an article is lost", name)
		}
		for _, e := range doc.Entries {
			if e.ID == "" || len(e.ID) > 512 || !feed.Is(data) || !strings.HasPrefix(e.URL, "http") || strings.ContainsAny(e.Title, "\n\t") {
				t.Errorf("%s: %+v", name, e)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d feeds read, %d refused, %d articles, %d items without an address", read, refused, entries, skipped)
	if read < 500 || refused > 25 || entries < 20 { // most of them have an item without an address, to show something else
		t.Errorf("%d feeds with %d articles only, %d refused", read, entries, refused)
	}
}

// isResult reports whether a file says what gofeed makes of the feed beside it.
func isResult(name string) bool {
	_, err := os.Stat(strings.TrimSuffix(name, ".json") + ".xml")
	return filepath.Ext(name) == ".json" && err == nil
}
