package replay

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"lector"
	"lector/worker"
	"lector/worker/jobindex"
)

// Finder finds jobs, the last changed first.
type Finder interface {
	Complete() bool
	Find(f lector.JobFilter) (int, iter.Seq[jobindex.Entry])
	Job(id string) (jobindex.Entry, bool)
}

// Estimator estimates the characters and the cost of reading an article now.
type Estimator interface {
	Estimate(ctx context.Context, a lector.Article, generation string) (worker.Estimate, error)
}

// errIncomplete is the answer while nobody knows all jobs.
var errIncomplete = errors.New("the index of the jobs is not complete yet")

// Reader reports whether the public audio of an article contains a word.
type Reader interface {
	Reads(ctx context.Context, site, key, word string) (bool, error)
}

// Planner makes the plan of a replay: its articles, characters, cost and time.
type Planner struct {
	Jobs      Finder
	Events    Events    // nil: the records alone are asked
	Estimator Estimator // likewise
	Reader    Reader    // nil: no words can be looked for
	AtOnce    int       // how many articles of a replay are in work at once unless it states a number
}

// Up to exactly articles are looked at each; of more, sampled ones, which lie evenly
// among the others, stand for all.
const (
	exactly = 200
	sampled = 100
)

// lookedAtAtOnce is how many articles are looked at at once.
const lookedAtAtOnce = 8

// Plan returns what a replay would do, and the articles in the order of the work:
// the last changed first, or as they are named.
func (p *Planner) Plan(ctx context.Context, r lector.ReplayRequest) (lector.ReplayPlan, []lector.JobRef, error) {
	if !p.Jobs.Complete() {
		return lector.ReplayPlan{}, nil, errIncomplete
	}
	plan, selected := p.selected(r)
	selected, err := p.withWord(ctx, selected, r.Word)
	if err != nil {
		return plan, nil, err
	}
	figures, err := p.figures(ctx, selected, r.Force)
	if err != nil {
		return plan, nil, err
	}
	if !figures.estimated {
		selected = slices.DeleteFunc(selected, func(e candidate) bool {
			why, out := figures.out[e.ID]
			if out {
				plan.Skip(lector.LeftOut{Job: e.ID, Reason: string(why)})
			}
			return out
		})
	}
	plan.Characters = lector.ReplayCharacters{Cached: figures.Cached, Billed: figures.Billed}
	plan.Articles, plan.Cost, plan.Estimate = len(selected), figures.Cost, figures.estimated
	plan.Seconds = p.seconds(selected, figures.Billed, cmp.Or(r.AtOnce, p.AtOnce, 1))
	refs := make([]lector.JobRef, len(selected))
	for i, e := range selected {
		refs[i] = e.JobRef
	}
	return plan, refs, nil
}

// candidate is a job that would be replayed, with what its plan asks for: there may be a
// hundred thousand of them.
type candidate struct {
	lector.JobRef
	generation string
	sequence   uint64
	characters int // of its chunks, 0: unknown
	billed     int // characters, the last time
	cost       float64
	took       time.Duration
}

func newCandidate(e jobindex.Entry) candidate {
	return candidate{
		JobRef: lector.JobRef{Site: e.Job.Site, ID: e.Job.ID}, generation: e.Job.Generation, sequence: e.Job.Sequence,
		characters: e.Characters, billed: e.Job.Usage.Billed, cost: e.Job.Cost, took: e.Took,
	}
}

// selected returns what would be replayed; the plan has what would not.
func (p *Planner) selected(r lector.ReplayRequest) (plan lector.ReplayPlan, all []candidate) {
	add := func(e jobindex.Entry) {
		if err := check(e.Job, r.Filter); err != nil {
			plan.Skip(lector.LeftOut{Job: e.Job.ID, Reason: err.Error()})
			return
		}
		all = append(all, newCandidate(e))
	}
	if len(r.Jobs) == 0 {
		n, found := p.Jobs.Find(r.Filter)
		all = make([]candidate, 0, n) // grown step by step, the list of all jobs would take twice the memory
		for e := range found {
			add(e)
		}
		return plan, all
	}
	for _, id := range r.Jobs {
		if e, ok := p.Jobs.Job(id); ok {
			add(e)
		} else {
			plan.Skip(lector.LeftOut{Job: id, Reason: string(noRecord)})
		}
	}
	return plan, all
}

// errNoWord is the answer where nobody knows what is read.
var errNoWord = errors.New("-lexicon needs a running worker, which knows what is read")

// withWord returns the jobs whose audio reads a word.
func (p *Planner) withWord(ctx context.Context, all []candidate, word string) ([]candidate, error) {
	if word == "" {
		return all, nil
	}
	if p.Reader == nil {
		return nil, errNoWord
	}
	hits := make([]bool, len(all))
	readers, ctx := errgroup.WithContext(ctx)
	readers.SetLimit(lookedAtAtOnce)
	for i, e := range all {
		readers.Go(func() (err error) {
			hits[i], err = p.Reader.Reads(ctx, e.Site, e.ID, word)
			return err
		})
	}
	err := readers.Wait()
	var found []candidate
	for i, e := range all {
		if hits[i] {
			found = append(found, e)
		}
	}
	return found, err
}

