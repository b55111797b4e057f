package disk

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"lector"
)

// fullDisk is a file on which only some bytes have room.
type fullDisk struct {
	file
	room int
	sync error
}

func (f *fullDisk) Write(p []byte) (int, error) {
	if len(p) <= f.room {
		f.room -= len(p)
		return f.file.Write(p)
	}
	n, _ := f.file.Write(p[:f.room])
	f.room = 0
	return n, syscall.ENOSPC
}

func (f *fullDisk) Sync() error { return errors.Join(f.file.Sync(), f.sync) }

func openStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestFullDiskLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		disk fullDisk
	}{
		{"no room in the middle", fullDisk{room: 70_000}},
		{"no room at sync", fullDisk{room: 1 << 20, sync: syscall.ENOSPC}},
		{"quota", fullDisk{room: 1 << 20, sync: syscall.EDQUOT}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := openStore(t)
			if err := s.Put(t.Context(), lector.NewObject("k.mp3"), strings.NewReader("old")); err != nil {
				t.Fatal(err)
			}
			real := s.create
			s.create = func(name string) (file, error) {
				f, err := real(name)
				full := test.disk
				full.file = f
				return &full, err
			}
			big := strings.NewReader(strings.Repeat("x", 100_000))
			for _, err := range []error{
				s.Put(t.Context(), lector.NewObject("k.mp3"), big),
				s.Create(t.Context(), lector.NewObject("new.mp3"), big),
			} {
				if err == nil || lector.IsPermanent(err) || !strings.Contains(lector.HintOf(err), "free some space") {
					t.Errorf("%v, hint %q", err, lector.HintOf(err))
				}
			}
			if got, err := os.ReadFile(filepath.Join(s.dir, "k.mp3")); err != nil || string(got) != "old" {
				t.Errorf("the old object holds %q, %v", got, err)
			}
			if left, err := os.ReadDir(filepath.Join(s.dir, tempDir)); err != nil || len(left) != 0 {
				t.Errorf("spooled files are left: %v, %v", left, err)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		verb, key string
		err       error
		is        error
		permanent bool
		hint      string
	}{
		{"open", "k", syscall.ENOENT, lector.ErrNotFound, false, ""},
		{"stat", "k", syscall.ENOTDIR, lector.ErrNotFound, false, ""},
		{"open", "", syscall.ENOTDIR, syscall.ENOTDIR, true, "a file stands"},
		{"put", "k", syscall.ENOENT, syscall.ENOENT, false, ""},
		{"put", "k", syscall.EISDIR, syscall.EISDIR, true, "a file stands"},
		{"put", "k", syscall.EROFS, syscall.EROFS, true, "writable"},
		{"put", "k", syscall.EACCES, syscall.EACCES, true, "writable"},
		{"put", "k", syscall.EIO, syscall.EIO, false, ""},
		{"create", "k", lector.ErrExists, lector.ErrExists, false, ""},
		{"create", "k", syscall.ENOTSUP, errors.ErrUnsupported, true, "hard links"},
	} {
		err := wrapError("/data", test.verb, test.key, &os.PathError{Op: "x", Path: "y", Err: test.err})
		if !errors.Is(err, test.is) || lector.IsPermanent(err) != test.permanent {
			t.Errorf("%s %q: %v is %v, permanent %v", test.verb, test.key, test.err, err, lector.IsPermanent(err))
		}
		if hint := lector.HintOf(err); !strings.Contains(hint, test.hint) || (hint == "") != (test.hint == "") {
			t.Errorf("%v: hint %q, want %q", test.err, hint, test.hint)
		}
	}
	if wrapError("/data", "put", "k", nil) != nil {
		t.Error("success became a fault")
	}
}

func TestWrongHeaders(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	for _, o := range []lector.Object{
		{Key: "k.mp3", ContentType: "text/html"}, {Key: "k.mp3", CacheControl: "no-store"},
	} {
		if err := s.Put(t.Context(), o, strings.NewReader("x")); !lector.IsPermanent(err) {
			t.Errorf("put %+v: %v", o, err)
		}
	}
}

func TestParentAndChild(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	for _, pair := range [][2]string{{"a/k", "a/k/child"}, {"b/k/child", "b/k"}} {
		if err := s.Put(t.Context(), lector.NewObject(pair[0]), strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{
			s.Put(t.Context(), lector.NewObject(pair[1]), strings.NewReader("y")),
			s.Create(t.Context(), lector.NewObject(pair[1]), strings.NewReader("y")),
		} {
			if !lector.IsPermanent(err) || errors.Is(err, lector.ErrExists) {
				t.Errorf("%s beside %s: %v", pair[1], pair[0], err)
			}
		}
	}
}

func TestOpenRefusals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"file", "file/below"} {
		if _, err := Open(filepath.Join(dir, path)); !lector.IsPermanent(err) || lector.HintOf(err) == "" {
			t.Errorf("open %s: %v, hint %q", path, err, lector.HintOf(err))
		}
	}
}

