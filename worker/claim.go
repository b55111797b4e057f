package worker

import (
	"context"
	"errors"
	"fmt"
	"io"

	"lector"
)

// whole returns the article of an event with its body, which is in the store
// where it was too large for an event. A reference to anything else is refused.
func (w *Worker) whole(ctx context.Context, a lector.Article) (lector.Article, error) {
	ref := a.Body.Ref
	if ref == "" {
		return a, nil
	}
	if !lector.ValidClaim(ref) {
		return a, lector.Permanent(fmt.Errorf("body.ref: %.80q is no reference to an article in the store", ref))
	}
	content, err := w.readClaim(ctx, ref)
	if errors.Is(err, lector.ErrNotFound) {
		return a, lector.Hint(lector.Permanent(fmt.Errorf("body.ref: %s is not in the store", ref)),
			"whoever publishes by reference must have the store of the workers; publish the article again")
	}
	if err != nil {
		return a, fmt.Errorf("body.ref: %w", err)
	}
	whole, err := a.Dereference(content)
	if err != nil {
		return a, fmt.Errorf("body.ref: %w", err)
	}
	return whole, nil
}

// readClaim reads an article in the store.
func (w *Worker) readClaim(ctx context.Context, key string) ([]byte, error) {
	f, o, err := w.Store.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if o.Size > lector.MaxClaim {
		return nil, lector.Permanent(fmt.Errorf("%s has %d KB, at most %d", key, o.Size>>10, lector.MaxClaim>>10))
	}
	return io.ReadAll(io.LimitReader(f, lector.MaxClaim+1))
}
