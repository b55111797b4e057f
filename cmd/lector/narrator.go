package main

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"

	"lector"
	"lector/infra/fetch"
	"lector/worker"
	"lector/worker/script"
	"lector/worker/synth"
)

// narrator builds the narrator of the configured sites and voices.
func (h *resources) narrator(ctx context.Context, s store) (*worker.Narrator, error) {
	c := h.config
	stored := worker.StorageErrors(s)
	if h.answers == nil {
		h.answers = h.answersIn(s)
	}
	voices, err := h.voices(ctx, worker.Clips{Store: stored}, h.answers)
	if err != nil {
		return nil, err
	}
	n := &worker.Narrator{Sites: map[string]worker.Site{}, Voices: voices, Pictures: fetch.Client{}, Account: h.metering.account}
	for name, site := range c.Sites {
		w := site.worker()
		w.Lexicon = func() (script.Lexicon, error) { return lexiconIn(ctx, stored, name) }
		if h.siteSettings != nil {
			w.RulesOff = func() []string { return h.siteSettings.RulesOff(name) }
		}
		n.Sites[name] = w
	}
	return n, nil
}

func (s siteConfig) worker() worker.Site {
	return worker.Site{
		Title: s.Title, URL: s.URL, Language: s.Language, SpokenDisclosure: s.SpokenDisclosure,
		Byline: s.Include.Byline == nil || *s.Include.Byline, Captions: s.Include.Captions, Foreign: s.Include.Foreign, Rules: s.Rules, Voices: s.Voices,
		Corrections: s.Include.Corrections, MaxCharacters: s.maxCharacters(), Budget: s.Budget.bounds(), VoicesByRole: s.VoicesByRole, Speed: s.Speed,
		Loudness: s.Loudness.worker(), Breaking: worker.BreakingRule(s.Breaking), Policy: worker.Policy(s.Policy),
	}
}

// maxCharacters is the longest article that is read at all; a bound that was set
// holds an article, and does not refuse it.
func (s siteConfig) maxCharacters() int {
	if s.Budget.CharactersPerArticle > 0 {
		return 0
	}
	return maxArticle
}

// voices opens the configured voices, in the order of their names. One that
// cannot be opened is missed with a warning, so long as another can.
func (h *resources) voices(ctx context.Context, clips synth.Clips, answers synth.Answers) ([]worker.Voice, error) {
	if h.metering == nil {
		h.metering = h.inMemory()
	}
	if h.flight == nil {
		h.flight, h.slots = &synth.Singleflight{}, synth.NewSlots(h.config.Worker.ConcurrentCalls)
		h.onClose(func() error { h.flight.Drain(h.config.Worker.DrainTimeout); return nil })
	}
	var out []worker.Voice
	missing := map[string]error{}
	for _, o := range h.openedVoices(ctx) {
		if o.err != nil {
			missing[o.name] = o.err
			continue
		}
		out = append(out, h.wrapped(o, clips, answers))
	}
	if len(out) == 0 {
		return nil, errors.Join(slices.Collect(maps.Values(missing))...)
	}
	h.missingVoices = missing
	for name, err := range missing {
		if h.allVoices {
			return nil, err
		}
		h.log.Warn("voice not available", "voice", name, "error", err, "hint", lector.HintOf(err))
	}
	return out, nil
}

// wrapped returns an open voice in what each call to it needs.
func (h *resources) wrapped(o openedVoice, clips synth.Clips, answers synth.Answers) worker.Voice {
	breaker := synth.NewBreaker(synth.BreakerConfig{Leases: h.metering.leases, Probe: "probe." + lector.Key("voice", o.name)})
	paused := h.voicePause(o.name)
	return worker.Voice{
		Name: o.name, Capabilities: o.voice.Capabilities(), Unavailable: unavailable(breaker, paused),
		Synthesizer: &synth.Synthesizer{
			Voice: h.metering.wrapVoice(o.voice, o.name, h.flight, h.slots, breaker, paused), Clips: clips, Answers: answers,
			Singleflight: h.flight, Leases: h.metering.leases, Name: o.name, RerenderLimit: h.config.Worker.RerenderLimit,
		},
	}
}

// answersIn keeps answers of voices in a store, and in the data directory while the
// store is away.
func (h *resources) answersIn(s store) *worker.Answers {
	local, _ := s.(worker.LocalStore) // nil where the store is elsewhere
	return &worker.Answers{Store: worker.StorageErrors(s), Local: local, Spool: filepath.Join(h.config.Data, "answers")}
}
