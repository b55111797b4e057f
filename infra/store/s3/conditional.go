package s3

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"

	"lector"
)

// conditionalSupport is what is known of a server's conditional writes: some servers
// refuse them, and some ignore the condition.
type conditionalSupport struct {
	detecting sync.Mutex // held while the support is being detected
	mu        sync.Mutex
	known     bool
	supported bool
}

func (c *conditionalSupport) get() (known, native bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known, c.supported
}

func (c *conditionalSupport) set(native bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known, c.supported = true, native
}

// detectConditional is the first Create on this server. It looks whether the key is free,
// writes the object on condition, and writes it once more: a server that lets
// the second write pass does not know conditions.
func (s *Store) detectConditional(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	s.conditional.detecting.Lock()
	defer s.conditional.detecting.Unlock()
	if known, _ := s.conditional.get(); known {
		return s.create(ctx, o, body)
	}
	if err := s.checkFree(ctx, o.Key); err != nil {
		return err
	}
	err := s.putAbsent(ctx, o, body)
	switch {
	case errors.Is(err, lector.ErrExists): // somebody was quicker, and the server saw it
		s.conditional.set(true)
		return err
	case status(err) == http.StatusNotImplemented:
		s.conditional.set(false)
		return s.put(ctx, o, body)
	case err != nil:
		return err
	}
	switch err := s.putAbsent(ctx, o, body); {
	case errors.Is(err, lector.ErrExists):
		s.conditional.set(true)
	case err == nil:
		s.conditional.set(false)
	}
	return nil // the object is there; another failure leaves the question for the next time
}
