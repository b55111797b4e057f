package synth

import (
	"context"
	"log/slog"

	"lector"
)

// Budget bounds what is spent. Reserve is asked before a call and returns an
// error that wraps lector.ErrBudget where nothing is left; any error means: no
// call. Settle tells it the outcome, and gives back what was not spent.
type Budget interface {
	Reserve(ctx context.Context, c lector.Call) error
	Settle(ctx context.Context, c lector.Call) error
}

// Within returns v with each of its calls reserved in the budget first. No
// answer of the budget is no call.
func Within(v Voice, name string, b Budget, log *slog.Logger) Voice {
	return budgeted{v, name, b, log}
}

type budgeted struct {
	Voice
	name   string
	budget Budget
	log    *slog.Logger
}

func (b budgeted) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	c := intent(ctx, b.name, u, b.Capabilities())
	if err := b.budget.Reserve(ctx, c); err != nil {
		return lector.Speech{}, err
	}
	s, err := b.Voice.Speak(ctx, u)
	c = outcome(c, s, err, b.Capabilities())
	if err := b.budget.Settle(context.WithoutCancel(ctx), c); err != nil {
		b.log.Warn("budget not settled; the call counts as spent", "voice", b.name, "error", err)
	}
	return s, err
}
