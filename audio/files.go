package audio

import (
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// openFiles is how many files a Files keeps open at a time.
const openFiles = 16

// Files are MP3 files that are parts. Of thousands of them only a few are open
// at a time. Close it when the plan has been written.
type Files struct {
	mu   sync.Mutex
	open []*file // the one used last is the last
}

// file opens itself when it is read.
type file struct {
	shelf *Files
	path  string
	mu    sync.RWMutex
	f     *os.File
}

// Part returns the file as a part. A directory or another thing that is no file
// is refused.
func (s *Files) Part(path string) (Part, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Part{}, err
	}
	if !info.Mode().IsRegular() {
		return Part{}, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("not a file: %w", fs.ErrInvalid)}
	}
	return Part{Name: path, Source: &file{shelf: s, path: path}, Size: info.Size()}, nil
}

// Close closes what is open.
func (s *Files) Close() error {
	s.mu.Lock()
	open := s.open
	s.open = nil
	s.mu.Unlock()
	var first error
	for _, f := range open {
		if err := f.close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// ReadAt implements io.ReaderAt.
func (f *file) ReadAt(b []byte, off int64) (int, error) {
	for {
		f.mu.RLock()
		if f.f != nil {
			n, err := f.f.ReadAt(b, off)
			f.mu.RUnlock()
			return n, err
		}
		f.mu.RUnlock()
		if err := f.reopen(); err != nil {
			return 0, err
		}
	}
}

func (f *file) reopen() error {
	f.mu.Lock()
	if f.f == nil {
		opened, err := os.Open(f.path)
		if err != nil {
			f.mu.Unlock()
			return err
		}
		f.f = opened
	}
	f.mu.Unlock()
	return f.shelf.keep(f)
}

// keep notes that f is open and closes the one that has been so the longest.
func (s *Files) keep(f *file) error {
	s.mu.Lock()
	s.open = append(s.open, f)
	var oldest *file
	if len(s.open) > openFiles {
		oldest = s.open[0]
		s.open = append(s.open[:0], s.open[1:]...)
	}
	s.mu.Unlock()
	if oldest == nil || oldest == f {
		return nil
	}
	return oldest.close()
}

func (f *file) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.f == nil {
		return nil
	}
	err := f.f.Close()
	f.f = nil
	return err
}
