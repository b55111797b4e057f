// Package console_test looks at the operators' pages through a browser.
package console_test

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/publisher/access"
	"lector/publisher/browsertest"
	"lector/publisher/console"
	"lector/publisher/intake/reconcile"
)

// newsroom has one job in each state, with texts as long as they come.
type newsroom struct{ jobs []lector.Job }

func newNewsroom() newsroom {
	n := newsroom{}
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	for i, state := range lector.States() {
		n.jobs = append(n.jobs, lector.Job{
			ID: strings.Repeat(string(rune('a'+i)), 26), Site: "havana", Article: strings.Repeat("id", 200), Title: strings.Repeat("Floods and a long word ", 50),
			Rendition: "abc", State: state, Class: lector.ClassVoiceRefused, Reason: strings.Repeat("https://voice.example/refused/", 40), Changed: now,
			Attempts: []lector.Attempt{{Number: 1, Worker: "host-1-abcd", Started: now, Stage: lector.StageSynth, Error: "401"}},
			Chunks:   []lector.ChunkState{{Hash: strings.Repeat("0", 64), Characters: 812, State: "synthesized", Unknown: 3}},
		})
	}
	return n
}

func (n newsroom) FindJobs(_ context.Context, f lector.JobFilter, _ int) (int, []lector.Job, error) {
	return len(n.jobs), n.jobs, nil
}

func (n newsroom) Job(_ context.Context, _, key string) (lector.Job, uint64, error) {
	for _, j := range n.jobs {
		if j.ID == key {
			return j, 1, nil
		}
	}
	return lector.Job{}, 0, lector.ErrNotFound
}

func (newsroom) CountJobs(context.Context) (map[lector.State]int, error) {
	return map[lector.State]int{lector.Ready: 120_000}, nil
}

func (n newsroom) DeadLetters(ctx context.Context, _ lector.DeadLetterQuery) iter.Seq2[lector.DeadLetter, error] {
	return func(yield func(lector.DeadLetter, error) bool) { yield(n.DeadLetter(ctx, 7)) }
}

func (newsroom) DeadLetter(context.Context, uint64) (lector.DeadLetter, error) {
	return lector.DeadLetter{
		ID: 7, Class: "input", Reason: "no id", Subject: "article.v1.havana." + strings.Repeat("a", 26),
		Data: []byte(strings.Repeat("x", 5000)), Headers: map[string][]string{"ce-type": {"lector.article.published.v1"}},
	}, nil
}

func (newsroom) ReplayDeadLetter(context.Context, uint64, string, lector.Lane) (uint64, error) {
	return 1, nil
}

func (newsroom) DropDeadLetter(context.Context, uint64) error { return nil }

func (newsroom) PlanReplay(context.Context, lector.ReplayRequest) (lector.ReplayPlan, []lector.JobRef, error) {
	return lector.ReplayPlan{Articles: 3, Cost: 1.5, Skipped: 1, LeftOut: []lector.LeftOut{{Job: "abcdefghijkl", Reason: "withdrawn"}}}, nil, nil
}

func (newsroom) StartReplay(context.Context, lector.ReplayRequest, lector.ReplayPlan, []lector.JobRef) (string, error) {
	return "replay-1", nil
}

func (newsroom) All(context.Context) ([]lector.Pause, error) {
	return []lector.Pause{{Kind: lector.PauseLane, Name: "backfill", Reason: strings.Repeat("because ", 60)}}, nil
}

func (newsroom) Set(context.Context, lector.Pause) error { return nil }

func (newsroom) Remove(context.Context, lector.Pause) error { return nil }

func (newsroom) RecordAudit(context.Context, lector.AuditEntry) error { return nil }

func (newsroom) AuditEntries(context.Context, lector.AuditQuery) ([]lector.AuditEntry, error) {
	e := lector.AuditEntry{Who: strings.Repeat("ann@reader.example", 20), Way: "proxy", Action: "replay", Target: strings.Repeat("state=failed", 30), Failed: strings.Repeat("no_answer_", 40)}
	return []lector.AuditEntry{e, {Who: "ann", Way: "token", Action: "pause", Target: "lane backfill", Detail: "election night"}}, nil
}

func (n newsroom) SiteListening(ctx context.Context, site string) iter.Seq2[lector.ArticleListening, error] {
	return func(yield func(lector.ArticleListening, error) bool) {
		for _, j := range n.jobs {
			if a, err := n.ArticleListening(ctx, site, j.ID); !yield(a, err) {
				return
			}
		}
	}
}

func (newsroom) ArticleListening(_ context.Context, site, key string) (lector.ArticleListening, error) {
	a := lector.ArticleListening{Site: site, Key: key}
	a.Count(time.Now().UTC().Format(time.DateOnly), lector.NewListening(0, []int{0, 1, 2, 3, 4, 5, 6}))
	return a, nil
}

