package nats

import (
	"os"
	"syscall"
	"testing"
)

// TestUnlockWhileShared locks a directory again although another descriptor of
// the open file is left, as a program has it that is just being started.
func TestUnlockWhileShared(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := lockDir(dir); err == nil {
		t.Fatal("two have the directory: ", again.Name())
	}
	shared, err := syscall.Dup(int(first.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	child := os.NewFile(uintptr(shared), "shared")
	defer child.Close()
	if err := unlock(first); err != nil {
		t.Fatal(err)
	}
	second, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := unlock(second); err != nil {
		t.Error(err)
	}
}
