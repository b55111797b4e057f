package disk

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"path"

	"lector"
)

// Put stores the whole of body under o.Key and replaces what was there. A
// reader sees the old file or the new one; when Put returns nil the new one
// has reached the disk. Content type and cache header are those of the key
// (lector.NewObject): others are refused, since a file cannot keep them.
func (s *Store) Put(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	return s.write(ctx, "put", o, body, s.root.Rename)
}

// Create is Put for a key that must be free. It returns lector.ErrExists if
// the key is taken; of several writers at once one succeeds.
func (s *Store) Create(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	if err := s.check(ctx, "create", o.Key); err != nil {
		return err
	}
	if info, err := s.root.Lstat(o.Key); err == nil && info.Mode().IsRegular() {
		return wrapError(s.dir, "create", o.Key, lector.ErrExists)
	}
	// A link, unlike a rename, never replaces.
	return s.write(ctx, "create", o, body, func(temp, key string) error {
		err := s.root.Link(temp, key)
		switch {
		case err == nil:
			_ = s.root.Remove(temp)
		case errors.Is(err, fs.ErrExist) && s.isFile(key):
			return lector.ErrExists
		}
		return err
	})
}

func (s *Store) isFile(key string) bool {
	info, err := s.root.Lstat(key)
	return err == nil && info.Mode().IsRegular()
}

// write writes the body to a temporary file, which place renames or links to the key.
func (s *Store) write(ctx context.Context, verb string, o lector.Object, body io.ReadSeeker, place func(temp, key string) error) error {
	err := s.writeUnsynced(ctx, verb, o, body, true, place)
	if err == nil {
		err = wrapError(s.dir, verb, o.Key, s.syncName(o.Key))
	}
	return err
}

// writeUnsynced is write with a name that may not be on the disk yet; nor is the content,
// unless it is to be synced.
func (s *Store) writeUnsynced(ctx context.Context, verb string, o lector.Object, body io.ReadSeeker, synced bool,
	place func(temp, key string) error) error {
	if err := s.check(ctx, verb, o.Key); err != nil {
		return err
	}
	if err := checkHeaders(o); err != nil {
		return wrapError(s.dir, verb, o.Key, err)
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return wrapError(s.dir, verb, o.Key, err)
	}
	temp, dirMade := tempDir+"/"+rand.Text(), s.mkdirBeside(path.Dir(o.Key))
	err := s.writeTemp(ctx, temp, body, synced)
	dirMade()
	if err == nil {
		err = s.moveIntoPlace(temp, o.Key, place)
	}
	if err != nil {
		_ = s.root.Remove(temp) // what stays is removed by a later Open
	}
	return wrapError(s.dir, verb, o.Key, err)
}

// mkdirBeside makes a directory while its caller writes. done waits until it is made, or could
// not be: then who needs it tries again, and says why not.
func (s *Store) mkdirBeside(dir string) (done func()) {
	if _, err := s.root.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return func() {}
	}
	made := make(chan struct{})
	go func() {
		defer close(made)
		_ = s.mkdir(dir)
	}()
	return func() { <-made }
}

// syncName makes the name of an object durable.
func (s *Store) syncName(key string) error {
	dir := path.Dir(key)
	s.making.settled(makingKey(dir)) // the directory may be there and not durable yet
	return s.syncDir(dir)
}

func checkHeaders(o lector.Object) error {
	want := lector.NewObject(o.Key)
	if o.ContentType != "" && o.ContentType != want.ContentType {
		return errHeader
	}
	if o.CacheControl != "" && o.CacheControl != want.CacheControl {
		return errHeader
	}
	return nil
}

// writeTemp writes body to a new file called temp and makes it durable if it is to be
// synced. On an error it leaves no file.
func (s *Store) writeTemp(ctx context.Context, temp string, body io.Reader, synced bool) error {
	f, err := s.create(temp)
	if errors.Is(err, fs.ErrNotExist) {
		if err = s.mkdir(tempDir); err == nil {
			f, err = s.create(temp)
		}
	}
	if err != nil {
		return err
	}
	if err = copyBody(ctx, f, body); err == nil && synced {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = s.root.Remove(temp) // the first error is the one to tell
	}
	return err
}

// copyBody writes what is in memory at once, and all else until ctx ends.
func copyBody(ctx context.Context, w io.Writer, body io.Reader) error {
	inMemory, ok := body.(interface {
		io.WriterTo
		Len() int
	})
	if ok && ctx.Err() == nil {
		_, err := inMemory.WriteTo(w)
		return err
	}
	_, err := io.Copy(w, contextReader{ctx, body})
	return err
}

// moveIntoPlace gives a temporary file its key, in a directory that may have to be made: Delete
// removes empty directories, maybe in another process and right now.
func (s *Store) moveIntoPlace(temp, key string, name func(temp, key string) error) error {
	dir := path.Dir(key)
	err := name(temp, key)
	for try := 0; try < 100 && errors.Is(err, fs.ErrNotExist); try++ {
		err = s.mkdir(dir)
		if errors.Is(err, fs.ErrExist) && !s.isFile(dir) {
			err = fs.ErrNotExist // it went while MkdirAll looked what was there
		}
		if err == nil {
			err = name(temp, key)
		}
	}
	return err
}

// contextReader is a reader that fails when its context ends.
type contextReader struct {
	ctx context.Context
	io.Reader
}

// Read reads, or returns the context's error once that has ended.
func (p contextReader) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.Reader.Read(b)
}
