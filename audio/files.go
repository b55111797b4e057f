package audio

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// openFiles is how many files a Files keeps open at a time: each is read twice, and to
// open it again takes longer than to read it. Where the system allows fewer, fewer.
const openFiles = 1000

// Files are MP3 files that are parts. Of more than a thousand only some are open at a
// time. Close it when the plan has been written.
type Files struct {
	// Output is refused as a part, under whatever name: it is going to be written over.
	// It may be nil.
	Output fs.FileInfo

	most int // open at a time; 0 is openFiles
	mu   sync.Mutex
	open []*file // the one used last is the last
}

// file opens itself when it is read.
type file struct {
	files *Files
	path  string
	mu    sync.RWMutex
	f     *os.File
}

// Part returns the file as a part. A directory or another thing that is no file
// is refused; so is the output, by ErrOverInput.
func (s *Files) Part(path string) (Part, error) {
	f := &file{files: s, path: path}
	info, err := f.stat()
	if err != nil {
		return Part{}, err
	}
	if !info.Mode().IsRegular() {
		return Part{}, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("not a file: %w", fs.ErrInvalid)}
	}
	if s.Output != nil && os.SameFile(s.Output, info) {
		return Part{}, fmt.Errorf("%s: %w", path, ErrOverInput)
	}
	return Part{Name: path, Source: f, Size: info.Size()}, nil
}

// stat returns what the file is. As long as there is room it stays open, to be read next.
func (f *file) stat() (fs.FileInfo, error) {
	if !f.files.full() {
		if err := f.reopen(); err != nil {
			return nil, err
		}
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.f == nil {
		return os.Stat(f.path)
	}
	return f.f.Stat()
}

// full reports whether as many files are open as may be.
func (s *Files) full() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open) >= cmp.Or(s.most, openFiles)
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
	err := f.ensureOpen()
	if errors.Is(err, syscall.EMFILE) && f.files.closeHalf() {
		err = f.ensureOpen()
	}
	if err != nil {
		return err
	}
	return f.files.keep(f)
}

// ensureOpen opens the file without blocking: a pipe that nobody writes to must not stop
// the process, and of a file Go has four system calls less to make.
func (f *file) ensureOpen() (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.f == nil {
		f.f, err = os.OpenFile(f.path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	}
	return err
}

// keep notes that f is open and closes the one that has been so the longest.
func (s *Files) keep(f *file) error {
	s.mu.Lock()
	s.open = append(s.open, f)
	var oldest *file
	if len(s.open) > cmp.Or(s.most, openFiles) {
		oldest = s.takeOldest()
	}
	s.mu.Unlock()
	if oldest == nil || oldest == f {
		return nil
	}
	return oldest.close()
}

// takeOldest removes the file that has been open the longest from the list.
func (s *Files) takeOldest() *file {
	oldest := s.open[0]
	s.open = append(s.open[:0], s.open[1:]...)
	return oldest
}

// closeHalf closes half of what is open, leaves that much room to the rest of the process
// from now on, and reports whether there was anything to close.
func (s *Files) closeHalf() bool {
	s.mu.Lock()
	n := len(s.open)
	s.most = max(1, n/2)
	var some []*file
	for len(s.open) > n/2 {
		some = append(some, s.takeOldest())
	}
	s.mu.Unlock()
	for _, f := range some {
		_ = f.close() // it was only read
	}
	return n > 0
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
