package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"lector"
)

// takedownTrial withdraws articles while every place of every worker is taken by others.
type takedownTrial struct {
	*lab
	writer  *writer
	audible []*history                 // are withdrawn
	seen    map[string]lector.Manifest // of them, by key
	long    []*history                 // take the places for long articles and for breaking news, until the end
	short   []*history                 // take the other places
}

// Sizes of a takedown trial.
const (
	longParagraphs  = 400 // of which each is one call or more
	shortParagraphs = 30  // of the longest article that takes no place for long ones
	slowVoice       = 2 * time.Second
)

// takedowns is what a trial showed.
type takedowns struct {
	Took  []time.Duration // from the broker's confirmation until nothing is public, each
	Read  time.Duration   // likewise of an article that was read, until its job was at its end
	Busy  int             // places that were taken
	Ended int             // articles in them that ended before the last takedown
}

// longest is the longest time until something was gone.
func (t takedowns) longest() time.Duration { return max(t.Read, slices.Max(t.Took)) }

// runTakedowns runs a trial and prints what it showed.
func runTakedowns(ctx context.Context, o options, stdout, stderr io.Writer) error {
	l, err := openLab(ctx, o, stderr)
	if err != nil {
		return err
	}
	l.voice.latency = slowVoice
	got, err := l.takedowns(ctx)
	if err != nil {
		return fmt.Errorf("%w (logs in %s)", err, l.dir)
	}
	printTakedowns(stdout, got)
	switch {
	case got.Ended > 0:
		return fmt.Errorf("%d places were free before the last article was gone: the trial says nothing", got.Ended)
	case got.longest() > inTime:
		return fmt.Errorf("a takedown took more than %v", inTime)
	}
	return nil
}

// takedowns starts the installation, runs a trial and stops all.
func (l *lab) takedowns(ctx context.Context) (got takedowns, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer l.stop()
	defer cancel() // before the programs are killed, so that nobody starts them again
	if err := l.start(ctx); err != nil {
		return got, fmt.Errorf("start: %w", err)
	}
	ctx, stop := context.WithTimeout(ctx, l.Settle)
	defer stop()
	t := &takedownTrial{lab: l, writer: newWriter(rand.New(rand.NewPCG(l.Seed, 6))), seen: map[string]lector.Manifest{}}
	for _, step := range []func(context.Context) error{t.publish, t.fill} {
		if err := step(ctx); err != nil {
			return got, err
		}
	}
	return t.withdraw(ctx)
}

// send sends an event of an article; of a withdrawal paragraphs are 0.
func (t *takedownTrial) send(ctx context.Context, h *history, kind lector.EventType, paragraphs int, lane lector.Lane) error {
	e := event{id: h.article + "-" + string(kind), kind: kind, lane: lane, article: lector.Article{Site: h.site, ID: h.article, Revision: revisionName(1)}}
	if paragraphs > 0 {
		a := &e.article
		a.Language, a.Visibility, a.Title = "en", lector.Public, t.writer.title()
		a.URL = "https://" + h.site + ".example/" + h.article
		a.Body = lector.Body{ContentType: lector.HTML, Content: body(t.writer.paragraphs(paragraphs))}
	}
	m, err := e.message(time.Now())
	if err != nil {
		return err
	}
	_, err = t.broker.publish(ctx, m)
	return err
}

