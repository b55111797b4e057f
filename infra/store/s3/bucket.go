package s3

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"lector"
)

// CreateBucket makes the bucket; one that is there already and can be used is
// no error. It is a part of setting up: the other methods never make it.
func (s *Store) CreateBucket(ctx context.Context) error {
	in := &sdk.CreateBucketInput{Bucket: &s.bucket}
	if region := s.client.Options().Region; region != "us-east-1" && s.client.Options().BaseEndpoint == nil {
		in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(region)}
	}
	_, err := s.client.CreateBucket(ctx, in)
	switch code(err) {
	case "BucketAlreadyOwnedByYou":
		return nil
	case "BucketAlreadyExists", "OperationAborted": // maybe by a second setup at the same time
		_, err = s.client.HeadBucket(ctx, &sdk.HeadBucketInput{Bucket: &s.bucket})
	}
	return s.wrapError("create bucket", "", err)
}

// Ping checks that the bucket exists, writes a small object and deletes it. It makes
// three requests, so it is not for every health check.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.headBucket(ctx); err != nil {
		return s.wrapError("ping", "", err)
	}
	key := pingKey()
	if err := s.put(ctx, lector.NewObject(key), strings.NewReader("lector\n")); err != nil {
		return s.wrapError("ping", "", err)
	}
	_, err := s.client.DeleteObject(ctx, &sdk.DeleteObjectInput{Bucket: &s.bucket, Key: &key})
	return s.wrapError("ping", "", err)
}

// pingKey returns a key that nobody else uses, among the clips: there the key
// pair may write and delete, and a leftover is public to nobody who knows it.
func pingKey() string { return "clips/ping/" + strings.ToLower(rand.Text()) }

// headBucket fails if the bucket is not there, or nobody answers. Other refusals are
// left to the write that follows, whose answer says more: a key pair may write
// and not look.
func (s *Store) headBucket(ctx context.Context) error {
	_, err := s.client.HeadBucket(ctx, &sdk.HeadBucketInput{Bucket: &s.bucket})
	switch status := status(err); {
	case err == nil:
		s.bucketSeen.Store(true)
		return nil
	case status == http.StatusNotFound:
		return s.explainNotFound(ctx, err)
	case status >= 300 && status < 500:
		return nil
	}
	return err
}

// explainNotFound lists the bucket to find the reason of a 404 to HEAD, whose
// answer has no body: versitygw sends it for an unknown key pair too.
func (s *Store) explainNotFound(ctx context.Context, missing error) error {
	one := int32(1)
	_, err := s.client.ListObjectsV2(ctx, &sdk.ListObjectsV2Input{Bucket: &s.bucket, MaxKeys: &one})
	if err != nil {
		return err
	}
	return &types.NoSuchBucket{Message: aws.String(missing.Error())}
}

// headBucketOnce calls headBucket until the bucket was seen once.
func (s *Store) headBucketOnce(ctx context.Context) error {
	if s.bucketSeen.Load() {
		return nil
	}
	return s.headBucket(ctx)
}
