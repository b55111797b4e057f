package s3

import (
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // see measure
	"encoding/base64"
	"errors"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"lector"
)

// Put stores the whole of body under o.Key and replaces what was there. Where
// o states no content type or cache header, those of the key hold
// (lector.NewObject).
func (s *Store) Put(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	if err := s.check("put", o.Key); err != nil {
		return err
	}
	return s.wrapError("put", o.Key, s.put(ctx, o, body))
}

// condition makes a write depend on what is there (RFC 9110, 13.1).
type condition func(*sdk.PutObjectInput)

// ifAbsent asks for the object to be created only.
func ifAbsent(in *sdk.PutObjectInput) { in.IfNoneMatch = aws.String("*") }

// put makes one request (and the SDK's retries of it), on the given
// conditions. Before the first one it looks for the bucket, since some servers
// make one that does not exist.
func (s *Store) put(ctx context.Context, o lector.Object, body io.ReadSeeker, conditions ...condition) error {
	if err := s.headBucketOnce(ctx); err != nil {
		return err
	}
	size, sum, err := s.sizeAndMD5(body)
	if err != nil {
		return err
	}
	own := lector.NewObject(o.Key)
	in := &sdk.PutObjectInput{
		Bucket:        &s.bucket,
		Key:           &o.Key,
		Body:          body,
		ContentLength: &size,
		ContentType:   aws.String(cmp.Or(o.ContentType, own.ContentType)),
		CacheControl:  aws.String(cmp.Or(o.CacheControl, own.CacheControl)),
		ContentMD5:    sum,
	}
	for _, set := range conditions {
		set(in)
	}
	_, err = s.client.PutObject(ctx, in)
	return err
}

// sizeAndMD5 returns the size of body in bytes and, for a server with an address
// of its own, its MD5 in base64 (RFC 1864), and goes back to the start. A
// bucket with Object Lock takes no object without a checksum, and all servers
// know this one; to Amazon the SDK sends a newer one.
func (s *Store) sizeAndMD5(body io.ReadSeeker) (size int64, sum *string, err error) {
	if _, err = body.Seek(0, io.SeekStart); err != nil {
		return 0, nil, err
	}
	if s.client.Options().BaseEndpoint == nil {
		size, err = body.Seek(0, io.SeekEnd)
	} else {
		hash := md5.New() //nolint:gosec // against damage on the way, not against forgers
		size, err = io.Copy(hash, body)
		sum = aws.String(base64.StdEncoding.EncodeToString(hash.Sum(nil)))
	}
	if err == nil {
		_, err = body.Seek(0, io.SeekStart)
	}
	return size, sum, err
}

// Create is Put for a key that must be free: lector.ErrExists if it is taken.
// Of several writers at once one succeeds, unless the server is too old for
// conditional writes: then the last of them wins, which is harmless for
// objects that are named for their content. When an answer is lost on the way
// and the request repeated, ErrExists may mean one's own object.
func (s *Store) Create(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	if err := s.check("create", o.Key); err != nil {
		return err
	}
	return s.wrapError("create", o.Key, s.create(ctx, o, body))
}

func (s *Store) create(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	known, native := s.conditional.get()
	switch {
	case !known:
		return s.detectConditional(ctx, o, body)
	case native:
		return s.putAbsent(ctx, o, body)
	default:
		return s.statAndPut(ctx, o, body)
	}
}

// putAbsent creates by a conditional write. A server may answer 409 to two
// such writes at the same time; repeating it shows which one was stored.
func (s *Store) putAbsent(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	var err error
	for range 4 {
		err = s.put(ctx, o, body, ifAbsent)
		if code(err) != "ConditionalRequestConflict" {
			break
		}
	}
	if code(err) == "PreconditionFailed" {
		return lector.ErrExists
	}
	return err
}

// statAndPut creates on servers without conditional writes.
func (s *Store) statAndPut(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	err := s.checkFree(ctx, o.Key)
	if err != nil {
		return err
	}
	return s.put(ctx, o, body)
}

// checkFree returns nil when key is free, lector.ErrExists when it is taken.
func (s *Store) checkFree(ctx context.Context, key string) error {
	_, err := s.Stat(ctx, key)
	switch {
	case err == nil:
		return lector.ErrExists
	case errors.Is(err, lector.ErrNotFound):
		return nil
	default:
		return err
	}
}
