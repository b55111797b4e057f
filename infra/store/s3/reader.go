package s3

import (
	"context"
	"errors"
	"fmt"
	"io"

	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"lector"
)

// reader is the content of one version of an object. It holds at most one
// answer of the server, which stands at byte at.
type reader struct {
	ctx    context.Context
	store  *Store
	object lector.Object
	body   io.ReadCloser
	at     int64
	offset int64
}

// resumes is how often in a row a broken transfer is taken up again.
const resumes = 2

func (r *reader) Read(p []byte) (int, error) {
	if r.offset >= r.object.Size {
		return 0, io.EOF
	}
	if err := r.ctx.Err(); err != nil {
		return 0, fmt.Errorf("read %s: %w", r.object.Key, err)
	}
	var n int
	var err error
	for range 1 + resumes {
		n, err = r.read(p)
		if n > 0 {
			return n, nil // an error will show again at the next read
		}
		if err == nil || r.ctx.Err() != nil || errors.Is(err, lector.ErrConflict) || errors.Is(err, lector.ErrNotFound) {
			return 0, err
		}
	}
	return 0, fmt.Errorf("read %s at byte %d: %w", r.object.Key, r.offset, err)
}

// read reads once, from the answer at hand or from a new one. After an error
// there is none at hand.
func (r *reader) read(p []byte) (int, error) {
	if r.body == nil || r.at != r.offset {
		if err := r.ask(); err != nil {
			return 0, err
		}
	}
	n, err := r.body.Read(p)
	r.at += int64(n)
	r.offset += int64(n)
	if err == io.EOF && r.offset < r.object.Size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		r.drop()
	}
	return n, err
}

// ask requests the rest of the object from the offset on, of the version that
// was opened.
func (r *reader) ask() error {
	r.drop()
	span := fmt.Sprintf("bytes=%d-", r.offset)
	out, err := r.store.client.GetObject(r.ctx, &sdk.GetObjectInput{
		Bucket: &r.store.bucket, Key: &r.object.Key, Range: &span, IfMatch: &r.object.ETag,
	})
	if code(err) == "PreconditionFailed" {
		return fmt.Errorf("read %s at byte %d: %w", r.object.Key, r.offset, lector.ErrConflict)
	}
	if err != nil {
		return r.store.fault("read", r.object.Key, err)
	}
	r.body, r.at = out.Body, r.offset
	return nil
}

func (r *reader) drop() {
	if r.body != nil {
		r.body.Close()
		r.body = nil
	}
}

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

func (r *reader) Close() error {
	r.drop()
	r.offset = r.object.Size // nothing more is read
	return nil
}
