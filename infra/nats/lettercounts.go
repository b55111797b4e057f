package nats

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// letterKinds is what is known of the dead letters, by their places: a class stands in a
// letter itself, so each is read once.
type letterKinds struct {
	mu    sync.Mutex
	kinds map[uint64]letterKind
	read  uint64 // up to where all have been read
}

// letterKind is what is kept of a dead letter.
type letterKind struct {
	lector.DeadLetterKind
	arrived uint64
	job     lector.JobRef
}

// DeadLetterCounts returns how many dead letters there are of each kind, without those that
// settled reports. It is asked with the places and jobs of letters only.
func (c *Conn) DeadLetterCounts(ctx context.Context, settled func(lector.DeadLetter) bool) (map[lector.DeadLetterKind]int, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	s, err := c.bind(ctx, deadLetters)
	if err != nil {
		return nil, err
	}
	info, err := s.Info(ctx, jetstream.WithDeletedDetails(true))
	if err != nil {
		return nil, brokerError("dead letters", err)
	}
	c.letters.mu.Lock()
	defer c.letters.mu.Unlock()
	c.letters.forget(info.State)
	if err := c.readLetterKinds(ctx, info.State); err != nil {
		return nil, brokerError("dead letters", err)
	}
	counts := map[lector.DeadLetterKind]int{}
	for id, kind := range c.letters.kinds {
		if !settled(lector.DeadLetter{ID: id, Arrived: kind.arrived, Job: kind.job}) {
			counts[kind.DeadLetterKind]++
		}
	}
	return counts, nil
}

// DeadLettersMark returns a text that is another one whenever a dead letter has come or
// gone.
func (c *Conn) DeadLettersMark(ctx context.Context) (string, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	s, err := c.bind(ctx, deadLetters)
	if err != nil {
		return "", err
	}
	info, err := s.Info(ctx)
	if err != nil {
		return "", brokerError("dead letters", err)
	}
	return fmt.Sprint(info.State.Msgs, info.State.FirstSeq, info.State.LastSeq, info.Created.UnixNano()), nil
}

// forget drops what is not in the stream any more, and all where it is another one.
func (l *letterKinds) forget(state jetstream.StreamState) {
	if l.kinds == nil || state.LastSeq < l.read {
		l.kinds, l.read = map[uint64]letterKind{}, 0
	}
	for place := range l.kinds {
		if place < state.FirstSeq {
			delete(l.kinds, place)
		}
	}
	for _, place := range state.Deleted {
		delete(l.kinds, place)
	}
}

// readLetterKinds reads those that came since. What it has read stays known when it
// fails.
func (c *Conn) readLetterKinds(ctx context.Context, state jetstream.StreamState) error {
	l := &c.letters
	if l.read >= state.LastSeq {
		return nil
	}
	for m, err := range c.messagesOf(ctx, deadLetters, deadLetterPrefix+">", max(l.read+1, state.FirstSeq)-1) {
		if err != nil {
			return err
		}
		l.kinds[m.Sequence], l.read = kindOf(m), m.Sequence
	}
	l.read = max(l.read, state.LastSeq) // what was behind the last has been dropped
	return nil
}

// kindOf reads the kind of a letter, which may hold anything.
func kindOf(m storedMessage) letterKind {
	subject := strings.TrimPrefix(strings.TrimPrefix(m.Subject, deadLetterPrefix), notifyPrefix)
	site, _, _ := strings.Cut(strings.TrimPrefix(subject, articlePrefix), ".")
	h := nats.Header{}
	if decoded, err := nats.DecodeHeadersMsg(m.Header); err == nil {
		h = decoded
	}
	l := readLetter(m.Sequence, m.Time, m.Subject, h, m.Data)
	return letterKind{lector.DeadLetterKind{Site: site, Class: l.Class}, l.Arrived, l.Job}
}
