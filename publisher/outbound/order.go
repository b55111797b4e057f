package outbound

import "sync"

// order has those of one name follow each other as they have joined.
type order struct {
	mu   sync.Mutex
	last map[string]chan struct{} // closed when the last one of the name is done
}

func newOrder() *order { return &order{last: map[string]chan struct{}{}} }

// join returns what is closed when those before are done, and what to call when this
// one is.
func (o *order) join(name string) (before <-chan struct{}, done func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	previous, mine := o.last[name], make(chan struct{})
	if previous == nil {
		previous = make(chan struct{})
		close(previous)
	}
	o.last[name] = mine
	return previous, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		close(mine)
		if o.last[name] == mine {
			delete(o.last, name)
		}
	}
}
