package intake

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"lector/publisher/intake/strip"
)

// body is a request's body as it is read.
type body struct {
	raw     io.Reader // as it comes
	content io.Reader // uncompressed
	asSent  verifier  // of raw
	asSaid  verifier  // of content; nil where it is the same
}

// openBody prepares the reading of a body in one of the two encodings. A sender may
// have signed it before or after it was compressed.
func openBody(r *http.Request, keys [][]byte, before string) (*body, error) {
	b := &body{asSent: newVerifier(keys, before)}
	b.raw = io.TeeReader(r.Body, b.asSent)
	b.content = b.raw
	if r.Header.Get("Content-Encoding") != "gzip" {
		return b, nil
	}
	plain, err := gzip.NewReader(b.raw)
	if err != nil {
		_, _ = io.Copy(io.Discard, b.raw) // for the signature
		return b, fmt.Errorf("gzip: %w", err)
	}
	b.asSaid = newVerifier(keys, before)
	b.content = io.TeeReader(&limited{plain, maxBody}, b.asSaid)
	return b, nil
}

// limited is a reader that fails with errTooLarge behind its limit.
type limited struct {
	r    io.Reader
	left int64
}

// Read reads on.
func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// copyTo writes what is wanted of the body. The error is why the body is no good one;
// all of it is read even so, because only then its signature can be told. Of one that is
// too large it cannot, whatever else is wrong with it.
func (b *body) copyTo(dst io.Writer, keep strip.Keep) error {
	err := strip.Copy(dst, b.content, keep)
	for _, rest := range []io.Reader{b.content, b.raw} {
		if _, restErr := io.Copy(io.Discard, rest); err == nil || isTooLarge(restErr) {
			err = restErr
		}
	}
	return err
}

// match returns the signature that is right, or nil.
func (b *body) match(s Signature) []byte {
	asSent, asSaid := b.asSent.match(s), b.asSaid.match(s)
	if asSent == nil {
		return asSaid
	}
	return asSent
}

// isTooLarge reports whether an error is that of a body that is too large.
func isTooLarge(err error) bool {
	return errors.Is(err, errTooLarge) || errors.As(err, new(*http.MaxBytesError))
}

// checkType refuses what is not JSON in UTF-8, or is compressed in a way that nobody
// reads here.
func checkType(h http.Header) error {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return errors.New("the content type is not application/json")
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return errors.New("the charset is not UTF-8")
	}
	switch h.Get("Content-Encoding") {
	case "", "identity", "gzip":
		return nil
	}
	return errors.New("the content encoding is neither gzip nor none")
}
