package nats

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"lector"
	"lector/infra/limittest"
)

// TestFullDiskHeals fills the disk of a server, sees a write fail, and frees
// the space again: the work must go on without a restart of the process.
func TestFullDiskHeals(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("none", disk, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("SKIPPED, no tmpfs can be mounted here: %v (run as root)", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	b := setupIn(t, filepath.Join(disk, "nats"))
	c, e := b.Conn, b.server
	kept := publish(t, c, event("1", "a"))
	fill := fillDisk(t, disk)
	limittest.Until(t, "a write fails", func() bool {
		_ = c.nc.Publish(lector.ArticleSubject("havana", "x"), bytes.Repeat([]byte("x"), 100_000)) // it may be refused
		return e.Healthy() != nil
	})
	if hint := lector.HintOf(e.Healthy()); hint == "" {
		t.Errorf("%v has no hint", e.Healthy())
	}
	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	limittest.Until(t, "the server is well", func() bool { return e.Healthy() == nil })
	if n := publish(t, c, event("2", "a")); n <= kept {
		t.Errorf("place %d behind %d", n, kept)
	}
	if got, err := c.Event(t.Context(), kept); err != nil || got.Article.ID != "1" {
		t.Errorf("what was confirmed: %+v, %v", got, err)
	}
}

// fillDisk writes a file until there is no space left.
func fillDisk(t *testing.T, disk string) (name string) {
	t.Helper()
	name = filepath.Join(disk, "fill")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, err := f.Write(make([]byte, 4096)); err == nil; {
		_, err = f.Write(make([]byte, 4096))
	}
	return name
}
