package lector

import (
	"context"
	"time"
)

// Delivery is one article event as the broker delivered it to a worker, which
// must end it by exactly one of Ack, Nak and Term.
type Delivery struct {
	Event    ArticleEvent
	Sequence uint64    // of the event in its stream; it orders events that nothing else orders
	Stored   time.Time // when the broker stored the event, by its clock
	Count    int       // how often it was delivered, this time included
	Err      error     // why the message is no article event; Event is empty then
	Raw      []byte    // the message as it came, for the dead letters
	Acknowledger
}

// Acknowledger reports the result of a delivery to the broker.
type Acknowledger interface {
	// InProgress says that the worker is alive; without it the event is delivered
	// again after the acknowledgement wait.
	InProgress() error
	// Ack acknowledges the event, which needs no more work, and waits for the broker's
	// confirmation.
	Ack(ctx context.Context) error
	// Nak returns the event to the broker, to be delivered again after at least d.
	Nak(d time.Duration) error
	// Term ends deliveries of the event and keeps it among the dead letters, with
	// the class of the error and the reason.
	Term(class Class, reason string) error
}
