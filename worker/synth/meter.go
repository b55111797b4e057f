package synth

import (
	"context"
	"crypto/rand"
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

// Budget bounds what is spent. Reserve is asked before a call and returns an
// error that wraps lector.ErrBudget where nothing is left; any error means: no
// call. Settle tells it the outcome, and gives back what was not spent.
type Budget interface {
	Reserve(ctx context.Context, c lector.Call) error
	Settle(ctx context.Context, c lector.Call) error
}

// Meter returns v with each of its calls reserved in the budget and written
// into the ledger, before and after. What cannot be booked is not called. A
// clip that was paid for is not thrown away because its result could not be
// booked: that is logged, and the call shows as unknown.
func Meter(v Voice, name string, l Ledger, b Budget, log *slog.Logger) Voice {
	return metered{v, name, l, b, log}
}

type metered struct {
	Voice
	name   string
	ledger Ledger
	budget Budget
	log    *slog.Logger
}

func (m metered) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	e, c := errandOf(ctx), m.call(ctx, u)
	if err := m.budget.Reserve(ctx, c); err != nil {
		return lector.Speech{}, err
	}
	lost, err := m.ledger.Begin(ctx, c)
	if err != nil {
		m.note("budget not settled", m.budget.Settle(context.WithoutCancel(ctx), failed(c)))
		return lector.Speech{}, fmt.Errorf("ledger: %w", err)
	}
	e.lost(lost)
	s, err := m.Voice.Speak(ctx, u)
	c = m.outcome(c, s, err)
	e.add(c)
	ctx = context.WithoutCancel(ctx)
	m.note("call not booked; it counts as unknown", m.ledger.End(ctx, c))
	m.note("budget not settled; it counts as spent", m.budget.Settle(ctx, c))
	return s, err
}

func (m metered) note(what string, err error) {
	if err != nil {
		m.log.Warn(what, "voice", m.name, "error", err)
	}
}

// call is the intent.
func (m metered) call(ctx context.Context, u lector.Utterance) lector.Call {
	a, caps := accountOf(ctx), m.Capabilities()
	n := utf8.RuneCountInString(u.Text)
	return lector.Call{
		ID: rand.Text(), Site: a.Site, Job: a.Job, Chunk: errandOf(ctx).chunk, Voice: m.name, Backend: caps.Backend,
		Characters: n, Cost: cost(n, caps), Began: time.Now().UTC(),
	}
}

// outcome is the result: a backend may bill what it then broke off.
func (m metered) outcome(c lector.Call, s lector.Speech, err error) lector.Call {
	c.Ended, c.RequestID = time.Now().UTC(), s.RequestID
	if s.Characters > 0 {
		c.Characters, c.Cost = s.Characters, cost(s.Characters, m.Capabilities())
	}
	if err != nil {
		c.Error = err.Error()
	}
	switch {
	case err == nil || s.Characters > 0:
		c.Outcome = lector.CallPaid
	case lector.IsUnanswered(err):
		c.Outcome = lector.CallUnknown
	default:
		return failed(c)
	}
	return c
}

func failed(c lector.Call) lector.Call {
	c.Outcome, c.Cost = lector.CallFailed, 0
	return c
}

func cost(characters int, c lector.Capabilities) float64 {
	return float64(characters) * c.Price / 1e6
}
