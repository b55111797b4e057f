package synth

import "fmt"

// storing is a clip on its way into the cache. Its answer is kept until it is there.
type storing struct {
	done chan struct{}
	err  error // once done is closed
}

func newStoring() *storing { return &storing{done: make(chan struct{})} }

// run stores the clip, and returns why it could not.
func (s *storing) run(store func() error) error {
	defer close(s.done)
	_, s.err = recovered(func() (Clip, error) { return Clip{}, store() })
	return s.err
}

// awaitStored waits until a clip is in the cache, or could not be stored.
func (c Clip) awaitStored() error {
	if c.storing == nil {
		return nil
	}
	<-c.storing.done
	return c.storing.err
}

// AwaitStored waits until clips are in the cache, and returns why one of them could not be
// stored.
func AwaitStored(clips []Clip) (err error) {
	for i, c := range clips {
		if failed := c.awaitStored(); failed != nil && err == nil {
			err = fmt.Errorf("chunk %d of %d: %w", i+1, len(clips), failed)
		}
	}
	return err
}
