// Package newspaper serves the demo's newspaper with silent audio, so that its
// pages and players can be looked at and tested without a voice.
package newspaper

import (
	_ "embed"
	"log/slog"
	"net/http"
	"strings"

	"lector"
	"lector/publisher"
	"lector/publisher/paper"
	"lector/publisher/publishertest"
)

// spoken is what is read of the first article: a paragraph, then an empty line;
// in a paragraph one sentence a line.
//
//go:embed harbour-tunnel.txt
var spoken string

// Newspaper is the newspaper of package paper.
type Newspaper struct {
	http.Handler
	Narrated lector.Manifest // the one article that has audio, four seconds a paragraph
}

// New returns the newspaper as it is reached at base, which has no slash at its
// end. The further paragraphs are read behind those of the article.
func New(base string, log *slog.Logger, further ...string) Newspaper {
	store := new(publishertest.Store)
	paragraphs := append(strings.Split(strings.TrimSpace(spoken), "\n\n"), further...)
	m := store.Rendition(base, paper.Articles(base)[0], paragraphs...)
	c := publisher.Config{
		Store: store, ServeObjects: true, Log: log,
		Sites: map[string]publisher.Site{paper.Site: {Title: paper.Title, URL: base, Language: "en"}},
	}
	c.Fallback = paper.Handler(c.Embed(), log)
	return Newspaper{publisher.New(c), m}
}
