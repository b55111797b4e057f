package main

import (
	"cmp"
	"context"
	"fmt"
	"os/exec"
	"runtime"

	"lector"
	"lector/infra/encode"
	"lector/infra/voice/system"
	"lector/worker/synth"
)

// openVoice opens a configured voice, with the limits and the patience that
// belong to it. One opened voice is for the whole process.
func (a *app) openVoice(ctx context.Context, name string, v voiceConfig) (synth.Voice, error) {
	bare, err := a.openBackend(ctx, v)
	if err != nil {
		return nil, fmt.Errorf("voice %s: %w", name, err)
	}
	return equip(v.override(bare)), nil
}

// openBackend opens what speaks.
func (a *app) openBackend(ctx context.Context, v voiceConfig) (synth.Voice, error) {
	switch v.Backend {
	case "system":
		return a.openSystem(ctx, v)
	}
	return nil, lector.Hint(fmt.Errorf("unknown backend %q", v.Backend), "known are system")
}

func (a *app) openSystem(ctx context.Context, v voiceConfig) (synth.Voice, error) {
	c := system.Config{Program: v.Engine, Voice: v.Voice, LookPath: a.lookPath}
	encoder, err := encode.Find(a.lookPath)
	if err != nil { // what speaks may be missing too: one hint for both
		return nil, lector.Hint(err, system.Install)
	}
	c.Encoder = encoder
	return system.Find(ctx, c)
}

// lookPath finds a program.
func (a *app) lookPath(name string) (string, error) { return exec.LookPath(name) }

// equip wraps a voice in what each call to it needs.
func equip(v synth.Voice) synth.Voice {
	c := v.Capabilities()
	return synth.Retry(synth.Limit(v, c.Concurrency, c.PerSecond), synth.Patience{})
}

// override returns the voice with the limits and prices of the settings in
// place of what the backend knows of itself.
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
	return overridden{voice, c}
}

type overridden struct {
	synth.Voice
	caps lector.Capabilities
}

func (o overridden) Capabilities() lector.Capabilities { return o.caps }
