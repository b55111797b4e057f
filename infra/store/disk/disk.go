// Package disk keeps objects as plain files under one directory. The path of a
// file is its key; nothing else is stored, so the directory may be copied,
// served or looked at with ordinary tools.
package disk

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"

	"lector"
)

// tempDir is the directory of files that are being written. No key may hold a
// tilde, so it cannot collide with an object.
const tempDir = "~tmp"

// Store keeps objects in a directory, which several processes may share. Every
// path is resolved inside that directory (os.Root): no key and no symbolic
// link leads out of it.
type Store struct {
	dir     string
	root    *os.Root
	rootDir *os.File // the directory itself
	etags   *etags
	handles *handles
	making  shared   // of directories
	syncs   shared   // of the names in directories
	durable sync.Map // directories whose names this process has synced
	create  func(name string) (file, error)
}

// file is what a new object is written to.
type file interface {
	io.WriteCloser
	Sync() error
}

// Open opens the store in dir, which is created where missing, and removes
// what crashed writers left behind more than an hour ago.
func Open(dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, wrapError(dir, "open", "", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, wrapError(dir, "open", "", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, wrapError(dir, "open", "", err)
	}
	top, err := root.Open(".")
	if err != nil {
		root.Close()
		return nil, wrapError(dir, "open", "", err)
	}
	s := &Store{dir: dir, root: root, rootDir: top, etags: newETags(), handles: newHandles()}
	s.create = func(name string) (file, error) {
		return root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	}
	s.removeOldTemp(tempMaxAge)
	return s, nil
}

// Close closes the directory. Objects that are open stay readable.
func (s *Store) Close() error {
	s.handles.close()
	return errors.Join(s.rootDir.Close(), s.root.Close())
}

// Ping writes a file and removes it.
func (s *Store) Ping(ctx context.Context) error {
	temp := tempDir + "/" + rand.Text()
	err := s.writeTemp(ctx, temp, emptyBody{}, true)
	if err == nil {
		err = s.root.Remove(temp)
	}
	return wrapError(s.dir, "ping", "", err)
}

// emptyBody is the content that Ping writes.
type emptyBody struct{}

// Read reads nothing: it is at its end.
func (emptyBody) Read([]byte) (int, error) { return 0, io.EOF }

func (s *Store) check(ctx context.Context, verb, key string) error {
	if !lector.ValidKey(key) {
		return wrapError(s.dir, verb, key, errKey)
	}
	return wrapError(s.dir, verb, key, ctx.Err())
}
