package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lector"
)

// TestGarbageOfAnEditedArticle makes clips old that an edit has left behind.
func TestGarbageOfAnEditedArticle(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	clip := func(letter string, age time.Duration) string {
		hash := ""
		for range 64 {
			hash += letter
		}
		name := filepath.Join(c.dir, "store", filepath.FromSlash(lector.ClipKey(hash)))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("mp3"), 0o600); err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(name, then, then); err != nil {
			t.Fatal(err)
		}
		return name
	}
	old, young := clip("a", 60*24*time.Hour), clip("b", time.Hour)
	var r gcReport
	if err := json.Unmarshal([]byte(c.must("gc", "-plan", "-json")), &r); err != nil || r.Removed != 0 || r.Found.Clips.Objects != 1 {
		t.Errorf("the plan is %+v, %v", r, err)
	}
	if out := c.must("gc", "-plan"); !strings.Contains(out, "nothing was removed: this is the plan") || !exists(old) {
		t.Errorf("the plan says %s", out)
	}
	if code := c.run("gc"); code != 2 || !exists(old) {
		t.Errorf("unasked: exit code %d, %s", code, &c.err)
	}
	c.must("gc", "-yes")
	if exists(old) || !exists(young) {
		t.Errorf("the old clip is there: %v; the young one: %v", exists(old), exists(young))
	}
	if code := c.run("gc", "-grace", "1s"); code != 2 {
		t.Errorf("a grace of a second: exit code %d", code)
	}
}
