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
	h, err := s.open(ctx, "open", key)
	if err != nil {
		return nil, lector.Object{}, err
	}
	return s.handles.reader(h), h.object, nil
}

// Stat returns what Open returns, without the content.
func (s *Store) Stat(ctx context.Context, key string) (lector.Object, error) {
	h, err := s.open(ctx, "stat", key)
	if err != nil {
		return lector.Object{}, err
	}
	return h.object, wrapError(s.dir, "stat", key, s.handles.release(h))
}

// open returns the file of key for one reader.
func (s *Store) open(ctx context.Context, verb, key string) (*handle, error) {
	if err := s.check(ctx, verb, key); err != nil {
		return nil, err
	}
	if now, ok := identify(s.rootDir, key); ok {
		if h := s.handles.acquire(key, now); h != nil {
			return h, nil
		}
	}
	f, err := openBeneath(s.root, s.rootDir, key)
	if err != nil {
		return nil, wrapError(s.dir, verb, key, err)
	}
	h, err := s.describe(ctx, key, f)
	if err != nil {
		f.Close()
		return nil, wrapError(s.dir, verb, key, err)
	}
	return h, nil
}

func (s *Store) describe(ctx context.Context, key string, f *os.File) (*handle, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	o := lector.NewObject(key)
	o.Size, o.Modified = info.Size(), info.ModTime()
	if o.ETag, err = s.etags.get(ctx, key, f, info); err != nil {
		return nil, err
	}
	return s.handles.add(f, o), nil
}
