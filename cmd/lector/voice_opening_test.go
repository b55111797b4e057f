package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"lector/infra/limittest"
	"lector/worker/synth"
)

// TestVoicesOpenAtOnce has three voices of which each opens only when all are being opened.
// They come in the order of their names, and one that cannot be opened is no other's
// trouble. What is asked for again is opened again.
func TestVoicesOpenAtOnce(t *testing.T) {
	t.Parallel()
	ctx := limittest.Context(t)
	h := openingOf(t, "c", "a", "b")
	var begun sync.WaitGroup
	h.open = func(_ context.Context, name string, _ voiceConfig) (synth.Voice, error) {
		begun.Done()
		begun.Wait()
		if name == "b" {
			return nil, errors.New("not installed")
		}
		return &silentVoice{}, nil
	}
	begun.Add(3)
	h.beginOpening(ctx)
	for range 2 {
		got := ""
		for _, o := range h.openedVoices(ctx) {
			got += o.name
			if o.err != nil {
				got += " failed "
			}
		}
		if got != "ab failed c" {
			t.Errorf("opened %s", got)
		}
		begun.Add(3)
	}
}

// TestOpeningEndsWithTheResources closes resources while a voice is being opened.
func TestOpeningEndsWithTheResources(t *testing.T) {
	t.Parallel()
	h := openingOf(t, "a")
	ended := make(chan struct{})
	h.open = func(ctx context.Context, _ string, _ voiceConfig) (synth.Voice, error) {
		<-ctx.Done()
		close(ended)
		return nil, ctx.Err()
	}
	h.beginOpening(t.Context())
	var err error
	if h.close(&err); err != nil {
		t.Error(err)
	}
	select {
	case <-ended:
	default:
		t.Error("the opening goes on")
	}
}

func openingOf(t *testing.T, names ...string) *resources {
	t.Helper()
	c := testConfig(t.TempDir())
	c.Voices = map[string]voiceConfig{}
	for _, name := range names {
		c.Voices[name] = voiceConfig{Backend: "system"}
	}
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: testLog{t}, getenv: func(string) string { return "" }}
	return a.resources(c)
}
