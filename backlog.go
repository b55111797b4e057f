package lector

import "time"

// EventPlace is where an article event stands in its stream.
type EventPlace struct {
	Site     string    // the publication
	Key      string    // of the article
	Sequence uint64    // the place
	Stored   time.Time // when the broker stored the event, by its clock; zero where nobody asked
}

// QueueState is how far the queue of article events has come.
type QueueState struct {
	Settled   uint64    // all events up to this place are acknowledged
	Delivered uint64    // the last place that was handed to a worker
	Unsettled int       // events that were handed to a worker and are not acknowledged, also those that come again later
	Waiting   int       // events that were never handed to a worker
	Oldest    time.Time // when the oldest of those that wait was stored; zero: none waits
}

// Settles reports whether nothing is left to do for an event of the article at a
// place in the stream: it or a newer one has come to its end, or it was ignored
// and what it was ignored for has come to its end.
func (j Job) Settles(sequence uint64) bool {
	known := j.Sequence
	if j.Ignored != nil {
		known = max(known, j.Ignored.Sequence)
	}
	return j.State.Terminal() && known >= sequence
}
