package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// delayedProgress is a progress bar on a terminal for work that usually takes no time:
// it appears after a second.
type delayedProgress struct {
	mu    sync.Mutex
	w     io.Writer // nil where nobody looks
	start time.Time
	last  time.Time
	drawn bool
}

func (a *app) delayedProgress() *delayedProgress {
	b := &delayedProgress{start: time.Now()}
	if isTerminal(a.stderr) {
		b.w = a.stderr
	}
	return b
}

// step shows how far a stage is, ten times a second at most.
func (b *delayedProgress) step(stage string, done, total int) {
	if b.w == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if now.Sub(b.start) < time.Second || now.Sub(b.last) < 100*time.Millisecond {
		return
	}
	b.last, b.drawn = now, true
	fmt.Fprintf(b.w, "\r\x1b[K%-6s %s %d of %d", stage, bar(done, total, 24), done, total)
}

// end wipes the bar.
func (b *delayedProgress) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.drawn {
		fmt.Fprint(b.w, "\r\x1b[K")
		b.drawn = false
	}
}
