//go:build race

package growthtest

// racing reports whether the race detector watches this run.
const racing = true
