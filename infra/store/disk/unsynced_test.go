package disk

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"lector"
)

// countedFile counts how often its content was synced.
type countedFile struct {
	file
	syncs *atomic.Int32
}

func (f countedFile) Sync() error {
	f.syncs.Add(1)
	return f.file.Sync()
}

// countSyncs returns how many contents of new files have been synced so far.
func countSyncs(s *Store) *atomic.Int32 {
	var n atomic.Int32
	create := s.create
	s.create = func(name string) (file, error) {
		f, err := create(name)
		return countedFile{f, &n}, err
	}
	return &n
}

// TestPutUnsynced is seen at once by another process of the directory, costs no sync, and
// is nothing any more when it was deleted before its sync.
func TestPutUnsynced(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), openStore(t)
	syncs := countSyncs(s)
	other, err := Open(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	const key = "answers/ab/abcd.mp3"
	sync, err := s.PutUnsynced(ctx, lector.NewObject(key), strings.NewReader("sound"))
	if err != nil {
		t.Fatal(err)
	}
	f, _, err := other.Open(ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != "sound" {
		t.Errorf("another process reads %q, %v", got, err)
	}
	if syncs.Load() != 0 {
		t.Errorf("%d syncs", syncs.Load())
	}
	if err := sync(); err != nil {
		t.Errorf("sync: %v", err)
	}
	for range 2 { // the second time it is not there
		if err := s.DeleteUnsynced(ctx, key); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
	if _, err := other.Stat(ctx, key); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
	if err := sync(); err != nil {
		t.Errorf("sync of what is not there: %v", err)
	}
	if err := s.Put(ctx, lector.NewObject(key), strings.NewReader("sound")); err != nil || syncs.Load() != 1 {
		t.Errorf("a put that is durable: %d syncs, %v", syncs.Load(), err)
	}
}

// TestPutUnsyncedIsRefused as a durable one is.
func TestPutUnsyncedIsRefused(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	if _, err := s.PutUnsynced(t.Context(), lector.NewObject("A b"), strings.NewReader("x")); !lector.IsPermanent(err) {
		t.Errorf("a bad key: %v", err)
	}
	if err := s.DeleteUnsynced(t.Context(), "A b"); !lector.IsPermanent(err) {
		t.Errorf("a bad key: %v", err)
	}
	create := s.create
	s.create = func(name string) (file, error) {
		f, err := create(name)
		return &fullDisk{file: f, room: 1}, err
	}
	_, err := s.PutUnsynced(t.Context(), lector.NewObject("k.mp3"), strings.NewReader("sound"))
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(lector.HintOf(err), "free some space") {
		t.Errorf("a full disk: %v", err)
	}
}

// TestShardsAreMadeTogether: the first clip makes the directories of all, whoever comes
// with it, and answers have theirs.
func TestShardsAreMadeTogether(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	var writers sync.WaitGroup
	for i := range 20 {
		writers.Go(func() {
			o := lector.NewObject(lector.ClipKey(fmt.Sprintf("%02x0011", 7*i)))
			if err := s.Create(t.Context(), o, strings.NewReader("x")); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	for _, dir := range []string{"clips/00", "clips/7f", "clips/ff"} {
		if got := s.durableAbove(dir); got != dir {
			t.Errorf("%s is known from %q on", dir, got)
		}
	}
	if got := s.durableAbove("answers/00"); got != "." {
		t.Errorf("answers/00 is known from %q on", got)
	}
}

// TestDirectoriesAreMadeDurableOnce: those of a site and above it, which stay. One that
// somebody has removed is made again.
func TestDirectoriesAreMadeDurableOnce(t *testing.T) {
	t.Parallel()
	s := openStore(t)
	for _, test := range []struct{ dir, above string }{
		{"a/site/one", "."}, {"a/site/two", "a/site"}, {"a/site/one", "a/site"}, {"a/other/one", "a"}, {"clips/ab", "."}, {"clips/ab", "clips/ab"},
	} {
		if got := s.durableAbove(test.dir); got != test.above {
			t.Errorf("%s: known from %q on, want %q", test.dir, got, test.above)
		}
		if err := s.mkdir(test.dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.root.RemoveAll("a/site"); err != nil {
		t.Fatal(err)
	}
	if got := s.durableAbove("a/site/three"); got != "a" {
		t.Errorf("of a directory that was removed: known from %q on", got)
	}
}
