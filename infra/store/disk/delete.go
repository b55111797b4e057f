package disk

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"time"
)

// Delete removes an object durably, and the directories that it leaves empty, but for
// the two uppermost, which are few. One that is absent is no error.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := s.check(ctx, "delete", key); err != nil {
		return err
	}
	info, err := s.root.Lstat(key)
	if isNotFound(err) || err == nil && info.IsDir() {
		return nil
	}
	if err == nil {
		err = s.root.Remove(key)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return wrapError(s.dir, "delete", key, err)
	}
	return wrapError(s.dir, "delete", key, s.syncDir(s.removeEmptyDirs(path.Dir(key))))
}

// removeEmptyDirs removes empty directories from dir upwards and returns the first that
// stays. Those of clips and answers and those of sites stay in any case: to make and
// remove them durably for each answer of a voice would take longer than to write it.
func (s *Store) removeEmptyDirs(dir string) string {
	for !stays(dir) && s.root.Remove(dir) == nil {
		dir = path.Dir(dir)
	}
	return dir
}

// tempMaxAge is the age at which a temporary file counts as left by a crash: no
// write takes that long.
const tempMaxAge = time.Hour

// removeOldTemp removes temporary files older than age. Errors are ignored:
// a file that stays does no harm.
func (s *Store) removeOldTemp(age time.Duration) {
	entries, err := fs.ReadDir(s.root.FS(), tempDir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > age {
			_ = s.root.Remove(tempDir + "/" + entry.Name())
		}
	}
}
