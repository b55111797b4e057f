package main

import (
	"cmp"
	"context"
	"log/slog"
	"runtime"
	"time"

	"lector"
	"lector/audio"
	"lector/infra/nats"
	"lector/worker"
	"lector/worker/synth"
)

// metering records calls to voices, bounds them and checks their clips.
type metering struct {
	usage     synth.UsageLedger
	budget    synth.Budget
	history   worker.UsageLedger // past attempts; nil: the ledger is in memory
	lost      worker.Budgets     // settles for lost workers; nil: the budgets are in memory
	leases    synth.Leases       // of clips; nil: no other process shares the cache
	checkClip synth.Checker
	silent    bool // the clips are silence, which nobody needs to hear twice
	log       *slog.Logger
	calls     voiceCalls // counts calls; nil: nobody does
}

// voiceCalls counts calls to voices, and answers that are useless.
type voiceCalls interface {
	Call(voice string, billed int, err error, took time.Duration)
	Unfit(voice string)
	DecodersDiffer(voice string)
}

// observe has the calls to a voice counted.
func (p *metering) observe(v synth.Speaker, name string) synth.Speaker {
	if p.calls == nil {
		return v
	}
	return synth.Observe(v, func(s lector.Speech, err error, took time.Duration) { p.calls.Call(name, s.Characters, err, took) })
}

// checker is the check of a voice's clips, which counts those that fail, and those that
// two decoders decode differently while the voice is new.
func (p *metering) checker(name string) synth.Checker {
	check := synth.CheckPace(p.checkClip)
	if !p.silent {
		check = synth.CrossCheck(check, func(chunk string, d audio.Comparison) { p.decodersDiffer(name, chunk, d) })
	}
	return func(ctx context.Context, mp3 []byte, r synth.Request, caps lector.Capabilities) (*audio.Analysis, error) {
		analysis, err := check(ctx, mp3, r, caps)
		if err != nil && p.calls != nil {
			p.calls.Unfit(name)
		}
		return analysis, err
	}
}

func (p *metering) decodersDiffer(voice, chunk string, d audio.Comparison) {
	p.log.Warn("two decoders decode a clip differently", "voice", voice, "chunk", chunk, "largest", d.Largest, "samples", d.Differ,
		"of", d.Samples, "frame", d.Frame,
		"hint", "the clip is used as our own decoder hears it; listen to it, and compare both by lector inspect -reference")
	if p.calls != nil {
		p.calls.DecodersDiffer(voice)
	}
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
	return &metering{usage: ledger, budget: ledger, checkClip: h.check, silent: h.silent, log: h.log}
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
	return &metering{usage: ledger, budget: budget, history: ledger, lost: budget, leases: leases, checkClip: h.check, silent: h.silent, log: h.log}, nil
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
		DollarsPerArticle: b.DollarsPerArticle, DollarsPerHour: b.DollarsPerHour, DollarsPerDay: b.DollarsPerDay,
		DollarsPerMonth: b.DollarsPerMonth,
	}
}
