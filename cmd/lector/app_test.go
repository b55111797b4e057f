package main

import "testing"

// TestAddThreads leaves the number to the environment, and the process as it is where it
// is not this program's alone.
func TestAddThreads(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]int{"": 3 + extraThreads, "1": 0} {
		got := 0
		a := &app{getenv: func(string) string { return env }, cores: 3}
		a.addThreads()
		a.setThreads = func(n int) int { got = n; return 0 }
		a.addThreads()
		if got != want {
			t.Errorf("GOMAXPROCS=%q: %d threads, want %d", env, got, want)
		}
	}
}
