package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
)

func TestFromEventToAudio(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("1")
	j := h.publishAndWait(lector.Published, a)
	if j.State != lector.Ready || j.Stage != lector.StageDone || j.Usage.Billed == 0 || j.Usage.Reused != 0 || len(j.Chunks) != h.voice.calls() {
		t.Fatalf("job %+v after %d calls", j, h.voice.calls())
	}
	if got := h.announced(a); !slices.Equal(got, []string{lector.AudioReady}) {
		t.Errorf("announced %v", got)
	}
	m := h.manifest(a)
	first, title := m.Segments[0], m.Segments[1]
	readsTitle := title.Text == "The bridge is open." || title.Source == a.Title
	if m.Disclosure.Text != lector.DisclosureText || first.Kind != lector.SpokenDisclosure || !readsTitle {
		t.Errorf("manifest begins with %+v", m.Segments[:2])
	}
	path := m.Links.MP3[len(h.config.publicURL()):]
	r, mp3 := h.get(path)
	if r.StatusCode != 200 || int64(len(mp3)) != m.Bytes || r.Header.Get("Content-Type") != "audio/mpeg" {
		t.Errorf("GET %s: %s, %d bytes of %d", path, r.Status, len(mp3), m.Bytes)
	}
	if r, part := h.get(path, "Range", "bytes=10-19"); r.StatusCode != 206 || string(part) != string(mp3[10:20]) {
		t.Errorf("range: %s, %d bytes", r.Status, len(part))
	}
	if r, page := h.get("/embed/" + a.Site + "/" + a.ID); r.StatusCode != 200 || !strings.Contains(string(page), lector.DisclosureText) {
		t.Errorf("embed: %s", r.Status)
	}
}

// manifest reads the pointer through the public HTTP server.
func (h *installation) manifest(a lector.Article) lector.Manifest {
	h.t.Helper()
	r, body := h.get("/" + lector.PointerKey(a.Site, a.Key()))
	if r.StatusCode != 200 {
		h.t.Fatalf("manifest: %s", r.Status)
	}
	var m lector.Manifest
	if err := json.Unmarshal(body, &m); err != nil {
		h.t.Fatal(err)
	}
	return m
}

func TestSegmentsFollowEachOther(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("1")
	h.publishAndWait(lector.Published, a)
	m := h.manifest(a)
	at := 0.0
	for i, s := range m.Segments {
		for _, c := range s.Sentences {
			if c.Start < at-0.001 || c.End <= c.Start {
				t.Errorf("segment %d: sentence %q from %.3f to %.3f, after %.3f", i, c.Text, c.Start, c.End, at)
			}
			at = c.End
		}
	}
	if at > m.Duration {
		t.Errorf("the last sentence ends at %.3f of %.3f", at, m.Duration)
	}
}

func TestNothingTwice(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("1")
	e := newEvent(lector.Published, a)
	for range 5 {
		n, err := h.conn.Publish(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		h.awaitJob(a, n)
	}
	n := h.publish(lector.Updated, a) // the same state as a new event
	j := h.awaitJob(a, n)
	if j.State != lector.Ready || j.Attempts[0].Outcome != "unchanged" {
		t.Errorf("job %+v", j)
	}
	if h.voice.calls() != len(h.voice.unique()) {
		t.Errorf("%d calls for %d texts", h.voice.calls(), len(h.voice.unique()))
	}
	if got := h.announced(a); !slices.Equal(got, []string{lector.AudioReady}) {
		t.Errorf("announced %v", got)
	}
}

func (v *silentVoice) unique() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	texts := slices.Clone(v.texts)
	slices.Sort(texts)
	return slices.Compact(texts)
}

func TestEditPaysForItsParagraphOnly(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("1")
	h.publishAndWait(lector.Published, a)
	before := h.voice.calls()
	a.Body.Content = strings.Replace(a.Body.Content, "The mayor", "The governor", 1)
	a.UpdatedAt = a.UpdatedAt.Add(time.Hour)
	j := h.publishAndWait(lector.Updated, a)
	if got := h.voice.calls() - before; got != 1 {
		t.Errorf("%d calls for one paragraph", got)
	}
	if j.Usage.Billed == 0 || j.Usage.Billed > 120 || j.Usage.Reused == 0 {
		t.Errorf("bill %+v", j.Usage)
	}
	m := h.manifest(a)
	if len(m.PreviousRenditions) != 1 || m.Revision != j.Revision {
		t.Errorf("manifest of %s has history %+v", m.Revision, m.PreviousRenditions)
	}
	if got := h.announced(a); len(got) != 2 {
		t.Errorf("announced %v", got)
	}
}

