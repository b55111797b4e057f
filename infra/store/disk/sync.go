package disk

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"sync"
	"syscall"
)

// mkdir makes a directory and its parents durably. Others that want the same one wait
// for the first.
func (s *Store) mkdir(dir string) error {
	return s.making.do(makingKey(dir), func() error {
		if isShard(dir) {
			return s.makeShards(dir)
		}
		there := s.durableAbove(dir)
		if err := s.root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		for up := dir; up != there; up = path.Dir(up) {
			if err := s.syncDir(path.Dir(up)); err != nil {
				return err
			}
			if stays(up) {
				s.durable.Store(up, true)
			}
		}
		return nil
	})
}

// durableAbove returns the nearest directory on the way to dir, or dir itself, that is
// there and that this process has made durable before, or ".". Of those that Delete may
// remove, maybe in another process, nothing is known.
func (s *Store) durableAbove(dir string) string {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, known := s.durable.Load(dir); !known {
			continue
		}
		if _, err := s.root.Lstat(dir); err == nil {
			return dir
		}
		s.durable.Delete(dir)
	}
	return dir
}

// stays reports whether a directory is one of those that Delete never removes.
func stays(dir string) bool { return strings.Count(dir, "/") <= 1 }

// syncDir makes the names in a directory durable.
func (s *Store) syncDir(dir string) error {
	return s.syncs.do(dir, func() error { return s.syncOpened(dir) })
}

// syncOpened is syncDir for one caller. A directory that is already gone again needs
// nothing, and a file system that cannot do it says EINVAL.
func (s *Store) syncOpened(dir string) error {
	f, err := s.root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

// shared lets those who want the same thing done to a directory at the same moment share
// it. What has begun does not count for who comes later: those share the next one.
type shared struct {
	mu            sync.Mutex
	running, next map[string]*work
}

type work struct {
	done chan struct{}
	err  error // once done
}

func (s *shared) do(dir string, f func() error) error {
	s.mu.Lock()
	if w := s.next[dir]; w != nil {
		s.mu.Unlock()
		<-w.done
		return w.err
	}
	w, before := &work{done: make(chan struct{})}, s.running[dir]
	if s.next == nil {
		s.running, s.next = map[string]*work{}, map[string]*work{}
	}
	s.next[dir] = w
	s.mu.Unlock()
	if before != nil {
		<-before.done
	}
	s.mu.Lock()
	delete(s.next, dir)
	s.running[dir] = w
	s.mu.Unlock()
	w.err = f()
	s.mu.Lock()
	if s.running[dir] == w {
		delete(s.running, dir)
	}
	s.mu.Unlock()
	close(w.done)
	return w.err
}

// settled waits until nothing that has begun with a directory is under way.
func (s *shared) settled(dir string) {
	s.mu.Lock()
	all := []*work{s.running[dir], s.next[dir]}
	s.mu.Unlock()
	for _, w := range all {
		if w != nil {
			<-w.done
		}
	}
}
