package main

import (
	"encoding/json"
	"errors"
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

// TestClipsOfAParkedArticleStay parks an article when some of its clips are paid, and makes
// them older than the grace time: they go only when nothing waits for them.
func TestClipsOfAParkedArticleStay(t *testing.T) {
	t.Parallel()
	v := &silentVoice{}
	v.fail = func(string) error {
		if len(v.texts) < 2 {
			return nil
		}
		return lector.WithClass(errors.New("nothing is left this month"), lector.ClassQuota)
	}
	h := openInstallation(t, t.TempDir(), v)
	h.worker.Now = func() time.Time { return time.Now().UTC().Add(-3 * time.Hour) }
	h.start()
	a := sampleArticle("1")
	h.publish(lector.Published, a)
	h.awaitState(a.ID, func(j lector.Job) bool { return j.State == lector.Parked })
	clips := h.storedClips()
	then := time.Now().Add(-2 * time.Hour)
	for _, key := range clips {
		if err := os.Chtimes(filepath.Join(h.config.Data, "store", filepath.FromSlash(key)), then, then); err != nil {
			t.Fatal(err)
		}
	}
	plan := func() (r gcReport) {
		if err := json.Unmarshal([]byte(h.terminal().must("gc", "-plan", "-json", "-grace", "1h")), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := plan(); len(clips) == 0 || r.Found.Clips.Objects != 0 || r.Waiting.Articles != 1 {
		t.Errorf("of %d clips, while it is parked: %+v", len(clips), r)
	}
	if out := h.terminal().must("gc", "-plan"); !strings.Contains(out, "1 article is not at the end: what was made since ") {
		t.Errorf("it prints %q", out)
	}
	h.publishAndWait(lector.Unpublished, a)
	if r := plan(); r.Found.Clips.Objects != len(clips) || r.Waiting.Articles != 0 {
		t.Errorf("of %d clips, when it is withdrawn: %+v", len(clips), r)
	}
}