func TestEditWithoutSoundCostsNothing(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("1")
	h.publishAndWait(lector.Published, a)
	before := h.voice.calls()
	a.Tags, a.Section, a.UpdatedAt = []string{"bridge"}, "City", a.UpdatedAt.Add(time.Hour)
	a.Body.Content = strings.Replace(a.Body.Content, "river", `<a href="/river">river</a>`, 1)
	j := h.publishAndWait(lector.Updated, a)
	if h.voice.calls() != before || j.Usage.Billed != 0 || j.Attempts[0].Outcome != "unchanged" {
		t.Errorf("%d calls, job %+v", h.voice.calls()-before, j)
	}
	if m := h.manifest(a); m.Revision != j.Revision {
		t.Errorf("the manifest shows revision %s, not %s", m.Revision, j.Revision)
	}
}

func TestUnpublishRemovesEverything(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("1")
	h.publishAndWait(lector.Published, a)
	mp3 := h.manifest(a).Links.MP3[len(h.config.publicURL()):]
	j := h.publishAndWait(lector.Unpublished, lector.Article{Site: a.Site, ID: a.ID})
	if j.State != lector.Removed {
		t.Fatalf("job %+v", j)
	}
	if left := h.files(a); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for _, path := range []string{mp3, "/embed/" + a.Site + "/" + a.ID, "/" + lector.PointerKey(a.Site, a.Key())} {
		if r, _ := h.get(path); r.StatusCode != http.StatusGone {
			t.Errorf("GET %s: %s, want 410", path, r.Status)
		}
	}
	never := lector.Prefix(a.Site, a.Key()) + strings.Repeat("0", 64) + ".mp3"
	for _, path := range []string{never, strings.Replace(mp3[1:], a.Key(), lector.Key(a.Site, "2"), 1), "embed/" + a.Site + "/2", lector.PointerKey(a.Site, lector.Key(a.Site, "2")), "withdrawn/" + a.Site + "/" + a.Key() + ".json"} {
		if r, _ := h.get("/" + path); r.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s, which never was: %s, want 404", path, r.Status)
		}
	}
	if got := h.announced(a); !slices.Equal(got, []string{lector.AudioReady, lector.AudioRemoved}) {
		t.Errorf("announced %v", got)
	}
	// Published once more it is there again, and costs nothing.
	before := h.voice.calls()
	if j := h.publishAndWait(lector.Published, a); j.State != lector.Ready || h.voice.calls() != before {
		t.Errorf("after %d calls %+v", h.voice.calls()-before, j)
	}
	for _, path := range []string{mp3, "/embed/" + a.Site + "/" + a.ID, "/" + lector.PointerKey(a.Site, a.Key())} {
		if r, _ := h.get(path); r.StatusCode != http.StatusOK {
			t.Errorf("published again, GET %s: %s", path, r.Status)
		}
	}
}

func TestTakedownBeatsTheJobInFlight(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{gate: make(chan struct{}, 100)}).start()
	a := sampleArticle("1")
	h.publish(lector.Published, a)
	h.voice.gate <- struct{}{} // the first call has begun and ends; the others wait
	j := h.publishAndWait(lector.Deleted, lector.Article{Site: a.Site, ID: a.ID})
	close(h.voice.gate)
	if j.State != lector.Removed {
		t.Fatalf("job %+v", j)
	}
	h.shutdown() // all that was under way has ended
	if left := h.files(a); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWhatIsNotPublicIsNotRead(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	for _, v := range []lector.Visibility{lector.Members, lector.Paid, "", "friends"} {
		a := sampleArticle("v" + string(v))
		a.Visibility = v
		if j := h.publishAndWait(lector.Published, a); j.State != lector.Refused {
			t.Errorf("visibility %q: %+v", v, j)
		}
	}
	if h.voice.calls() > 0 {
		t.Errorf("%d calls", h.voice.calls())
	}
	a := sampleArticle("1")
	h.publishAndWait(lector.Published, a)
	a.Visibility, a.UpdatedAt = lector.Paid, a.UpdatedAt.Add(time.Hour)
	if j := h.publishAndWait(lector.Updated, a); j.State != lector.Refused {
		t.Errorf("an article that went behind the paywall: %+v", j)
	}
	if left := h.files(a); len(left) > 0 {
		t.Errorf("its audio is still there: %v", left)
	}
}

