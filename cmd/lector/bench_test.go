package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestBench runs the whole pipeline on one server and on a cluster.
func TestBench(t *testing.T) {
	t.Parallel()
	for _, nodes := range []int{1, 3} {
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: testLog{t}, getenv: func(string) string { return "" }}
			if code := a.run(t.Context(), []string{"bench", "-articles", "3", "-chunks", "4", "-latency", "1ms", "-nodes", fmt.Sprint(nodes), "-json"}); code != 0 {
				t.Fatalf("exit code %d", code)
			}
			var r benchReport
			if err := json.Unmarshal(out.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			if r.Chunks < 4 || r.Nodes != nodes || r.ArticlesPerSecond <= 0 || r.Checked.Median <= 0 {
				t.Errorf("%+v", r)
			}
			if r.DurableWrites < 1 || r.DurableWrites > 6 {
				t.Errorf("%v durable writes for an article", r.DurableWrites)
			}
			if above, all := r.AboveVoice, r.EventToAudio; above.Median <= 0 || above.Median >= all.Median || all.Longest < all.P99 {
				t.Errorf("%+v above the voice of %+v", above, all)
			}
		})
	}
}

func TestBenchFlags(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"-articles 0", "-chunks 501", "-chunks 1", "-nodes 2", "-latency -1s", "-latency 2m", "FILE"} {
		a := &app{stdin: strings.NewReader(""), stdout: &bytes.Buffer{}, stderr: testLog{t}, getenv: func(string) string { return "" }}
		if code := a.run(t.Context(), append([]string{"bench"}, strings.Fields(args)...)); code != 2 {
			t.Errorf("%s: exit code %d", args, code)
		}
	}
}

func TestPercentiles(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]percentiles{1: {1, 1, 1}, 2: {1, 2, 2}, 100: {50, 99, 100}, 1000: {500, 990, 1000}} {
		var times []time.Duration
		for i := n; i > 0; i-- {
			times = append(times, time.Duration(i)*time.Second)
		}
		if got := newPercentiles(times); got != want {
			t.Errorf("of 1 to %d: %+v", n, got)
		}
	}
}

// TestBenchVoiceIsBusy: calls at the same time are one time, pauses between them none.
func TestBenchVoiceIsBusy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &benchVoice{}
		for _, step := range []func(){v.begin, v.begin, v.end, v.end, v.begin, v.end} {
			step()
			time.Sleep(time.Second)
		}
		if got := v.busy(); got != 4*time.Second {
			t.Errorf("busy for %v", got)
		}
	})
}
