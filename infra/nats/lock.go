//go:build unix

package nats

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"lector"
)

// lockDir takes the directory for this process. The lock ends with the process,
// however it ends.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, lector.Hint(err, "what -data names must be a directory that this user may write: choose another with -data DIR")
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, inUseError(dir, f)
		}
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	if err := f.Truncate(0); err == nil {
		_, _ = fmt.Fprintln(f, os.Getpid()) // only to be shown to the next one
	}
	return f, nil
}

// unlock gives the directory back. Closing alone would not: a program that is just
// being started shares the open file until it has begun, and keeps the lock.
func unlock(f *os.File) error {
	return errors.Join(syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
}

func inUseError(dir string, f *os.File) error {
	pid := make([]byte, 20)
	n, _ := f.ReadAt(pid, 0) // an empty name is no harm
	return lector.Hint(fmt.Errorf("data directory %s is in use by another lector (process %s)", filepath.Dir(dir),
		strings.TrimSpace(string(pid[:n]))),
		"stop that one, or choose another directory with -data DIR")
}
