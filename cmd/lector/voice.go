package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"time"

	"lector"
	"lector/worker/synth"
)

// openVoice opens a configured voice, bare, with the settings' limits and
// prices. It makes no call.
func (a *app) openVoice(ctx context.Context, name string, v voiceConfig) (synth.Voice, error) {
	bare, err := a.openBackend(ctx, v)
	if err != nil {
		return nil, fmt.Errorf("voice %s: %w", name, err)
	}
	return v.override(bare), nil
}

// maxRenderings is how often one text is synthesised until its clip passes the check.
const maxRenderings = 3

// wrapVoice wraps a voice in what each call to it needs. From the inside out: a call
// that has begun may finish, is made only while the chunk's lease is held, is
// entered into the account of its attempt, is refused while the circuit breaker is
// open or the voice is paused, waits for a free slot, and is retried within the
// article's limit; its answer is kept and then checked, and a text that fails is
// rendered again or in parts. One wrapped voice serves the whole process.
func (p *metering) wrapVoice(v synth.Voice, name string, flight *synth.Singleflight, slots synth.Slots, b *synth.Breaker,
	paused pausedFunc) synth.Speaker {
	c := v.Capabilities()
	s := synth.RequireLease(p.observe(synth.WithGracePeriod(v, flight), name))
	s = synth.RequireLease(synth.Meter(s, name))
	s = synth.RefusePaused(b.Wrap(s), paused)
	s = synth.LimitCalls(slots.Wrap(s), c.Concurrency, c.PerSecond)
	s = synth.Retry(synth.LimitRerendering(s), synth.RetryPolicy{})
	s = synth.Check(synth.KeepAnswers(s), p.checker(name))
	return synth.RetrySplit(s, maxRenderings, func(limit int) {
		p.log.Warn(fmt.Sprintf("this server stops at about %d characters: set max_chars", limit), "voice", name,
			"hint", fmt.Sprintf("set max_chars: %d for this voice in lector.yaml; until then longer texts are cut here, after one was paid for in vain", limit*9/10))
	})
}

// pausedFunc returns the pause of a voice while there is one.
type pausedFunc = func() (lector.Pause, bool)

// voicePause returns a function that reports whether a voice is paused; nil: nothing
// ever is.
func (h *resources) voicePause(name string) pausedFunc {
	if h.pauses == nil {
		return nil
	}
	return func() (lector.Pause, bool) { return h.pauses.Paused(lector.PauseVoice, name) }
}

// unavailable returns a function that returns for how long a voice is not worth a call.
func unavailable(b *synth.Breaker, paused pausedFunc) func() time.Duration {
	return func() time.Duration {
		if paused != nil {
			if _, yes := paused(); yes {
				return synth.PausedWait
			}
		}
		return b.OpenFor()
	}
}

// override returns the voice with the limits, prices and pace of the settings
// in place of what the backend knows of itself.
func (v voiceConfig) override(voice synth.Voice) synth.Voice {
	c := voice.Capabilities()
	if v.MaxChars > 0 && (c.MaxLength == 0 || v.MaxChars < c.MaxLength) {
		c.MaxLength = v.MaxChars
	}
	c.Concurrency = cmp.Or(v.Concurrency, c.Concurrency)
	if v.Backend == "system" && c.Concurrency == 0 {
		c.Concurrency = runtime.NumCPU()
	}
	c.PerSecond = cmp.Or(v.PerSecond, c.PerSecond)
	c.Price = cmp.Or(v.Price, c.Price)
	c.Normalise = cmp.Or(v.Normalise, c.Normalise)
	if len(v.Languages) > 0 {
		c.Languages = v.Languages
	}
	if v.Speed > 0 && v.Speed != 1 {
		c.Speed = v.Speed
		c.Parameters += fmt.Sprintf(" speed %.3f", v.Speed) // another sound, so another hash
	}
	if digest := v.Env.digest(); digest != "" {
		c.Parameters += " env " + digest
	}
	return configuredVoice{voice, c, v.Speed}
}

type configuredVoice struct {
	synth.Voice
	caps  lector.Capabilities
	speed float64
}

// Capabilities returns what the voice can do with the settings of its entry.
func (o configuredVoice) Capabilities() lector.Capabilities { return o.caps }

// Speak speaks u at the entry's speed times that of u.
func (o configuredVoice) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	if o.speed > 0 {
		u.Speed = cmp.Or(u.Speed, 1) * o.speed
	}
	return o.Voice.Speak(ctx, u)
}