func TestNewestRevisionWins(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	newer, older := sampleArticle("1"), sampleArticle("1")
	newer.Title, newer.UpdatedAt = "The bridge is closed again", newer.UpdatedAt.Add(time.Hour)
	first := h.publishAndWait(lector.Updated, newer)
	h.publish(lector.Updated, older)
	// The next event of another article shows that the old one is through.
	h.publishAndWait(lector.Published, sampleArticle("2"))
	h.publishAndWait(lector.Published, sampleArticle("3"))
	j, _, err := h.jobs.Job(t.Context(), newer.Site, newer.Key())
	if err != nil || j.Sequence != first.Sequence {
		t.Errorf("job %+v, %v", j, err)
	}
	if m := h.manifest(newer); m.Title != newer.Title {
		t.Errorf("public is %q", m.Title)
	}
}

func TestReplayCostsNothing(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("1")
	j := h.publishAndWait(lector.Published, a)
	before := h.voice.calls()
	n := h.replay(j)
	again := h.awaitJob(a, n)
	if again.State != lector.Ready || again.Attempts[0].Outcome != "ready" || again.Rendition != j.Rendition {
		t.Errorf("replayed %+v", again)
	}
	if h.voice.calls() != before || again.Usage.Billed != 0 || again.Usage.Reused != j.Usage.Billed {
		t.Errorf("%d calls, bill %+v", h.voice.calls()-before, again.Usage)
	}
	if got := h.announced(a); len(got) != 2 {
		t.Errorf("announced %v", got)
	}
}

func TestStoppedWorkerIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	gate := make(chan struct{}, 100)
	heard := make(chan string, 100)
	h := openInstallation(t, dir, &silentVoice{gate: gate, spoken: heard}).start()
	a := sampleArticle("1")
	n := h.publish(lector.Published, a)
	for range 3 {
		gate <- struct{}{}
		<-heard
	}
	h.shutdown()
	h.voice.gate = nil
	second := h.addWorker("two")
	done := make(chan struct{})
	go func() { defer close(done); second.Run(t.Context()) }()
	t.Cleanup(func() { <-done })
	j := h.awaitJob(a, n)
	if j.State != lector.Ready || len(j.Attempts) < 2 {
		t.Errorf("job %+v", j)
	}
	if h.voice.calls() != len(h.voice.unique()) {
		t.Errorf("%d calls for %d texts", h.voice.calls(), len(h.voice.unique()))
	}
}

func TestFailureIsAnnounced(t *testing.T) {
	t.Parallel()
	refusal := lector.Permanent(errors.New("content policy"))
	h := openInstallation(t, t.TempDir(), &silentVoice{fail: func(text string) error {
		if strings.Contains(text, "mayor") {
			return refusal
		}
		return nil
	}}).start()
	a := sampleArticle("1")
	j := h.publishAndWait(lector.Published, a)
	if j.State != lector.Failed || !strings.Contains(j.Reason, "content policy") || j.Stage == lector.StageTake {
		t.Errorf("job %+v", j)
	}
	if left := h.files(a); len(left) > 0 {
		t.Errorf("a failed article left %v", left)
	}
	h.voice.mu.Lock()
	h.voice.fail = nil
	h.voice.mu.Unlock()
	n := h.replay(j)
	if j := h.awaitJob(a, n); j.State != lector.Ready {
		t.Errorf("replayed %+v", j)
	}
	if h.voice.calls() != len(h.voice.unique()) {
		t.Errorf("%d calls for %d texts", h.voice.calls(), len(h.voice.unique()))
	}
}

func TestUnreadableArticleFails(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	empty := sampleArticle("1")
	empty.Body.Content = "<figure><img src=x></figure>"
	foreign := sampleArticle("2")
	foreign.Language = "uk"
	foreign.Title = "Міст відкрито"
	foreign.Body.Content = "<p>Міст через річку відкрили для пішоходів у п’ятницю вранці після двох років робіт.</p>"
	elsewhere := sampleArticle("3")
	elsewhere.Site = "nowhere"
	for _, a := range []lector.Article{empty, foreign, elsewhere} {
		if j := h.publishAndWait(lector.Published, a); j.State != lector.Failed || j.Reason == "" {
			t.Errorf("article %s: %+v", a.ID, j)
		}
	}
}

