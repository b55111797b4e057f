package main

import (
	"context"
	"slices"
	"time"

	"lector"
	"lector/infra/observe"
	"lector/worker"
)

// measureInterval is how often states are measured for the metrics. It is not done
// while they are read: a broker that does not answer must not hide them all.
const measureInterval = 15 * time.Second

// measureTimeout bounds one look at one of them.
const measureTimeout = 5 * time.Second

// siteLabel is a site as a label. A name that is not configured comes from an event,
// so it must not become one.
func (s *server) siteLabel(site string) string {
	if _, ok := s.current().Sites[site]; ok {
		return site
	}
	return "unknown"
}

func (s *server) onFound(p lector.EventPlace) { s.metrics.Found(s.siteLabel(p.Site)) }

// onFiles shows how many ready articles lack files. A site that has none begins at 0.
func (s *server) onFiles(found map[string]int) {
	if found == nil {
		s.metrics.SetLackingFiles(nil)
		return
	}
	counts := map[string]int{}
	for site := range s.current().Sites {
		counts[site] = 0
	}
	for site, n := range found {
		counts[s.siteLabel(site)] += n
	}
	s.metrics.SetLackingFiles(counts)
}

// measure shows again and again how things stand, until ctx ends.
func (s *server) measure(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		s.measureOnce(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *server) measureOnce(ctx context.Context) {
	s.measureReady(ctx)
	if s.worker == nil {
		return
	}
	s.measureJobs()
	s.measureBreakers()
	if s.comparisons != nil {
		s.metrics.SetLacking(s.comparisons.counts())
	}
	for what, look := range map[string]func(context.Context) error{
		"queue": s.measureQueue, "dead letters": s.measureDeadLetters, "budgets": s.measureBudgets, "pauses": s.measurePauses,
		"replays":       s.measureReplays,
		"notifications": s.measureNotifications,
	} {
		if err := s.within(ctx, look); err != nil && ctx.Err() == nil {
			s.log.Debug("metric not measured", "what", what, "error", err)
		}
	}
}

func (s *server) within(ctx context.Context, look func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, measureTimeout)
	defer cancel()
	return look(ctx)
}

func (s *server) measureReady(ctx context.Context) {
	checks := map[string]bool{}
	for _, c := range s.readyChecks() {
		checks[c.name] = s.within(ctx, c.ask) == nil
	}
	s.metrics.SetReady(checks)
}

// measureJobs shows the jobs once all of them are in the index.
func (s *server) measureJobs() {
	if s.index == nil || !s.index.Complete() {
		s.metrics.SetJobs(nil)
		return
	}
	var counts []observe.JobCount
	for _, c := range s.index.Counts() {
		counts = append(counts, observe.JobCount{
			Site: s.siteLabel(c.Site), State: c.State, Lane: c.Lane, Class: c.Class, Jobs: c.Jobs, Oldest: c.Oldest,
		})
	}
	s.metrics.SetJobs(counts)
}

// currentNarrator is the one that reads what is begun now.
func (s *server) currentNarrator() *worker.Narrator {
	if n := s.narrators.Load(); n != nil {
		return n
	}
	return s.worker.Narrator
}

func (s *server) measureBreakers() {
	open := map[string]bool{}
	for _, v := range s.currentNarrator().Voices {
		open[v.Name] = v.Unavailable != nil && v.Unavailable() > 0
	}
	s.metrics.SetBreakers(open)
}

func (s *server) measureQueue(ctx context.Context) error {
	q, err := s.conn.QueueState(ctx)
	if err != nil {
		s.metrics.SetQueue(nil)
		return err
	}
	s.metrics.SetQueue(&q)
	return nil
}

func (s *server) measureDeadLetters(ctx context.Context) error {
	if !s.index.Complete() { // which are settled is not known yet
		s.metrics.SetDeadLetters(nil)
		return nil
	}
	found, err := s.conn.DeadLetterCounts(ctx, s.settledByIndex)
	if err != nil {
		s.metrics.SetDeadLetters(nil)
		return err
	}
	counts := map[lector.DeadLetterKind]int{}
	for site := range s.current().Sites { // a series that begins above 0 shows no growth
		for _, class := range append(lector.Classes(), "") {
			counts[lector.DeadLetterKind{Site: site, Class: string(class)}] = 0
		}
	}
	for kind, n := range found {
		counts[lector.DeadLetterKind{Site: s.siteLabel(kind.Site), Class: classLabel(kind.Class)}] += n
	}
	s.metrics.SetDeadLetters(counts)
	return nil
}

// settledByIndex reports whether a later event has settled the article of a letter.
func (s *server) settledByIndex(l lector.DeadLetter) bool {
	e, known := s.index.Job(l.Job.ID)
	return known && l.SettledBy(e.Job)
}

// classLabel is the class of a dead letter, in which anybody may have written anything.
func classLabel(class string) string {
	if class == "" || slices.Contains(lector.Classes(), lector.Class(class)) {
		return class
	}
	return "unknown"
}

// measurePauses shows what is paused. Anybody may have paused a site or a voice of any
// name; what is not configured is unknown.
func (s *server) measurePauses(ctx context.Context) error {
	if s.pauses == nil {
		return nil
	}
	all, err := s.pauses.All(ctx)
	var paused [][2]string
	for _, p := range all {
		name := p.Name
		if _, known := s.current().Voices[name]; p.Kind == lector.PauseVoice && !known {
			name = "unknown"
		}
		if p.Kind == lector.PauseSite {
			name = s.siteLabel(name)
		}
		paused = append(paused, [2]string{string(p.Kind), name})
	}
	s.metrics.SetPaused(paused)
	return err
}

// replayReader returns the records of all replays.
type replayReader interface {
	All(ctx context.Context) ([]lector.Replay, error)
}

// measureReplays shows the replays that are not at their end.
func (s *server) measureReplays(ctx context.Context) error {
	if s.replays == nil {
		return nil
	}
	known, ok := s.replays.Replays.(replayReader)
	if !ok {
		return nil
	}
	all, err := known.All(ctx)
	if err != nil {
		s.metrics.SetReplays(nil)
		return err
	}
	counts := map[lector.ReplayState]int{lector.ReplayRunning: 0, lector.ReplayPaused: 0}
	for _, r := range all {
		if _, shown := counts[r.State]; shown {
			counts[r.State]++
		}
	}
	s.metrics.SetReplays(counts)
	return nil
}

// budgetReader returns what sites have spent.
type budgetReader interface {
	Used(ctx context.Context) (map[string]lector.BudgetState, error)
}

func (s *server) measureBudgets(ctx context.Context) error {
	if s.metering == nil {
		return nil
	}
	known, ok := s.metering.budget.(budgetReader)
	if !ok {
		return nil
	}
	spent, err := known.Used(ctx)
	var all []observe.BudgetUse
	for site, b := range spent {
		bounds := s.current().Sites[site].Budget.bounds()
		all = append(all,
			observe.BudgetUse{Site: site, Period: "hour", Used: b.Hour, Characters: bounds.CharactersPerHour,
				Dollars: bounds.DollarsPerHour},
			observe.BudgetUse{Site: site, Period: "day", Used: b.Day, Characters: bounds.CharactersPerDay, Dollars: bounds.DollarsPerDay},
			observe.BudgetUse{Site: site, Period: "month", Used: b.Month, Characters: bounds.CharactersPerMonth,
				Dollars: bounds.DollarsPerMonth})
	}
	s.metrics.SetBudgets(all)
	return err
}
