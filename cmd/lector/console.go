package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"runtime/debug"
	"slices"

	"lector"
	"lector/infra/nats"
	"lector/publisher/console"
	"lector/worker/jobindex"
	"lector/worker/replay"
)

// openConsole opens the operators' pages where one process is everything: they answer
// from its own index of the jobs.
func (s *server) openConsole(ctx context.Context, r roles) error {
	if !r.worker || !r.publisher {
		return nil
	}
	records, err := s.conn.Replays(ctx)
	if err != nil {
		return err
	}
	ledger, err := s.conn.UsageLedger(ctx)
	if err != nil {
		return err
	}
	jobs := addressedJobs{s.jobs, s.config}
	s.live = console.NewLive()
	s.index.Changed = func(id string) { s.live.Changed(console.TopicJobs, console.JobTopic(id)) }
	if s.comparisons != nil {
		s.comparisons.changed = func() { s.live.Changed(console.TopicCoverage) }
	}
	s.console, err = console.New(console.Config{
		Live: s.live, Release: release(), VoiceBook: &voiceBook{server: s, ledger: ledger}, Samples: consoleSamples{s}, Lexicons: consoleLexicons{s},
		Reading: s.reading, Rules: consoleRules{s}, Renditions: s.renditions,
		Workers: s.conn.Workers, Coverage: s.comparisons.reports, Sourced: s.config.sourcedSites(),
		Audit: s.conn, Hosts: s.config.AdminAccess.hosts(),
		Jobs: consoleJobs{jobs, s.index, s}, Letters: consoleLetters{s.conn, s}, Replays: consoleReplays{s.planner, records, s.index}, Pauses: s.pauses,
		Listening: s.listeningLedger(), Counted: s.config.listeningSites(),
		Explain: s.explain, Event: s.jobEvent, Addresses: s.config.addresses(),
		Sites: slices.Sorted(maps.Keys(s.config.Sites)), Voices: slices.Sorted(maps.Keys(s.config.Voices)), Log: s.log,
	})
	return err
}

// keepPagesUpToDate tells open pages what changes, and what is wrong, until ctx ends.
func (s *server) keepPagesUpToDate(ctx context.Context) error {
	s.live.Run(ctx, console.Watched{Fault: s.consoleFault, DeadLetters: s.conn.DeadLettersMark})
	return nil
}

// consoleFault is why the pages may be out of date.
func (s *server) consoleFault() error {
	if !s.conn.Connected() {
		return errors.New("NATS is away: nothing can be changed, and these figures are the last that are known")
	}
	if s.watchdog != nil && s.watchdog.Fault() != nil {
		return fmt.Errorf("something is wrong with NATS: %w", s.watchdog.Fault())
	}
	if !s.index.Complete() {
		return console.ErrLoading
	}
	return nil
}

// explain says why an article that a person names has audio or none.
func (s *server) explain(ctx context.Context, words []string) (console.Explanation, error) {
	named := articleName{site: words[0], id: words[len(words)-1]} // of a site that the settings may no longer have
	if len(words) == 1 {
		var err error
		if named, err = s.current().articleNamed(words); err != nil {
			return console.Explanation{}, console.Unusable(err)
		}
	}
	e, err := s.current().collectEvidence(ctx, s.conn, named)
	return console.Explain(e), err
}

// consoleJobs answers from the index, and single records from the bucket.
type consoleJobs struct {
	addressedJobs
	index  *jobindex.Index
	server *server
}

// CancelJob implements console.Jobs.
func (c consoleJobs) CancelJob(ctx context.Context, j lector.JobRef) error {
	_, err := cancelKnown(ctx, c.server.conn, c.server.jobs, lector.Job{Site: j.Site, ID: j.ID})
	return err
}

// FindJobs implements console.Jobs.
func (c consoleJobs) FindJobs(_ context.Context, f lector.JobFilter, r lector.JobRange) (lector.JobPage, error) {
	if !c.index.Complete() {
		return lector.JobPage{}, console.ErrLoading
	}
	return c.index.Page(f, r), nil
}

// CountJobs implements console.Jobs.
func (c consoleJobs) CountJobs(context.Context) (map[lector.State]int, error) {
	if !c.index.Complete() {
		return nil, console.ErrLoading
	}
	counts := map[lector.State]int{}
	for _, group := range c.index.Counts() {
		counts[group.State] += group.Jobs
	}
	return counts, nil
}

// consoleLetters says of dead letters whether they are settled.
type consoleLetters struct {
	*nats.Conn
	server *server
}

// DeadLetters implements console.Letters.
func (c consoleLetters) DeadLetters(ctx context.Context, q lector.DeadLetterQuery) iter.Seq2[lector.DeadLetter, error] {
	return func(yield func(lector.DeadLetter, error) bool) {
		for l, err := range c.Conn.DeadLetters(ctx, q) {
			l.Settled = c.server.settledByIndex(l)
			if !yield(l, err) {
				return
			}
		}
	}
}

// DeadLetter implements console.Letters.
func (c consoleLetters) DeadLetter(ctx context.Context, id uint64) (lector.DeadLetter, error) {
	l, err := c.Conn.DeadLetter(ctx, id)
	l.Settled = c.server.settledByIndex(l)
	return l, err
}

// consoleReplays plans by the index and stores replays for the workers.
type consoleReplays struct {
	planner *replay.Planner
	records *nats.Replays
	index   *jobindex.Index
}

// PlanReplay implements console.Replays.
func (c consoleReplays) PlanReplay(ctx context.Context, r lector.ReplayRequest) (lector.ReplayPlan, []lector.JobRef, error) {
	if !c.index.Complete() {
		return lector.ReplayPlan{}, nil, console.ErrLoading
	}
	plan, jobs, err := c.planner.Plan(ctx, r)
	if len(jobs) >= manyJobs {
		debug.FreeOSMemory() // such a plan leaves behind what the index takes
	}
	return plan, jobs, err
}

// StartReplay implements console.Replays.
func (c consoleReplays) StartReplay(ctx context.Context, r lector.ReplayRequest, p lector.ReplayPlan,
	jobs []lector.JobRef) (string, error) {
	begun, err := createReplay(ctx, c.records, lector.Replay{Filter: r.Filter, Plan: p}, jobs)
	return begun.ID, err
}
