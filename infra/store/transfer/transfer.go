// Package transfer copies what Lector keeps from one store into another: clips, answers
// of voices whose clips are not made yet, articles that went by reference, pronunciations,
// the names of withdrawn files and renditions. It can be interrupted and repeated, and may
// run while workers write and articles are withdrawn.
package transfer

import (
	"context"
	"io"
	"iter"
	"sync"

	"lector"
)

// Source is a store that is read. What is not there is lector.ErrNotFound.
type Source interface {
	Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error)
	Stat(ctx context.Context, key string) (lector.Object, error)
	// List yields objects in the order of the bytes of their keys, with their
	// sizes, and with their ETags where that needs no reading.
	List(ctx context.Context, prefix string) iter.Seq2[lector.Object, error]
}

// Target is a store that is written to. Put replaces; Delete of what is not
// there is nil.
type Target interface {
	Source
	Put(ctx context.Context, o lector.Object, body io.ReadSeeker) error
	Delete(ctx context.Context, key string) error
}

// Jobs returns the record of an article, or lector.ErrNotFound.
type Jobs interface {
	Job(ctx context.Context, site, key string) (j lector.Job, version uint64, err error)
}

// Copy is one run. It copies what the target lacks or has otherwise, and
// removes from the target the renditions of articles that were withdrawn.
// What only the target has, or has newer, stays there and is reported.
type Copy struct {
	From Source
	To   Target
	// Jobs decides what is newer and what was withdrawn. Without it, nil, only
	// what vanishes from the source during the run counts as withdrawn.
	Jobs Jobs
	// Exact makes the renditions and pronunciations of the target those of the
	// source, whatever the target has of its own.
	Exact bool
	// Mirror is Exact for all parts, and so leaves nothing in the target that the source
	// has not: what was erased there goes here too.
	Mirror bool
	// Parallel is how many articles or clips are worked on at once.
	Parallel int
	// Rounds is how often at most both stores are gone through: again as long
	// as the last time found something to do.
	Rounds int
	// OnStep is called with the progress of the copy. It may be nil, is called from several
	// goroutines, and must return quickly.
	OnStep func(Step)

	state run
}

// Step is how far a copy is in its present round.
type Step struct {
	Part   string // clips, answers, claims, lexicon, withdrawn or renditions
	Seen   int    // objects of the source that were gone through
	Copied int    // objects, in all rounds
	Bytes  int64  // copied, in all rounds
}

// The parts of a store, in the order in which they are copied: what others
// refer to comes first.
const (
	clips      = "clips"
	answers    = "answers"
	claims     = "claims"
	lexicon    = "lexicon"
	withdrawn  = "withdrawn"
	renditions = "renditions"
)

// prefixes says where the parts lie.
func prefixes() map[string]string {
	return map[string]string{
		clips: "clips/", answers: "answers/", claims: "claims/", lexicon: "lexicon/", withdrawn: "withdrawn/", renditions: "a/",
	}
}

// run is the state of a running copy.
type run struct {
	mu       sync.Mutex
	report   Report
	groups   map[string]groupState // of groups, by their prefixes
	failures int                   // groups that failed in a row
}

// groupState is something that happened to a group in this run.
type groupState int

const (
	seen   groupState = 1 << iota // the source had the article
	wrote                         // its pointer was written
	failed                        // it could not be copied
)

func (r *run) mark(prefix string, f groupState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.groups[prefix] |= f
}

func (r *run) has(prefix string, f groupState) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.groups[prefix]&f != 0
}

// defaultRounds is the default of Copy.Rounds.
const defaultRounds = 3

// Run copies until a round finds nothing more to do. The report is good also
// when there is an error, which says that the copy was broken off.
func (c *Copy) Run(ctx context.Context) (Report, error) {
	c.state.groups = map[string]groupState{}
	c.Exact = c.Exact || c.Mirror
	if c.Rounds == 0 {
		c.Rounds = defaultRounds
	}
	for c.state.report.Rounds < c.Rounds {
		before := c.state.report.begin()
		if err := c.round(ctx); err != nil {
			return c.state.report, err
		}
		if !c.state.report.changed(before) {
			break
		}
	}
	return c.state.report, nil
}

// round goes through both stores once.
func (c *Copy) round(ctx context.Context) error {
	for _, part := range []string{clips, answers, claims, lexicon, withdrawn, renditions} {
		if err := c.part(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// part goes through one part of both stores, several groups of objects at once.
func (c *Copy) part(ctx context.Context, part string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	groups := make(chan group)
	var hands sync.WaitGroup
	for range max(1, c.Parallel) {
		hands.Go(func() {
			for g := range groups {
				if err := c.group(ctx, g); err != nil {
					cancel(err)
				}
			}
		})
	}
	err := c.walk(ctx, part, groups)
	close(groups)
	hands.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// walk sends the groups of a part to the channel, in the order of their keys.
func (c *Copy) walk(ctx context.Context, part string, groups chan<- group) error {
	for g, err := range c.groups(ctx, part, prefixes()[part]) {
		if err != nil {
			return err
		}
		c.count(part, g.add)
		select {
		case groups <- g:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
