package tcp

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

var errShort = errors.New("the handler sent less than it had announced")

// answer is the http.ResponseWriter of a direct request. An answer whose handler does
// not tell its length is held until its end: it is a sentence about an error.
type answer struct {
	conn   *conn
	header http.Header
	status int          // 0: not known yet
	head   bytes.Buffer // and behind it what is held
	sent   bool         // the head is
	left   int64        // of what was announced, in bytes
	err    error        // of a write
}

// reset makes a the answer to another request on c. Its memory is used again: handlers
// do not hold on to it.
func (a *answer) reset(c *conn) {
	head, header := a.head, a.header
	head.Reset()
	if header == nil {
		header = make(http.Header)
	}
	clear(header)
	*a = answer{conn: c, header: header, head: head}
}

// Header returns the fields of the head, as long as it is not sent.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader sets the status, once.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write sends p behind the head, or holds it.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if !a.knowsLength() {
		return a.head.Write(p)
	}
	a.Flush()
	if int64(len(p)) > a.left {
		return 0, http.ErrContentLength
	}
	if a.err != nil {
		return 0, a.err
	}
	n, err := a.conn.Write(p)
	return n, a.count(int64(n), err)
}

// ReadFrom sends what src holds, which may be a file.
func (a *answer) ReadFrom(src io.Reader) (int64, error) {
	a.WriteHeader(http.StatusOK)
	if !a.knowsLength() {
		return a.head.ReadFrom(src)
	}
	a.Flush()
	if a.err != nil {
		return 0, a.err
	}
	n, err := a.conn.ReadFrom(limit(src, a.left))
	return n, a.count(n, err)
}

// limit bounds what is read of src, which may be bounded by itself.
func limit(src io.Reader, n int64) io.Reader {
	switch l := src.(type) {
	case *io.LimitedReader:
		return &io.LimitedReader{R: l.R, N: min(n, l.N)}
	case *io.SectionReader:
		if l.Size() <= n {
			return l
		}
	}
	return &io.LimitedReader{R: src, N: n}
}

func (a *answer) count(n int64, err error) error {
	a.left -= n
	if a.err == nil {
		a.err = err
	}
	return err
}

// Flush sends the head, if it tells the length.
func (a *answer) Flush() {
	a.WriteHeader(http.StatusOK)
	if a.sent || !a.knowsLength() {
		return
	}
	a.sent = true
	a.left, _ = strconv.ParseInt(a.header.Get("Content-Length"), 10, 64) // none: 0
	a.writeHead()
	_, err := a.conn.Write(a.head.Bytes())
	_ = a.count(0, err)
}

// knowsLength reports whether the handler has told how long the body is. Two kinds of
// answers have none (RFC 9110 §6.4.1).
func (a *answer) knowsLength() bool {
	return a.header["Content-Length"] != nil || a.status == http.StatusNotModified || a.status == http.StatusNoContent
}

// writeHead writes the head as package http does.
func (a *answer) writeHead() {
	b := append(a.head.AvailableBuffer(), "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(a.status), 10)
	b = append(b, ' ')
	b = append(b, http.StatusText(a.status)...)
	b = append(b, "\r\nDate: "...)
	b = time.Now().UTC().AppendFormat(b, http.TimeFormat)
	b = append(b, "\r\n"...)
	for name, values := range a.header {
		for _, value := range values {
			b = append(append(b, name...), ": "...)
			b = append(append(b, oneLine.Replace(value)...), "\r\n"...)
		}
	}
	a.head.Write(append(b, "\r\n"...))
}

// oneLine keeps a value from becoming two fields, as package http does.
var oneLine = strings.NewReplacer("\n", " ", "\r", " ")

// end sends what was held. The error says that the connection is of no use any more.
func (a *answer) end() error {
	a.WriteHeader(http.StatusOK)
	if !a.knowsLength() {
		held := bytes.Clone(a.head.Bytes())
		a.head.Reset()
		a.header.Set("Content-Length", strconv.Itoa(len(held)))
		_, _ = a.Write(held) // its error is kept
	}
	a.Flush()
	if a.err == nil && a.left > 0 {
		return errShort
	}
	return a.err
}
