package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lector"
)

// TestBackupOfARunningInstallation brings an installation elsewhere: what was heard is
// heard there, and the next edit pays for what changed only.
func TestBackupOfARunningInstallation(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	article, withdrawn := sampleArticle("kept"), sampleArticle("withdrawn")
	before := h.publishAndWait(lector.Published, article)
	h.publishAndWait(lector.Published, withdrawn)
	kept := t.TempDir()
	h.terminal().must("backup", kept)
	h.publishAndWait(lector.Unpublished, withdrawn)
	if out := h.terminal().must("backup", kept); !strings.Contains(out, ", 0 of them new") {
		t.Errorf("the second backup: %s", out)
	}
	h.shutdown()

	wrong := &terminal{t: t, dir: filepath.Join(t.TempDir(), "lector")}
	if code := wrong.run("backup", kept); code != 1 || !strings.Contains(wrong.err.String(), "is -data right?") {
		t.Errorf("of a directory that holds nothing: exit code %d, %s", code, &wrong.err)
	}
	elsewhere := &terminal{t: t, dir: filepath.Join(t.TempDir(), "lector")}
	if out := elsewhere.must("restore", kept); !strings.Contains(out, "1  jobs with public audio, 1 of them with all files") {
		t.Errorf("restored: %s", out)
	}
	if code := elsewhere.run("restore", kept); code != 1 || !strings.Contains(elsewhere.err.String(), "already has an installation") {
		t.Errorf("into a full directory: exit code %d, %s", code, &elsewhere.err)
	}
	voice := &silentVoice{}
	r := openInstallation(t, elsewhere.dir, voice).start()
	now, _, err := r.jobs.Job(t.Context(), article.Site, article.Key())
	if err != nil || now.Rendition != before.Rendition {
		t.Fatalf("the job is %+v, %v", now, err)
	}
	article.Body.Content += "\n<p>The lamps were lit for the first time on Sunday night.</p>"
	article.UpdatedAt = article.UpdatedAt.Add(1)
	edited := r.publishAndWait(lector.Updated, article)
	if edited.State != lector.Ready || edited.Sequence <= now.Sequence || voice.calls() != 1 {
		t.Errorf("the edit: %d calls, %+v", voice.calls(), edited)
	}
	if j, _, err := r.jobs.Job(t.Context(), withdrawn.Site, withdrawn.Key()); err != nil || j.State != lector.Removed || len(r.files(withdrawn)) > 0 {
		t.Errorf("what was withdrawn: %v, %+v, %v", err, j, r.files(withdrawn))
	}
}

