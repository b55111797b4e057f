// Package newsroom is a newsroom as its operators see it in the console, so that the pages
// can be looked at without an installation.
package newsroom

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"time"

	"lector"
	"lector/publisher/console"
	"lector/publisher/intake/reconcile"
)

//go:embed newsroom.json
var source []byte

// Newsroom is what the pages show. What is done in them changes nothing.
type Newsroom struct {
	Now        time.Time
	Counts     map[lector.State]int
	Jobs       []lector.Job
	Letters    []lector.DeadLetter
	LetterData []string // of the letters, in their order
	Pauses     []lector.Pause
	Workers    []lector.WorkerPresence
	Audit      []lector.AuditEntry
	Coverage   []reconcile.Report
	Listening  []lector.ArticleListening
	Reading    console.Reading
	Renditions console.Renditions
	Rules      console.SiteRules
	RulePlan   console.RulePlan
	Plan       lector.ReplayPlan
	Voices     []console.VoiceState
	Usage      []lector.UsageTotal
	Budgets    []console.BudgetUse
	Sample     console.Sample
	Lexicon    []console.LexiconEntry

	LexiconVersion int
	Impact         console.LexiconImpact
	Event          lector.EventMessage
	EventData      json.RawMessage
}

// New returns the newsroom at two in the morning, with something wrong in each place where
// something can be.
func New() (*Newsroom, error) {
	n := &Newsroom{}
	d := json.NewDecoder(bytes.NewReader(source))
	d.DisallowUnknownFields()
	if err := d.Decode(n); err != nil {
		return nil, fmt.Errorf("newsroom.json: %w", err)
	}
	for i, data := range n.LetterData {
		n.Letters[i].Data = []byte(data)
	}
	n.Event.Data = n.EventData
	return n, nil
}

// Config returns a console of the newsroom.
func (n *Newsroom) Config() console.Config {
	answers := answers{n}
	return console.Config{
		Now:  func() time.Time { return n.Now },
		Jobs: answers, Letters: answers, Replays: answers, Pauses: answers, Audit: answers, Listening: answers,
		VoiceBook: answers, Samples: answers, Lexicons: answers, Rules: answers,
		Workers:  func(context.Context) ([]lector.WorkerPresence, error) { return n.Workers, nil },
		Coverage: func() []reconcile.Report { return n.Coverage },
		Explain:  answers.explain,
		Reading:  func(context.Context, lector.Job) (console.Reading, error) { return n.Reading, nil },
		Renditions: func(context.Context, lector.Job) (console.Renditions, error) {
			return n.Renditions, nil
		},
		Event: answers.event,
		Sites: []string{"havana", "lagos"}, Sourced: []string{"havana"}, Counted: []string{"havana"}, Voices: []string{"amy", "kokoro", "paula", "reader"},
		Addresses: lector.Addresses{Public: "https://audio.reader.example", Files: "https://audio.reader.example"},
		Log:       slog.New(slog.DiscardHandler),
		Release:   "v0.1.0",
	}
}

// answers is what the console asks a newsroom.
type answers struct{ n *Newsroom }

// FindJobs implements console.Jobs.
func (a answers) FindJobs(_ context.Context, f lector.JobFilter, r lector.JobRange) (p lector.JobPage, err error) {
	for _, j := range a.n.Jobs {
		if f.Matches(j) {
			p.Jobs = append(p.Jobs, j)
		}
	}
	if p.Total = len(p.Jobs); f == (lector.JobFilter{}) { // as many as are counted, of which the first are known
		p.Total = 0
		for _, jobs := range a.n.Counts {
			p.Total += jobs
		}
	}
	if at := slices.IndexFunc(p.Jobs, func(j lector.Job) bool { return j.Place() == r.From }); at >= 0 {
		p.Ahead = at + 1
	}
	p.Jobs = p.Jobs[p.Ahead:min(len(p.Jobs), p.Ahead+r.Limit)]
	return p, nil
}

// Job implements console.Jobs.
func (a answers) Job(_ context.Context, site, key string) (lector.Job, uint64, error) {
	for _, j := range a.n.Jobs {
		if j.Site == site && j.ID == key {
			return j, 1, nil
		}
	}
	return lector.Job{}, 0, fmt.Errorf("job %s: %w", key, lector.ErrNotFound)
}

