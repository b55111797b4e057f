package synth

import (
	"context"
	"crypto/rand"
	"errors"
	"time"
	"unicode/utf8"

	"lector"
)

// Meter returns v with each of its calls entered into the account of its attempt,
// before and after. Where it cannot be entered there is no call.
func Meter(v Speaker, name string) Speaker { return metered{v, name} }

type metered struct {
	Speaker
	name string
}

// Speak reserves, notes the call in the ledger, calls the voice, and notes what came of it.
func (m metered) Speak(ctx context.Context, r Request) (res Result, err error) {
	caps := m.Capabilities()
	c := newCall(r.Text, r.chunk, m.name, caps)
	ctx, span := lector.StartSpan(ctx, "call voice", lector.SpanClient)
	defer func() { endCallSpan(span, res, err) }()
	if r.account == nil {
		res, err = m.Speaker.Speak(ctx, r)
		res.Calls = []lector.Call{ended(c, res.Speech, err, caps)}
		return res, err
	}
	if err := r.account.begin(ctx, c); err != nil {
		return Result{}, err
	}
	res, err = m.Speaker.Speak(ctx, r)
	c = ended(c, res.Speech, err, caps)
	r.account.end(c)
	res.Calls = []lector.Call{c}
	return res, err
}

// newCall returns a call for a text before it is made.
func newCall(text, chunk, name string, caps lector.Capabilities) lector.Call {
	n := utf8.RuneCountInString(text)
	return lector.Call{
		ID: rand.Text(), Chunk: chunk, Voice: name, Backend: caps.Backend,
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
