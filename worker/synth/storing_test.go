package synth

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// slowClips is a cache that takes a second for each clip, and may then refuse it.
type slowClips struct {
	memory
	putting atomic.Int32
}

func (s *slowClips) Put(ctx context.Context, hash string, mp3 []byte) error {
	s.putting.Add(1)
	_ = pause(ctx, time.Second)
	return s.memory.Put(ctx, hash, mp3)
}

// count returns how many leases are held.
func (d *memoryLeases) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.held)
}

// TestClipsAreStoredBeside: the clips are there before they are stored, their leases are
// held and their answers kept until then, and no more are at work than may be.
func TestClipsAreStoredBeside(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, clips, leases, answers, flight := &fake{}, &slowClips{}, &memoryLeases{held: map[string]bool{}}, &memoryAnswers{}, &Singleflight{}
		s := &Synthesizer{Voice: KeepAnswers(v), Clips: clips, Leases: leases, Answers: answers, Singleflight: flight}
		chunks, began := texts(minWorkers+1), time.Now()
		made, err := s.SynthesizeUnstored(t.Context(), nil, chunks[:minWorkers], nil, nil)
		if err != nil || time.Since(began) != 0 {
			t.Fatalf("after %v: %v", time.Since(began), err)
		}
		if held, kept := leases.count(), len(answers.keys()); held != minWorkers || kept != minWorkers {
			t.Errorf("%d leases held, %d answers kept, want %d", held, kept, minWorkers)
		}
		other, err := s.SynthesizeUnstored(t.Context(), nil, chunks[:1], nil, nil) // an article that says the same
		if err != nil || other[0].State != Reused || v.count() != minWorkers {
			t.Errorf("said again while it is stored: %d calls, %+v, %v", v.count(), other, err)
		}
		if err := AwaitStored(made); err != nil || len(clips.keys()) != minWorkers {
			t.Errorf("%d are stored: %v", len(clips.keys()), err)
		}
		flight.Drain(0)
		if held, kept := leases.count(), len(answers.keys()); held+kept != 0 {
			t.Errorf("%d leases held, %d answers kept at the end", held, kept)
		}
		began, clips.clips = time.Now(), nil
		if _, err = s.SynthesizeUnstored(t.Context(), nil, chunks, nil, nil); err != nil || time.Since(began) != time.Second {
			t.Errorf("one more than may be at work: after %v, %v", time.Since(began), err)
		}
		flight.Drain(0)
	})
}

// TestClipThatCannotBeStored ends the article, also when it is found out after all clips
// are made; its answer stays.
func TestClipThatCannotBeStored(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("no space left")
		clips, answers, flight := &slowClips{memory: memory{fail: full}}, &memoryAnswers{}, &Singleflight{}
		s := &Synthesizer{Voice: KeepAnswers(&fake{}), Clips: clips, Answers: answers, Singleflight: flight}
		chunks := texts(1)
		made, err := s.SynthesizeUnstored(t.Context(), nil, chunks, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := AwaitStored(made); !errors.Is(err, full) || !strings.HasPrefix(err.Error(), "chunk 1 of 1: ") {
			t.Errorf("%v", err)
		}
		if _, err := s.Synthesize(t.Context(), nil, chunks, nil, nil); !errors.Is(err, full) {
			t.Errorf("%v", err)
		}
		flight.Drain(0)
		if len(answers.keys()) != 1 || clips.putting.Load() != 2*storeTries {
			t.Errorf("%d answers are kept, %d tries to store the clip", len(answers.keys()), clips.putting.Load())
		}
	})
}