// event has that of the first job; those of the others are no longer kept.
func (a answers) event(_ context.Context, j lector.Job) (lector.EventMessage, error) {
	if j.ID != a.n.Jobs[0].ID {
		return lector.EventMessage{}, fmt.Errorf("event %d: %w", j.Sequence, lector.ErrNotFound)
	}
	return a.n.Event, nil
}

// CountJobs implements console.Jobs.
func (a answers) CountJobs(context.Context) (map[lector.State]int, error) { return a.n.Counts, nil }

// CancelJob implements console.Jobs.
func (answers) CancelJob(context.Context, lector.JobRef) error { return nil }

// explain knows articles by their ids.
func (a answers) explain(_ context.Context, words []string) (console.Explanation, error) {
	id := words[len(words)-1]
	for _, j := range a.n.Jobs {
		if j.Article == id {
			d := lector.Delivery{Sequence: j.Sequence, Stored: j.Created, Event: lector.ArticleEvent{Type: lector.Published}}
			return console.Explain(console.Evidence{Site: j.Site, Article: id, Job: &j, Event: &d, Embed: "https://audio.reader.example/embed"}), nil
		}
	}
	return console.Explain(console.Evidence{Site: "havana", Article: id}), nil
}

// DeadLetters implements console.Letters.
func (a answers) DeadLetters(_ context.Context, q lector.DeadLetterQuery) iter.Seq2[lector.DeadLetter, error] {
	return func(yield func(lector.DeadLetter, error) bool) {
		for i := len(a.n.Letters) - 1; i >= 0; i-- { // the oldest first
			if l := a.n.Letters[i]; q.Matches(l) && !yield(l, nil) {
				return
			}
		}
	}
}

// DeadLetter implements console.Letters.
func (a answers) DeadLetter(_ context.Context, id uint64) (lector.DeadLetter, error) {
	for _, l := range a.n.Letters {
		if l.ID == id {
			return l, nil
		}
	}
	return lector.DeadLetter{}, fmt.Errorf("dead letter %d: %w", id, lector.ErrNotFound)
}

// ReplayDeadLetter implements console.Letters.
func (answers) ReplayDeadLetter(context.Context, uint64, string, lector.Lane) (uint64, error) {
	return 1, nil
}

// DropDeadLetter implements console.Letters.
func (answers) DropDeadLetter(context.Context, uint64) error { return nil }

// PlanReplay implements console.Replays.
func (a answers) PlanReplay(context.Context, lector.ReplayRequest) (lector.ReplayPlan, []lector.JobRef, error) {
	return a.n.Plan, make([]lector.JobRef, a.n.Plan.Articles), nil
}

// StartReplay implements console.Replays.
func (answers) StartReplay(context.Context, lector.ReplayRequest, lector.ReplayPlan, []lector.JobRef) (string, error) {
	return "20261120-3f", nil
}

// All implements console.Pauses.
func (a answers) All(context.Context) ([]lector.Pause, error) { return a.n.Pauses, nil }

// Create implements console.Pauses.
func (answers) Create(context.Context, lector.Pause) error { return nil }

// Remove implements console.Pauses.
func (answers) Remove(context.Context, lector.Pause) error { return nil }

// RecordAudit implements console.Audit.
func (answers) RecordAudit(context.Context, lector.AuditEntry) error { return nil }

// AuditEntries implements console.Audit.
func (a answers) AuditEntries(_ context.Context, q lector.AuditQuery) iter.Seq2[lector.AuditEntry, error] {
	return func(yield func(lector.AuditEntry, error) bool) {
		for i, e := range slices.Backward(a.n.Audit) { // the oldest first
			if e.Sequence = uint64(len(a.n.Audit) - i); q.Matches(e) && !yield(e, nil) {
				return
			}
		}
	}
}

// SiteListening implements console.Listening.
func (a answers) SiteListening(_ context.Context, site string) iter.Seq2[lector.ArticleListening, error] {
	return func(yield func(lector.ArticleListening, error) bool) {
		for _, l := range a.n.Listening {
			if l.Site == site && !yield(l, nil) {
				return
			}
		}
	}
}

// ArticleListening implements console.Listening.
func (a answers) ArticleListening(_ context.Context, site, key string) (lector.ArticleListening, error) {
	for _, l := range a.n.Listening {
		if l.Site == site && l.Key == key {
			return l, nil
		}
	}
	return lector.ArticleListening{Site: site, Key: key}, nil
}

