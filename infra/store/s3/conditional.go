package s3

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"

	"lector"
)

// conditional is what is known about a server's conditional writes: some
// refuse them, and some, worse, ignore the condition.
type conditional struct {
	learning sync.Mutex // held by the one who finds out
	mu       sync.Mutex
	known    bool
	native   bool
}

func (c *conditional) get() (known, native bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known, c.native
}

func (c *conditional) set(native bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known, c.native = true, native
}

// learn is the first Create on this server. It looks whether the key is free,
// writes the object on condition, and writes it once more: a server that lets
// the second write pass does not know conditions.
func (s *Store) learn(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	s.learned.learning.Lock()
	defer s.learned.learning.Unlock()
	if known, _ := s.learned.get(); known {
		return s.create(ctx, o, body)
	}
	if err := s.absent(ctx, o.Key); err != nil {
		return err
	}
	err := s.putAbsent(ctx, o, body)
	switch {
	case errors.Is(err, lector.ErrExists): // somebody was quicker, and the server saw it
		s.learned.set(true)
		return err
	case status(err) == http.StatusNotImplemented:
		s.learned.set(false)
		return s.put(ctx, o, body)
	case err != nil:
		return err
	}
	switch err := s.putAbsent(ctx, o, body); {
	case errors.Is(err, lector.ErrExists):
		s.learned.set(true)
	case err == nil:
		s.learned.set(false)
	}
	return nil // the object is there; another failure leaves the question for the next time
}