func TestTwoWorkersManyArticles(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	first := h.worker
	h.addWorker("two")
	ctx := t.Context()
	h.start()
	done := make(chan struct{})
	go func() { defer close(done); first.Run(ctx) }()
	t.Cleanup(func() { <-done })
	var want []uint64
	for i := range 12 {
		want = append(want, h.publish(lector.Published, sampleArticle(fmt.Sprint(i))))
	}
	for i, n := range want {
		a := sampleArticle(fmt.Sprint(i))
		if j := h.awaitJob(a, n); j.State != lector.Ready {
			t.Errorf("article %d: %+v", i, j)
		}
		if got := h.announced(a); len(got) != 1 {
			t.Errorf("article %d announced %v", i, got)
		}
	}
}

// TestStaleEventIsReportedAtOnce: who waits for an event that is older than what is
// known does not wait in vain.
func TestStaleEventIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	newer, older := sampleArticle("1"), sampleArticle("1")
	newer.UpdatedAt = newer.UpdatedAt.Add(time.Hour)
	first := h.publishAndWait(lector.Published, newer)
	n := h.publish(lector.Updated, older)
	j := h.awaitJob(older, n)
	if j.Sequence != first.Sequence || j.State != lector.Ready {
		t.Errorf("job %+v", j)
	}
	var out strings.Builder
	h.app.stdout = &out
	if err := h.app.printOutcome(h.config, false, j, n); err != nil || !strings.HasPrefix(out.String(), "no effect: ") {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// TestFilesThatAreGoneAreMadeAgain: files of a public article that somebody has removed from
// the store come back when the article is published again or replayed, and nothing is paid.
func TestFilesThatAreGoneAreMadeAgain(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("1")
	first := h.publishAndWait(lector.Published, a)
	before, calls := h.files(a), h.voice.calls()
	prefix := lector.Prefix(a.Site, a.Key()) + first.Rendition
	for name, lost := range map[string][]string{"the manifest": {prefix + ".manifest.json"}, "the MP3": {prefix + ".mp3"}, "all": before} {
		for _, again := range []func() uint64{
			func() uint64 { return h.publish(lector.Updated, a) },
			func() uint64 { return h.replay(h.newest(a)) },
		} {
			for _, key := range lost {
				if err := h.store.Delete(t.Context(), key); err != nil {
					t.Fatal(err)
				}
			}
			j := h.awaitJob(a, again())
			if j.State != lector.Ready || !slices.Equal(h.files(a), before) || h.voice.calls() != calls {
				t.Errorf("%s lost: files %v, %d calls more, job %+v", name, h.files(a), h.voice.calls()-calls, j)
			}
		}
	}
}

// TestUnchangedIsAnnouncedAfterAFailure: the same audio is ready
// again behind a failure, and behind a worker that died before it told.
func TestUnchangedIsAnnouncedAfterAFailure(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("1")
	h.publishAndWait(lector.Published, a)
	broken := a
	broken.Body.Content, broken.UpdatedAt = "", a.UpdatedAt.Add(time.Hour)
	if j := h.publishAndWait(lector.Updated, broken); j.State != lector.Failed {
		t.Fatalf("job %+v", j)
	}
	a.UpdatedAt = a.UpdatedAt.Add(2 * time.Hour)
	j := h.publishAndWait(lector.Updated, a)
	if j.State != lector.Ready || j.Attempts[0].Outcome != "unchanged" {
		t.Errorf("job %+v", j)
	}
	want := []string{lector.AudioReady, lector.AudioFailed, lector.AudioReady}
	if got := h.announced(a); !slices.Equal(got, want) {
		t.Errorf("announced %v", got)
	}
	h.publishAndWait(lector.Updated, a)
	if got := h.announced(a); !slices.Equal(got, want) {
		t.Errorf("told again what is known: %v", got)
	}
}

// TestLabelsAreBounded: an event may name any site, and a metric must not.
func TestLabelsAreBounded(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	h.worker.OnProgress = h.onProgress
	h.start()
	for i := range 3 {
		a := sampleArticle("1")
		a.Site = fmt.Sprint("nowhere", i)
		h.publishAndWait(lector.Published, a)
	}
	families, err := h.metrics.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(families)
	if strings.Contains(text, "nowhere") || !strings.Contains(text, `"unknown"`) {
		t.Errorf("labels of events: %s", text)
	}
}
