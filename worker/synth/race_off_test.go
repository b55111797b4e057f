//go:build !race

package synth

// racing reports whether the race detector watches this run.
const racing = false
