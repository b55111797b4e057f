package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"lector"
)

func list(t *testing.T, s Store) {
	all := []string{
		"a/s/k-1/x.mp3", "a/s/k.mp3", "a/s/k/manifest.json", "a/s/k/x.mp3", "a/s/k/x.vtt", "a/s/k1/x.mp3", "a/t/z", "clips/00/00.mp3",
	}
	for _, key := range slices.Backward(all) {
		put(t, s, key, key)
	}
	for _, prefix := range []string{"", "a/", "a/s/k", "a/s/k/", "a/s/k/x", "a/s/k/x.mp3", "c", "b", "a/s/k/x.mp3/"} {
		want := slices.DeleteFunc(slices.Clone(all), func(key string) bool { return !strings.HasPrefix(key, prefix) })
		if got := keys(t, s, prefix); !slices.Equal(got, want) {
			t.Errorf("list %q:\n got %v\nwant %v", prefix, got, want)
		}
	}
	for o := range s.List(t.Context(), "a/s/k/") {
		if o.Size != int64(len(o.Key)) || o.Modified.IsZero() {
			t.Errorf("listed as %+v", o)
		}
	}
}

// listMany goes beyond the thousand keys of one S3 page.
func listMany(t *testing.T, s Store) {
	const many = 1100
	next := make(chan int, many)
	for n := range many {
		next <- n
	}
	close(next)
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for n := range next {
				key := fmt.Sprintf("clips/%02d/%04d.mp3", n%10, n)
				if err := s.Put(t.Context(), lector.NewObject(key), strings.NewReader("x")); err != nil {
					t.Errorf("put: %v", err)
				}
			}
		})
	}
	writers.Wait()
	got := keys(t, s, "clips/")
	if len(got) != many || !slices.IsSorted(got) {
		t.Errorf("listed %d of %d keys, sorted: %v", len(got), many, slices.IsSorted(got))
	}
}

func listStops(t *testing.T, s Store) {
	for n := range 5 {
		put(t, s, fmt.Sprintf("a/s/k/%d", n), "x")
	}
	seen := 0
	for _, err := range s.List(t.Context(), "a/") {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen == 2 {
			break
		}
	}
	if seen != 2 {
		t.Errorf("seen %d", seen)
	}
	for o := range s.List(t.Context(), "a/") { // what a sweep does
		if err := s.Delete(t.Context(), o.Key); err != nil {
			t.Errorf("delete while listing: %v", err)
		}
	}
	if left := keys(t, s, ""); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
