package disk

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"lector"
)

// smallDisk mounts a file system of one megabyte and opens a store in it.
func smallDisk(t *testing.T) *Store {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("SKIPPED, no tmpfs can be mounted here: %v (run as root)", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestReallyFullDisk fills a file system.
func TestReallyFullDisk(t *testing.T) {
	t.Parallel()
	s := smallDisk(t)
	put := func(key string, size int) error {
		return s.Put(t.Context(), lector.NewObject(key), strings.NewReader(strings.Repeat("x", size)))
	}
	if err := put("k.mp3", 700_000); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"k.mp3", "new.mp3"} {
		if err := put(key, 700_000); !errors.Is(err, syscall.ENOSPC) || lector.IsPermanent(err) || lector.HintOf(err) == "" {
			t.Errorf("put %s: %v, hint %q", key, err, lector.HintOf(err))
		}
	}
	if o, err := s.Stat(t.Context(), "k.mp3"); err != nil || o.Size != 700_000 {
		t.Errorf("the old object is %+v, %v", o, err)
	}
	if left, err := os.ReadDir(s.dir + "/" + tempDir); err != nil || len(left) != 0 {
		t.Errorf("spooled files are left: %v, %v", left, err)
	}
	if err := put("small.mp3", 1000); err != nil {
		t.Errorf("what still has room: %v", err)
	}
}

// TestReadOnlyDisk is a file system that became read-only, as after an error.
func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	s := smallDisk(t)
	if err := s.Put(t.Context(), lector.NewObject("k.mp3"), strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", s.dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	for verb, err := range map[string]error{
		"put":    s.Put(t.Context(), lector.NewObject("k.mp3"), strings.NewReader("y")),
		"create": s.Create(t.Context(), lector.NewObject("n.mp3"), strings.NewReader("y")),
		"delete": s.Delete(t.Context(), "k.mp3"),
		"ping":   s.Ping(t.Context()),
	} {
		if !lector.IsPermanent(err) || !strings.Contains(lector.HintOf(err), "writable") {
			t.Errorf("%s: %v, hint %q", verb, err, lector.HintOf(err))
		}
	}
	if o, err := s.Stat(t.Context(), "k.mp3"); err != nil || o.Size != 1 {
		t.Errorf("stat: %+v, %v", o, err)
	}
}
