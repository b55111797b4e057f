package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// runner runs schedules and says what it does.
type runner struct {
	options
	program string // lector
	speech  speech
	log     func(format string, args ...any)
}

// prepare finds or builds what all runs need.
func prepare(ctx context.Context, o options, dir string, log func(string, ...any)) (*runner, error) {
	r := &runner{options: o, program: o.Lector, log: log}
	var err error
	if r.speech, err = makeSpeech(ctx, dir); err != nil {
		return nil, err
	}
	if r.Before != "" {
		if r.Before, err = filepath.Abs(r.Before); err != nil {
			return nil, err
		}
	}
	if r.program != "" {
		r.program, err = filepath.Abs(r.program)
		return r, err
	}
	r.program = filepath.Join(dir, "lector")
	log("building lector")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", r.program, "lector/cmd/lector").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("build lector: %w: %s", err, out)
	}
	return r, nil
}

// run runs the schedule of one seed in a directory of its own. Broken promises are
// in the result; an error is a run that says nothing.
func (r *runner) run(ctx context.Context, seed uint64, dir string) (result, error) {
	if err := os.Mkdir(dir, 0o755); err != nil { // what another run has left would be judged, too
		return result{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	started := time.Now()
	log := func(format string, args ...any) {
		r.log("seed %d %5.1fs "+format, append([]any{seed, time.Since(started).Seconds()}, args...)...)
	}
	v := &violations{log: log}
	l := newLab(r.options, dir, r.program, r.speech, v)
	l.log = log
	defer l.stop()
	defer cancel() // before the programs are killed, so that nobody starts them again
	if err := l.start(ctx); err != nil {
		return result{}, fmt.Errorf("seed %d: start (logs in %s): %w", seed, dir, err)
	}
	log("everything runs")
	return l.play(ctx, seed)
}

// play sends the load of a seed and injects its faults, lets everything heal, and
// checks.
func (l *lab) play(ctx context.Context, seed uint64) (result, error) {
	plan := planLoad(seed, l.Duration, l.Articles, l.Longest)
	faults := planFaults(seed, l.Duration, l.Gap, l.kinds())
	histories := plan.histories()
	s, w := newSender(l.broker), newWatcher(l.public, histories, l.violations)
	if err := l.broker.onAnnouncement(func() { l.points.reach(point{announcing, ""}) }); err != nil {
		return result{}, err
	}
	watching, stopWatching := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() { w.run(watching) })
	defer func() { stopWatching(); watch.Wait() }()
	watch.Go(func() { l.progress(watching, s) })

	var wait sync.WaitGroup
	var sendErr, faultErr error
	wait.Go(func() { sendErr = s.send(ctx, plan, histories) })
	wait.Go(func() { faultErr = l.strike(ctx, faults, s.started) })
	wait.Wait()
	if err := errors.Join(sendErr, faultErr); err != nil {
		return result{}, err
	}
	l.log("all %d faults are over, %d events are sent: waiting for rest", len(faults), s.sentSoFar())
	return l.conclude(ctx, seed, plan, faults, histories, s, w)
}

// strike injects the faults at their times and returns when all are over.
func (l *lab) strike(ctx context.Context, faults []fault, started time.Time) error {
	var wait sync.WaitGroup
	errs := make([]error, len(faults))
	for i, f := range faults {
		wait.Go(func() {
			if errs[i] = pause(ctx, time.Until(started.Add(f.At))); errs[i] != nil {
				return
			}
			l.log("%s: %s for %v", f.Kind, f.Target, f.Lasts.Round(100*time.Millisecond))
			errs[i] = l.inject(ctx, f)
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// conclude waits until everything is at rest, gathers the evidence and judges it.
func (l *lab) conclude(ctx context.Context, seed uint64, plan load, faults []fault, histories []*history, s *sender,
	w *watcher) (result, error) {
	l.rest(ctx, histories, plan.bad, s.refused)
	evidence, err := again(ctx, func(ctx context.Context) (evidence, error) { return l.gather(ctx, histories) })
	if err != nil {
		return result{}, fmt.Errorf("gather the evidence: %w", err)
	}
	evidence.bad, evidence.refused = plan.bad, s.refused
	evidence.check(l.violations)
	got := newResult(seed, faults, len(plan.articles), s.sentSoFar(), evidence, w, l.violations.list())
	got.Broker = l.brokerNotes()
	return got, nil
}

// settleTime is how long to wait for rest: what the flag says, but at most three
// quarters of what ctx leaves, so that there is time to say what is not at rest.
func (l *lab) settleTime(ctx context.Context) time.Duration {
	limit, bounded := ctx.Deadline()
	if !bounded {
		return l.Settle
	}
	return min(l.Settle, time.Until(limit)*3/4)
}

// rest waits until the jobs are at rest and bad events have their marks, twice in a row,
// or the settle time is over. Who is not at rest then is found by the check. An event that
// the broker has lost is found within a minute, whether anybody can read it or not.
func (l *lab) rest(ctx context.Context, histories []*history, bad []badEvent, refused map[string]bool) {
	short, cancel := context.WithTimeout(ctx, l.settleTime(ctx))
	defer cancel()
	calm := 0
	err := until(short, time.Second, func() bool {
		jobs, err := l.jobs(short)
		if calm++; err != nil || !resting(histories, jobs) || !l.allMarked(short, evidence{jobs: jobs, bad: bad, refused: refused}) {
			calm = 0
		}
		return calm == 2
	})
	if err != nil {
		l.log("not everything came to rest")
	}
}

// allMarked reports whether all bad events have their marks.
func (l *lab) allMarked(ctx context.Context, e evidence) bool {
	var err error
	if e.letters, err = l.broker.read(ctx, "DEADLETTER"); err != nil {
		return false
	}
	return len(e.unmarked()) == 0
}

// progress says now and then how far the run is.
func (l *lab) progress(ctx context.Context, s *sender) {
	for pause(ctx, 10*time.Second) == nil {
		b := l.meter.total()
		l.log("%d events sent, %d calls, %d characters billed, %d of them twice", s.sentSoFar(), b.Calls, b.billed(), b.PaidTwice)
	}
}
