package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lector"
	"lector/infra/limittest"
	"lector/infra/nats"
)

// publishMany publishes articles 1 to n and waits until they are read.
func (h *installation) publishMany(n int) (all []lector.Article) {
	h.t.Helper()
	var sequences []uint64
	for i := range n {
		a := sampleArticle(fmt.Sprint(i + 1))
		all, sequences = append(all, a), append(sequences, h.publish(lector.Published, a))
	}
	for i, a := range all {
		if j := h.awaitJob(a, sequences[i]); j.State != lector.Ready {
			h.t.Fatalf("article %s: %+v", a.ID, j)
		}
	}
	limittest.Until(h.t, "the index knows them", func() bool {
		ready, _ := h.index.Find(lector.JobFilter{State: lector.Ready})
		return ready == n && h.index.Complete()
	})
	return all
}

// replayPlan returns what replay -plan -json prints.
func (c *terminal) replayPlan(args ...string) (p lector.ReplayPlan) {
	c.t.Helper()
	if code := c.run(append([]string{"replay", "-plan", "-json"}, args...)...); code != 0 || json.Unmarshal([]byte(c.out.String()), &p) != nil {
		c.t.Fatalf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	return p
}

// replays returns what replay list -json prints.
func (c *terminal) replays() (all []lector.Replay) {
	c.t.Helper()
	if code := c.run("replay", "list", "-json"); code != 0 {
		c.t.Fatalf("exit code %d: %s", code, &c.err)
	}
	for line := range strings.Lines(c.out.String()) {
		var r lector.Replay
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			c.t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func TestReplayByQuery(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	h := openInstallation(t, c.dir, &silentVoice{}).start()
	articles := h.publishMany(5)
	h.publishAndWait(lector.Unpublished, lector.Article{Site: articles[4].Site, ID: articles[4].ID})
	limittest.Until(t, "the index knows it", func() bool { n, _ := h.index.Find(lector.JobFilter{State: lector.Removed}); return n == 1 })
	before := h.voice.calls()

	p := c.replayPlan("-all")
	if p.Articles != 4 || len(p.Jobs) != 4 || p.Characters.Billed != 0 || p.Characters.Cached == 0 || p.Estimate || p.Skipped != 1 {
		t.Errorf("plan %+v", p)
	}
	if p := c.replayPlan("-lexicon", "Mayor"); p.Articles != 4 || p.Skipped != 1 {
		t.Errorf("plan of a word %+v", p)
	}
	if p := c.replayPlan("-lexicon", "may", "-state", "ready"); p.Articles != 4 { // "Cars may cross": not the mayor
		t.Errorf("plan of a word %+v", p)
	}
	if p := c.replayPlan("-lexicon", "mayo*"); p.Articles != 4 {
		t.Errorf("the beginning of a word: %d articles", p.Articles)
	}
	if p := c.replayPlan("-lexicon", "mayo"); p.Articles != 0 {
		t.Errorf("plan of a word that is not read %+v", p)
	}
	if code := c.run("replay", "-all"); code != 2 || !strings.Contains(c.out.String(), "plan: replay 4 articles") || !strings.Contains(c.out.String(), "withdrawn") {
		t.Errorf("without a person: exit code %d: %s %s", code, &c.out, &c.err)
	}
	if all := c.replays(); len(all) != 0 {
		t.Errorf("replays although nobody said so: %+v", all)
	}
	if code := c.run("replay", "-all", "-yes", "-wait"); code != 0 || !strings.Contains(c.out.String(), "4 ready") {
		t.Fatalf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	for i, a := range articles {
		want := []string{lector.AudioReady, lector.AudioReady}
		if i == 4 {
			want[1] = lector.AudioRemoved
		}
		limittest.Until(t, "article "+a.ID+" is announced", func() bool { return len(h.announced(a)) >= len(want) }) // behind its record
		if got := h.announced(a); !slices.Equal(got, want) {
			t.Errorf("article %s announced %v", a.ID, got)
		}
	}
	if h.voice.calls() != before {
		t.Errorf("%d calls", h.voice.calls()-before)
	}
	all := c.replays()
	if len(all) != 1 || all[0].State != lector.ReplayDone || all[0].Skipped != 1 || all[0].Results["ready"] != 4 {
		t.Errorf("replays %+v", all)
	}
	if code := c.run("replay", "show", all[0].ID); code != 0 || !strings.Contains(c.out.String(), "left out: 1") {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	if code := c.run("replay", "pause", all[0].ID); code != 1 {
		t.Errorf("paused after its end: exit code %d: %s", code, &c.err)
	}
}

// TestReplayOfNothing: a query that matches nothing, or only what is withdrawn, is no
// failure and makes no replay.
func TestReplayOfNothing(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	h := openInstallation(t, c.dir, &silentVoice{}).start()
	limittest.Until(t, "the index is complete", h.index.Complete)
	if code := c.run("replay", "-text", "nobody wrote this", "-yes", "-wait"); code != 0 || c.out.String() != "no jobs\n" {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	a := h.publishMany(1)[0]
	h.publishAndWait(lector.Deleted, lector.Article{Site: a.Site, ID: a.ID})
	limittest.Until(t, "the index knows it", func() bool { n, _ := h.index.Find(lector.JobFilter{State: lector.Removed}); return n == 1 })
	if code := c.run("replay", "-state", "removed", "-yes", "-wait"); code != 0 || !strings.Contains(c.out.String(), "plan: replay 0 articles") || !strings.Contains(c.out.String(), "withdrawn") {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	if all := c.replays(); len(all) != 0 {
		t.Errorf("replays %+v", all)
	}
}

// TestPlanOfFailures: what has failed is billed, as far as its clips are not there.
func TestPlanOfFailures(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	h := openInstallation(t, c.dir, &silentVoice{}).start()
	h.publishMany(1)
	h.voice.mu.Lock()
	h.voice.fail = func(string) error {
		return lector.WithClass(lector.Permanent(fmt.Errorf("not allowed")), lector.ClassInput)
	}
	h.voice.mu.Unlock()
	a := sampleArticle("bad")
	a.Body.Content += "\n<p>A sentence that nobody has heard before.</p>"
	j := h.publishAndWait(lector.Published, a)
	limittest.Until(t, "the index knows it", func() bool { n, _ := h.index.Find(lector.JobFilter{State: lector.Failed}); return n == 1 })
	p := c.replayPlan("-class", "input")
	if p.Articles != 1 || p.Characters.Billed != 122 || p.Characters.Cached == 0 || // the new sentence shares its chunk
		!slices.Equal(p.Jobs, []string{j.ID}) {
		t.Errorf("plan %+v", p)
	}
	if code := c.run("replay", j.ID, "-plan"); code != 0 || !strings.Contains(c.out.String(), "122 to be billed") {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	if code := c.run("replay", "-class", "input", "-yes", "-wait"); code != 1 || !strings.Contains(c.err.String(), "1 of 1 article failed") {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	h.voice.mu.Lock()
	h.voice.fail = nil
	h.voice.mu.Unlock()
	if code := c.run("replay", "-class", "input", "-yes", "-wait"); code != 0 || !strings.Contains(c.out.String(), "1 ready") {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
}

// TestReplayPausedAndCancelled at the terminal. Each article has one text that the
// voice speaks only when the test lets it, so that there is something to pause.
func TestReplayPausedAndCancelled(t *testing.T) {
	t.Parallel()
	const articles = 6
	c := &terminal{t: t, dir: t.TempDir()}
	speak := make(chan struct{}, 2*articles)
	let := func(n int) {
		for range n {
			speak <- struct{}{}
		}
	}
	h := openInstallation(t, c.dir, &silentVoice{gate: speak, hold: "Story number"}).start()
	let(articles)
	for i := range articles {
		a := article(fmt.Sprint(i), fmt.Sprintf("Story number %d begins at the old harbour.", i))
		if j := h.publishAndWait(lector.Published, a); j.State != lector.Ready {
			t.Fatalf("%s: %s", j.State, j.Reason)
		}
	}
	limittest.Until(t, "the index knows them", func() bool {
		ready, _ := h.index.Find(lector.JobFilter{State: lector.Ready})
		return ready == articles && h.index.Complete()
	})
	if code := c.run("replay", "-state", "ready", "-yes", "-at-once", "1", "-force", "-characters", "1000000"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &c.err)
	}
	id := c.replays()[0].ID
	record := func() lector.Replay { return c.replays()[0] }
	let(2)
	limittest.Until(t, "some are replayed", func() bool { return record().Ended() >= 2 })
	if code := c.run("replay", "pause", id); code != 0 {
		t.Fatalf("exit code %d: %s", code, &c.err)
	}
	var paused lector.Replay
	limittest.Until(t, "its worker has stopped", func() bool {
		was := paused
		paused = record()
		return paused.State == lector.ReplayPaused && was.Changed.Equal(paused.Changed) && was.Next == paused.Next
	})
	if paused.Next != 3 {
		t.Fatalf("paused at %d", paused.Next)
	}
	if code := c.run("replay", "resume", id); code != 0 {
		t.Fatalf("exit code %d: %s", code, &c.err)
	}
	let(1)
	limittest.Until(t, "more are replayed", func() bool { return record().Next > paused.Next })
	if code := c.run("replay", "cancel", id); code != 0 {
		t.Fatalf("exit code %d: %s", code, &c.err)
	}
	if code := c.run("replay", "resume", id); code != 1 || !strings.Contains(c.err.String(), "cancelled") {
		t.Errorf("exit code %d: %s", code, &c.err)
	}
	let(articles - 3) // what has begun ends
}

func TestReplayMisused(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	for _, args := range [][]string{
		{}, {"-all", "4711"}, {"-all", "-state", "failed"}, {"-state", "failed", "4711"}, {"show"}, {"list", "x"}, {"pause"}, {"cancel", "a", "b"},
		{"-all", "-at-once", "-1"}, {"-all", "-force"}, {"-all", "-characters", "10"}, {"-all", "-force", "-characters", "-1"},
	} {
		if code := c.run(append([]string{"replay"}, args...)...); code != 2 || c.out.Len() > 0 {
			t.Errorf("%q: exit code %d: %s", args, code, &c.err)
		}
	}
}

// connect connects to the embedded server of a process.
func (p *programs) connect(data string) *nats.Conn {
	p.t.Helper()
	a, err := nats.ReadAccess(filepath.Join(p.dir, data, "nats"))
	if err != nil {
		p.t.Fatal(err)
	}
	c, err := nats.Connect(nats.Options{URL: a.URL, User: a.User, Password: a.Password, Name: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestReplayKilledInTheMiddle: of 60 articles each is announced exactly once more,
// although the process that replays them is killed on the way.
func TestReplayKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	const n = 60
	p := newPrograms(t)
	if err := os.WriteFile(filepath.Join(p.dir, "lector.yaml"), []byte("sites: {havana: {language: en, spoken_disclosure: off}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := p.start("serve", "-data", "data", "-config", "lector.yaml")
	conn := p.connect("data")
	article := func(i int) lector.Article {
		return lector.Article{
			Site: "havana", ID: fmt.Sprint(i), Title: "The harbour", Visibility: lector.Public,
			Body: lector.Body{ContentType: lector.HTML, Content: "<p>The harbour is open again.</p>"},
		}
	}
	for i := range n {
		if _, err := conn.Publish(t.Context(), newEvent(lector.Published, article(i))); err != nil {
			t.Fatal(err)
		}
	}
	ready := func() int {
		return strings.Count(p.run("jobs", "list", "-data", "data", "-json", "-state", "ready"), "\n")
	}
	limittest.Until(t, "all are read", func() bool { return ready() == n })
	p.run("replay", "-data", "data", "-all", "-yes", "-at-once", "2")
	record := func() (r lector.Replay) {
		if err := json.Unmarshal([]byte(p.run("replay", "list", "-data", "data", "-json")), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	limittest.Until(t, "some are replayed", func() bool { return record().Next >= 10 })
	first.kill()
	p.start("serve", "-data", "data", "-config", "lector.yaml")
	if r := record(); r.State != lector.ReplayRunning {
		t.Logf("nothing was left to do: %+v", r)
	}
	var r lector.Replay
	limittest.Until(t, "the replay is done", func() bool { r = record(); return r.Over() })
	if r.State != lector.ReplayDone || r.Results["ready"] != n || r.Skipped != 0 {
		t.Errorf("%+v", r)
	}
	h := &installation{t: t, server: &server{conn: p.connect("data")}}
	for i := range n {
		if got := h.announced(article(i)); !slices.Equal(got, []string{lector.AudioReady, lector.AudioReady}) {
			t.Errorf("article %d announced %v", i, got)
		}
	}
}

// TestReplayByForce: what is cached is synthesised again, so much as is allowed, and
// stays with the article.
func TestReplayByForce(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	h := openInstallation(t, c.dir, &silentVoice{}).start()
	articles := h.publishMany(3) // all of the same text
	was := h.manifest(articles[0])
	before := h.voice.calls()
	p := c.replayPlan("-all", "-force", "-characters", "100000")
	each := p.Characters.Billed / 3
	if p.Articles != 3 || each == 0 || p.Characters.Cached != 0 {
		t.Fatalf("plan %+v", p)
	}
	most := fmt.Sprint(2*each + 1)
	if p = c.replayPlan("-all", "-force", "-characters", most); p.Articles != 2 || p.Skipped != 1 || p.Characters.Billed != 2*each {
		t.Errorf("plan %+v", p)
	}
	if code := c.run("replay", "-all", "-yes", "-wait", "-force", "-characters", most); code != 0 || !strings.Contains(c.out.String(), "2 ready") || !strings.Contains(c.out.String(), "more characters than are left") {
		t.Fatalf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	if got := h.voice.calls() - before; got != before { // what both have in common is synthesised once
		t.Errorf("%d calls for two articles of the same %d texts", got, before)
	}
	for _, a := range articles {
		j := h.jobAtRest(a)
		if again := len(h.announced(a)) == 2; again != (j.Generation != "") {
			t.Errorf("job %+v", j)
		}
	}
	// The last one changed is the first; its rendition is another one, and an edit keeps it.
	again := articles[2]
	j := h.jobAtRest(again)
	if j.Generation == "" || j.Rendition == was.Hash {
		t.Fatalf("job %+v", j)
	}
	before = h.voice.calls()
	if code := c.run("replay", "-wait", again.ID); code != 0 || h.voice.calls() != before {
		t.Errorf("%d calls, exit code %d: %s", h.voice.calls()-before, code, &c.err)
	}
	again.Body.Content = strings.Replace(again.Body.Content, "The mayor", "The governor", 1)
	again.UpdatedAt = again.UpdatedAt.AddDate(0, 0, 1)
	edited := h.publishAndWait(lector.Updated, again)
	if h.voice.calls() != before+1 || edited.Generation != j.Generation || edited.Usage.Reused == 0 {
		t.Errorf("%d calls for an edit: %+v", h.voice.calls()-before, edited)
	}
}
