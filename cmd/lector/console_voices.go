package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"lector"
	"lector/infra/nats"
	"lector/publisher/console"
	"lector/worker"
	"lector/worker/script"
)

// recentCalls is how many calls of a voice latencies are told of.
const recentCalls = 100

// callLog remembers how the calls to voices went, and passes them on.
type callLog struct {
	voiceCalls
	mu     sync.Mutex
	voices map[string]*callRecord
}

// callRecord is what is known of one voice.
type callRecord struct {
	calls, failed int
	took          []time.Duration // of the recent ones, the oldest overwritten
	lastError     string
	lastFailed    time.Time
}

func newCallLog(next voiceCalls) *callLog {
	return &callLog{voiceCalls: next, voices: map[string]*callRecord{}}
}

// Call implements voiceCalls.
func (l *callLog) Call(voice string, billed int, err error, took time.Duration) {
	l.voiceCalls.Call(voice, billed, err, took)
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.voices[voice]
	if r == nil {
		r = &callRecord{}
		l.voices[voice] = r
	}
	if len(r.took) < recentCalls {
		r.took = append(r.took, took)
	} else {
		r.took[r.calls%recentCalls] = took
	}
	r.calls++
	if err != nil && !errors.Is(err, context.Canceled) {
		r.failed++
		r.lastError, r.lastFailed = oneLine(truncate(err.Error(), 300)), time.Now().UTC()
	}
}

// describe adds to the state of a voice what its calls came to.
func (l *callLog) describe(v *console.VoiceState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.voices[v.Name]
	if r == nil {
		return
	}
	took := slices.Sorted(slices.Values(r.took))
	v.Calls, v.Failed, v.LastError, v.LastFailed, v.Recent = r.calls, r.failed, r.lastError, r.lastFailed, len(took)
	v.Median, v.Slow = took[len(took)/2], took[len(took)*19/20]
}

// voiceBook tells the console of the voices.
type voiceBook struct {
	server *server
	ledger *nats.UsageLedger

	mu    sync.Mutex
	read  time.Time // when the ledger was
	since time.Time
	spent []lector.UsageTotal
}

// VoiceStates implements console.Voices.
func (b *voiceBook) VoiceStates() (all []console.VoiceState) {
	s := b.server
	open := map[string]worker.Voice{}
	for _, v := range s.worker.Narrator.Voices {
		open[v.Name] = v
	}
	for _, name := range slices.Sorted(maps.Keys(s.config.Voices)) {
		state := console.VoiceState{Name: name}
		v, opened := open[name]
		if err := s.missingVoices[name]; !opened && err != nil {
			state.Missing, state.Hint = err.Error(), lector.HintOf(err)
		}
		if opened {
			state.Capabilities = v.Capabilities
		}
		pause, paused := s.pauses.Paused(lector.PauseVoice, name)
		switch {
		case paused:
			state.Paused = pause.String()
		case opened && v.Unavailable != nil:
			state.OpenFor = v.Unavailable()
		}
		if s.callLog != nil {
			s.callLog.describe(&state)
		}
		all = append(all, state)
	}
	return all
}

// ledgerAge is how old the sums of the ledger may be that are shown: all of it is read for
// them.
const ledgerAge = 20 * time.Second

// UsageSince implements console.Voices.
func (b *voiceBook) UsageSince(ctx context.Context, since time.Time) ([]lector.UsageTotal, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.read) < ledgerAge && b.since.Equal(since) {
		return slices.Clone(b.spent), nil
	}
	var calls []lector.Call
	for c, err := range b.ledger.Calls(ctx, "", since, time.Now().Add(time.Hour)) {
		if err != nil {
			return nil, err
		}
		calls = append(calls, c)
	}
	b.read, b.since, b.spent = time.Now(), since, lector.SumUsage(calls)
	return slices.Clone(b.spent), nil
}

// BudgetUses implements console.Voices.
func (b *voiceBook) BudgetUses(ctx context.Context) (all []console.BudgetUse, err error) {
	if b.server.metering == nil {
		return nil, nil
	}
	known, ok := b.server.metering.budget.(budgetReader)
	if !ok {
		return nil, nil
	}
	spent, err := known.Used(ctx)
	for _, site := range slices.Sorted(maps.Keys(spent)) {
		bounds, used := b.server.config.Sites[site].Budget.bounds(), spent[site]
		for _, u := range []console.BudgetUse{
			{Site: site, Period: "hour", Used: used.Hour, Characters: bounds.CharactersPerHour, Dollars: bounds.DollarsPerHour},
			{Site: site, Period: "day", Used: used.Day, Characters: bounds.CharactersPerDay, Dollars: bounds.DollarsPerDay},
			{Site: site, Period: "month", Used: used.Month, Characters: bounds.CharactersPerMonth, Dollars: bounds.DollarsPerMonth},
		} {
			if u.Characters > 0 || u.Dollars > 0 {
				all = append(all, u)
			}
		}
	}
	return all, err
}

// consoleSamples has the worker's voices say something.
type consoleSamples struct{ server *server }

// PlanSample implements console.Samples.
func (c consoleSamples) PlanSample(ctx context.Context, r console.SampleRequest) (console.Sample, error) {
	s, err := c.server.worker.Narrator.PlanSample(ctx, sampleRequest(r))
	return console.Sample(s), sampleError(err)
}

// SpeakSample implements console.Samples.
func (c consoleSamples) SpeakSample(ctx context.Context, r console.SampleRequest) (console.Sample, error) {
	s, err := c.server.worker.Narrator.SpeakSample(ctx, c.server.worker.Name, sampleRequest(r))
	return console.Sample(s), sampleError(err)
}

// sampleError marks what a person can mend who gives another text.
func sampleError(err error) error {
	if errors.Is(err, worker.ErrNoSample) {
		return console.Unusable(err)
	}
	return err
}

// Clip implements console.Samples.
func (c consoleSamples) Clip(ctx context.Context, hash string) ([]byte, error) {
	if !clipHash().MatchString(hash) {
		return nil, fmt.Errorf("clip: %w", lector.ErrNotFound)
	}
	return worker.Clips{Store: c.server.store}.Get(ctx, hash)
}

func sampleRequest(r console.SampleRequest) worker.SampleRequest {
	s := worker.SampleRequest{Site: r.Site, Voice: r.Voice, Language: r.Language, Text: r.Text}
	if r.Entry == nil {
		return s
	}
	e := scriptEntry(*r.Entry)
	s.Section, s.Article = e.Section, e.Article
	s.Change = func(x script.Lexicon) script.Lexicon {
		if r.Without {
			return x.Without(e)
		}
		return x.With(e)
	}
	return s
}
