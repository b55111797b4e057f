package lector

import (
	"context"
	"time"
)

// Delivery is one article event in the hands of a worker, which must settle it
// in exactly one way.
type Delivery struct {
	Event    ArticleEvent
	Sequence uint64 // of the event in its stream; it orders events that nothing else orders
	Count    int    // how often it was delivered, this time included
	Err      error  // why the message is no article event; Event is empty then
	Raw      []byte // the message as it came, for the dead letters
	Acknowledger
}

// Acknowledger tells the broker what became of a delivery.
type Acknowledger interface {
	// InProgress says that the worker is alive; without it the event is delivered
	// again after the acknowledgement wait.
	InProgress() error
	// Ack says that the event needs no more work, and waits for the broker's
	// confirmation.
	Ack(ctx context.Context) error
	// Nak gives the event back, to be delivered again after at least d.
	Nak(d time.Duration) error
	// Term says that the event shall never be delivered again, and why.
	Term(reason string) error
}
