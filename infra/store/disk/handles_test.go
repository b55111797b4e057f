package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

const spoken = "a/havana/one.mp3"

// storeOf opens a store of one object.
func storeOf(t *testing.T, content string) (s *Store, path string) {
	t.Helper()
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	put(t, s, content)
	return s, filepath.Join(dir, spoken)
}

func put(t *testing.T, s *Store, content string) {
	t.Helper()
	if err := s.Put(t.Context(), lector.NewObject(spoken), bytes.NewReader([]byte(content))); err != nil {
		t.Error(err)
	}
}

// fileOf returns the open file behind what Open returned.
func fileOf(t *testing.T, r io.Reader) *os.File {
	t.Helper()
	part, ok := r.(interface {
		Outer() (io.ReaderAt, int64, int64)
	})
	if !ok {
		t.Fatalf("%T hides its file: it cannot be sent by sendfile", r)
	}
	file, _, _ := part.Outer()
	return file.(*os.File)
}

// read opens the object and returns its content, its ETag and the file it came from.
func read(t *testing.T, s *Store) (content, etag string, file *os.File) {
	t.Helper()
	r, o, err := s.Open(t.Context(), spoken)
	if err != nil {
		t.Error(err)
		return "", "", nil
	}
	b, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close(), r.Close()); err != nil {
		t.Error(err)
	}
	return string(b), o.ETag, fileOf(t, r)
}

// TestFilesStayOpen reads an object again: by the same file while nothing has happened to
// it, by another as soon as it is another or has been changed, and not when it is gone,
// though its bytes may have another name.
func TestFilesStayOpen(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: files are opened each time on ", runtime.GOOS)
	}
	s, path := storeOf(t, "one")
	held, o, err := s.Open(t.Context(), spoken) // which keeps it open for others
	if err != nil {
		t.Fatal(err)
	}
	etag, first := o.ETag, fileOf(t, held)
	if content, tag, file := read(t, s); content != "one" || tag != etag || file != first {
		t.Errorf("again: %q, %s after %s, file %p after %p", content, tag, etag, file, first)
	}
	put(t, s, "two")
	if content, tag, file := read(t, s); content != "two" || tag == etag || file == first {
		t.Errorf("replaced: %q, %s after %s", content, tag, etag)
	}
	if err := held.Close(); err != nil {
		t.Error(err)
	}
	if _, err := first.Stat(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the replaced file is open: %v", err)
	}
	if err := os.WriteFile(path, []byte("six"), 0o600); err != nil {
		t.Fatal(err)
	}
	if content, _, _ := read(t, s); content != "six" {
		t.Errorf("changed in place: %q", content)
	}
	if err := errors.Join(os.Link(path, path+".backup"), os.Remove(path)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Open(t.Context(), spoken); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
}

// TestFilesAreClosed sees the file of an object that nobody reads any more closed after a
// while, so that the disk has its room again.
func TestFilesAreClosed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "one.mp3")
	if err := os.WriteFile(path, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		s := newHandles()
		h := s.add(file, lector.Object{Key: spoken, Size: 3})
		isOpen := func(want bool) {
			t.Helper()
			synctest.Wait()
			if _, err := file.Stat(); (err == nil) != want {
				t.Errorf("open %v, want %v: %v", err == nil, want, err)
			}
		}
		time.Sleep(10 * keepOpen) // it has a reader
		isOpen(true)
		if s.acquire(spoken, h.is) != h {
			t.Fatal("it is not found")
		}
		_ = s.release(h)
		time.Sleep(10 * keepOpen) // it still has one
		isOpen(true)
		_ = s.release(h)
		time.Sleep(keepOpen / 2)
		isOpen(true)
		time.Sleep(2 * keepOpen)
		isOpen(false)
		if len(s.kept) > 0 {
			t.Errorf("kept: %v", s.kept)
		}
	})
}

// TestFewFilesStayOpen reads very many objects at once.
func TestFewFilesStayOpen(t *testing.T) {
	t.Parallel()
	s, path := storeOf(t, "one")
	const many = 3 * maxHandles
	var readers []io.ReadSeekCloser
	for i := range many {
		key := fmt.Sprintf("a/havana/%d.mp3", i)
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), filepath.Base(key)), []byte(key), 0o600); err != nil {
			t.Fatal(err)
		}
		r, _, err := s.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		readers = append(readers, r)
	}
	for i, r := range readers {
		if b, err := io.ReadAll(r); err != nil || string(b) != fmt.Sprintf("a/havana/%d.mp3", i) {
			t.Errorf("%d: %q, %v", i, b, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	s.handles.mu.Lock()
	if n := len(s.handles.kept); n > maxHandles {
		t.Errorf("%d are kept", n)
	}
	s.handles.mu.Unlock()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for i, r := range readers {
		if _, err := fileOf(t, r).Stat(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("%d is open: %v", i, err)
		}
	}
}

// TestReadWhileReplaced has many read an object that is replaced all the time: each
// reads one of its contents, whole.
func TestReadWhileReplaced(t *testing.T) {
	t.Parallel()
	contents := []string{string(bytes.Repeat([]byte("1"), 1<<16)), string(bytes.Repeat([]byte("2"), 1<<15))}
	s, _ := storeOf(t, contents[0])
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 50 {
				if got, _, _ := read(t, s); got != contents[0] && got != contents[1] {
					t.Errorf("%d bytes, neither content", len(got))
				}
			}
		})
	}
	for i := range 20 {
		put(t, s, contents[i%2])
	}
	wait.Wait()
}
