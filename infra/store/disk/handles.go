package disk

import (
	"io"
	"os"
	"sync"
	"time"

	"lector"
)

// Files that were read a moment ago stay open: a player asks for a file in many pieces,
// and to open, describe and close it takes longer than to send 64 KiB.
const (
	keepOpen   = 2 * time.Second // after the last reader; then the disk has the room of a deleted file again
	maxHandles = 64
)

// handles are the open files of a store, by key. A file is used again as long as the
// system has the same, unchanged one under its key.
type handles struct {
	mu     sync.Mutex
	kept   map[string]*handle
	closed bool
}

func newHandles() *handles { return &handles{kept: make(map[string]*handle)} }

// handle is an open file and its description.
type handle struct {
	file   *os.File
	object lector.Object
	is     identity

	// Of handles.mu:
	readers int
	used    time.Time // when the last of them had finished
}

// acquire returns the file that is kept for key, for another reader, if it is the one
// that now describes.
func (s *handles) acquire(key string, now identity) *handle {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.kept[key]
	if h == nil || h.is != now {
		return nil
	}
	h.readers++
	return h
}

// add returns a handle of an open file with one reader. It is kept in place of what was
// kept for its key, but where all that are kept have readers, or the system cannot
// tell files apart: then its readers close it.
func (s *handles) add(file *os.File, object lector.Object) *handle {
	is, known := identifyOpen(file)
	h := &handle{file: file, object: object, is: is, readers: 1}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known && !s.closed && s.makeRoom(object.Key) {
		s.kept[object.Key] = h
		time.AfterFunc(keepOpen, func() { s.expire(h) })
	}
	return h
}

// makeRoom reports whether one more may be kept for key.
func (s *handles) makeRoom(key string) bool {
	if former := s.kept[key]; former != nil {
		s.drop(former)
	}
	for _, h := range s.kept {
		if len(s.kept) < maxHandles {
			break
		}
		if h.readers == 0 {
			s.drop(h)
		}
	}
	return len(s.kept) < maxHandles
}

// drop keeps h no longer. Its last reader closes it.
func (s *handles) drop(h *handle) {
	delete(s.kept, h.object.Key)
	if h.readers == 0 {
		_ = h.file.Close() // it was only read
	}
}

// release ends one reader of h.
func (s *handles) release(h *handle) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	h.readers--
	h.used = time.Now()
	if h.readers > 0 || s.kept[h.object.Key] == h {
		return nil
	}
	return h.file.Close()
}

// expire drops h when it has had no reader for a while.
func (s *handles) expire(h *handle) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept[h.object.Key] != h {
		return
	}
	left := keepOpen
	if h.readers == 0 {
		left -= time.Since(h.used)
	}
	if left <= 0 {
		s.drop(h)
		return
	}
	time.AfterFunc(left, func() { s.expire(h) })
}

// close drops all, and keeps none from now on.
func (s *handles) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, h := range s.kept {
		s.drop(h)
	}
}

// reader is one reader of a file that others may read too.
type reader struct {
	*io.SectionReader
	close func() error
}

// reader returns a reader of h, which is released by its Close.
func (s *handles) reader(h *handle) reader {
	return reader{
		SectionReader: io.NewSectionReader(h.file, 0, h.object.Size),
		close:         sync.OnceValue(func() error { return s.release(h) }),
	}
}

// Close ends the reader. It may be called again.
func (r reader) Close() error { return r.close() }
