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

	"golang.org/x/sync/errgroup"

	"lector"
)

// Synthesizer turns the chunks of an article into clips. It holds no state of its
// own: many may share its parts, and one may be made for each article.
type Synthesizer struct {
	Voice        Speaker
	Clips        Clips
	Answers      Answers       // nil: an answer is kept nowhere until its clip is stored
	Singleflight *Singleflight // shared by the synthesizers of a process; nil: of one run
	Leases       Leases        // nil: LocalLeases
	Name         string        // of the voice, as configured, for the ledger
	// RerenderLimit bounds the characters that the chunks of one run may take in
	// all, in times their own; 0 is 1.5. Their own and three times the longest
	// chunk are always allowed.
	RerenderLimit float64
}

// minWorkers is how many chunks are processed at once at least, also where the
// voice states no limit or a smaller one. Calls are limited elsewhere; this
// bounds memory and reads from the cache.
const minWorkers = 16

// Synthesize returns the clips of the chunks, in their order, or an error and no
// clip at all. Clips of the same sound are made once; cached holds those that
// Cached found, or is nil. After a failure no new chunk is begun, but calls that
// have begun go on to their end, for they are paid for; all finished clips are in
// the cache by then. When ctx ends Synthesize returns at once, and Singleflight
// sees to it that what is in flight goes into the cache too.
//
// Calls are entered into the account, which may be nil. progress is called after
// each clip, never twice at once. It may be nil.
func (s *Synthesizer) Synthesize(ctx context.Context, a *Account, chunks []Chunk, cached []Clip, progress func(done, total int, c Clip)) ([]Clip, error) {
	clips, err := s.SynthesizeUnstored(ctx, a, chunks, cached, progress)
	if err == nil {
		err = AwaitStored(clips)
	}
	if err != nil {
		return nil, err
	}
	return clips, nil
}

// SynthesizeUnstored is Synthesize for who has more to do with the clips: it returns when all
// are made. The last of them are on their way into the cache then, for which AwaitStored
// waits.
func (s *Synthesizer) SynthesizeUnstored(ctx context.Context, a *Account, chunks []Chunk, cached []Clip, progress func(done, total int, c Clip)) ([]Clip, error) {
	r := &run{
		Synthesizer: *s, account: a, chunks: chunks, cachedClips: cached, rerenders: newRerenderLimit(chunks, s.RerenderLimit),
		clips: make([]Clip, len(chunks)), progress: progress,
	}
	r.Singleflight, r.Leases = cmp.Or(s.Singleflight, &Singleflight{}), s.leases()
	r.all(ctx)
	if err := r.failure(); err != nil {
		return nil, err
	}
	s.countReused(a, r.clips)
	return r.clips, nil
}

// Cached returns the clips that need no call, each at the place of its chunk. The
// others have no MP3.
func (s *Synthesizer) Cached(ctx context.Context, chunks []Chunk) ([]Clip, error) {
	clips := make([]Clip, len(chunks))
	readers, ctx := errgroup.WithContext(ctx)
	readers.SetLimit(minWorkers)
	for i, c := range chunks {
		readers.Go(func() error {
			clip, err := s.cached(ctx, s.hash(c), c)
			if errors.Is(err, lector.ErrNotFound) {
				return nil
			}
			clips[i] = clip
			return err
		})
	}
	return clips, readers.Wait()
}

// Planned returns a call for each chunk that is not among the cached clips, in the
// order in which Synthesize begins them; and of how many the clips may be missing at
// once although they were called for.
func (s *Synthesizer) Planned(a *Account, chunks []Chunk, cached []Clip) (calls []lector.Call, concurrency int) {
	caps, seen := s.Voice.Capabilities(), map[string]bool{}
	for _, i := range a.order(chunks) {
		hash := s.hash(chunks[i])
		if cached[i].MP3 == nil && !seen[hash] {
			seen[hash] = true
			calls = append(calls, newCall(chunks[i].Text, hash, s.Name, caps))
		}
	}
	return calls, s.concurrency()
}

// concurrency is how many chunks of one run may be at work at once, from their calls
// until their clips are stored: while the store hesitates that is more than the voice
// takes calls.
func (s *Synthesizer) concurrency() int {
	return max(minWorkers, s.Voice.Capabilities().Concurrency)
}

// countReused enters how many characters cost nothing.
func (s *Synthesizer) countReused(a *Account, clips []Clip) {
	reused := 0
	for _, c := range clips {
		if c.State == Reused {
			reused += c.Characters
		}
	}
	if a == nil || reused == 0 {
		return
	}
	now := time.Now().UTC()
	a.reused(lector.Call{
		ID: rand.Text(), Voice: s.Name, Backend: s.Voice.Capabilities().Backend,
		Characters: reused, Began: now, Ended: now, Outcome: lector.CallReused,
	})
}

func (s *Synthesizer) leases() Leases {
	if s.Leases == nil {
		return LocalLeases{}
	}
	return s.Leases
}

// hash returns the address of the chunk's clip in this synthesizer's voice.
func (s *Synthesizer) hash(c Chunk) string { return Hash(c, s.Voice.Capabilities()) }

