package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"lector/worker"
)

// progress shows on a terminal how far a job is; elsewhere it is silent.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	live  bool
	drawn bool
}

func (a *app) progress() *progress {
	return &progress{w: a.stderr, live: isTerminal(a.stderr)}
}

// isTerminal reports whether a person may sit at the other end of a stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// step draws one line over the last.
func (p *progress) step(s worker.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.live {
		return
	}
	p.drawn = true
	if s.Total > 0 {
		fmt.Fprintf(p.w, "\r\x1b[K%-8s %s %d of %d", s.Stage, bar(s.Done, s.Total, 24), s.Done, s.Total)
		return
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", s.Stage)
}

// end wipes the line.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// bar is done of total in the given width.
func bar(done, total, width int) string {
	full := width * done / max(total, 1)
	b := make([]rune, width)
	for i := range b {
		b[i] = '░'
		if i < full {
			b[i] = '█'
		}
	}
	return string(b)
}