// figures are the sums of a plan.
type figures struct {
	worker.Estimate
	estimated bool               // of a sample or of the records
	out       map[string]leftOut // jobs that turn out not to be replayed
}

func (p *Planner) figures(ctx context.Context, all []candidate, force int) (figures, error) {
	switch {
	case force > 0 && p.Estimator == nil:
		return figures{}, errNoForce
	case force > 0:
		return p.forced(ctx, all, force)
	case p.Estimator == nil:
		return fromRecords(all), nil
	case len(all) <= exactly:
		return p.sum(ctx, all)
	}
	sample := make([]candidate, sampled)
	for i := range sample {
		sample[i] = all[i*len(all)/sampled]
	}
	f, err := p.sum(ctx, sample)
	scale := float64(len(all)) / sampled
	f.estimated, f.Cost = true, f.Cost*scale
	f.Cached, f.Billed = int(float64(f.Cached)*scale), int(float64(f.Billed)*scale)
	return f, err
}

// sum looks at each article. One that cannot be read takes nothing.
func (p *Planner) sum(ctx context.Context, all []candidate) (figures, error) {
	f := figures{out: map[string]leftOut{}}
	var mu sync.Mutex
	readers, ctx := errgroup.WithContext(ctx)
	readers.SetLimit(lookedAtAtOnce)
	for _, entry := range all {
		readers.Go(func() error {
			e, err := p.one(ctx, entry, entry.generation)
			mu.Lock()
			defer mu.Unlock()
			f.Cached, f.Billed, f.Cost = f.Cached+e.Cached, f.Billed+e.Billed, f.Cost+e.Cost
			if errors.Is(err, gone) {
				f.out[entry.ID] = gone
				return nil
			}
			return err
		})
	}
	return f, readers.Wait()
}

func (p *Planner) one(ctx context.Context, entry candidate, generation string) (read worker.Estimate, err error) {
	e, err := p.Events.Event(ctx, entry.sequence)
	if errors.Is(err, lector.ErrNotFound) {
		return read, gone
	}
	if err == nil && e.Article.Visibility == lector.Public && e.Type != lector.Scheduled {
		read, err = p.Estimator.Estimate(ctx, e.Article, generation)
	}
	if ctx.Err() != nil || lector.ClassOf(err) == lector.ClassStorage {
		return read, err
	}
	return read, nil // where the article cannot be read, its job will say why
}

// errNoForce is the answer where nobody knows how many characters an article has.
var errNoForce = errors.New("-force needs a running worker, which counts the characters")

// forced goes through the articles in their order and leaves out each that would
// need more characters than are left.
func (p *Planner) forced(ctx context.Context, all []candidate, most int) (figures, error) {
	f := figures{out: map[string]leftOut{}}
	for _, entry := range all {
		if f.Billed+entry.characters > most { // not worth a look
			f.out[entry.ID] = overForce
			continue
		}
		e, err := p.one(ctx, entry, newGeneration)
		switch {
		case errors.Is(err, gone):
			f.out[entry.ID] = gone
		case err != nil:
			return f, err
		case f.Billed+e.Billed > most:
			f.out[entry.ID] = overForce
		default:
			f.Billed, f.Cost = f.Billed+e.Billed, f.Cost+e.Cost
		}
	}
	return f, nil
}

// newGeneration stands for a generation of which no clip is there.
const newGeneration = "new"

// fromRecords estimates by what the last readings took: the clips of what is ready
// are there, and what has never come to an end is as long as the others.
func fromRecords(all []candidate) figures {
	var f figures
	known, unread := 0, 0
	var price float64
	billed := 0
	for _, e := range all {
		if e.characters == 0 {
			unread++
		} else {
			known++
			f.Cached += e.characters
		}
		price, billed = price+e.cost, billed+e.billed
	}
	if known > 0 {
		f.Billed = f.Cached / known * unread
	}
	if billed > 0 {
		f.Cost = float64(f.Billed) * price / float64(billed)
	}
	f.estimated = len(all) > 0
	return f
}

// overhead is how long an article takes whose clips are all there.
const overhead = 300 * time.Millisecond

// perCharacter is how long a voice takes for a character where no job has shown it.
const perCharacter = 5 * time.Millisecond

// seconds estimates how long the replay takes, by how long the billed characters of
// these articles took the last time.
func (p *Planner) seconds(all []candidate, billed, atOnce int) float64 {
	pace, characters, took := perCharacter.Seconds(), 0, time.Duration(0)
	for _, e := range all {
		if e.took > 0 && e.billed > 0 {
			characters, took = characters+e.billed, took+e.took
		}
	}
	if characters > 0 {
		pace = took.Seconds() / float64(characters)
	}
	return (float64(len(all))*overhead.Seconds() + float64(billed)*pace) / float64(atOnce)
}
