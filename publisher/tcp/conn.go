// Package tcp holds the connections of the public listener. They disconnect clients that
// do not read, and send files with sendfile where the system has it.
package tcp

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// A client that does not take stepSize bytes within stallTimeout is let go. That is
// about half a kilobyte a second, a tenth of what a phone gets on 2G; a bound on the
// whole answer would cut off honest ones.
const (
	stepSize     = 64 << 10 // bytes
	stallTimeout = 2 * time.Minute
)

// Listen returns l with connections of its own: a client that does not read 64 KiB
// within two minutes is disconnected.
func Listen(l net.Listener) net.Listener { return listener{l} }

type listener struct{ net.Listener }

// Accept waits for the next client.
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return newConn(c), nil
}

// conn is a connection whose writes end with os.ErrDeadlineExceeded when the
// client takes nothing. Its methods that write are for one goroutine at a time.
type conn struct {
	net.Conn
	raw         syscall.RawConn // nil where the system has none
	corked      bool            // what is written now is not the end: see Join
	failed      error           // of an earlier write; the client gets no second chance
	deadlineSet time.Time       // when the deadline was last set
	direct      direct
}

func newConn(c net.Conn) *conn {
	n := &conn{Conn: c}
	if s, ok := c.(syscall.Conn); ok {
		n.raw, _ = s.SyscallConn() // without it everything is done by c
	}
	return n
}

// CloseWrite tells the client that nothing more will come, where the network
// can say so.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Write sends p.
func (c *conn) Write(p []byte) (written int, err error) {
	for {
		n, err := c.step(func() (int64, error) {
			n, err := c.write(p[:min(stepSize, len(p))])
			return int64(n), err
		})
		written += int(n)
		if p = p[n:]; err != nil || len(p) == 0 {
			return written, err
		}
	}
}

// step does send, for which the client has stallTimeout.
func (c *conn) step(send func() (int64, error)) (n int64, err error) {
	if c.failed == nil {
		c.failed = c.extendDeadline()
	}
	if c.failed == nil {
		n, c.failed = send()
	}
	return n, c.failed
}

// extendDeadline gives the client stallTimeout from now on, or a little less: to set the
// deadline at each step would cost more than to send a short answer.
func (c *conn) extendDeadline() error {
	now := time.Now()
	if now.Sub(c.deadlineSet) < stallTimeout/16 {
		return nil
	}
	c.deadlineSet = now
	return c.SetWriteDeadline(now.Add(stallTimeout))
}

func (c *conn) write(p []byte) (int, error) {
	if c.corked && c.raw != nil {
		return c.writeCorked(p)
	}
	return c.Conn.Write(p)
}

// ReadFrom sends what src holds. The bytes of an *os.File, of an io.SectionReader from
// whose beginning nothing has been read, or of an io.LimitedReader over a file do not
// pass through this process where the system can do without.
func (c *conn) ReadFrom(src io.Reader) (int64, error) {
	if part, ok := partOf(src); ok {
		return c.sendFile(part)
	}
	b := buffers.Get().(*[]byte)
	defer buffers.Put(b)
	return io.CopyBuffer(writerOnly{c}, src, *b)
}

// filePart is a piece of a file that is to be sent.
type filePart struct {
	file *os.File
	from int64
	left int64 // bytes
}

// partOf returns what src holds, if it is a piece of a file.
func partOf(src io.Reader) (filePart, bool) {
	if s, ok := src.(*io.SectionReader); ok {
		outer, from, n := s.Outer()
		file, ok := outer.(*os.File)
		return filePart{file, from, n}, ok
	}
	limited, ok := src.(*io.LimitedReader)
	if !ok {
		limited = &io.LimitedReader{R: src, N: 1<<63 - 1}
	}
	file, ok := limited.R.(*os.File)
	if !ok {
		return filePart{}, false
	}
	from, err := file.Seek(0, io.SeekCurrent)
	return filePart{file, from, limited.N}, err == nil
}

// sendFile sends a piece of a file step by step.
func (c *conn) sendFile(part filePart) (sent int64, err error) {
	for part.left > 0 {
		asked := min(stepSize, part.left)
		n, err := c.step(func() (int64, error) { return c.sendStep(part.file, part.from, asked) })
		sent += n
		part.from += n
		part.left -= n
		if err != nil || n < asked {
			return sent, err
		}
	}
	return sent, nil
}

// sendByPosition sends bytes of a file that is read from its own position on.
func (c *conn) sendByPosition(file *os.File, from, n int64) (int64, error) {
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		return 0, err
	}
	part := &io.LimitedReader{R: file, N: n}
	if to, ok := c.Conn.(io.ReaderFrom); ok {
		return to.ReadFrom(part)
	}
	return io.Copy(writerOnly{c.Conn}, part)
}

// writerOnly hides ReadFrom from io.Copy, which would come back here.
type writerOnly struct{ io.Writer }

// buffers are for what is no file.
var buffers = sync.Pool{New: func() any { b := make([]byte, 32<<10); return &b }}
