package disk

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"time"
)

// Delete removes an object durably, and the directories that it leaves empty.
// One that is absent is no error.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := s.check(ctx, "delete", key); err != nil {
		return err
	}
	info, err := s.root.Lstat(key)
	if absent(err) || err == nil && info.IsDir() {
		return nil
	}
	if err == nil {
		err = s.root.Remove(key)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault(s.dir, "delete", key, err)
	}
	return fault(s.dir, "delete", key, s.syncDir(s.prune(path.Dir(key))))
}

// prune removes empty directories from dir upwards and returns the first that
// stays.
func (s *Store) prune(dir string) string {
	for dir != "." && s.root.Remove(dir) == nil {
		dir = path.Dir(dir)
	}
	return dir
}

// sweepAge is how old a spooled file must be to count as left by a crash: no
// write takes that long.
const sweepAge = time.Hour

// sweep removes spooled files older than age. What it cannot remove is in
// nobody's way, so it does not complain.
func (s *Store) sweep(age time.Duration) {
	entries, err := fs.ReadDir(s.root.FS(), spool)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > age {
			_ = s.root.Remove(spool + "/" + entry.Name())
		}
	}
}
