package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lector"
	"lector/infra/store/disk"
	"lector/infra/store/s3"
	"lector/infra/store/s3/s3test"
	"lector/infra/store/transfer"
)

// objects returns all that a store holds, by key.
func objects(t *testing.T, s transfer.Source) map[string]string {
	t.Helper()
	all := map[string]string{}
	for o, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		body, _, err := s.Open(t.Context(), o.Key)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(body)
		body.Close()
		if err != nil {
			t.Fatal(err)
		}
		all[o.Key] = string(data)
	}
	return all
}

func openS3(t *testing.T, cfg s3.Config) *s3.Store {
	t.Helper()
	s, err := s3.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// storeCopyAs runs lector store copy with the keys of the server for both
// stores, and returns what it printed.
func storeCopyAs(t *testing.T, server *s3test.Server, code int, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := &app{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(name string) string {
		switch {
		case strings.HasSuffix(name, "_ACCESS_KEY_ID"):
			return server.AccessKeyID
		case strings.HasSuffix(name, "_SECRET_ACCESS_KEY"):
			return server.SecretAccessKey
		}
		return ""
	}}
	if got := a.run(t.Context(), append([]string{"store", "copy"}, args...)); got != code {
		t.Fatalf("lector store copy %s: exit code %d\n%s%s", strings.Join(args, " "), got, &stdout, &stderr)
	}
	return stdout.String() + stderr.String()
}

// shortArticle is the n-th of many short articles.
func shortArticle(n int) lector.Article {
	a := sampleArticle(fmt.Sprint(n))
	a.Title = fmt.Sprintf("Bridge %d is open", n)
	a.Body.Content = fmt.Sprintf("<p>The bridge over river %d was opened to walkers on Friday.</p>", n)
	return a
}

// withWorker runs a worker on the store that the installation has now, until the function
// ends.
func (h *installation) withWorker(name string, s store, f func()) {
	h.t.Helper()
	h.store = s
	w := h.addWorker(name)
	ctx, stop := context.WithCancel(h.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.Run(ctx) }()
	f()
	stop()
	<-done
}

// replayAll replays jobs and returns what they were billed.
func (h *installation) replayAll(jobs []lector.Job) (billed int) {
	h.t.Helper()
	for _, j := range jobs {
		e, err := replayOf(h.t.Context(), h.conn, j)
		if err != nil {
			h.t.Fatal(err)
		}
		n, err := h.conn.Publish(h.t.Context(), e)
		if err != nil {
			h.t.Fatal(err)
		}
		again := h.awaitJob(lector.Article{Site: j.Site, ID: j.Article}, n)
		if again.State != lector.Ready || again.Usage.Reused == 0 {
			h.t.Errorf("replayed: %+v", again)
		}
		billed += again.Usage.Billed + again.Usage.Unknown
	}
	return billed
}

// TestStoreMovedThereAndBack moves fifty articles from disk into a bucket and
// back: byte for byte, and nothing is paid again.
func TestStoreMovedThereAndBack(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t, "audio")
	dir := t.TempDir()
	h := openInstallation(t, dir, &silentVoice{}).start()
	var jobs []lector.Job
	var sequences []uint64
	const articles = 50
	for n := range articles {
		sequences = append(sequences, h.publish(lector.Published, shortArticle(n)))
	}
	for n, sequence := range sequences {
		jobs = append(jobs, h.awaitJob(shortArticle(n), sequence))
	}
	if err := writeLexicon(t.Context(), h.store, allSites, lexiconFile{}); err != nil {
		t.Fatal(err)
	}
	h.shutdown()
	calls := h.voice.calls()
	bucket := "s3:audio@" + server.Endpoint
	out := storeCopyAs(t, server, 0, "-data", dir, "disk", bucket)
	if !strings.Contains(out, "the target has all that the source has") {
		t.Errorf("it says: %s", out)
	}
	inBucket := openS3(t, server.Config("audio"))
	if want, got := objects(t, h.store), objects(t, inBucket); !maps.Equal(want, got) || len(got) < 4*articles {
		t.Fatalf("%d objects on disk, %d in the bucket", len(want), len(got))
	}
	h.withWorker("two", inBucket, func() {
		if billed := h.replayAll(jobs); billed != 0 || h.voice.calls() != calls {
			t.Errorf("in the bucket: %d characters billed, %d calls more", billed, h.voice.calls()-calls)
		}
		h.publishAndWait(lector.Deleted, lector.Article{Site: defaultSite, ID: "0"})
		h.publishAndWait(lector.Published, shortArticle(articles))
	})
	calls = h.voice.calls()
	for _, target := range []string{"disk", "disk:" + filepath.Join(dir, "elsewhere")} {
		storeCopyAs(t, server, 0, "-data", dir, bucket, target)
	}
	elsewhere, err := disk.Open(filepath.Join(dir, "elsewhere"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { elsewhere.Close() })
	first, err := disk.Open(filepath.Join(dir, "store"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { first.Close() })
	want := objects(t, inBucket)
	for name, s := range map[string]*disk.Store{"the first disk": first, "a new disk": elsewhere} {
		if got := objects(t, s); !maps.Equal(want, got) {
			t.Errorf("%s has %d objects, the bucket %d", name, len(got), len(want))
		}
	}
	h.withWorker("three", elsewhere, func() {
		if billed := h.replayAll(jobs[1:]); billed != 0 || h.voice.calls() != calls {
			t.Errorf("back on disk: %d characters billed, %d calls more", billed, h.voice.calls()-calls)
		}
	})
}

// TestStoreCopyTells reads what a program may read.
func TestStoreCopyTells(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	dir := t.TempDir()
	h := openInstallation(t, dir, &silentVoice{}).start()
	h.publishAndWait(lector.Published, sampleArticle("1"))
	h.shutdown()
	bucket := "s3:new@" + server.Endpoint
	if out := storeCopyAs(t, server, 1, "-data", dir, "disk", bucket); !strings.Contains(out, "-create-bucket creates it") {
		t.Errorf("without a bucket: %s", out)
	}
	storeCopyAs(t, server, 0, "-data", dir, "-create-bucket", "disk", bucket)
	inBucket := openS3(t, server.Config("new"))
	pointer := "a/havana/stranger/manifest.json"
	if err := inBucket.Put(t.Context(), lector.NewObject(pointer), strings.NewReader("{}")); err != nil {
		t.Fatal(err)
	}
	out := storeCopyAs(t, server, 1, "-data", dir, "-json", "disk", bucket)
	var said struct {
		From, To   string
		Plan       bool
		Settled    bool
		Renditions struct{ Objects, Copied, Kept int }
		Problems   []struct{ Key, Error, Hint string }
	}
	text, _, _ := strings.Cut(out, "\nlector: ")
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if said.Renditions.Objects == 0 || said.Renditions.Copied != 0 || said.Renditions.Kept != 1 || len(said.Problems) != 1 ||
		said.Problems[0].Key != "a/havana/stranger/" || !strings.Contains(said.To, server.Endpoint) {
		t.Errorf("it says: %s", out)
	}
	storeCopyAs(t, server, 0, "-data", dir, "-exact", "disk", bucket)
	if _, err := inBucket.Stat(t.Context(), pointer); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("-exact left the stranger: %v", err)
	}
}

// TestStoreCopyWithoutServe asks the records of a lector that is stopped.
func TestStoreCopyWithoutServe(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t, "audio")
	dir := t.TempDir()
	bucket := "s3:audio@" + server.Endpoint
	t.Run("while it runs", func(t *testing.T) {
		h := openInstallation(t, dir, &silentVoice{}).start()
		h.publishAndWait(lector.Published, sampleArticle("1"))
		h.publishAndWait(lector.Published, sampleArticle("2"))
		storeCopyAs(t, server, 0, "-data", dir, "disk", bucket)
		h.publishAndWait(lector.Unpublished, lector.Article{Site: defaultSite, ID: "1"})
		h.shutdown()
	}) // here the installation and its NATS server are closed
	storeCopyAs(t, server, 0, "-data", dir, "disk", bucket)
	a, kept := sampleArticle("1"), sampleArticle("2")
	var left []string
	for key := range objects(t, openS3(t, server.Config("audio"))) {
		if strings.HasPrefix(key, lector.Prefix(a.Site, a.Key())) {
			t.Errorf("withdrawn, and still in the bucket: %s", key)
		}
		if strings.HasPrefix(key, lector.Prefix(kept.Site, kept.Key())) {
			left = append(left, key)
		}
	}
	if len(left) < 4 {
		t.Errorf("of the other article %v is left", left)
	}
}

