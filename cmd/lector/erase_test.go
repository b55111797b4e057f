package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
	"lector/worker/synth"
)

// filesWith returns the files below a directory that hold any of some texts.
func filesWith(t *testing.T, dir string, texts ...string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if os.IsNotExist(err) { // the server has replaced it
			return nil
		}
		for _, text := range texts {
			if strings.Contains(string(data), text) {
				found = append(found, name+": "+text)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// secretArticle is an article whose id, title and text stand in no other.
func secretArticle() lector.Article {
	a := sampleArticle("case-quokka-4711")
	a.Title, a.URL = "Zugzwang of the harbour master", "https://reader.example/zugzwang"
	a.Body.Content += "\n<p>The fjordgazer Ottoline Brackwater lives in the third house from the lamp.</p>"
	return a
}

var secrets = []string{"quokka", "Zugzwang", "zugzwang", "Ottoline", "fjordgazer"}

// TestEraseLeavesNothingOfAnArticle looks for its words in every file of the
// installation, while that runs.
func TestEraseLeavesNothingOfAnArticle(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	h.worker.Eraser = h.conn
	ledger, err := h.conn.UsageLedger(t.Context()) // it names the clips of earlier revisions
	if err != nil {
		t.Fatal(err)
	}
	h.worker.Narrator.Account = func(site, job, worker string) *synth.Account {
		return synth.NewAccount(site, job, worker, ledger, synth.NewMemoryLedger(nil), h.log)
	}
	h.start()
	other, secret := sampleArticle("other"), secretArticle()
	h.publishAndWait(lector.Published, other)
	needed := h.storedClips()
	h.publishAndWait(lector.Published, secret)
	kept := t.TempDir()
	h.terminal().must("backup", kept)
	secret.Body.Content += "\n<p>Ottoline Brackwater was seen there on Sunday.</p>"
	secret.UpdatedAt = secret.UpdatedAt.Add(time.Hour)
	h.publishAndWait(lector.Updated, secret)
	if len(filesWith(t, h.config.Data, secrets...)) == 0 {
		t.Fatal("the words are nowhere: the search is wrong")
	}
	c := h.terminal()
	if code := c.run("erase", "-yes", secret.Site, secret.ID); code != 1 || !strings.Contains(c.err.String(), "unpublish -deleted") {
		t.Errorf("a public article: exit code %d, %s", code, &c.err)
	}
	h.publishAndWait(lector.Deleted, secret)
	limittest.Until(t, "the deletion is announced", func() bool { return c.run("erase", "-plan", secret.Site, secret.ID) == 0 })

	var plan eraseReport
	if err := json.Unmarshal([]byte(c.must("erase", "-plan", "-json", secret.Site, secret.ID)), &plan); err != nil {
		t.Fatal(err)
	}
	if !plan.Plan || plan.Streams["bucket jobs"] == 0 || plan.Streams["stream AUDIO"] == 0 || plan.Store.Clips.Objects == 0 || plan.Store.Shared.Objects == 0 {
		t.Errorf("the plan is %+v", plan)
	}
	if !slices.ContainsFunc(plan.Stays, func(s string) bool { return strings.Contains(s, kept) }) {
		t.Errorf("nothing of the backup in %s: %q", kept, plan.Stays)
	}
	clips := h.storedClips()
	if code := c.run("erase", secret.Site, secret.ID); code != 2 || len(h.storedClips()) != len(clips) {
		t.Errorf("unasked: exit code %d, %s", code, &c.err)
	}
	if out := c.out.String(); !strings.HasPrefix(out, "would be removed of ") || strings.Contains(out, "\nremoved of") {
		t.Errorf("asked, and nobody answered: %q", out)
	}
	limittest.Until(t, "the worker has done with the deletion, and all is erased", func() bool { return c.run("erase", "-yes", secret.Site, secret.ID) == 0 })
	found := slices.DeleteFunc(filesWith(t, h.config.Data, secrets...), func(name string) bool {
		return strings.Contains(name, "KV_jobs") // whose messages cannot be overwritten: the plan says so
	})
	if len(found) > 0 {
		t.Errorf("its words are still in %q", found)
	}
	limittest.Until(t, "the index forgets it", func() bool { _, known := h.index.Job(secret.Key()); return !known })
	if now := h.storedClips(); !slices.Equal(now, needed) { // the plan counts answers too, which a busy machine keeps
		t.Errorf("of %q stay %q, want those of the other article: %q", clips, now, needed)
	}
	if found := filesWith(t, kept, secrets...); len(found) == 0 {
		t.Error("the backup has lost it: the test of what stays is wrong")
	}
	if out := c.must("erase", "-yes", secret.Site, secret.ID); !strings.Contains(out, "       0  messages of bucket jobs") {
		t.Errorf("again: %s", out)
	}
	c.must("backup", kept)
	made, err := wholeBackup(kept)
	if err != nil {
		t.Fatal(err)
	}
	if now, want := storeFiles(t, made), storeFiles(t, h.config.Data); !slices.Equal(now, want) {
		t.Errorf("the backup made after it has %q, the store %q", now, want)
	}
	again := h.publishAndWait(lector.Published, secret)
	if again.State != lector.Ready || len(h.files(other)) == 0 {
		t.Errorf("published anew: %+v; the other has %q", again, h.files(other))
	}
}

// storeFiles lists the files of the store in a data directory or a backup.
func storeFiles(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(filepath.Join(dir, "store")), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasPrefix(name, "~tmp/") {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// storedClips lists the clips of the store.
func (h *installation) storedClips() (keys []string) {
	h.t.Helper()
	for o, err := range h.store.List(h.t.Context(), "clips/") {
		if err != nil {
			h.t.Fatal(err)
		}
		keys = append(keys, o.Key)
	}
	return keys
}

// TestDeletionTakesTheClipsAlong: those that another article has too stay, and so do
// those of an article that is only withdrawn, for it may come back.
func TestDeletionTakesTheClipsAlong(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	h.clips = &deletedClips{store: h.store, log: h.log}
	h.worker.Clips = h.clips
	h.start()
	other, secret := sampleArticle("other"), secretArticle()
	withdrawn := secretArticle()
	withdrawn.ID, withdrawn.Title, withdrawn.Body.Content = "withdrawn", "A lamp went out", "<p>Nobody was at the lighthouse when the lamp went out on Saturday.</p>"
	h.publishAndWait(lector.Published, other)
	needed := h.storedClips()
	h.publishAndWait(lector.Published, withdrawn)
	kept := h.storedClips()
	h.publishAndWait(lector.Published, secret)
	all := h.storedClips()
	h.publishAndWait(lector.Unpublished, withdrawn)
	h.publishAndWait(lector.Deleted, secret)
	if len(all) <= len(kept) || len(kept) <= len(needed) {
		t.Fatalf("%d, %d and %d clips: the articles share all of them", len(needed), len(kept), len(all))
	}
	limittest.Until(t, "its clips are gone", func() bool { h.clips.remove(t.Context()); return len(h.storedClips()) <= len(kept) })
	if now := h.storedClips(); !slices.Equal(now, kept) {
		t.Errorf("the clips are %q, want %q", now, kept)
	}
	again := h.publishAndWait(lector.Published, secret)
	if again.State != lector.Ready || again.Usage.Billed == 0 {
		t.Errorf("published anew: %+v", again)
	}
}

// TestEraseOfDeadLetters erases what nobody could ever work on.
func TestEraseOfDeadLetters(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	conn := brokerOf(t, c.dir)
	giveUp(t, conn, "first", "case-quokka-4711", "third")
	if _, err := conn.Publish(t.Context(), newEvent(lector.Published, sampleArticle("waits"))); err != nil {
		t.Fatal(err)
	}
	if code := c.run("erase", "-yes", defaultSite, "waits"); code != 1 || !strings.Contains(c.err.String(), "no worker has ended") {
		t.Errorf("its event waits: exit code %d, %s", code, &c.err)
	}
	c.must("erase", "-yes", defaultSite, "nobody")
	if ids := c.listed(); len(ids) != 3 {
		t.Errorf("of nobody: letters %v stay", ids)
	}
	c.must("erase", "-yes", "case-quokka-4711")
	if ids := c.listed(); !slices.Equal(ids, []uint64{3, 1}) {
		t.Errorf("letters %v stay", ids)
	}
	if found := filesWith(t, c.dir, "quokka"); len(found) > 0 {
		t.Errorf("it is still in %q", found)
	}
	for _, args := range [][]string{{"erase"}, {"erase", "a", "b", "c"}, {"erase", "No Site", "1"}} {
		if code := c.run(args...); code != 2 {
			t.Errorf("%q: exit code %d", args, code)
		}
	}
}