// renditions has two that differ, in long sentences too.
func renditions(context.Context, lector.Job) (console.Renditions, error) {
	manifest := func(revision string, sentences ...string) *lector.Manifest {
		m := &lector.Manifest{Revision: revision, Created: time.Now(), Usage: lector.Usage{Billed: 27, Reused: 9000}}
		for _, s := range append(sentences, "It was closed for two years.", "Walkers may cross it.", "Cars follow on Monday.", "The mayor was glad.", "So was everybody.", "That is all.") {
			m.Segments = append(m.Segments, lector.Segment{Sentences: []lector.Sentence{{Text: s}}})
		}
		return m
	}
	long := strings.Repeat("The bridge and https://voice.example/a/long/word ", 20)
	return console.Renditions{Public: manifest("1a2b", "The bridge is open.", long), Before: manifest(strings.Repeat("f", 64), "The bridge is closed.")}, nil
}

// event has long words.
func event(context.Context, lector.Job) (lector.EventMessage, error) {
	return lector.EventMessage{
		Sequence: 7, Stored: time.Now(), Type: lector.Published, Subject: "article.v1.havana." + strings.Repeat("a", 26),
		Headers: map[string][]string{"ce-source": {strings.Repeat("https://reader.example/", 40)}}, Data: []byte(`{"title":"` + strings.Repeat("x", 5000) + `"}`),
	}, nil
}

// readAloud has blocks that are read, changed and dropped.
func readAloud(context.Context, lector.Job) (console.Reading, error) {
	long := strings.Repeat("The bridge and https://voice.example/a/long/word ", 20)
	return console.Reading{Voice: "amy", Public: true, Gone: []string{long}, Blocks: []console.Block{
		{Kind: lector.Title, Written: "The bridge is open", Spoken: "The bridge is open.", Rule: "event: title", Clips: []string{"ab"}, New: true},
		{Kind: lector.Paragraph, Written: long, Spoken: long, Rule: "text: paragraph", Clips: []string{"cd", "ef"}},
		{Kind: lector.Paragraph, Written: "Sign up for our newsletter.", ID: "class.newsletter", Rule: "class: newsletter"},
		{Kind: lector.Paragraph, Written: "In 2026.", Spoken: "In twenty twenty-six.", Rule: "text: paragraph", Changed: true},
	}}, nil
}

func (newsroom) SiteRules(context.Context, string) (console.SiteRules, error) {
	return console.SiteRules{
		FileOff: []string{"tag.table"}, Version: 3,
		Off: []lector.RuleOff{{Rule: "phrase.tags", Who: strings.Repeat("ann@reader.example", 20), Reason: strings.Repeat("because ", 60), Since: time.Now()}},
	}, nil
}

func (newsroom) PlanRule(_ context.Context, _ lector.Job, rule string, off bool) (console.RulePlan, error) {
	same := []string{"The bridge is open.", "It was closed for two years.", "Walkers may cross it.", "Cars follow on Monday.", "The mayor was glad.", "So was everybody."}
	before := append([]string{strings.Repeat("The bridge and https://voice.example/a/long/word ", 20)}, same...)
	return console.RulePlan{Voice: "amy", Before: before, After: append(same, "Sign up for our newsletter."), Billed: 27, Cached: 9000, Cost: .0004}, nil
}

func (newsroom) SwitchRule(context.Context, string, uint64, lector.RuleOff, bool) error { return nil }

func (newsroom) VoiceStates() []console.VoiceState {
	long := strings.Repeat("https://voice.example/refused/", 10)
	return []console.VoiceState{
		{Name: "amy", Capabilities: lector.Capabilities{Backend: "polly", Engine: "neural", Voice: "Amy", Price: 16}, Calls: 40, Failed: 2, Recent: 40, Median: time.Second, Slow: 9 * time.Second, LastError: long, LastFailed: time.Now(), OpenFor: 20 * time.Second},
		{Name: "reader", Missing: long, Hint: "apt-get install flite"}, {Name: "kokoro", Calls: 3, Recent: 3}, {Name: "paula", Paused: "voice paula is paused: wrong invoice"},
	}
}

func (newsroom) UsageSince(context.Context, time.Time) ([]lector.UsageTotal, error) {
	return []lector.UsageTotal{{Day: "2026-11-20", Site: "havana", Voice: "amy", Calls: 120, Billed: 99_000, Reused: 120_000, Cost: 1.6}, {Day: "2026-11-20", Site: "havana", Voice: "kokoro", Calls: 3, Billed: 900}}, nil
}

func (newsroom) BudgetUses(context.Context) ([]console.BudgetUse, error) {
	return []console.BudgetUse{{Site: "havana", Period: "day", Used: lector.Period{Characters: 99_000, Dollars: 1.6}, Characters: 2_000_000}}, nil
}

