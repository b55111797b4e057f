// Package lectortest gives tests the program.
package lectortest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// variable names a program that was built for all packages, as .ci/test does.
const variable = "LECTOR_TEST_PROGRAM"

// Program returns the path of lector as it is in this repository: the program
// that LECTOR_TEST_PROGRAM names, or one that is built for the test.
func Program(t testing.TB) string {
	t.Helper()
	if path := os.Getenv(variable); path != "" {
		return path
	}
	root, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "lector").Output()
	if err != nil {
		t.Fatalf("find the module of lector: %v", err)
	}
	path := filepath.Join(t.TempDir(), "lector")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./cmd/lector")
	build.Dir = strings.TrimSpace(string(root)) // its own module, which knows what it needs
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build lector: %v\n%s", err, out)
	}
	return path
}
