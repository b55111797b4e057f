package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"lector"
)

func TestDeleted(t *testing.T) {
	t.Parallel()
	gone := sent{kind: lector.Deleted}
	for name, c := range map[string]struct {
		events []sent
		is     bool
	}{
		"deleted":         {[]sent{published("r1"), gone}, true},
		"published again": {[]sent{published("r1"), gone, published("r2")}, false},
		"withdrawn":       {[]sent{published("r1"), withdrawn}, false},
	} {
		h := said("1", c.events...)
		h.sentence = "The secret"
		if got := deleted([]*history{h}); (got["alpha 1"] == "The secret") != c.is {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTextIsFoundInFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a", "alpha"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a/alpha/m.json": `{"text": "The secret is out."}`, "b.json": "nothing"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	needles := map[string]string{"alpha 1": "The secret"}
	found, err := searchFiles(needles, dir)
	if want := (remain{"alpha 1", "store, /a/alpha/m.json"}); len(found) != 1 || found[0] != want || err != nil {
		t.Errorf("%v, %v", found, err)
	}
	if found, err := searchFiles(needles, filepath.Join(dir, "nowhere")); len(found) > 0 || err != nil {
		t.Errorf("where nothing is: %v, %v", found, err)
	}
}

// The sentence that is looked for stands in the event as it is sent.
func TestSentenceIsOfTheEvent(t *testing.T) {
	t.Parallel()
	l := planLoad(1, time.Minute, 10, 3)
	for i, h := range l.histories() {
		m, err := l.articles[i][0].message(noon)
		if err != nil {
			t.Fatal(err)
		}
		if found := search(map[string]string{"x": h.sentence}, m.Data, ""); len(h.sentence) < 40 || len(found) != 1 {
			t.Errorf("%q is not in the event", h.sentence)
		}
	}
}
