package disk

import (
	"context"
	"io"
	"io/fs"
	"os"

	"lector"
)

// Open returns the object's file and its description. The file stays the one
// that was opened when the object is replaced or deleted meanwhile.
func (s *Store) Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error) {
	f, o, err := s.open(ctx, "open", key)
	if err != nil {
		return nil, lector.Object{}, err
	}
	return f, o, nil
}

// Stat returns what Open returns, without the content.
func (s *Store) Stat(ctx context.Context, key string) (lector.Object, error) {
	f, o, err := s.open(ctx, "stat", key)
	if err != nil {
		return lector.Object{}, err
	}
	return o, wrapError(s.dir, "stat", key, f.Close())
}

func (s *Store) open(ctx context.Context, verb, key string) (*os.File, lector.Object, error) {
	if err := s.check(ctx, verb, key); err != nil {
		return nil, lector.Object{}, err
	}
	f, err := openBeneath(s.root, s.rootDir, key)
	if err != nil {
		return nil, lector.Object{}, wrapError(s.dir, verb, key, err)
	}
	o, err := s.describe(ctx, key, f)
	if err != nil {
		f.Close()
		return nil, lector.Object{}, wrapError(s.dir, verb, key, err)
	}
	return f, o, nil
}

func (s *Store) describe(ctx context.Context, key string, f *os.File) (lector.Object, error) {
	info, err := f.Stat()
	if err != nil {
		return lector.Object{}, err
	}
	if !info.Mode().IsRegular() {
		return lector.Object{}, fs.ErrNotExist
	}
	o := lector.NewObject(key)
	o.Size, o.Modified = info.Size(), info.ModTime()
	o.ETag, err = s.etags.get(ctx, key, f, info)
	return o, err
}
