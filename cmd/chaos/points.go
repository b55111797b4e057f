package main

import "sync"

// points are the places in the way of an article that can be seen from outside.
// What is to happen at one happens before the article goes on.
type points struct {
	mu    sync.Mutex
	armed map[point]func()
}

// point is a place that one worker reaches.
type point struct{ place, worker string }

// Where a fault can strike a worker.
const (
	inCall      = "in a call"             // a voice has the text and has not answered
	afterAnswer = "after an answer"       // the voice has written the whole answer
	beforeWrite = "before a write"        // the store has not got the object
	afterWrite  = "after a write"         // the store has it, and the worker does not know
	announcing  = "after an announcement" // the broker has the event; any worker's
)

// at has something happen when the point is reached next.
func (p *points) at(where point, do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.armed == nil {
		p.armed = map[point]func(){}
	}
	p.armed[where] = do
}

// take returns what is to happen at a point, once.
func (p *points) take(where point) func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	do := p.armed[where]
	delete(p.armed, where)
	return do
}

// reach has happen what is to happen.
func (p *points) reach(where point) {
	if do := p.take(where); do != nil {
		do()
	}
}
