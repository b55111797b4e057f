// Package storetest holds the conformance suite of the stores: what an adapter
// passes, worker and publisher may rely on. It is imported by tests only.
package storetest

import (
	"context"
	"io"
	"iter"

	"lector"
)

// Store is everything that a store can do: Put, Create, Open, Stat, Delete, List
// and Ping. Each consumer has an interface of the few methods that it needs.
type Store interface {
	writer
	reader
	maintainer
}

// writer stores objects. When a method returns nil the object is durable:
// it survives a crash of the process and of the machine.
type writer interface {
	// Put stores the whole of body under o.Key and replaces what was there in
	// one step: a reader sees the old object or the new one, never a mixture.
	Put(ctx context.Context, o lector.Object, body io.ReadSeeker) error

	// Create is Put for a key that must be free: lector.ErrExists if it is
	// taken, and of several writers at once exactly one succeeds.
	Create(ctx context.Context, o lector.Object, body io.ReadSeeker) error
}

// reader reads objects; one that is absent is lector.ErrNotFound.
type reader interface {
	// Open returns the object and its content, which ctx governs until Close.
	// A replacement in the meantime is never mixed into what is read.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error)

	// Stat returns what Open returns, without the content.
	Stat(ctx context.Context, key string) (lector.Object, error)
}

// maintainer deletes and lists objects, and checks the store.
type maintainer interface {
	// Delete removes an object; one that is absent is no error.
	Delete(ctx context.Context, key string) error

	// List yields the objects whose keys begin with prefix in the order of
	// their bytes, with Key, Size and Modified. After an error it ends.
	List(ctx context.Context, prefix string) iter.Seq2[lector.Object, error]

	// Ping reports whether the store can be reached and written to.
	Ping(ctx context.Context) error
}
