package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// tool is one way to join MP3s.
type tool struct {
	name string
	slow bool // decodes and encodes everything
	// command joins parts, in order, into out.
	command func(ctx context.Context, out string, parts []string) *exec.Cmd
}

// tools returns what is on the PATH, ours first.
func tools(self, lector string) []tool {
	ours := func(name, program string, flags ...string) tool {
		return tool{name: name, command: func(ctx context.Context, out string, parts []string) *exec.Cmd {
			args := append([]string{"stitch", "-o", out}, flags...)
			return exec.CommandContext(ctx, program, append(args, parts...)...)
		}}
	}
	all := []tool{
		ours("lector -trim=false", self, "-trim=false"),
		ours("lector", self),
		ours("lector -pause 450ms", self, "-pause", "450ms"),
	}
	if lector != "" {
		all = append(all, ours("lector binary -trim=false", lector, "-trim=false"), ours("lector binary", lector))
	}
	others := []tool{
		{name: "cat", command: shell(`cat "$@" > "$0"`)},
		{name: "mp3cat", command: func(ctx context.Context, out string, parts []string) *exec.Cmd {
			return exec.CommandContext(ctx, "mp3cat", append([]string{"-o", out, "-q"}, parts...)...)
		}},
		{name: "mp3wrap", command: func(ctx context.Context, out string, parts []string) *exec.Cmd {
			return exec.CommandContext(ctx, "mp3wrap", append([]string{out}, parts...)...)
		}},
		{name: "ffmpeg -c copy", command: ffmpeg("-c", "copy")},
		{name: "ffmpeg re-encode", slow: true, command: ffmpeg("-b:a", "64k")},
		{name: "sox re-encode", slow: true, command: func(ctx context.Context, out string, parts []string) *exec.Cmd {
			return exec.CommandContext(ctx, "sox", append(append([]string{}, parts...), "-C", "64", out)...)
		}},
	}
	for _, t := range others {
		if _, err := exec.LookPath(strings.Fields(t.name)[0]); err == nil {
			all = append(all, t)
		}
	}
	return all
}

func shell(script string) func(context.Context, string, []string) *exec.Cmd {
	return func(ctx context.Context, out string, parts []string) *exec.Cmd {
		return exec.CommandContext(ctx, "sh", append([]string{"-c", script, out}, parts...)...)
	}
}

func ffmpeg(codec ...string) func(context.Context, string, []string) *exec.Cmd {
	return func(ctx context.Context, out string, parts []string) *exec.Cmd {
		list := filepath.Join(filepath.Dir(out), "list.txt")
		var b strings.Builder
		for _, p := range parts {
			fmt.Fprintf(&b, "file '%s'\n", p)
		}
		if err := os.WriteFile(list, []byte(b.String()), 0o600); err != nil {
			panic(err) // a directory that we made ourselves
		}
		args := append([]string{"-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", list}, codec...)
		return exec.CommandContext(ctx, "ffmpeg", append(args, out)...)
	}
}

// cost is what a process took.
type cost struct {
	wall time.Duration
	cpu  time.Duration
	rss  int64 // bytes at most
}

// measure runs a command several times and returns the quickest run, with the most
// memory of all.
func measure(times int, make func() *exec.Cmd) (best cost, err error) {
	for i := range times {
		got, err := once(make())
		if err != nil {
			return best, err
		}
		got.rss = max(got.rss, best.rss)
		if i > 0 && best.wall < got.wall {
			got.wall, got.cpu = best.wall, best.cpu
		}
		best = got
	}
	return best, nil
}

func once(c *exec.Cmd) (got cost, err error) {
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	start := time.Now()
	if err := c.Start(); err != nil {
		return got, err
	}
	done, peak := make(chan struct{}), make(chan int64)
	go func() { peak <- watch(c.Process.Pid, done) }()
	err = c.Wait()
	got.wall = time.Since(start)
	close(done)
	got.rss = <-peak
	if err != nil {
		return got, fmt.Errorf("%s: %w: %s", c.Path, err, out.Bytes())
	}
	got.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	return got, nil
}

// watch returns the most memory that a process has had, in bytes. It asks the
// kernel again and again: what wait reports of a child of a Go program is at least
// what the program itself had when it started it.
func watch(pid int, done <-chan struct{}) (peak int64) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return peak
		case <-tick.C:
			peak = max(peak, highWater(pid))
		}
	}
}

// highWater reads VmHWM; 0 where there is no such thing.
func highWater(pid int) (kB int64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, line, _ := bytes.Cut(status, []byte("VmHWM:"))
	_, _ = fmt.Sscan(string(line[:min(len(line), 32)]), &kB)
	return kB * 1024
}
