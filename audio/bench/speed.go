package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

type benchmark struct {
	ctx    context.Context
	corpus *corpus
	self   string // this program
	lector string // a binary that is measured as well, or ""
	tools  []tool
	slow   bool
}

// speed joins 800 parts of 27 MB.
func (b *benchmark) speed() error {
	parts, err := b.corpus.parts("speed", 800, "-b", "64", "-t")
	if err != nil {
		return err
	}
	mb := float64(sizeOf(parts)) / 1e6
	fmt.Printf("## Speed: %d parts, %.1f MB, the whole process, best of five\n\n", len(parts), mb)
	table("tool", "wall s", "× cat", "MB/s", "cpu s", "RSS MB")
	costs := map[string]cost{}
	for _, t := range b.tools {
		if t.slow && !b.slow {
			continue
		}
		times := 5
		if t.slow {
			times = 1
		}
		out := filepath.Join(b.corpus.dir, "out.mp3")
		if c, err := measure(times, func() *exec.Cmd { return t.command(b.ctx, out, parts) }); err == nil {
			costs[t.name] = c
		}
	}
	for _, t := range b.tools {
		if c, ok := costs[t.name]; ok {
			row(t.name, f(c.wall.Seconds(), 3), f(c.wall.Seconds()/costs["cat"].wall.Seconds(), 1),
				f(mb/c.wall.Seconds(), 0), f(c.cpu.Seconds(), 2), f(float64(c.rss)/1e6, 1))
		}
	}
	fmt.Println()
	return nil
}

// memory joins more and more parts.
func (b *benchmark) memory() error {
	fmt.Print("## Memory: RSS at most, MB\n\n")
	table("tool", "40 parts", "800 parts", "8,000 parts")
	for _, t := range b.tools {
		if !strings.HasPrefix(t.name, "lector") && t.name != "ffmpeg -c copy" {
			continue
		}
		cells := []string{t.name}
		for _, n := range []int{40, 800, 8000} {
			parts, err := b.corpus.parts("memory", n, "-b", "64", "-t")
			if err != nil {
				return err
			}
			out := filepath.Join(b.corpus.dir, "out.mp3")
			c, err := measure(1, func() *exec.Cmd { return t.command(b.ctx, out, parts) })
			if err != nil {
				return err
			}
			cells = append(cells, f(float64(c.rss)/1e6, 1))
		}
		row(cells...)
	}
	fmt.Println()
	return nil
}

func table(head ...string) {
	row(head...)
	fmt.Println("|" + strings.Repeat("---|", len(head)))
}

func row(cells ...string) { fmt.Println("| " + strings.Join(cells, " | ") + " |") }

func f(x float64, digits int) string { return fmt.Sprintf("%.*f", digits, x) }