func (newsroom) PlanSample(_ context.Context, r console.SampleRequest) (console.Sample, error) {
	return console.Sample{Voice: "amy", Language: "en", Text: r.Text, Clip: "abc"}, nil
}

func (n newsroom) SpeakSample(ctx context.Context, r console.SampleRequest) (console.Sample, error) {
	return n.PlanSample(ctx, r)
}

func (newsroom) Clip(context.Context, string) ([]byte, error) { return nil, lector.ErrNotFound }

func (newsroom) Lexicon(context.Context, string) ([]console.LexiconEntry, int, error) {
	return []console.LexiconEntry{
		{Match: "Kyiv", Alias: "Keeyiv", Language: "en"}, {Match: strings.Repeat("pneumonoultramicroscopic", 8), IPA: "ˈkɪjiu", Prefix: true}, {Match: "US", Alias: "U S", Case: true, Section: "World"},
	}, 12, nil
}

func (newsroom) ChangeLexicon(context.Context, string, int, console.LexiconEntry, bool) error {
	return nil
}

func (newsroom) Impact(context.Context, string, console.LexiconEntry) (console.LexiconImpact, error) {
	long := strings.Repeat("Kyiv and a long word ", 40)
	return console.LexiconImpact{Articles: 2, Segments: 4, Characters: 812, Cost: .0125, Touched: []console.TouchedArticle{{Site: "havana", Article: "a", Title: long, Example: long, Characters: 800}, {Site: "havana", Article: "b", Title: "Short", Example: "In Kyiv.", Characters: 12}}}, nil
}

// serve serves the console of a newsroom with these jobs to this machine.
func serve(t *testing.T, n newsroom, jobs console.Jobs, live *console.Live) (address string) {
	t.Helper()
	h, err := console.New(console.Config{
		Sourced: []string{"havana"}, Coverage: func() []reconcile.Report {
			e := reconcile.Entry{ID: strings.Repeat("id", 200), Title: strings.Repeat("Floods and a long word ", 50), URL: "https://reader.example/a", Finding: reconcile.Missing, Reason: strings.Repeat("https://voice.example/refused/", 40)}
			return []reconcile.Report{{Site: "havana", Lacking: 1, Held: true, Entries: []reconcile.Entry{e}, Gone: []reconcile.Entry{{ID: "gone", Finding: reconcile.Gone}}}}
		},
		Rules: n, Reading: readAloud, Renditions: renditions, Listening: n, VoiceBook: n, Samples: n, Lexicons: n, Audit: n, Jobs: jobs, Letters: n, Replays: n, Pauses: n, Live: live,
		Sites: []string{"havana"}, Voices: []string{"amy"}, Log: slog.New(slog.DiscardHandler),
		Explain: func(_ context.Context, words []string) (console.Explanation, error) {
			return console.Explain(console.Evidence{Site: "havana", Article: strings.Join(words, " ")}), nil
		},
		Addresses: lector.Addresses{Public: "https://reader.example", Files: "https://files.example"}, Event: event,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(access.Guard{}.Handler(h))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s.URL
}

// TestPagesCanBeUsedByEverybody looks at each page light and wide, dark on a phone,
// and without scripts.
func TestPagesCanBeUsedByEverybody(t *testing.T) {
	t.Parallel()
	b, err := browsertest.Start(t.Context())
	if errors.Is(err, browsertest.ErrNoBrowser) {
		t.Skip("SKIPPED, nobody has looked: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	n := newNewsroom()
	address := serve(t, n, n, console.NewLive())
	for _, look := range []browsertest.Look{{}, {Width: 375, Height: 700, Dark: true}, {NoScript: true}} {
		lookAtAll(t, b, address, look, n.jobs[4].ID)
	}
}

// lookAtAll looks at all pages in one way.
func lookAtAll(t *testing.T, b *browsertest.Browser, address string, look browsertest.Look, job string) {
	t.Helper()
	page, err := b.Open(address+"/jobs", look)
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	for _, path := range []string{
		"/jobs", "/jobs/havana/" + job, "/jobs/havana/" + job + "/reading", "/jobs/havana/" + job + "/rule?rule=class.newsletter", "/jobs/havana/" + job + "/rule?rule=phrase.tags", "/why?q=nobody", "/replay?state=failed", "/deadletters", "/deadletters/7", "/pauses", "/coverage", "/audit",
		"/voices", "/voices/sample?site=havana&text=a", "/lexicon", "/lexicon/entry?match=Kyiv&alias=Keeyiv", "/jobs/havana/nobody", "/listening", "/listening/havana/" + job,
	} {
		if err := page.Go(address + path); err != nil {
			t.Fatal(err)
		}
		found, err := page.Audit()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			t.Errorf("%s %+v: %s", path, look, f)
		}
	}
}
