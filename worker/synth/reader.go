package synth

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"lector"
)

// Reader turns the chunks of an article into clips. It holds no state of its
// own: many may share its parts, and one may be made for each article.
type Reader struct {
	Voice  Voice
	Clips  Clips
	Flight *Flight // shared by the readers of a process; nil: of this reader's run
	Leases Leases  // nil: Alone
	Ledger Ledger  // is told what was reused; nil: nobody is
	Name   string  // of the voice, as configured, for the ledger
	// RerenderLimit bounds the characters that the chunks of one Read may take
	// in all, in times their own; 0 is 1.5. Their own and three times the
	// longest chunk are always allowed.
	RerenderLimit float64
}

// atOnce is how many chunks are looked at together where the voice states no
// limit of its own. Calls are limited elsewhere; this bounds memory and reads
// from the cache.
const atOnce = 16

// Read returns the clips of the chunks, in their order, or an error and no
// clip at all. Clips of the same sound are made once. After a failure no new
// chunk is begun, but calls in the air are let finish, for they are paid for;
// all finished clips are in the cache by then. When ctx ends Read returns at
// once; what is in the air then is the flight's, and goes into the cache too.
//
// Progress is told after each clip, never by two at once. It may be nil.
func (r *Reader) Read(ctx context.Context, chunks []Chunk, progress func(done, total int, c Clip)) ([]Clip, error) {
	run := &reading{
		Reader: *r, chunks: chunks, order: longestFirst(chunks), extra: newAllowance(chunks, r.RerenderLimit),
		clips: make([]Clip, len(chunks)), progress: progress,
	}
	run.Flight, run.Leases = cmp.Or(r.Flight, &Flight{}), r.leases()
	var wait sync.WaitGroup
	for range min(len(chunks), max(atOnce, r.Voice.Capabilities().Concurrency)) {
		wait.Go(func() { run.work(ctx) })
	}
	wait.Wait()
	if run.failed != nil {
		return nil, run.failed
	}
	if err := r.book(ctx, run.clips); err != nil {
		return nil, err
	}
	return run.clips, nil
}

// book writes into the ledger how many characters cost nothing.
func (r *Reader) book(ctx context.Context, clips []Clip) error {
	reused := 0
	for _, c := range clips {
		if c.State == Reused {
			reused += c.Characters
		}
	}
	if r.Ledger == nil || reused == 0 {
		return nil
	}
	a, now := accountOf(ctx), time.Now().UTC()
	err := r.Ledger.End(ctx, lector.Call{
		ID: rand.Text(), Site: a.Site, Job: a.Job, Voice: r.Name, Backend: r.Voice.Capabilities().Backend,
		Characters: reused, Began: now, Ended: now, Outcome: lector.CallReused,
	})
	if err != nil {
		return fmt.Errorf("book reused characters: %w", err)
	}
	return nil
}

func (r *Reader) leases() Leases {
	if r.Leases == nil {
		return Alone{}
	}
	return r.Leases
}

// Hash returns the address of the chunk's clip in this reader's voice.
func (r *Reader) Hash(c Chunk) string { return Hash(c, r.Voice.Capabilities()) }

// longestFirst returns the places of the chunks in the order in which they are
// made: the longest first, for it takes the longest and shows what the voice
// can say at once, and then as they come.
func longestFirst(chunks []Chunk) []int {
	order := make([]int, len(chunks))
	first := 0
	for i, c := range chunks {
		order[i] = i
		if len(c.Text) > len(chunks[first].Text) {
			first = i
		}
	}
	for i := first; i > 0; i-- {
		order[i-1], order[i] = order[i], order[i-1]
	}
	return order
}

// reading is one run of Read.
type reading struct {
	Reader
	chunks   []Chunk
	order    []int
	extra    *allowance
	progress func(done, total int, c Clip)

	mu     sync.Mutex
	next   int
	done   int
	clips  []Clip
	failed error
}

// work takes chunks until none is left or one has failed.
func (r *reading) work(ctx context.Context) {
	for {
		i, ok := r.take()
		if !ok {
			return
		}
		clip, err := r.clip(ctx, r.chunks[i])
		r.settle(i, clip, err)
	}
}

func (r *reading) take() (int, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed != nil || r.next == len(r.chunks) {
		return 0, false
	}
	r.next++
	return r.order[r.next-1], true
}

func (r *reading) settle(i int, c Clip, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		r.clips[i] = c
		r.done++
		if r.progress != nil {
			r.progress(r.done, len(r.chunks), c)
		}
	case r.failed == nil || lector.IsPermanent(err) && !lector.IsPermanent(r.failed):
		// A permanent failure says more than the transient ones around it.
		r.failed = fmt.Errorf("chunk %d of %d: %w", i+1, len(r.chunks), err)
	}
}

// clip returns the clip of one chunk: from the cache, from whoever is making
// it, or spoken now.
func (r *reading) clip(ctx context.Context, c Chunk) (Clip, error) {
	if ctx.Err() != nil {
		return Clip{}, context.Cause(ctx)
	}
	hash := r.Hash(c)
	return r.Flight.Do(ctx, hash, func() (Clip, error) {
		clip, err := r.fetch(ctx, hash, c)
		if !errors.Is(err, lector.ErrNotFound) {
			return clip, err
		}
		return r.make(ctx, hash, c)
	})
}

// losses is how often the lease of one chunk may be lost before that is an
// error.
const losses = 3

// make speaks a chunk under its lease, unless another worker did meanwhile.
func (r *reading) make(ctx context.Context, hash string, c Chunk) (clip Clip, err error) {
	for range losses {
		clip, err = r.leased(ctx, hash, c)
		if !errors.Is(err, errNotHeld) || ctx.Err() != nil {
			break
		}
	}
	return clip, err
}

func (r *reading) leased(ctx context.Context, hash string, c Chunk) (Clip, error) {
	there := func() bool {
		_, err := r.fetch(ctx, hash, c)
		return err == nil
	}
	confirm, release, err := hold(ctx, r.Leases, "clip."+hash, there)
	if err != nil {
		return Clip{}, fmt.Errorf("lease: %w", err)
	}
	defer release()
	if clip, err := r.fetch(ctx, hash, c); !errors.Is(err, lector.ErrNotFound) {
		return clip, err
	}
	return r.speak(ctx, hash, c, confirm)
}

func (r *reading) speak(ctx context.Context, hash string, c Chunk, confirm func() error) (Clip, error) {
	e := &errand{chunk: hash, kept: true, confirm: confirm, clips: r.Clips, extra: r.extra, length: c.Characters()}
	defer e.book()
	s, err := r.Voice.Speak(withErrand(ctx, e), c.utterance())
	if err != nil {
		return Clip{}, fmt.Errorf("%s: %w", short(c.Text), err)
	}
	clip := Clip{Hash: hash, MP3: s.MP3, Marks: s.Marks, Characters: c.Characters(), State: Paid}
	clip.Billed = cmp.Or(s.Characters, clip.Characters)
	clip.Cost = cost(clip.Billed, r.Voice.Capabilities())
	e.bill(&clip)
	return clip, r.keep(ctx, clip)
}

// short quotes the beginning of a text for an error.
func short(text string) string {
	const most = 40
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most-1]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
