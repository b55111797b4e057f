package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"lector/worker"
)

// voiceNotes says that none of the site's voices speaks the language of an event. It says
// nothing where a voice cannot be opened here, for then nobody knows.
func (a *app) voiceNotes(ctx context.Context, c *config, r eventReport) []string {
	if r.Language == "" {
		return nil
	}
	for _, name := range c.voiceNames(r.Site, r.Language) {
		v, err := a.openVoice(ctx, name, c.Voices[name])
		if err != nil || v.Capabilities().Speaks(r.Language) {
			return nil
		}
	}
	return []string{fmt.Sprintf("no voice of the site speaks %q, so it would fail: lector voices lists them", r.Language)}
}

// voiceNames are the voices that a site names for a language; all where it names none.
func (c *config) voiceNames(site, language string) []string {
	if names, named := (worker.Site{Voices: c.Sites[site].Voices}).VoiceNames(language); named {
		return names
	}
	return slices.Sorted(maps.Keys(c.Voices))
}
