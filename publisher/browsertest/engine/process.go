package engine

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
)

// process is a program of a browser, which ends with all that it has started.
type process struct {
	cmd    *exec.Cmd
	log    *tail
	exited chan struct{}
}

// launch starts the program as a group of its own. It is killed when ctx ends;
// on Linux also when this process dies in whatever way.
func launch(ctx context.Context, cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, log: newTail(), exited: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.log, p.log
	group(cmd)
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	context.AfterFunc(ctx, p.close)
	return p, nil
}

// run keeps the thread that starts the program until it has ended: to the kernel
// that thread is the parent, whose death is the program's.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	_ = p.cmd.Wait() // it was killed, or has said in its last words why it ended
	_ = p.log.Close()
	close(p.exited)
}

// announced waits until the program writes a line that matches, and returns
// the submatches.
func (p *process) announced(ctx context.Context, line *regexp.Regexp) ([]string, error) {
	found, err := p.log.find(ctx, line)
	if err != nil {
		return nil, fmt.Errorf("%s did not say %q: %w; its last words:\n%s", p.cmd.Path, line, err, p.log)
	}
	return found, nil
}

// close kills the program with all that it has started, and waits for it.
func (p *process) close() {
	select {
	case <-p.exited: // its number may be another's by now
	default:
		killGroup(p.cmd)
		<-p.exited
	}
}

// tail holds the last lines that a program has written.
type tail struct {
	io.WriteCloser
	mu      sync.Mutex
	lines   []string
	changed chan struct{} // closed and made anew with each line
	ended   bool
}

// kept is how many lines a tail holds.
const kept = 50

func newTail() *tail {
	r, w := io.Pipe()
	t := &tail{WriteCloser: w, changed: make(chan struct{})}
	go t.read(r)
	return t
}

func (t *tail) read(r io.Reader) {
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadString('\n')
		if line != "" {
			t.note(strings.TrimSpace(line), false)
		}
		if err != nil {
			t.note("", true)
			return
		}
	}
}

func (t *tail) note(line string, ended bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = ended
	t.lines = append(t.lines, line)
	t.lines = t.lines[max(0, len(t.lines)-kept):]
	close(t.changed)
	t.changed = make(chan struct{})
}

// find waits for a line that matches.
func (t *tail) find(ctx context.Context, wanted *regexp.Regexp) ([]string, error) {
	for {
		found, ended, changed := t.match(wanted)
		switch {
		case found != nil:
			return found, nil
		case ended:
			return nil, fmt.Errorf("it has ended")
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (t *tail) match(wanted *regexp.Regexp) (found []string, ended bool, changed chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, line := range t.lines {
		if found := wanted.FindStringSubmatch(line); found != nil {
			return found, false, nil
		}
	}
	return nil, t.ended, t.changed
}

// String returns the last lines.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, "\n")
}
