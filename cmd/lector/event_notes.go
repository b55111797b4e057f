package main

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"lector"
	"lector/infra/nats"
)

// markup is a tag of HTML.
var markup = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)</?[a-z][a-z0-9]*( [^<>]*)?/?>`) })

// largeEvent is what a NATS server takes by default, less the headers.
const largeEvent = 1<<20 - 4096

// notesOn returns what is good to know of a good event, which data is.
func notesOn(e lector.ArticleEvent, data []byte) []string {
	notes, size := []string{}, len(data)
	note := func(when bool, text string) {
		if when {
			notes = append(notes, text)
		}
	}
	note(size > largeEvent, fmt.Sprintf("it has %d KB: a NATS server takes 1 MB unless its max_payload says otherwise", size>>10))
	note(e.Article.UpdatedAt.IsZero(), "updated_at is missing: of several events of an article the one that arrives last counts")
	note(e.Time.IsZero(), "time is missing: it is the time at which the server stores it")
	withText := !e.Type.Withdraws() && e.Type != lector.Scheduled
	note(withText && e.Article.URL == "", "url is missing: feed and player cannot link to the article")
	note(withText && e.Article.Visibility == "", "visibility is missing: only what says that it is public is read")
	note(markup().MatchString(e.Article.Title), "title has tags of HTML in it, which are read and shown as they are written: send text")
	note(withText && e.Article.Language == "", "language is missing: it is taken from the page, or is the site's")
	note(e.NoLane != "", fmt.Sprintf("there is no lane %q, so it counts as normal: the lanes are breaking, normal and backfill", e.NoLane))
	if text := ignoredFields(data); text != "" {
		notes = append(notes, text)
	}
	return notes
}

// ignoredFields says which fields of an event nobody reads, or "". They are allowed, so
// that a CMS may send what others read; a slip in a name is found by this only.
func ignoredFields(event []byte) string {
	found, err := nats.IgnoredFields(event)
	if err != nil || len(found) == 0 { // the event was read before
		return ""
	}
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = f.Path + didYouMean(f.Name(), f.Known)
		if f.Path == "data.lane" {
			names[i] += " (it stands beside data)"
		}
	}
	return "nobody reads these fields: " + strings.Join(names, ", ")
}
