package worker

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lector"
)

// Policy says which public articles of a site are not read. It holds for all events,
// however they came in, and is checked before a voice is called.
type Policy struct {
	Sections []string // whose articles are not read, in any case of letters
	Tags     []string // with which articles are not read
	Types    []string // of which articles are not read
	// ShorterThan and LongerThan are characters as they would be spoken; 0 is no bound.
	ShorterThan, LongerThan int
}

// optOutTags keep an article from being read on every site: an editor sets one in any
// CMS. Ghost's inner tags begin with a #.
var optOutTags = []string{"no-audio", "#no-audio", "noaudio", "#noaudio"}

// Refusal says why an article is not read; "" when it is.
func (p Policy) Refusal(a lector.Article) string {
	if strings.EqualFold(a.Audio, lector.AudioOff) {
		return "its editor wants no audio (audio: off)"
	}
	for _, tag := range a.Tags {
		if containsFold(optOutTags, tag) || slices.ContainsFunc(optOutTags,
			func(t string) bool { return strings.EqualFold(t, strings.ReplaceAll(tag, " ", "-")) }) {
			return fmt.Sprintf("its editor wants no audio (tag %q)", tag)
		}
		if containsFold(p.Tags, tag) {
			return fmt.Sprintf("the site reads no articles with the tag %q", tag)
		}
	}
	switch {
	case a.Section != "" && containsFold(p.Sections, a.Section):
		return fmt.Sprintf("the site reads no articles of the section %q", a.Section)
	case a.Type != "" && containsFold(p.Types, a.Type):
		return fmt.Sprintf("the site reads no articles of the type %q", a.Type)
	}
	return ""
}

// lengthRefusal says why an article of so many characters is not read; "" when it is.
func (p Policy) lengthRefusal(characters int) string {
	switch {
	case characters < p.ShorterThan:
		return fmt.Sprintf("it has %d characters: the site reads none of less than %d", characters, p.ShorterThan)
	case p.LongerThan > 0 && characters > p.LongerThan:
		return fmt.Sprintf("it has %d characters: the site reads none of more than %d", characters, p.LongerThan)
	}
	return ""
}

// policy is that of an article's site.
func (w *Worker) policy(a lector.Article) Policy {
	n := w.narrator()
	if n == nil {
		return Policy{}
	}
	return n.Sites[a.Site].Policy
}

// refusedByPolicy is the answer to an article that the site does not read.
type refusedByPolicy string

// Error implements error.
func (r refusedByPolicy) Error() string { return string(r) }

// refusePublic ends an event of an article that is not read. Audio that is there goes.
func (w *Worker) refusePublic(ctx context.Context, r *record, reason, replay string) error {
	if r.job.Rendition == "" {
		if _, err := w.Store.Stat(ctx, lector.PointerKey(r.job.Site, r.job.ID)); err != nil {
			return w.finishWithoutAudio(ctx, r, reason)
		}
	}
	return w.withdraw(ctx, r, lector.Refused, reason, replay)
}
