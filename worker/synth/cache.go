package synth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lector"
)

// fetch returns the clip of a chunk that was paid for before. Nothing there is
// lector.ErrNotFound.
func (r *Reader) fetch(ctx context.Context, hash string, c Chunk) (Clip, error) {
	data, err := r.Clips.Get(ctx, hash)
	if err != nil {
		return Clip{}, fmt.Errorf("clip %.12s: %w", hash, err)
	}
	mp3, marks, err := unseal(data)
	if err != nil || len(mp3) == 0 {
		return Clip{}, fmt.Errorf("clip %.12s is damaged: %w", hash, errors.Join(err, lector.ErrNotFound))
	}
	return Clip{Hash: hash, MP3: mp3, Marks: marks, Characters: c.Characters(), State: Reused}, nil
}

// puts is how often a clip is put into a cache that does not take it, and
// firstPut how long the first wait in between is; each is twice the one before.
const (
	puts     = 5
	firstPut = 250 * time.Millisecond
)

// keep makes a clip durable. It is paid for by now, so neither an end of ctx
// nor a store that is away for a moment loses it.
func (r *Reader) keep(ctx context.Context, c Clip) error {
	data, err := seal(c.MP3, c.Marks)
	if err != nil {
		return fmt.Errorf("clip %.12s: %w", c.Hash, err)
	}
	ctx = context.WithoutCancel(ctx)
	for try := range puts {
		if try > 0 {
			_ = pause(ctx, firstPut<<(try-1)) // ctx has no end
		}
		if err = r.Clips.Put(ctx, c.Hash, data); err == nil {
			return nil
		}
	}
	return fmt.Errorf("keep clip %.12s: %w", c.Hash, err)
}