// SiteRules implements console.Rules.
func (a answers) SiteRules(context.Context, string) (console.SiteRules, error) {
	return a.n.Rules, nil
}

// PlanRule implements console.Rules.
func (a answers) PlanRule(context.Context, lector.Job, string, bool) (console.RulePlan, error) {
	return a.n.RulePlan, nil
}

// SwitchRule implements console.Rules.
func (answers) SwitchRule(context.Context, string, uint64, lector.RuleOff, bool) error { return nil }

// VoiceStates implements console.Voices.
func (a answers) VoiceStates() []console.VoiceState { return a.n.Voices }

// UsageSince implements console.Voices.
func (a answers) UsageSince(context.Context, time.Time) ([]lector.UsageTotal, error) {
	return a.n.Usage, nil
}

// BudgetUses implements console.Voices.
func (a answers) BudgetUses(context.Context) ([]console.BudgetUse, error) { return a.n.Budgets, nil }

// PlanSample implements console.Samples.
func (a answers) PlanSample(_ context.Context, r console.SampleRequest) (console.Sample, error) {
	s := a.n.Sample
	if r.Without || r.Entry == nil {
		s.Text, s.Clip = strings.ReplaceAll(s.Text, "Keeyiv", "Kyiv"), "0"+s.Clip
	}
	return s, nil
}

// SpeakSample implements console.Samples.
func (a answers) SpeakSample(ctx context.Context, r console.SampleRequest) (console.Sample, error) {
	return a.PlanSample(ctx, r)
}

// Clip implements console.Samples.
func (answers) Clip(_ context.Context, hash string) ([]byte, error) {
	return nil, fmt.Errorf("clip %s: %w", hash, lector.ErrNotFound)
}

// Lexicon implements console.Lexicons.
func (a answers) Lexicon(context.Context, string) ([]console.LexiconEntry, int, error) {
	return a.n.Lexicon, a.n.LexiconVersion, nil
}

// ChangeLexicon implements console.Lexicons.
func (answers) ChangeLexicon(context.Context, string, int, console.LexiconEntry, bool) error {
	return nil
}

// Impact implements console.Lexicons.
func (a answers) Impact(context.Context, string, console.LexiconEntry) (console.LexiconImpact, error) {
	return a.n.Impact, nil
}

// Pages are the addresses of all pages by their names: of each kind one, and of some what
// they are when there is nothing to show.
func (n *Newsroom) Pages() map[string]string {
	ready, failed := n.path(lector.Ready), n.path(lector.Failed)
	return map[string]string{
		"jobs": "/jobs", "jobs-later": "/jobs?after=" + n.Jobs[7].Place().String(), "jobs-none": "/jobs?text=nothing+like+it", "job": ready, "job-failed": failed, "job-removed": n.path(lector.Removed),
		"reading": ready + "/reading", "rule-off": ready + "/rule?rule=class.newsletter", "rule-on": ready + "/rule?rule=phrase.tags",
		"why": "/why?q=nobody", "replay": "/replay?state=parked", "replay-all": "/replay",
		"deadletters": "/deadletters", "deadletters-none": "/deadletters?class=quota", "deadletter": fmt.Sprint("/deadletters/", n.Letters[0].ID), "deadletter-binary": fmt.Sprint("/deadletters/", n.Letters[1].ID),
		"pauses": "/pauses", "workers": "/workers", "coverage": "/coverage", "audit": "/audit", "audit-none": "/audit?who=nobody",
		"voices": "/voices", "sample": "/voices/sample?site=havana&text=Dr+Ruiz+flew+to+Kyiv+on+3+May.",
		"lexicon": "/lexicon", "entry": "/lexicon/entry?match=Kyiv&alias=Keeyiv&example=Dr+Ruiz+flew+to+Kyiv+on+3+May.",
		"listening": "/listening", "listening-none": "/listening?site=lagos", "heard": "/listening/havana/" + n.Listening[0].Key,
		"failure": "/jobs/havana/nobody",
	}
}

// path is the address of the first job in a state.
func (n *Newsroom) path(s lector.State) string {
	for _, j := range n.Jobs {
		if j.State == s {
			return "/jobs/" + j.Site + "/" + j.ID
		}
	}
	return "/jobs"
}