// sendAll publishes so many articles of a name and a length.
func (t *takedownTrial) sendAll(ctx context.Context, name string, n, paragraphs int, lane lector.Lane) (all []*history, err error) {
	for i := range n {
		h := &history{site: siteNames[i%len(siteNames)], article: fmt.Sprintf("%s-%d", name, i)}
		if err := t.send(ctx, h, lector.Published, paragraphs, lane); err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, nil
}

// publish makes the articles public that are withdrawn later.
func (t *takedownTrial) publish(ctx context.Context) (err error) {
	if t.audible, err = t.sendAll(ctx, "short", t.Takedowns, 1, lector.Normal); err != nil {
		return err
	}
	for _, h := range t.audible {
		if err := t.await(ctx, h, true); err != nil {
			return fmt.Errorf("%s does not become public: %w", h.article, err)
		}
	}
	t.log("%d articles are public", len(t.audible))
	return nil
}

// fill has articles take every place of every worker, and more of them wait.
func (t *takedownTrial) fill(ctx context.Context) (err error) {
	longPlaces := (jobsAtOnce/2 + 1) * len(t.workers)
	if t.long, err = t.sendAll(ctx, "long", longPlaces+1, longParagraphs, lector.Breaking); err != nil {
		return err
	}
	if t.short, err = t.sendAll(ctx, "other", 4*jobsAtOnce*len(t.workers), shortParagraphs, lector.Normal); err != nil {
		return err
	}
	var last map[string]job
	err = until(ctx, 500*time.Millisecond, func() bool {
		jobs, err := t.jobs(ctx)
		if err != nil {
			return false
		}
		last = jobs
		return inState(t.long, jobs, lector.Running) >= longPlaces && inState(t.short, jobs, lector.Running) >= jobsAtOnce*len(t.workers)
	})
	if err != nil {
		return fmt.Errorf("not every place is taken, long articles are %v, others %v: %w", states(t.long, last), states(t.short, last), err)
	}
	t.log("every place is taken")
	return nil
}

// states counts the articles by the states of their jobs, "" where there is none.
func states(all []*history, jobs map[string]job) map[lector.State]int {
	n := map[lector.State]int{}
	for _, h := range all {
		n[jobs[h.key()].State]++
	}
	return n
}

// inState counts the articles whose job is in a state.
func inState(all []*history, jobs map[string]job, s lector.State) int { return states(all, jobs)[s] }

// withdraw withdraws one article after the other, then one that is read.
func (t *takedownTrial) withdraw(ctx context.Context) (got takedowns, err error) {
	got.Busy = (jobsAtOnce + jobsAtOnce/2 + 1) * len(t.workers)
	kinds := []lector.EventType{lector.Unpublished, lector.Deleted}
	for i, h := range t.audible {
		took, err := t.takeDown(ctx, h, kinds[i%len(kinds)], func() error { return t.await(ctx, h, false) })
		if err != nil {
			return got, fmt.Errorf("%s is still public: %w", h.article, err)
		}
		got.Took = append(got.Took, took)
	}
	read := t.long[0]
	if got.Read, err = t.takeDown(ctx, read, lector.Unpublished, func() error { return t.awaitRemoved(ctx, read) }); err != nil {
		return got, fmt.Errorf("%s is still read: %w", read.article, err)
	}
	jobs, err := t.jobs(ctx)
	for _, j := range jobs {
		long := slices.ContainsFunc(t.long, func(h *history) bool { return h.key() == j.ID && h != read })
		if long && j.State.Terminal() {
			got.Ended++
		}
	}
	return got, err
}

// takeDown withdraws an article and says how long it took until it was gone.
func (t *takedownTrial) takeDown(ctx context.Context, h *history, kind lector.EventType, gone func() error) (time.Duration, error) {
	if err := t.send(ctx, h, kind, 0, lector.Normal); err != nil {
		return 0, err
	}
	began := time.Now()
	err := gone()
	took := time.Since(began)
	t.log("%s of %s took %v", kind, h.article, took.Round(time.Millisecond))
	return took, err
}

// await waits until listeners get an article, or neither its manifest nor its MP3.
func (t *takedownTrial) await(ctx context.Context, h *history, there bool) error {
	return until(ctx, 20*time.Millisecond, func() bool {
		p, err := fetchPointer(ctx, t.public, h)
		if err != nil || p.there != there {
			return false
		}
		if there {
			t.seen[h.key()] = p.manifest
			return true
		}
		status, _, err := get(ctx, audioOf(t.public, t.seen[h.key()]))
		return err == nil && (status == http.StatusGone || status == http.StatusNotFound)
	})
}

// awaitRemoved waits until the job of an article that is read says that it is withdrawn.
func (t *takedownTrial) awaitRemoved(ctx context.Context, h *history) error {
	return until(ctx, 20*time.Millisecond, func() bool {
		jobs, err := t.jobs(ctx)
		return err == nil && jobs[h.key()].State == lector.Removed
	})
}

// printTakedowns writes what a trial showed.
func printTakedowns(w io.Writer, got takedowns) {
	fmt.Fprintln(w, "| places taken | articles withdrawn | median until gone | longest | one that was read | long articles that ended meanwhile |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|")
	fmt.Fprintf(w, "| %d | %d | %.2f s | %.2f s | %.2f s | %d |\n", got.Busy, len(got.Took), medianOf(slices.Clone(got.Took)).Seconds(),
		slices.Max(got.Took).Seconds(), got.Read.Seconds(), got.Ended)
}
