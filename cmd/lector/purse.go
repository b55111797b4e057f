package main

import (
	"cmp"
	"context"
	"log/slog"
	"runtime"

	"lector"
	"lector/infra/nats"
	"lector/worker"
	"lector/worker/synth"
)

// purse is where the calls to voices are booked and bounded.
type purse struct {
	ledger synth.UsageLedger
	budget synth.Budget
	calls  worker.Calls // the ledger, to look things up; nil: in memory
	leases synth.Leases // of clips; nil: this process is alone
	listen synth.Checker
	log    *slog.Logger
}

// listener checks clips, as many at once as there are cores.
func (a *app) listener() synth.Checker {
	return synth.LimitConcurrency(cmp.Or(a.cores, runtime.GOMAXPROCS(0)), synth.CheckAudio)
}

// pocket is a purse in memory, for one command: its budgets know of no other
// process and end with it.
func (h *house) pocket() *purse {
	ledger := synth.NewMemoryLedger(h.config.budgets())
	return &purse{ledger: ledger, budget: ledger, listen: h.app.listener(), log: h.log}
}

// till is the purse that all workers share.
func (h *house) till(ctx context.Context, c *nats.Conn, leases synth.Leases) (*purse, error) {
	ledger, err := c.UsageLedger(ctx)
	if err != nil {
		return nil, err
	}
	budget, err := c.Budgets(ctx, h.config.budgets())
	if err != nil {
		return nil, err
	}
	return &purse{ledger, budget, ledger, leases, h.app.listener(), h.log}, nil
}

// budgets returns the bounds of all sites.
func (c *config) budgets() map[string]lector.Budget {
	all := map[string]lector.Budget{}
	for name, s := range c.Sites {
		all[name] = s.Budget.bounds()
	}
	return all
}

func (b budgetConfig) bounds() lector.Budget {
	return lector.Budget{
		CharactersPerArticle: b.CharactersPerArticle, CharactersPerHour: b.CharactersPerHour,
		CharactersPerDay: b.CharactersPerDay, CharactersPerMonth: b.CharactersPerMonth,
		DollarsPerArticle: b.DollarsPerArticle, DollarsPerHour: b.DollarsPerHour, DollarsPerDay: b.DollarsPerDay, DollarsPerMonth: b.DollarsPerMonth,
	}
}