// TestReadyWithoutFiles: a store that is not the one of the jobs is told by
// doctor and by serve.
func TestReadyWithoutFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := openInstallation(t, dir, &silentVoice{}).start()
	check := func() finding {
		found := h.app.checkFiles(t.Context(), h.config, true)
		if len(found) != 1 {
			t.Fatalf("found %+v", found)
		}
		return found[0]
	}
	warned := func() string {
		var log bytes.Buffer
		h.server.resources.log = slog.New(slog.NewTextHandler(&log, nil))
		h.warnOfMissingAudio(t.Context())
		return log.String()
	}
	if f := check(); f.err != nil {
		t.Errorf("without any job: %v", f.err)
	}
	for _, id := range []string{"1", "2", "3"} {
		h.publishAndWait(lector.Published, sampleArticle(id))
	}
	h.publishAndWait(lector.Unpublished, lector.Article{Site: defaultSite, ID: "3"})
	h.shutdown()
	if f := check(); f.err != nil || warned() != "" {
		t.Errorf("all is there: %v, %q", f.err, warned())
	}
	lost := func(id string) {
		for _, key := range h.files(sampleArticle(id)) {
			if err := h.store.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
	}
	lost("1")
	first := sampleArticle("1")
	says := func(err error, text, hint string) bool {
		return err != nil && strings.Contains(err.Error(), text) && strings.Contains(lector.HintOf(err), hint)
	}
	if f := check(); !says(f.err, "1 article is ready", "lector replay "+first.Key()+";") || warned() != "" {
		t.Errorf("one of two is there: %v, hint %q, %q", f.err, lector.HintOf(f.err), warned())
	}
	lost("2")
	if f := check(); !says(f.err, "2 articles are ready", "lector store copy") {
		t.Errorf("nothing is there: %v, hint %q", f.err, lector.HintOf(f.err))
	}
	if got := warned(); !strings.Contains(got, "level=ERROR") || !strings.Contains(got, "lector store copy") {
		t.Errorf("serve says %q", got)
	}
}

