package system

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// standIn writes a shell script that plays a program. The lock keeps other
// tests from forking while the file is open for writing: the kernel refuses to
// execute a file that any process still has open so.
func standIn(t *testing.T, dir, text string) string {
	t.Helper()
	path := filepath.Join(dir, "program")
	syscall.ForkLock.RLock()
	err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
