package worker

import (
	"bytes"
	"context"
	"errors"
	"io"

	"lector"
)

// Clips keeps clips in a store, under the hash of all that went into them.
type Clips struct {
	Store interface {
		Create(ctx context.Context, o lector.Object, body io.ReadSeeker) error
		Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error)
	}
}

// Get returns a clip, or lector.ErrNotFound.
func (c Clips) Get(ctx context.Context, hash string) ([]byte, error) {
	body, _, err := c.Store.Open(ctx, lector.ClipKey(hash))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(body)
	return data, errors.Join(err, body.Close())
}

// Put stores a clip. The first rendering of a hash stays; a second one, made at
// the same time or by a voice that is not deterministic, is dropped.
func (c Clips) Put(ctx context.Context, hash string, mp3 []byte) error {
	err := c.Store.Create(ctx, lector.NewObject(lector.ClipKey(hash)), bytes.NewReader(mp3))
	if errors.Is(err, lector.ErrExists) {
		return nil
	}
	return err
}