func TestBackupThatIsNotWhole(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: filepath.Join(t.TempDir(), "lector")}
	kept := t.TempDir()
	c.must("backup", kept) // an installation that does not run, and has read nothing
	made, err := wholeBackup(kept)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(made, "backup.json")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for what, damage := range map[string]func() error{
		"no backup.json":   func() error { return os.Remove(name) },
		"another format":   func() error { return os.WriteFile(name, []byte(`{"format": 2}`), 0o600) },
		"no JSON":          func() error { return os.WriteFile(name, whole[:20], 0o600) },
		"half of a stream": func() error { return os.Truncate(streamFile(made, "ARTICLES"), 100) },
		"a stream is gone": func() error { return os.Remove(streamFile(made, "USAGE")) },
	} {
		if err := os.WriteFile(name, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		into := &terminal{t: t, dir: filepath.Join(t.TempDir(), "lector")}
		if code := into.run("restore", kept); code == 0 || into.err.Len() == 0 {
			t.Errorf("%s: exit code %d: %s %s", what, code, &into.out, &into.err)
		}
	}
	c.must("backup", kept)
	if made, err = wholeBackup(kept); err != nil {
		t.Fatal(err)
	}
	stream, err := os.ReadFile(streamFile(made, "AUDIT"))
	if err != nil {
		t.Fatal(err)
	}
	stream[len(stream)/2] ^= 1
	if err := os.WriteFile(streamFile(made, "AUDIT"), stream, 0o600); err != nil {
		t.Fatal(err)
	}
	into := &terminal{t: t, dir: filepath.Join(t.TempDir(), "lector")}
	if code := into.run("restore", kept); code != 1 || !strings.Contains(into.err.String(), "is not as the server sent it") || exists(into.dir) {
		t.Errorf("of a stream with a wrong bit: exit code %d, %s", code, &into.err)
	}
	settings := filepath.Join(t.TempDir(), "lector.yaml")
	if err := os.WriteFile(settings, []byte("nats: {url: \"nats://127.0.0.1:1\"}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := c.run("backup", "-config", settings, kept); code != 1 || !strings.Contains(c.err.String(), "nats account backup") {
		t.Errorf("of a server of its own: exit code %d, %s", code, &c.err)
	}
	for args, want := range map[string]int{"backup": 2, "restore": 2, "restore a b": 2} {
		if code := c.run(strings.Fields(args)...); code != want {
			t.Errorf("lector %s: exit code %d", args, code)
		}
	}
}

// TestBackupThatIsBrokenOff leaves the one before it whole, with what has changed and gone
// since, and takes its place when it is made to its end.
func TestBackupThatIsBrokenOff(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	edited, withdrawn := sampleArticle("edited"), sampleArticle("withdrawn")
	before := h.publishAndWait(lector.Published, edited)
	h.publishAndWait(lector.Published, withdrawn)
	kept := t.TempDir()
	h.terminal().must("backup", kept)
	edited.Body.Content += "\n<p>The lamps were lit for the first time on Sunday night.</p>"
	edited.UpdatedAt = edited.UpdatedAt.Add(1)
	after := h.publishAndWait(lector.Updated, edited)
	h.publishAndWait(lector.Unpublished, withdrawn)
	unfinished := filepath.Join(kept, unfinishedBackup)
	for what, obstacle := range map[string]string{
		"at the last stream": streamFile(unfinished, "AUDIT"),
		"within the store":   filepath.Join(unfinished, "store", "a", withdrawn.Site, edited.Key(), after.Rendition+".vtt"),
	} {
		if err := errors.Join(os.RemoveAll(obstacle), os.MkdirAll(filepath.Join(obstacle, "in", "the", "way"), 0o755)); err != nil {
			t.Fatal(err)
		}
		c := h.terminal()
		if code := c.run("backup", kept); code != 1 {
			t.Errorf("broken off %s: exit code %d, %s", what, code, &c.out)
		}
		if err := os.RemoveAll(obstacle); err != nil {
			t.Fatal(err)
		}
		h.checkBackup(kept, edited, before.Rendition, 2)
	}
	h.terminal().must("backup", kept)
	h.checkBackup(kept, edited, after.Rendition, 1)
	if entries, err := os.ReadDir(kept); err != nil || len(entries) != 1 || entries[0].Name() == unfinishedBackup {
		t.Errorf("beside the whole backup there are %v, %v", entries, err)
	}
}

// checkBackup restores a backup, in which an article has a rendition and so many are public.
func (h *installation) checkBackup(kept string, a lector.Article, rendition string, public int) {
	h.t.Helper()
	into := &terminal{t: h.t, dir: filepath.Join(h.t.TempDir(), "lector")}
	if out := into.must("restore", kept); !strings.Contains(out, fmt.Sprintf("%d  jobs with public audio, %d of them with all files", public, public)) {
		h.t.Errorf("restored: %s", out)
	}
	pointer, err := os.ReadFile(filepath.Join(into.dir, "store", lector.PointerKey(a.Site, a.Key())))
	if err != nil {
		h.t.Fatal(err)
	}
	if m, err := lector.ReadManifest(pointer); err != nil || m.Hash != rendition {
		h.t.Errorf("the pointer is to %s, want %s: %v", m.Hash, rendition, err)
	}
}

// TestBackupOfAnEarlierLector has its parts in the directory itself, among what else is
// there: it can be restored, and the next one takes its place.
func TestBackupOfAnEarlierLector(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	article := sampleArticle("kept")
	job := h.publishAndWait(lector.Published, article)
	kept := t.TempDir()
	h.terminal().must("backup", kept)
	made, err := wholeBackup(kept)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{backupStreams, backupStore, backupFile} {
		if err := os.Rename(filepath.Join(made, part), filepath.Join(kept, part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Remove(made), os.WriteFile(filepath.Join(kept, "notes"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	h.checkBackup(kept, article, job.Rendition, 1)
	if out := h.terminal().must("backup", kept); !strings.Contains(out, ", 0 of them new") {
		t.Errorf("after it: %s", out)
	}
	h.checkBackup(kept, article, job.Rendition, 1)
	left, err := filepath.Glob(filepath.Join(kept, "*"))
	if err != nil || len(left) != 2 || filepath.Base(left[1]) != "notes" {
		t.Errorf("there are %q, %v", left, err)
	}
}
