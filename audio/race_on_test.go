//go:build race

package audio

// racing reports whether the race detector watches this run.
const racing = true
