package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lector"
)

// TestLostStreamIsNotMadeAgain takes the files of a stream away while nothing
// runs, as a broken disk does.
func TestLostStreamIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	t.Run("use", func(t *testing.T) {
		h := openInstallation(t, c.dir, &silentVoice{}).start()
		if j := h.publishAndWait(lector.Published, sampleArticle("1")); j.State != lector.Ready {
			t.Fatalf("%+v", j)
		}
	})
	if code := c.run("setup"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &c.err)
	}
	streams, err := filepath.Glob(filepath.Join(c.dir, "nats", "jetstream", "*", "streams", "ARTICLES"))
	if err != nil || len(streams) != 1 {
		t.Fatalf("%v, %v", streams, err)
	}
	if err := os.RemoveAll(streams[0]); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve", "setup"} {
		if code := c.run(command); code != 1 || !strings.Contains(c.err.String(), "stream ARTICLES is gone") || !strings.Contains(c.err.String(), "lector setup -recreate") {
			t.Errorf("%s: exit code %d: %s", command, code, &c.err)
		}
	}
	if code := c.run("setup", "-recreate"); code != 0 || !strings.Contains(c.err.String(), "stream ARTICLES") {
		t.Fatalf("exit code %d: %s", code, &c.err)
	}
	h := openInstallation(t, c.dir, &silentVoice{}).start()
	if j := h.publishAndWait(lector.Published, sampleArticle("2")); j.State != lector.Ready || j.Sequence < 2 {
		t.Errorf("%+v", j)
	}
}

// TestReadySaysWhatIsWrong shows the watchdog's finding with its mend.
func TestReadySaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	err := lector.Hint(os.ErrNotExist, "make it")
	if got := withHint(err); got != "file does not exist\nhint: make it" {
		t.Errorf("%q", got)
	}
	if got := withHint(os.ErrNotExist); got != "file does not exist" {
		t.Errorf("%q", got)
	}
	s := &server{resources: &resources{}}
	if err := s.ready(t.Context()); err == nil {
		t.Error("ready before the store is open")
	}
}
