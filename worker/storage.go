package worker

import (
	"context"
	"errors"
	"io"
	"iter"

	"lector"
)

// StorageErrors returns s with its failures marked as lector.ClassStorage: the article
// is not at fault and waits until the store works again. lector.ErrNotFound and
// lector.ErrExists are no failures.
func StorageErrors(s Store) Store { return storageErrors{s} }

type storageErrors struct{ store Store }

func storageError(err error) error {
	if errors.Is(err, lector.ErrNotFound) || errors.Is(err, lector.ErrExists) || errors.Is(err, lector.ErrConflict) {
		return err
	}
	return lector.WithClass(err, lector.ClassStorage)
}

// Open is Open of the store; its failures have the class storage.
func (s storageErrors) Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error) {
	body, o, err := s.store.Open(ctx, key)
	return body, o, storageError(err)
}

// Stat is Stat of the store; its failures have the class storage.
func (s storageErrors) Stat(ctx context.Context, key string) (lector.Object, error) {
	o, err := s.store.Stat(ctx, key)
	return o, storageError(err)
}

// List is List of the store; its failures have the class storage.
func (s storageErrors) List(ctx context.Context, prefix string) iter.Seq2[lector.Object, error] {
	return func(yield func(lector.Object, error) bool) {
		for o, err := range s.store.List(ctx, prefix) {
			if !yield(o, storageError(err)) {
				return
			}
		}
	}
}

// Create is Create of the store; its failures have the class storage.
func (s storageErrors) Create(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	return storageError(s.store.Create(ctx, o, body))
}

// Put is Put of the store; its failures have the class storage.
func (s storageErrors) Put(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	return storageError(s.store.Put(ctx, o, body))
}

// Delete is Delete of the store; its failures have the class storage.
func (s storageErrors) Delete(ctx context.Context, key string) error {
	return storageError(s.store.Delete(ctx, key))
}
