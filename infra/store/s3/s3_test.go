package s3_test

import (
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
	storetest.Run(t, func(t *testing.T) storetest.Store { return open(t, server.Config(server.NewBucket(t))) })
}

func BenchmarkStore(b *testing.B) {
	server := s3test.Start(b)
	storetest.Bench(b, func(b *testing.B) storetest.Store {
		s, err := s3.Open(b.Context(), server.Config(server.NewBucket(b)))
		if err != nil {
			b.Fatal(err)
		}
		return s
	})
}
