package listening

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"lector"
)

// How often counts are kept, how long that may take, and of how many articles they wait.
const (
	keepInterval = 10 * time.Second
	keepLimit    = 20 * time.Second
	lastLimit    = 5 * time.Second // before the process ends
	waitingMost  = 10_000
)

// article is what is counted by itself: an article on one day.
type article struct{ site, key, day string }

// batch is what is added at once. Its id lets a second try be known.
type batch struct {
	id string
	lector.Listening
}

// waiting are counts that are not kept yet.
type waiting struct {
	mu     sync.Mutex
	counts map[article]*batch
	// trying are batches that have been handed to the ledger and may be there already:
	// nothing is added to them.
	trying map[article]*batch
}

// add reports whether there was room.
func (w *waiting) add(a article, l lector.Listening) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.counts[a]
	if b == nil {
		if len(w.counts)+len(w.trying) >= waitingMost {
			return false
		}
		if w.counts == nil {
			w.counts = map[article]*batch{}
		}
		b = &batch{id: rand.Text()[:13]}
		w.counts[a] = b
	}
	b.Add(l)
	return true
}

// next returns what is to be kept now: what was tried before, and of the other articles
// what has come since.
func (w *waiting) next() map[article]*batch {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.trying == nil {
		w.trying = map[article]*batch{}
	}
	for a, b := range w.counts {
		if w.trying[a] == nil {
			w.trying[a] = b
			delete(w.counts, a)
		}
	}
	all := make(map[article]*batch, len(w.trying))
	for a, b := range w.trying {
		all[a] = b
	}
	return all
}

func (w *waiting) kept(a article) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.trying, a)
}

// Run keeps the counts every few seconds, and what is left when ctx ends. A process that
// dies loses the last few seconds.
func (k *Counter) Run(ctx context.Context) {
	tick := time.NewTicker(keepInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			k.keep(ctx, keepLimit)
		case <-ctx.Done():
			for range 2 { // what came while an earlier batch was tried is a batch of its own
				k.keep(context.WithoutCancel(ctx), lastLimit)
			}
			return
		}
	}
}

// keep hands all that waits to the ledger. What fails is tried again the next time; it is
// told once, and once more when it goes on.
func (k *Counter) keep(ctx context.Context, limit time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var failed error
	kept := 0
	for a, b := range k.waiting.next() {
		if err := k.Ledger.AddListening(ctx, a.site, a.key, a.day, b.id, b.Listening); err != nil {
			failed = err
			continue
		}
		k.waiting.kept(a)
		kept++
	}
	switch {
	case failed != nil && !k.failing:
		k.Log.Warn("counts of listening cannot be kept: they wait", "error", failed, "hint", lector.HintOf(failed))
		k.failing = true
	case failed == nil && kept > 0 && k.failing:
		k.Log.Info("counts of listening are kept again", "articles", kept)
		k.failing = false
	}
}
