// Package publishertest has a store in memory and renditions to put into it,
// for tests of the publisher.
package publishertest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"lector"
)

// Store is a store in memory. The zero value is empty and ready.
type Store struct {
	mu      sync.RWMutex
	objects map[string]stored
	Err     error // what Open answers instead, when it is set before use
}

type stored struct {
	data []byte
	etag string
}

// Put stores data under key.
func (s *Store) Put(key string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.objects == nil {
		s.objects = make(map[string]stored)
	}
	sum := sha256.Sum256(data)
	s.objects[key] = stored{data, `"` + hex.EncodeToString(sum[:]) + `"`}
}

// Delete takes the object with the given key away.
func (s *Store) Delete(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.objects, key)
}

// Keys returns all keys, sorted.
func (s *Store) Keys() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.objects))
}

// List walks over the objects whose keys begin with prefix.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[lector.Object, error] {
	return func(yield func(lector.Object, error) bool) {
		for _, key := range s.Keys() {
			if !strings.HasPrefix(key, prefix) {
				continue
			}
			_, o, err := s.Open(ctx, key)
			if !yield(o, err) {
				return
			}
		}
	}
}

// Open returns the object with the given key or lector.ErrNotFound.
func (s *Store) Open(_ context.Context, key string) (io.ReadSeekCloser, lector.Object, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.Err != nil {
		return nil, lector.Object{}, s.Err
	}
	found, ok := s.objects[key]
	if !ok {
		return nil, lector.Object{}, fmt.Errorf("object %s: %w", key, lector.ErrNotFound)
	}
	o := lector.Object{
		Key: key, Size: int64(len(found.data)), ETag: found.etag,
		Modified: time.Date(2026, 11, 16, 13, 6, 0, 0, time.UTC),
	}
	return reader{bytes.NewReader(found.data)}, o, nil
}

// Stat returns what Open returns, without the content.
func (s *Store) Stat(ctx context.Context, key string) (lector.Object, error) {
	_, o, err := s.Open(ctx, key)
	return o, err
}

type reader struct{ *bytes.Reader }

func (reader) Close() error { return nil }
