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

// metering records calls to voices, bounds them and checks their clips.
type metering struct {
	usage     synth.UsageLedger
	budget    synth.Budget
	history   worker.UsageLedger // past attempts; nil: the ledger is in memory
	leases    synth.Leases       // of clips; nil: no other process shares the cache
	checkClip synth.Checker
	log       *slog.Logger
}

// account opens the account of an attempt.
func (p *metering) account(site, job, worker string) *synth.Account {
	return synth.NewAccount(site, job, worker, p.usage, p.budget, p.log)
}

// clipChecker returns a check of clips that runs on as many at once as there are cores.
func (a *app) clipChecker() synth.Checker {
	return synth.LimitConcurrency(cmp.Or(a.cores, runtime.GOMAXPROCS(0)), synth.CheckAudio)
}

// inMemory returns a metering for one command: its ledger and its budgets are in
// memory, know of no other process and end with it.
func (h *resources) inMemory() *metering {
	ledger := synth.NewMemoryLedger(h.config.budgets())
	return &metering{usage: ledger, budget: ledger, checkClip: h.check, log: h.log}
}

// shared returns the metering that all workers share, in NATS.
func (h *resources) shared(ctx context.Context, c *nats.Conn, leases synth.Leases) (*metering, error) {
	ledger, err := c.UsageLedger(ctx)
	if err != nil {
		return nil, err
	}
	budget, err := c.Budgets(ctx, h.config.budgets())
	if err != nil {
		return nil, err
	}
	return &metering{ledger, budget, ledger, leases, h.check, h.log}, nil
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
