package s3

import (
	"cmp"
	"context"
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
	return s.fault("put", o.Key, s.put(ctx, o, body, false))
}

// put makes one request (and the SDK's retries of it). With absent set it asks
// for the object to be created only (RFC 9110, 13.1.2).
func (s *Store) put(ctx context.Context, o lector.Object, body io.ReadSeeker, absent bool) error {
	size, err := body.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = body.Seek(0, io.SeekStart)
	}
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
	}
	if absent {
		in.IfNoneMatch = aws.String("*")
	}
	_, err = s.client.PutObject(ctx, in)
	return err
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
	return s.fault("create", o.Key, s.create(ctx, o, body))
}

func (s *Store) create(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	known, native := s.learned.get()
	switch {
	case !known:
		return s.learn(ctx, o, body)
	case native:
		return s.putAbsent(ctx, o, body)
	default:
		return s.lookAndPut(ctx, o, body)
	}
}

// putAbsent creates by a conditional write. A server may answer 409 when two
// such writes meet; who repeats it learns who won.
func (s *Store) putAbsent(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	var err error
	for range 4 {
		err = s.put(ctx, o, body, true)
		if code(err) != "ConditionalRequestConflict" {
			break
		}
	}
	if code(err) == "PreconditionFailed" {
		return lector.ErrExists
	}
	return err
}

// lookAndPut creates on servers without conditional writes.
func (s *Store) lookAndPut(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	err := s.absent(ctx, o.Key)
	if err != nil {
		return err
	}
	return s.put(ctx, o, body, false)
}

// absent returns nil when key is free, lector.ErrExists when it is taken.
func (s *Store) absent(ctx context.Context, key string) error {
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