// lectorWith runs lector as a process of its own, with variables, and returns
// what it printed on both streams.
func lectorWith(t *testing.T, env []string, args ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "lector")
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), program, args...)
	c.Dir, c.Env = dir, append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return string(out)
}

// TestDoctorOfServers: what a server does not keep is a note, and what a
// mistyped bucket is, no server is made to hide.
func TestDoctorOfServers(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t, "audio")
	good := lectorWith(t, server.Env("audio"), "doctor")
	if !strings.Contains(good, "ok    store s3 audio: usable and writable") ||
		!strings.Contains(good, "ok    store server keeps: create-only writes, ") || strings.Contains(good, "note  store") {
		t.Errorf("of a good server: %s", good)
	}
	forgets := lectorWith(t, server.Deviating(t, s3test.Forgetting("Cache-Control")).Env("audio"), "doctor")
	if !strings.Contains(forgets, `note  store server: Cache-Control: Cache-Control comes back as ""`) || !strings.Contains(forgets, "store.public_url") {
		t.Errorf("of a forgetful server: %s", forgets)
	}
	asJSON := lectorWith(t, server.Deviating(t, s3test.Without(http.MethodGet, "If-Match")).Env("audio"), "doctor", "-json")
	if !strings.Contains(asJSON, `"note": "nothing is lost`) {
		t.Errorf("as JSON: %s", asJSON)
	}
	making := server.Deviating(t, server.MakingBuckets())
	for range 2 { // the second would find the bucket that the first has made
		if out := lectorWith(t, making.Env("audoi"), "doctor"); !strings.Contains(out, "WRONG store s3 audoi") || !strings.Contains(out, "LECTOR_STORE_BUCKET") {
			t.Errorf("of a mistyped bucket: %s", out)
		}
	}
}

// TestSetupTellsOfTheServer sees what the one who sets up sees.
func TestSetupTellsOfTheServer(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	out := lectorWith(t, server.Deviating(t, s3test.Without(http.MethodPut, "If-None-Match")).Env("audio"), "setup")
	for _, want := range []string{"store s3: usable and writable", "ok    store server keeps: If-Match on put", "note  store server: create-only writes: ", "Change the lexicon from one place"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %s", want, out)
		}
	}
	if slices.Contains(strings.Fields(out), "WRONG") {
		t.Errorf("a deviation is no fault: %s", out)
	}
}
