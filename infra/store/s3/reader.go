package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"lector"
)

// reader is the content of one version of an object. It holds at most one
// answer of the server, which stands at byte at.
type reader struct {
	ctx      context.Context
	store    *Store
	object   lector.Object
	body     io.ReadCloser
	position int64
	offset   int64
}

// maxResumes is how often in a row a broken transfer is taken up again.
const maxResumes = 2

// Read reads from the offset, and asks anew where a transfer breaks.
func (r *reader) Read(p []byte) (int, error) {
	if r.offset >= r.object.Size {
		return 0, io.EOF
	}
	if err := r.ctx.Err(); err != nil {
		return 0, fmt.Errorf("read %s: %w", r.object.Key, err)
	}
	var n int
	var err error
	for range 1 + maxResumes {
		n, err = r.read(p)
		if n > 0 {
			return n, nil // an error will show again at the next read
		}
		if err == nil || r.ctx.Err() != nil || isFinal(err) {
			return 0, err
		}
	}
	return 0, fmt.Errorf("read %s at byte %d: %w", r.object.Key, r.offset, err)
}

// isFinal reports whether asking again would bring the same answer.
func isFinal(err error) bool {
	return errors.Is(err, lector.ErrConflict) || errors.Is(err, lector.ErrNotFound) || lector.IsPermanent(err)
}

// read reads once, from the answer at hand or from a new one. After an error
// there is none at hand.
func (r *reader) read(p []byte) (int, error) {
	if r.body == nil || r.position != r.offset {
		if err := r.request(); err != nil {
			return 0, err
		}
	}
	n, err := r.body.Read(p)
	r.position += int64(n)
	r.offset += int64(n)
	if err == io.EOF && r.offset < r.object.Size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		r.closeBody()
	}
	return n, err
}

// request requests the rest of the object from the offset on, of the version that
// was opened. Not every server knows If-Match or ranges, so the answer is
// looked at: bytes of another version or from another place are never read.
func (r *reader) request() error {
	r.closeBody()
	span := fmt.Sprintf("bytes=%d-", r.offset)
	in := &sdk.GetObjectInput{Bucket: &r.store.bucket, Key: &r.object.Key, Range: &span}
	if r.object.ETag != "" {
		in.IfMatch = &r.object.ETag
	}
	out, err := r.store.client.GetObject(r.ctx, in)
	if code(err) == "PreconditionFailed" {
		return fmt.Errorf("read %s at byte %d: %w", r.object.Key, r.offset, lector.ErrConflict)
	}
	if err != nil {
		return r.store.wrapError("read", r.object.Key, err)
	}
	if err := r.checkVersion(out); err != nil {
		out.Body.Close()
		return fmt.Errorf("read %s at byte %d: %w", r.object.Key, r.offset, err)
	}
	r.body, r.position = out.Body, r.offset
	return nil
}

// errRange is the answer of a server that does not know ranges.
var errRange = lector.Permanent(errors.New("the server answers with other bytes than those asked for"))

// checkVersion refuses an answer that is not the rest of the version that was opened.
func (r *reader) checkVersion(out *sdk.GetObjectOutput) error {
	now := describe(r.object.Key, size(out), nil, nil, out.ETag, out.LastModified)
	same := now.ETag == r.object.ETag
	if now.ETag == "" { // without it, size and time have to do
		same = same && now.Size == r.object.Size && now.Modified.Equal(r.object.Modified)
	}
	if !same {
		return lector.ErrConflict
	}
	if want := fmt.Sprintf("bytes %d-", r.offset); r.offset > 0 && !strings.HasPrefix(deref(out.ContentRange), want) {
		return errRange
	}
	return nil
}

// size returns the size of the whole object of which out is a part, from a
// header such as "bytes 4-9/10" (RFC 9110, 14.4).
func size(out *sdk.GetObjectOutput) *int64 {
	_, whole, ok := strings.Cut(deref(out.ContentRange), "/")
	if n, err := strconv.ParseInt(whole, 10, 64); ok && err == nil {
		return &n
	}
	return out.ContentLength
}

func (r *reader) closeBody() {
	if r.body != nil {
		r.body.Close()
		r.body = nil
	}
}

// Seek moves the offset, as io.Seeker says; no request is made.
func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += r.offset
	case io.SeekEnd:
		offset += r.object.Size
	default:
		return 0, fmt.Errorf("seek %s: whence %d", r.object.Key, whence)
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek %s: before the start", r.object.Key)
	}
	r.offset = offset
	return offset, nil
}

// Close ends the transfer.
func (r *reader) Close() error {
	r.closeBody()
	r.offset = r.object.Size // nothing more is read
	return nil
}
