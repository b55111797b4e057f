package synth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"
	"unicode/utf8"

	"lector"
)

// Ledger is the book of all calls. Begin is durable when it returns; it
// returns the calls for the same chunk that were begun and never ended, which
// it books as unknown: nobody else makes a call for a chunk whose lease we
// hold, so their workers are dead. End books what became of a call.
type Ledger interface {
	Begin(ctx context.Context, c lector.Call) (lost []lector.Call, err error)
	End(ctx context.Context, c lector.Call) error
}

// Meter returns v with each of its calls written into the ledger, before and
// after. What cannot be booked is not called. A clip that was paid for is not
// thrown away because its result could not be booked: that is logged, and the
// call shows as unknown.
//
// For a Reader, an answer that came whole is booked when its clip is durable or
// refused: a worker that dies between has paid for nothing that anybody has, and
// its call shows as unknown, as if it had died inside.
func Meter(v Voice, name string, l Ledger, log *slog.Logger) Voice {
	return metered{v, name, l, log}
}

type metered struct {
	Voice
	name   string
	ledger Ledger
	log    *slog.Logger
}

func (m metered) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	e, caps := errandOf(ctx), m.Capabilities()
	e.book() // the rendering before this one was refused
	c := intent(ctx, m.name, u, caps)
	lost, err := m.ledger.Begin(ctx, c)
	if err != nil {
		return lector.Speech{}, fmt.Errorf("ledger: %w", err)
	}
	e.lost(lost)
	s, err := m.Voice.Speak(ctx, u)
	c = outcome(c, s, err, caps)
	e.add(c)
	e.end(err == nil, func() {
		if err := m.ledger.End(context.WithoutCancel(ctx), c); err != nil {
			m.log.Warn("call not booked; it counts as unknown", "voice", m.name, "error", err)
		}
	})
	return s, err
}

// intent is a call before it is made.
func intent(ctx context.Context, name string, u lector.Utterance, caps lector.Capabilities) lector.Call {
	a := accountOf(ctx)
	n := utf8.RuneCountInString(u.Text)
	return lector.Call{
		ID: rand.Text(), Site: a.Site, Job: a.Job, Chunk: errandOf(ctx).chunk, Voice: name, Backend: caps.Backend,
		Characters: n, Cost: cost(n, caps), Began: time.Now().UTC(),
	}
}

// outcome is the call after it was made: a backend may bill what it then broke
// off.
func outcome(c lector.Call, s lector.Speech, err error, caps lector.Capabilities) lector.Call {
	c.Ended, c.RequestID = time.Now().UTC(), s.RequestID
	if s.Characters > 0 {
		c.Characters, c.Cost = s.Characters, cost(s.Characters, caps)
	}
	if err != nil {
		c.Error = err.Error()
	}
	switch {
	case errors.Is(err, errNotHeld):
		c.Outcome, c.Cost = lector.CallFailed, 0
	case err == nil || s.Characters > 0:
		c.Outcome = lector.CallPaid
	case lector.IsUnanswered(err):
		c.Outcome = lector.CallUnknown
	default:
		c.Outcome, c.Cost = lector.CallFailed, 0
	}
	return c
}

func cost(characters int, c lector.Capabilities) float64 {
	return float64(characters) * c.Price / 1e6
}
