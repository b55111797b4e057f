package disk

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
	"syscall"

	"lector"
)

// List yields the objects whose keys begin with prefix in the order of their
// bytes, with Key, Size, Modified and headers; ETag is empty, since it would
// mean reading every file. Files that are not objects are passed over.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[lector.Object, error] {
	return func(yield func(lector.Object, error) bool) {
		if !lector.ValidPrefix(prefix) {
			yield(lector.Object{}, wrapError(s.dir, "list", prefix, errKey))
			return
		}
		w := walk{ctx: ctx, fsys: s.root.FS(), prefix: prefix, yield: yield}
		dir, _ := path.Split(prefix)
		if err := w.dir(dir); err != nil && !errors.Is(err, errStopWalk) {
			yield(lector.Object{}, wrapError(s.dir, "list", prefix, err))
		}
	}
}

// errStopWalk ends a walk whose consumer has stopped.
var errStopWalk = errors.New("enough")

type walk struct {
	ctx    context.Context
	fsys   fs.FS
	prefix string
	yield  func(lector.Object, error) bool
}

// dir walks a directory, named with a slash behind it or "" for the top.
func (w *walk) dir(dir string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(w.fsys, cmp.Or(strings.TrimSuffix(dir, "/"), "."))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	}
	if err != nil {
		return err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	for _, entry := range entries {
		if err := w.entry(dir, entry); err != nil {
			return err
		}
	}
	return nil
}

// sortName makes "k.mp3" stand before what lies in "k", as it does among keys.
func sortName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}

func (w *walk) entry(dir string, entry fs.DirEntry) error {
	key := dir + entry.Name()
	switch {
	case !lector.ValidKey(key):
		return nil
	case entry.IsDir():
		if key += "/"; strings.HasPrefix(key, w.prefix) || strings.HasPrefix(w.prefix, key) {
			return w.dir(key)
		}
		return nil
	case !entry.Type().IsRegular() || !strings.HasPrefix(key, w.prefix):
		return nil
	}
	info, err := entry.Info()
	if errors.Is(err, fs.ErrNotExist) { // deleted since the directory was read
		return nil
	}
	if err != nil {
		return err
	}
	o := lector.NewObject(key)
	o.Size, o.Modified = info.Size(), info.ModTime()
	if !w.yield(o, nil) {
		return errStopWalk
	}
	return nil
}
