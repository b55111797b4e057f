package s3

import (
	"context"
	"iter"

	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"lector"
)

// Delete removes an object; one that is absent is no error. A bucket that
// keeps versions keeps the old one, out of sight: let its lifecycle rule end it.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := s.check("delete", key); err != nil {
		return err
	}
	_, err := s.client.DeleteObject(ctx, &sdk.DeleteObjectInput{Bucket: &s.bucket, Key: &key})
	if code(err) == "NoSuchKey" { // Amazon does not say so, others do
		return nil
	}
	return s.wrapError("delete", key, err)
}

// List yields the objects whose keys begin with prefix in the order of their
// bytes, with Key, Size, Modified and ETag. Objects whose keys are not ours
// are passed over.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[lector.Object, error] {
	return func(yield func(lector.Object, error) bool) {
		if !lector.ValidPrefix(prefix) {
			yield(lector.Object{}, s.wrapError("list", prefix, errKey))
			return
		}
		pages := sdk.NewListObjectsV2Paginator(s.client, &sdk.ListObjectsV2Input{Bucket: &s.bucket, Prefix: &prefix})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(lector.Object{}, s.wrapError("list", prefix, err))
				return
			}
			for _, c := range page.Contents {
				o := describe(deref(c.Key), c.Size, nil, nil, c.ETag, c.LastModified)
				if lector.ValidKey(o.Key) && !yield(o, nil) {
					return
				}
			}
		}
	}
}
