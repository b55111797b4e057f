package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"

	mp3 "github.com/hajimehoshi/go-mp3"

	"lector/audio"
	"lector/audio/layer3"
	"lector/audio/mpeg"
)

// inspect is what `lector inspect` does, without the rest of lector in the process.
func inspect(args []string) error {
	debug.SetGCPercent(50) // as lector inspect does
	var files audio.Files
	defer files.Close()
	part, err := files.Part(args[0])
	if err != nil {
		return err
	}
	r, err := audio.Inspect(context.Background(), part.Source, part.Size)
	fmt.Println(r.Frames)
	return err
}

// long writes speech of about n minutes, of 24 kHz mono at 48 kbit/s.
func (c *corpus) long(n int) (string, error) {
	parts, err := c.parts("long", len(spoken), "-b", "48", "-t")
	if err != nil {
		return "", err
	}
	var all []byte
	for _, p := range parts {
		b, err := os.ReadFile(p)
		if err != nil {
			return "", err
		}
		all = append(all, b...)
	}
	const second = 48000 / 8
	path := filepath.Join(c.dir, fmt.Sprintf("%dminutes.mp3", n))
	return path, os.WriteFile(path, bytes.Repeat(all, n*60*second/len(all)+1), 0o600)
}

// hearing compares what it costs to hear 20 minutes, processor time of whole
// processes, and what two hours take of memory.
func (b *benchmark) hearing() error {
	short, err := b.corpus.long(20)
	if err != nil {
		return err
	}
	long, err := b.corpus.long(120)
	if err != nil {
		return err
	}
	peers := [][]string{{"mpg123", "-q", "-t"}, {"ffmpeg", "-v", "error", "-i"}, {b.self, "inspect"}}
	names := []string{"mpg123 -t", "ffmpeg -f null", "inspect alone"}
	if b.lector != "" {
		peers, names = append(peers, []string{b.lector, "inspect"}), append(names, "lector inspect")
	}
	fmt.Print("## Hearing 20 minutes, 24 kHz mono: processor time of the whole process, least of seven\n\n")
	table("program", "cpu s", "× mpg123", "× ffmpeg", "RSS MB", "RSS MB of two hours")
	costs := make([]cost, len(peers))
	for round := range 7 { // in turn, so that all meet the same neighbours on the machine
		for i, p := range peers {
			got, err := once(b.hear(p, short))
			if err != nil {
				return err
			}
			costs[i].rss = max(costs[i].rss, got.rss)
			if round == 0 || got.cpu < costs[i].cpu {
				costs[i].cpu = got.cpu
			}
		}
	}
	for i, p := range peers {
		two, err := once(b.hear(p, long))
		if err != nil {
			return err
		}
		cpu := costs[i].cpu.Seconds()
		row(names[i], f(cpu, 2), f(cpu/costs[0].cpu.Seconds(), 2), f(cpu/costs[1].cpu.Seconds(), 2),
			f(float64(costs[i].rss)/1e6, 1), f(float64(two.rss)/1e6, 1))
	}
	fmt.Println()
	return nil
}

// hear returns a command that listens to a file.
func (b *benchmark) hear(program []string, path string) *exec.Cmd {
	args := append(append([]string{}, program[1:]...), path)
	if program[0] == "ffmpeg" {
		args = append(args, "-f", "null", "-")
	}
	return exec.CommandContext(b.ctx, program[0], args...)
}

// decoding compares the decoders alone, in one goroutine.
func (b *benchmark) decoding() error {
	const minutes = 5
	path, err := b.corpus.long(minutes)
	if err != nil {
		return err
	}
	names := []string{"layer3", "go-mp3"}
	least := make([]float64, len(names))
	for range 7 {
		for i, name := range names {
			got, err := once(b.hear([]string{b.self, name}, path))
			if err != nil {
				return err
			}
			if cpu := got.cpu.Seconds(); least[i] == 0 || cpu < least[i] {
				least[i] = cpu
			}
		}
	}
	fmt.Printf("## Decoding %d minutes, 24 kHz mono: processor time of the whole process, least of seven\n\n", minutes)
	table("decoder", "cpu s", "× real time", "times as fast as go-mp3")
	for i, name := range names {
		row(name, f(least[i], 3), f(60*minutes/least[i], 0), f(least[1]/least[i], 1))
	}
	fmt.Println()
	return nil
}

func decodeByOurs(args []string) error {
	data, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var s mpeg.Scanner
	s.Reset(bytes.NewReader(data), int64(len(data)))
	d := new(layer3.Decoder)
	for r := mpeg.NewReader(&s); r.Next(); {
		if _, err := d.Decode(r.Unit()); err != nil {
			return err
		}
	}
	return s.Err()
}

func decodeByGoMP3(args []string) error {
	data, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	d, err := mp3.NewDecoder(bytes.NewReader(data))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, d)
	return err
}
