package s3_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"lector/infra/store/s3"
	"lector/infra/store/s3/s3test"
	"lector/infra/store/storetest"
)

func open(t *testing.T, cfg s3.Config) *s3.Store {
	t.Helper()
	s, err := s3.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	var buckets atomic.Int32
	storetest.Run(t, func(t *testing.T) storetest.Store {
		bucket := fmt.Sprintf("bucket-%d", buckets.Add(1))
		server.CreateBucket(t, bucket)
		return open(t, server.Config(bucket))
	})
}

func BenchmarkStore(b *testing.B) {
	server, buckets := s3test.Start(b), 0
	storetest.Bench(b, func(b *testing.B) storetest.Store {
		buckets++
		bucket := fmt.Sprintf("bench-%d", buckets)
		server.CreateBucket(b, bucket)
		s, err := s3.Open(b.Context(), server.Config(bucket))
		if err != nil {
			b.Fatal(err)
		}
		return s
	})
}
