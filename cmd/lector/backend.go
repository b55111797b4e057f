package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"lector"
	"lector/infra/encode"
	"lector/infra/voice/azure"
	"lector/infra/voice/call"
	"lector/infra/voice/elevenlabs"
	voiceexec "lector/infra/voice/exec"
	"lector/infra/voice/google"
	"lector/infra/voice/openai"
	"lector/infra/voice/polly"
	"lector/infra/voice/sound"
	"lector/infra/voice/system"
	"lector/worker/synth"
)

// backends is what can be written in backend:.
const backends = "system, exec, openai, polly, elevenlabs, google and azure"

// openBackend opens what speaks. It makes no call.
func (a *app) openBackend(ctx context.Context, v voiceConfig) (synth.Voice, error) {
	switch v.Backend {
	case "system":
		return a.openSystem(ctx, v)
	case "exec":
		return voiceexec.New(voiceexec.Config{
			Command: v.Command, Voice: v.Voice, SampleRate: v.SampleRate, MaxLength: v.MaxChars, Languages: v.Languages,
			Timeout: v.Timeout, MemoryMB: v.MemoryMB, Env: a.environment(v.Env), Encoder: a.encoder(),
		})
	case "openai":
		return a.openOpenAI(v)
	case "polly":
		return polly.New(ctx, polly.Config{
			Region: v.Region, URL: v.URL, Engine: v.Engine, Voice: v.Voice, Marks: v.Marks, MaxLength: v.MaxChars,
			Languages: v.Languages, Timeout: v.Timeout, Encoder: a.encoder(),
		})
	case "elevenlabs":
		return a.openElevenLabs(v)
	case "google":
		return a.openGoogle(v)
	case "azure":
		return a.openAzure(v)
	}
	return nil, usageError{lector.Hint(fmt.Errorf("unknown backend %q", v.Backend), "known are %s", backends)}
}

func (a *app) openSystem(ctx context.Context, v voiceConfig) (synth.Voice, error) {
	encoder, err := encode.Find(a.lookPath)
	if err != nil { // what speaks may be missing too: one hint for both
		return nil, lector.Hint(err, "%s", system.Install)
	}
	return system.Find(ctx, system.Config{
		Program: v.Engine, Voice: v.Voice, Env: a.environment(v.Env), LookPath: a.lookPath, Encoder: encoder,
	})
}

func (a *app) openOpenAI(v voiceConfig) (synth.Voice, error) {
	key, err := a.key(v)
	if err != nil {
		return nil, err
	}
	return openai.New(openai.Config{
		URL: v.URL, Key: key, Model: v.Model, Voice: v.Voice, Format: v.Format, SampleRate: v.SampleRate,
		MaxLength: v.MaxChars, Languages: v.Languages, Encoder: a.encoder(), Timeout: v.Timeout,
	})
}

func (a *app) openElevenLabs(v voiceConfig) (synth.Voice, error) {
	key, err := a.key(v)
	if err != nil {
		return nil, err
	}
	return elevenlabs.New(elevenlabs.Config{
		URL: v.URL, Key: key, Model: v.Model, Voice: v.Voice, Format: v.Format, NoContext: v.SendContext != nil && !*v.SendContext,
		MaxLength: v.MaxChars, Languages: v.Languages, Encoder: a.encoder(), Timeout: v.Timeout,
	})
}

func (a *app) openGoogle(v voiceConfig) (synth.Voice, error) {
	key, err := a.key(v)
	if err != nil {
		return nil, err
	}
	return google.New(google.Config{
		URL: v.URL, Key: key, Voice: v.Voice, MaxLength: v.MaxChars, Languages: v.Languages, Encoder: a.encoder(), Timeout: v.Timeout,
	})
}

func (a *app) openAzure(v voiceConfig) (synth.Voice, error) {
	key, err := a.key(v)
	if err != nil {
		return nil, err
	}
	return azure.New(azure.Config{
		URL: v.URL, Region: v.Region, Key: key, Voice: v.Voice, MaxLength: v.MaxChars, Languages: v.Languages, Encoder: a.encoder(),
		Timeout: v.Timeout,
	})
}

// key reads the API key of a voice from the environment, or from the file that
// the variable with _FILE names.
func (a *app) key(v voiceConfig) (call.Secret, error) {
	key, err := a.secret(v.keyVariable())
	return call.NewSecret(key), err
}

// keyVariable is the variable in which the key of a voice is looked for.
func (v voiceConfig) keyVariable() string {
	usual := map[string]string{
		"openai": "OPENAI_API_KEY", "elevenlabs": "ELEVENLABS_API_KEY", "google": "GOOGLE_API_KEY", "azure": "AZURE_SPEECH_KEY",
	}
	return cmp.Or(v.KeyEnv, usual[v.Backend])
}

// secret reads a variable, or the file that the variable with _FILE behind its name
// names.
func (a *app) secret(variable string) (string, error) {
	file := a.getenv(variable + "_FILE")
	if file == "" {
		return a.getenv(variable), nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", usageError{fmt.Errorf("%s_FILE: %w", variable, err)}
	}
	return strings.TrimSpace(string(data)), nil
}

// encoder is for voices that may not need one: nil where none is installed.
func (a *app) encoder() sound.Encoder {
	e, err := encode.Find(a.lookPath)
	if err != nil {
		return nil
	}
	return e
}

// lookPath finds a program where the environment's PATH says.
func (a *app) lookPath(name string) (string, error) { return exec.LookPath(strings.TrimSpace(name)) }