// TestPruneRace writes into directories that another hand keeps removing.
func TestPruneRace(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	var hands sync.WaitGroup
	for hand := range 3 {
		hands.Go(func() {
			for range 200 {
				o := lector.NewObject(fmt.Sprintf("a/s/k/%d.mp3", hand))
				if err := s.Put(t.Context(), o, strings.NewReader("x")); err != nil {
					t.Errorf("put: %v", err)
				}
				if err := s.Delete(t.Context(), o.Key); err != nil {
					t.Errorf("delete: %v", err)
				}
			}
		})
	}
	hands.Wait()
	if left, err := os.ReadDir(filepath.Join(s.dir, "a", "s")); err != nil || len(left) > 0 {
		t.Errorf("an empty directory is left, or that of the site is not: %v, %v", left, err)
	}
}

// TestDirectoriesThatStay puts and deletes answers of voices: their directory is made
// once, that of an article goes with its last file.
func TestDirectoriesThatStay(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	for _, test := range []struct {
		key, dir string
		stays    bool
	}{
		{"answers/ab/abcd.mp3", "answers/ab", true},
		{"a/site/key/1.mp3", "a/site/key", false},
		{"a/site/key/1.mp3", "a/site", true},
	} {
		if err := s.Put(t.Context(), lector.NewObject(test.key), strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
		if err := s.Delete(t.Context(), test.key); err != nil {
			t.Fatal(err)
		}
		if _, err := s.root.Stat(test.dir); (err == nil) != test.stays {
			t.Errorf("%s after %s is deleted: %v, to stay %v", test.dir, test.key, err, test.stays)
		}
	}
}

// TestNewDirectoriesTogether has many writers want the same new directories.
func TestNewDirectoriesTogether(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	var writers sync.WaitGroup
	for n := range 60 {
		writers.Go(func() {
			o := lector.NewObject(fmt.Sprintf("a/s%d/k%d/%d.mp3", n%3, n%6, n))
			if err := s.Create(t.Context(), o, strings.NewReader("x")); err != nil {
				t.Errorf("create: %v", err)
			}
		})
	}
	writers.Wait()
	n := 0
	for _, err := range s.List(t.Context(), "a/") {
		if n++; err != nil {
			t.Error(err)
		}
	}
	if n != 60 {
		t.Errorf("%d of 60 objects", n)
	}
}

func TestETagsForget(t *testing.T) {
	t.Parallel()
	e := newETags()
	for n := range maxETags + 10 {
		e.put(fmt.Sprint(n), cachedETag{})
	}
	if len(e.cache) != maxETags {
		t.Errorf("%d etags are kept, want %d", len(e.cache), maxETags)
	}
}

func TestClosedStore(t *testing.T) {
	t.Parallel()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), lector.NewObject("k"), strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	body, _, err := s.Open(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(body); err != nil || string(got) != "content" {
		t.Errorf("an open object reads %q, %v", got, err)
	}
	if err := s.Ping(t.Context()); err == nil {
		t.Error("a closed store answers")
	}
}
