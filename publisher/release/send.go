package release

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"sync"

	"lector/publisher/tcp"
)

var errSeek = errors.New("seek: before the start")

// objectContent is an open object for http.ServeContent: its size is known and to
// seek costs nothing until something is read. The goroutine by which
// http.ServeContent reads several ranges may outlive the request; what it reads
// after Close fails.
type objectContent struct {
	mu           sync.Mutex
	file         io.ReadSeekCloser
	size         int64
	offset       int64 // where it is read next
	filePosition int64 // where file stands
	closed       bool
}

// Seek sets the place of the next Read.
func (c *objectContent) Seek(offset int64, whence int) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += c.offset
	case io.SeekEnd:
		offset += c.size
	}
	if offset < 0 {
		return 0, errSeek
	}
	c.offset = offset
	return offset, nil
}

// Read reads from there on.
func (c *objectContent) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.seekFile(); err != nil {
		return 0, err
	}
	n, err := c.file.Read(p)
	c.filePosition += int64(n)
	c.offset = c.filePosition
	return n, err
}

// seekFile moves the file to where it is read next.
func (c *objectContent) seekFile() error {
	if c.closed {
		return fs.ErrClosed
	}
	if c.filePosition == c.offset {
		return nil
	}
	at, err := c.file.Seek(c.offset, io.SeekStart)
	if err == nil {
		c.filePosition = at
	}
	return err
}

// next returns a reader of the next n bytes. The content is not used any more but to be
// closed.
func (c *objectContent) next(n int64) (io.Reader, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if part, ok := c.file.(interface {
		Outer() (io.ReaderAt, int64, int64)
	}); ok {
		file, from, _ := part.Outer()
		return io.NewSectionReader(file, from+c.offset, n), nil
	}
	return &io.LimitedReader{R: c.file, N: n}, c.seekFile()
}

// Close waits for the end of a Read and closes the file.
func (c *objectContent) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	return c.file.Close()
}

// sender lets the head of an answer leave together with the first bytes of the
// content, and shows the connection the file behind the content.
type sender struct {
	http.ResponseWriter
	ctx context.Context
}

// ReadFrom is what http.ServeContent sends the content by.
func (s sender) ReadFrom(src io.Reader) (int64, error) {
	to, ok := s.ResponseWriter.(io.ReaderFrom)
	part, isPart := src.(*io.LimitedReader)
	if !ok || !isPart {
		return io.Copy(s.ResponseWriter, src)
	}
	if c, ok := part.R.(*objectContent); ok {
		var err error
		if src, err = c.next(part.N); err != nil {
			return 0, err
		}
	}
	if flusher, ok := s.ResponseWriter.(http.Flusher); ok {
		tcp.Cork(s.ctx, flusher.Flush)
	}
	return to.ReadFrom(src)
}
