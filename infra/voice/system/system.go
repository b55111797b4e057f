// Package system speaks with a program that stands on the machine: flite,
// espeak-ng or macOS say, whichever is there. It costs nothing, needs no
// account and says the same text in the same bytes.
//
// What it cannot do: give timings, use neighbouring text, or sound like a
// person. flite reads English only.
package system

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"lector"
	"lector/infra/voice/plain"
	"lector/infra/voice/sound"
)

// maxLength is the longest text of one call, in characters. The programs have
// no limit; this keeps a call short enough to be repeated.
const maxLength = 1000

// Config says which voice is wanted. Empty fields are chosen by what is there.
type Config struct {
	Program  string   // flite, espeak-ng or say
	Voice    string   // of the program; flite: rms
	Env      []string // NAME=value that the program gets beside PATH, HOME, LANG and TMPDIR
	LookPath func(string) (string, error)
	Encoder  sound.Encoder
}

// Voice is one installed program with one voice. It is safe for use by many.
type Voice struct {
	program program
	tool    tool
	encoder sound.Encoder
	caps    lector.Capabilities
}

// Find returns the first program that is installed, in the order flite,
// espeak-ng, say, or the one that c names. An error carries the install line
// as a hint, or the list of voices where the voice is unknown.
func Find(ctx context.Context, c Config) (*Voice, error) {
	for _, p := range programs() {
		if c.Program != "" && c.Program != p.name() {
			continue
		}
		path, err := c.LookPath(p.name())
		if err != nil {
			continue
		}
		v, err := open(ctx, p, tool{path, c.Env}, c)
		if err != nil {
			return nil, fmt.Errorf("system voice: %w", err)
		}
		return v, nil
	}
	if c.Program != "" {
		return nil, lector.Hint(fmt.Errorf("system voice: %q is not installed", c.Program),
			"apt-get install %s lame; known are flite, espeak-ng and say", c.Program)
	}
	return nil, lector.Hint(errors.New("system voice: no speech program is installed"), Install)
}

// Install is the line that mends a machine without a voice.
const Install = "apt-get install flite lame   (macOS has say; brew install lame)"

func open(ctx context.Context, p program, t tool, c Config) (*Voice, error) {
	d, err := p.describe(ctx, t, c.Voice)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name(), err)
	}
	caps := lector.Capabilities{
		Backend: "system", Engine: strings.TrimSpace(p.name() + " " + d.version), Voice: d.voice, Languages: d.languages,
		MaxLength: maxLength, Unit: lector.Characters, SampleRate: sound.Rate, Channels: sound.Channels, Deterministic: true,
		Normalise: d.normalise, Synthetic: lector.AlgorithmicMedia,
		Parameters: sound.Parameters(c.Encoder),
	}
	return &Voice{p, t, c.Encoder, caps}, nil
}

// Capabilities tells what the voice can do. It does not change.
func (v *Voice) Capabilities() lector.Capabilities { return v.caps }

// Speak returns an MP3 of the utterance: 24 kHz mono, constant 48 kbit/s. The
// text reaches the program on standard input or in a file, never among its
// arguments, and nothing in it is a command.
func (v *Voice) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	text := plain.Unbracketed(u.Text)
	if _, err := plain.CheckLength(text, v.caps); err != nil {
		return lector.Speech{}, fmt.Errorf("%s: %w", v.program.name(), err)
	}
	speed := u.Speed
	if speed <= 0 {
		speed = 1
	}
	wav, err := v.program.speak(ctx, v.tool, request{text, v.caps.Voice, lector.Primary(u.Language), speed})
	if err != nil {
		return lector.Speech{}, fmt.Errorf("%s: %w", v.program.name(), err)
	}
	mp3, err := sound.Want{Rate: sound.Rate, Channels: sound.Channels, Encoder: v.encoder}.MP3(ctx, wav)
	if err != nil {
		return lector.Speech{}, fmt.Errorf("%s: %w", v.program.name(), err)
	}
	return lector.Speech{MP3: mp3}, nil
}
