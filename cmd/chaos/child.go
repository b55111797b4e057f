package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// child is a program that is started, stopped hard and started again. It dies
// with this process.
type child struct {
	name string   // names its log, too
	path string   // of the executable
	args []string // without the executable
	env  []string // beside this process's own
	dir  string   // where it runs and where its log is kept

	// onExit hears of an end that nobody here has asked for.
	onExit func(c *child, err error)

	mu     sync.Mutex
	cmd    *exec.Cmd
	ended  chan struct{}
	wanted bool  // to run
	from   int64 // where its log of this run begins
	struck []int // its processes that were killed or frozen
}

// start starts the program, with more variables in its environment. One that
// runs stays as it is.
func (c *child) start(ctx context.Context, more ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.wanted && c.cmd != nil {
		return nil
	}
	log, err := os.OpenFile(filepath.Join(c.dir, c.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if info, err := log.Stat(); err == nil {
		c.from = info.Size()
	}
	cmd := exec.CommandContext(ctx, c.path, c.args...)
	cmd.Dir, cmd.Env = c.dir, append(append(os.Environ(), c.env...), more...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = dieWithParent()
	if err := cmd.Start(); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", c.name, err), log.Close())
	}
	c.cmd, c.ended, c.wanted = cmd, make(chan struct{}), true
	go c.wait(cmd, c.ended, log)
	return nil
}

// upgrade has the next start be of another build.
func (c *child) upgrade(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.path = path
}

// wait reaps the program and tells of an end that nobody wanted.
func (c *child) wait(cmd *exec.Cmd, ended chan struct{}, log io.Closer) {
	err := cmd.Wait()
	_ = log.Close() // the program's own lines are in it already
	c.mu.Lock()
	mourned := c.wanted && c.cmd == cmd
	if c.cmd == cmd {
		c.cmd = nil
	}
	c.mu.Unlock()
	close(ended)
	if mourned && c.onExit != nil {
		c.onExit(c, err)
	}
}

// logged is what the program has written since it was started last.
func (c *child) logged() string {
	c.mu.Lock()
	from := c.from
	c.mu.Unlock()
	data, err := os.ReadFile(filepath.Join(c.dir, c.name+".log"))
	if err != nil || int64(len(data)) < from {
		return ""
	}
	return string(data[from:])
}

// running returns the process and the channel that is closed when it has ended,
// or nil.
func (c *child) running() (*os.Process, chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd == nil {
		return nil, nil
	}
	return c.cmd.Process, c.ended
}

// unwanted marks the end that comes as one that was asked for.
func (c *child) unwanted() (*os.Process, chan struct{}) {
	c.mu.Lock()
	c.wanted = false
	c.mu.Unlock()
	return c.running()
}

// kill ends the program as a power cut of its machine would, and waits until it
// is gone.
func (c *child) kill() {
	process, ended := c.unwanted()
	if process == nil {
		return
	}
	c.strike(process)
	_ = process.Kill() // it may have ended by itself
	<-ended
}

// strike notes that a process was killed or frozen.
func (c *child) strike(process *os.Process) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.struck = append(c.struck, process.Pid)
}

// strikes returns the processes of the program that were killed or frozen.
func (c *child) strikes() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.struck)
}

// freeze stops the program where it is, until the signal SIGCONT.
func (c *child) freeze() {
	if process, _ := c.running(); process != nil {
		c.strike(process)
		_ = process.Signal(syscall.SIGSTOP) // it may have ended meanwhile
	}
}

// stop asks the program to end. One that does not within the grace time is
// killed, which is reported.
func (c *child) stop(ctx context.Context, grace time.Duration) (inTime bool) {
	process, ended := c.unwanted()
	if process == nil {
		return true
	}
	_ = process.Signal(syscall.SIGTERM) // it may have ended by itself
	wait, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	select {
	case <-ended:
		return true
	case <-wait.Done():
		c.kill()
		return false
	}
}

// signal sends a signal to the program if it runs.
func (c *child) signal(s syscall.Signal) {
	if process, _ := c.running(); process != nil {
		_ = process.Signal(s) // it may have ended meanwhile
	}
}

// loopback is the address of a port of this machine.
func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// pause waits for a time, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// until asks every tick until something holds, or ctx ends.
func until(ctx context.Context, tick time.Duration, holds func() bool) error {
	for !holds() {
		if err := pause(ctx, tick); err != nil {
			return err
		}
	}
	return nil
}
