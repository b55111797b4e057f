package synth

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"lector"
)

// noClips stores nothing.
type noClips struct{}

func (noClips) Get(context.Context, string) ([]byte, error) { return nil, lector.ErrNotFound }

func (noClips) Put(context.Context, string, []byte) error { return nil }

// TestMemoryIsFlat reads 2,000 articles through everything that lives as long
// as the process. It does not run beside other tests, whose memory it would
// measure.
func TestMemoryIsFlat(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	flight := &Singleflight{}
	voice := Retry(LimitCalls(NewBreaker(BreakerConfig{}).Wrap(NewSlots(8).Wrap(&stateless{})), 8, 0), RetryPolicy{})
	read := func(from, to int) uint64 {
		for i := from; i < to; i++ {
			chunks := make([]Chunk, 5)
			for k := range chunks {
				chunks[k].Text = fmt.Sprintf("Article %d, paragraph %d.", i, k)
			}
			r := Synthesizer{Voice: voice, Clips: noClips{}, Singleflight: flight, Leases: &memoryLeases{}}
			if _, err := r.Synthesize(t.Context(), nil, chunks, nil, nil); err != nil {
				t.Fatal(err)
			}
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	early, late := read(0, 200), read(200, 2000)
	if late > early+1<<20 {
		t.Errorf("%d kB after 200 articles, %d kB after 2000", early>>10, late>>10)
	}
}

// stateless is a voice that remembers nothing of what it said.
type stateless struct{ fake }

func (s *stateless) Speak(_ context.Context, r Request) (Result, error) {
	return Result{Speech: spoken(r.Utterance)}, nil
}
