package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"lector"
)

// Any reports whether a store holds anything that Copy copies.
func Any(ctx context.Context, s Source) (bool, error) {
	for _, prefix := range prefixes() {
		for o, err := range s.List(ctx, prefix) {
			if err != nil {
				return false, err
			}
			if !isPing(o.Key) {
				return true, nil
			}
		}
	}
	return false, nil
}

// Empty is a store that has nothing and takes nothing. It stands for a target
// that is not there yet, in a plan.
type Empty struct{}

var errEmpty = errors.New("nothing can be stored here")

// Open finds nothing.
func (Empty) Open(_ context.Context, key string) (io.ReadSeekCloser, lector.Object, error) {
	return nil, lector.Object{}, fmt.Errorf("open %s: %w", key, lector.ErrNotFound)
}

// Stat finds nothing.
func (Empty) Stat(_ context.Context, key string) (lector.Object, error) {
	return lector.Object{}, fmt.Errorf("stat %s: %w", key, lector.ErrNotFound)
}

// List yields nothing.
func (Empty) List(context.Context, string) iter.Seq2[lector.Object, error] {
	return func(func(lector.Object, error) bool) {}
}

// Put fails.
func (Empty) Put(context.Context, lector.Object, io.ReadSeeker) error { return errEmpty }

// Delete has nothing to do.
func (Empty) Delete(context.Context, string) error { return nil }
