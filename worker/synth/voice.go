// Package synth makes clips of chunks: in order, all or nothing, each paid for
// once. What a call to a voice needs around it (limits, retries, checks,
// accounting) are small wrappers of the one interface Speaker.
package synth

import (
	"context"

	"lector"
)

// Voice speaks. Speak returns an MP3 of the whole utterance, in the rate and
// channels that Capabilities tells, or an error that is lector.Permanent,
// lector.Throttled or transient. With an error, Speech.Characters may still
// say what the call cost. A Voice is safe for use by many goroutines.
type Voice interface {
	Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error)
	Capabilities() lector.Capabilities
}

// Speaker is a Voice in one or more wrappers. WithGracePeriod makes the first of
// a Voice; every other wrapper takes and returns a Speaker. A Speaker is safe
// for use by many goroutines.
type Speaker interface {
	Speak(ctx context.Context, r Request) (Result, error)
	Capabilities() lector.Capabilities
}

// Clips stores what was paid for. Get returns lector.ErrNotFound for what is
// not there. When Put returns, the clip is durable; the same hash may be put
// again, and the first clip stays.
type Clips interface {
	Get(ctx context.Context, hash string) ([]byte, error)
	Put(ctx context.Context, hash string, mp3 []byte) error
}
