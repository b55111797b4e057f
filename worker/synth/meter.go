package synth

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"lector"
)

// UsageLedger accounts for all calls to voices. Begin is durable when it returns;
// it returns the calls for the same chunk that were begun and never ended, which
// it records as unknown: nobody else makes a call for a chunk whose lease we
// hold, so their workers are dead. End records what became of a call.
type UsageLedger interface {
	Begin(ctx context.Context, c lector.Call) (lost []lector.Call, err error)
	End(ctx context.Context, c lector.Call) error
}

// Meter returns v with each of its calls written into the ledger, before and
// after. Where the intent cannot be written there is no call. A clip that was
// paid for is not dropped because its end could not be written: that is logged,
// and the call shows as unknown.
//
// For a Synthesizer, the end of a call that was answered whole is written when
// its clip is durable or refused: a worker that dies between the two has paid for
// what nobody has, and its call shows as unknown, as if it had died inside.
func Meter(v Speaker, name string, l UsageLedger, log *slog.Logger) Speaker {
	return metered{v, name, l, log}
}

type metered struct {
	Speaker
	name   string
	ledger UsageLedger
	log    *slog.Logger
}

func (m metered) Speak(ctx context.Context, r Request) (Result, error) {
	caps := m.Capabilities()
	c := newCall(r, m.name, caps)
	lost, err := m.ledger.Begin(ctx, c)
	if err != nil {
		return Result{}, fmt.Errorf("ledger: %w", err)
	}
	res, err := m.Speaker.Speak(ctx, r)
	c = ended(c, res.Speech, err, caps)
	res.Calls = append(unknown(lost), c)
	res.end = sync.OnceFunc(func() { m.end(context.WithoutCancel(ctx), c) })
	if err != nil || r.clips == nil {
		res.recordEnd()
	}
	return res, err
}

func (m metered) end(ctx context.Context, c lector.Call) {
	if err := m.ledger.End(ctx, c); err != nil {
		m.log.Warn("end of a call not recorded; it counts as unknown", "voice", m.name, "call", c.ID, "error", err)
	}
}

// unknown returns the calls of lost workers with the outcome that they have now.
func unknown(lost []lector.Call) []lector.Call {
	calls := slices.Clone(lost)
	for i := range calls {
		calls[i].Outcome = lector.CallUnknown
	}
	return calls
}

// newCall returns a call before it is made. It has the ID of the reservation
// where there is one.
func newCall(r Request, name string, caps lector.Capabilities) lector.Call {
	n := utf8.RuneCountInString(r.Text)
	return lector.Call{
		ID: cmp.Or(r.callID, rand.Text()), Site: r.Account.Site, Job: r.Account.Job, Chunk: r.chunk, Voice: name, Backend: caps.Backend,
		Characters: n, Cost: cost(n, caps), Began: time.Now().UTC(),
	}
}

// ended returns the call after it was made. A backend may bill an answer that
// broke off.
func ended(c lector.Call, s lector.Speech, err error, caps lector.Capabilities) lector.Call {
	c.Ended, c.RequestID = time.Now().UTC(), s.RequestID
	if s.Characters > 0 {
		c.Characters, c.Cost = s.Characters, cost(s.Characters, caps)
	}
	if err != nil {
		c.Error = err.Error()
	}
	switch {
	case errors.Is(err, errLeaseLost):
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
