package synth

import (
	"context"
	"crypto/rand"
	"log/slog"

	"lector"
)

// Budget bounds what is spent. Reserve is asked before a call and returns an
// error that wraps lector.ErrBudget where nothing is left; any error means: no
// call. Settle tells it the outcome, and gives back what was not spent. Both
// know the call by its ID, which is that of its entry in the ledger.
type Budget interface {
	Reserve(ctx context.Context, c lector.Call) error
	Settle(ctx context.Context, c lector.Call) error
}

// WithBudget returns v with each of its calls reserved in the budget first. When
// the budget cannot be asked there is no call.
func WithBudget(v Speaker, name string, b Budget, log *slog.Logger) Speaker {
	return budgeted{v, name, b, log}
}

type budgeted struct {
	Speaker
	name   string
	budget Budget
	log    *slog.Logger
}

func (b budgeted) Speak(ctx context.Context, r Request) (Result, error) {
	r.callID = rand.Text()
	c := newCall(r, b.name, b.Capabilities())
	if err := b.budget.Reserve(ctx, c); err != nil {
		return Result{}, err
	}
	res, err := b.Speaker.Speak(ctx, r)
	c = ended(c, res.Speech, err, b.Capabilities())
	if err := b.budget.Settle(context.WithoutCancel(ctx), c); err != nil {
		b.log.Warn("budget not settled; the call counts as spent", "voice", b.name, "call", c.ID, "error", err)
	}
	return res, err
}