// order returns the places of the chunks in the order in which they are made: the
// longest first, for it takes the longest and shows what the voice can say at once,
// and then as they come. An account that starts slowly has them as they come.
func (a *Account) order(chunks []Chunk) []int {
	order := make([]int, len(chunks))
	first := 0
	for i, c := range chunks {
		order[i] = i
		if len(c.Text) > len(chunks[first].Text) && !a.startsSlowly() {
			first = i
		}
	}
	for i := first; i > 0; i-- {
		order[i-1], order[i] = order[i], order[i-1]
	}
	return order
}

// run is one run of Synthesize.
type run struct {
	Synthesizer
	account     *Account
	chunks      []Chunk
	cachedClips []Clip
	rerenders   *rerenderLimit
	progress    func(done, total int, c Clip)

	mu     sync.Mutex
	done   int
	clips  []Clip
	failed error
}

// all makes the clips until all are made or one has failed. The errgroup bounds
// how many are at work at once, until they are stored, and nothing else: its context would
// end the calls that have begun, and it knows only the first error.
func (r *run) all(ctx context.Context) {
	var workers errgroup.Group
	workers.SetLimit(r.concurrency())
	var made sync.WaitGroup
	for _, i := range r.account.order(r.chunks) {
		if err := r.account.acquirePlace(ctx); err != nil {
			r.finish(i, Clip{}, err)
			break
		}
		made.Add(1)
		workers.Go(func() error {
			c := r.one(ctx, i)
			r.account.releasePlace(c)
			made.Done()
			if err := c.awaitStored(); err != nil { // no further one is begun
				r.finish(i, Clip{}, err)
			}
			return nil
		})
	}
	made.Wait()
	if r.failure() != nil && ctx.Err() == nil {
		_ = workers.Wait() // what was made for a failed article is in the cache when it is tried again
	}
}

// one makes one clip, unless another has failed by then.
func (r *run) one(ctx context.Context, i int) (c Clip) {
	if r.failure() != nil {
		return c
	}
	c, err := recovered(func() (Clip, error) { return r.clip(ctx, i) })
	r.finish(i, c, err)
	return c
}

// failure returns why the run ends without clips, if it does.
func (r *run) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

// finish stores what came of a chunk in the run.
func (r *run) finish(i int, c Clip, err error) {
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
func (r *run) clip(ctx context.Context, i int) (Clip, error) {
	if len(r.cachedClips) > i && r.cachedClips[i].MP3 != nil {
		return r.cachedClips[i], nil
	}
	if ctx.Err() != nil {
		return Clip{}, context.Cause(ctx)
	}
	c := r.chunks[i]
	hash := r.hash(c)
	return r.Singleflight.do(ctx, hash, func(made func(Clip)) (Clip, error) { return r.make(ctx, hash, c, made) })
}

// leaseTries is how often the lease of one chunk may be lost before that is an
// error.
const leaseTries = 3

// make speaks a chunk under its lease, unless another worker did meanwhile. It calls made with
// a clip that was spoken before it stores it.
func (r *run) make(ctx context.Context, hash string, c Chunk, made func(Clip)) (clip Clip, err error) {
	for range leaseTries {
		clip, err = r.leased(ctx, hash, c, made)
		if !errors.Is(err, errLeaseLost) || ctx.Err() != nil {
			break
		}
	}
	return clip, err
}

func (r *run) leased(ctx context.Context, hash string, c Chunk, made func(Clip)) (Clip, error) {
	exists := func() bool {
		_, err := r.cached(ctx, hash, c)
		return err == nil
	}
	confirm, release, err := acquireLease(ctx, r.Leases, "clip."+hash, exists)
	if err != nil {
		return Clip{}, fmt.Errorf("lease: %w", err)
	}
	defer release()
	if clip, err := r.cached(ctx, hash, c); !errors.Is(err, lector.ErrNotFound) {
		return clip, err
	}
	return r.speak(ctx, hash, c, confirm, made)
}

func (r *run) speak(ctx context.Context, hash string, c Chunk, confirm func() error, made func(Clip)) (Clip, error) {
	q := Request{
		Utterance: c.utterance(), chunk: hash, length: c.Characters(), account: r.account,
		confirmLease: confirm, clips: r.Clips, answers: r.Answers, rerenders: r.rerenders,
	}
	defer r.account.finishLate()
	ctx, span := lector.StartSpan(ctx, "speak", lector.SpanInternal)
	span.SetString("lector.voice", r.Name)
	span.SetString("lector.chunk", hash)
	span.SetInt("lector.characters", q.length)
	res, err := r.Voice.Speak(ctx, q)
	span.End(err)
	if err != nil {
		return Clip{}, fmt.Errorf("%s: %w", short(c.Text), err)
	}
	clip := Clip{Hash: hash, MP3: res.MP3, Marks: res.Marks, Characters: c.Characters(), State: Synthesized, Analysis: res.Analysis}
	clip.Billed = cmp.Or(res.Characters, clip.Characters)
	clip.Cost = cost(clip.Billed, r.Voice.Capabilities())
	res.bill(&clip)
	clip.storing = newStoring()
	made(clip)
	err = clip.storing.run(func() error { return r.store(ctx, clip, q.payerOf(res)) })
	if err == nil {
		r.Singleflight.all.Go(func() { q.dropAnswer(ctx) }) // nobody waits for it but Drain
	}
	return clip, err
}

// short quotes the beginning of a text for an error.
func short(text string) string {
	const most = 40
	if utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most-1]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
