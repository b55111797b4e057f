package synth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lector"
)

// cached returns the clip of a chunk that was paid for before, or
// lector.ErrNotFound.
func (s *Synthesizer) cached(ctx context.Context, hash string, c Chunk) (Clip, error) {
	data, err := s.Clips.Get(ctx, hash)
	if err != nil {
		return Clip{}, fmt.Errorf("clip %.12s: %w", hash, err)
	}
	mp3, marks, analysis, err := split(data)
	if err != nil || len(mp3) == 0 {
		return Clip{}, fmt.Errorf("clip %.12s is damaged: %w", hash, errors.Join(err, lector.ErrNotFound))
	}
	return Clip{Hash: hash, MP3: mp3, Marks: marks, Characters: c.Characters(), State: Reused, Analysis: analysis}, nil
}

// storeTries is how often a clip is written to a cache that does not accept it,
// and storeDelay how long the first wait in between is; each is twice the one
// before.
const (
	storeTries = 5
	storeDelay = 250 * time.Millisecond
)

// store makes a clip durable, with the attempt that paid for it. It is paid for by
// now, so neither an end of ctx nor a store that does not answer for a moment loses
// it.
func (s *Synthesizer) store(ctx context.Context, c Clip, payer string) error {
	data, err := embed(c.MP3, c.Marks, c.Analysis, payer)
	if err != nil {
		return fmt.Errorf("clip %.12s: %w", c.Hash, err)
	}
	ctx = context.WithoutCancel(ctx)
	for try := range storeTries {
		if try > 0 {
			_ = pause(ctx, storeDelay<<(try-1)) // ctx does not end
		}
		if err = s.Clips.Put(ctx, c.Hash, data); err == nil {
			return nil
		}
	}
	return fmt.Errorf("store clip %.12s: %w", c.Hash, err)
}
