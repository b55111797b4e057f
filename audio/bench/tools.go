package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
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

// measure runs a command several times and returns the quickest run.
func measure(times int, make func() *exec.Cmd) (best cost, err error) {
	for i := range times {
		c := make()
		start := time.Now()
		if out, err := c.CombinedOutput(); err != nil {
			return best, fmt.Errorf("%s: %w: %s", c.Path, err, out)
		}
		got := cost{wall: time.Since(start), cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
		if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
			got.rss = u.Maxrss * 1024
		}
		if i == 0 || got.wall < best.wall {
			best = got
		}
	}
	return best, nil
}
