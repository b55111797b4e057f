package disk_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/infra/store/disk"
	"lector/infra/store/storetest"
)

func open(t *testing.T, dir string) *disk.Store {
	t.Helper()
	s, err := disk.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func put(t *testing.T, s *disk.Store, key, content string) {
	t.Helper()
	if err := s.Put(t.Context(), lector.NewObject(key), strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Store { return open(t, t.TempDir()) })
}

func TestObjectsArePlainFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "on", "the", "way")
	s := open(t, dir)
	put(t, s, "a/s/k/x.mp3", "sound")
	if got, err := os.ReadFile(filepath.Join(dir, "a", "s", "k", "x.mp3")); err != nil || string(got) != "sound" {
		t.Errorf("the file holds %q, %v", got, err)
	}
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("there are other files: %v", left)
	}
}

// files lists all files under dir but directories.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestETagFollowsTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := open(t, dir), open(t, dir) // two processes on one directory
	put(t, a, "k.mp3", "one")
	before, err := b.Stat(t.Context(), "k.mp3")
	if err != nil {
		t.Fatal(err)
	}
	put(t, a, "k.mp3", "two")
	after, err := b.Stat(t.Context(), "k.mp3")
	if err != nil {
		t.Fatal(err)
	}
	if before.ETag == after.ETag {
		t.Error("the other process still tells the old etag")
	}
	put(t, a, "k.mp3", "one")
	if again, err := b.Stat(t.Context(), "k.mp3"); err != nil || again.ETag != before.ETag {
		t.Errorf("the same content has etag %s, then %s (%v)", before.ETag, again.ETag, err)
	}
}

func TestOpenRemovesOldTempFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, open(t, dir), "k.mp3", "stays")
	old, young := filepath.Join(dir, "~tmp", "old"), filepath.Join(dir, "~tmp", "young")
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * time.Hour)
	if err := errors.Join(os.Chtimes(old, past, past), os.Chtimes(filepath.Join(dir, "k.mp3"), past, past)); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if got := files(t, dir); len(got) != 2 {
		t.Errorf("left: %v, want k.mp3 and the young one", got)
	}
}

func TestListSkipsForeignFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "a/k.mp3", "x")
	for _, name := range []string{"README.TXT", "a/.DS_Store", "a/x y", "~tmp/crash"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "a", "link")); err != nil {
		t.Fatal(err)
	}
	for o, err := range s.List(t.Context(), "") {
		if err != nil || o.Key != "a/k.mp3" {
			t.Errorf("listed %+v, %v", o, err)
		}
	}
}

func TestNoPathLeavesTheDirectory(t *testing.T) {
	t.Parallel()
	outside, dir := t.TempDir(), t.TempDir()
	s := open(t, dir)
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Symlink(secret, filepath.Join(dir, "s")), os.Symlink(outside, filepath.Join(dir, "d"))); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"s", "d/secret"} {
		if _, _, err := s.Open(t.Context(), key); !lector.IsPermanent(err) || !strings.Contains(lector.HintOf(err), "symbolic link") {
			t.Errorf("%s leads out, or is no plain refusal: %v (%s)", key, err, lector.HintOf(err))
		}
	}
	if err := s.Put(t.Context(), lector.NewObject("d/new"), strings.NewReader("x")); err == nil {
		t.Error("a write followed the link")
	}
	if got := files(t, outside); len(got) != 1 {
		t.Errorf("outside stand %v", got)
	}
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) storetest.Store {
		s, err := disk.Open(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { s.Close() })
		return s
	})
}
