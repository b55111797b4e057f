package s3

import (
	"context"
	"io"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"lector"
)

// Open asks for the object. Who reads on from the start needs no second
// request; who seeks gets the rest by a ranged one. If the object is replaced
// meanwhile, such a request fails with lector.ErrConflict.
func (s *Store) Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error) {
	if err := s.check("open", key); err != nil {
		return nil, lector.Object{}, err
	}
	out, err := s.client.GetObject(ctx, &sdk.GetObjectInput{Bucket: &s.bucket, Key: &key})
	if err != nil {
		return nil, lector.Object{}, s.wrapError("open", key, err)
	}
	o := describe(key, out.ContentLength, out.ContentType, out.CacheControl, out.ETag, out.LastModified)
	return &reader{ctx: ctx, store: s, object: o, body: out.Body}, o, nil
}

// Stat returns what Open returns, without the content.
func (s *Store) Stat(ctx context.Context, key string) (lector.Object, error) {
	if err := s.check("stat", key); err != nil {
		return lector.Object{}, err
	}
	out, err := s.client.HeadObject(ctx, &sdk.HeadObjectInput{Bucket: &s.bucket, Key: &key})
	if err != nil {
		return lector.Object{}, s.wrapError("stat", key, err)
	}
	return describe(key, out.ContentLength, out.ContentType, out.CacheControl, out.ETag, out.LastModified), nil
}

func describe(key string, size *int64, contentType, cache, etag *string, modified *time.Time) lector.Object {
	return lector.Object{
		Key: key, Size: deref(size), ContentType: deref(contentType), CacheControl: deref(cache),
		ETag: deref(etag), Modified: deref(modified),
	}
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
