package disk

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"lector"
)

// PutUnsynced is Put for what is needed for a moment only. When it returns, all processes
// of this machine see the object, and it outlives them; a power cut may lose it or cut it
// short until sync has returned nil. To sync what is not there any more does nothing.
func (s *Store) PutUnsynced(ctx context.Context, o lector.Object, body io.ReadSeeker) (sync func() error, err error) {
	if err := s.writeUnsynced(ctx, "put", o, body, false, s.root.Rename); err != nil {
		return nil, err
	}
	return func() error { return s.sync(o.Key) }, nil
}

// DeleteUnsynced is Delete of an object that may be there again after a power cut. It
// leaves the directories.
func (s *Store) DeleteUnsynced(ctx context.Context, key string) error {
	if err := s.check(ctx, "delete", key); err != nil {
		return err
	}
	err := s.root.Remove(key)
	if isNotFound(err) {
		return nil
	}
	return wrapError(s.dir, "delete", key, err)
}

// sync makes an object durable that may not be yet.
func (s *Store) sync(key string) error {
	f, err := s.root.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err == nil {
		err = s.syncName(key)
	}
	return wrapError(s.dir, "put", key, err)
}
