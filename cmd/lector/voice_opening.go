package main

import (
	"context"
	"maps"
	"slices"
	"sync"

	"lector/worker/synth"
)

// voiceOpening is the opening of all configured voices at once. Programs are asked what
// they can do, which takes a good part of the time that a process needs to start.
type voiceOpening struct {
	cancel context.CancelFunc
	wait   sync.WaitGroup
	voices []openedVoice // in the order of their names
}

// openedVoice is a configured voice, or why it cannot be opened.
type openedVoice struct {
	name  string
	voice synth.Voice
	err   error
}

// beginOpening begins to open the configured voices, which goes on beside the rest of the
// start. One that is begun and not needed ends with the resources.
func (h *resources) beginOpening(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	o := &voiceOpening{cancel: cancel}
	names := slices.Sorted(maps.Keys(h.config.Voices))
	o.voices = make([]openedVoice, len(names))
	for i, name := range names {
		o.wait.Go(func() {
			v, err := h.open(ctx, name, h.config.Voices[name])
			o.voices[i] = openedVoice{name, v, err}
		})
	}
	h.opening = o
	h.onClose(func() error { o.end(); return nil })
}

// end ends what has not come to its end.
func (o *voiceOpening) end() {
	o.cancel()
	o.wait.Wait()
}

// openedVoices returns the configured voices, in the order of their names, when each is
// open or has failed to open. It begins that where nobody has.
func (h *resources) openedVoices(ctx context.Context) []openedVoice {
	if h.opening == nil {
		h.beginOpening(ctx)
	}
	o := h.opening
	h.opening = nil // who asks again wants them opened again
	o.wait.Wait()
	o.cancel()
	return o.voices
}
