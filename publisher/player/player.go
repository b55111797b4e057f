// Package player is what a listener sees: the <audio-article> element, its
// native audio for pages without JavaScript, and the page that embeds it.
package player

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"sync"
	"time"

	"lector"
)

// State says whether there is something to play.
type State string

// The states of a player. A waiting one polls for the audio.
const (
	Ready   State = "ready"
	Waiting State = "waiting"
	Unknown State = "unknown"
)

// Player is one player in a page. Addresses may be relative to the page.
type Player struct {
	State         State
	Manifest      string  // address of the pointer, which the element reads and waits for
	Files         string  // where the rendition's files are; empty: where the manifest says
	Audio         string  // address of the MP3
	Captions      string  // address of the WebVTT
	Title         string  // of the article
	Publication   string  // its newspaper
	Language      string  // of the audio, BCP 47
	Label         string  // the disclosure; empty counts as lector.DisclosureText
	LabelLanguage string  // of the label, BCP 47
	Duration      float64 // in seconds
	Text          string  // CSS selector of the article's text on the page, to highlight what is read
	Sticky        bool    // stays in sight while it plays
	Embedded      bool    // stands in the embed page, which tells the page around its frame how high it is
	Artwork       string  // address of a picture for the lock screen; empty: the page's og:image
	Next          string  // address of the article to offer at the end; may be empty
	NextTitle     string  // its title
	Linked        any     // the audio as JSON-LD, for search engines; may be nil
	OEmbed        string  // address of the oEmbed answer for this audio
}

//go:embed element.html
var elementSource string

var elementTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("element").Funcs(template.FuncMap{
		"clock":   clock,
		"seconds": func(s float64) string { return fmt.Sprintf("%.3f", s) },
		"say":     say,
	}).Parse(elementSource))
})

// Element returns the element as it stands in a page: the native audio and the
// label inside it need no JavaScript.
func (p Player) Element() (template.HTML, error) {
	var b strings.Builder
	if err := elementTemplate().Execute(&b, p.complete()); err != nil {
		return "", fmt.Errorf("write player: %w", err)
	}
	return template.HTML(b.String()), nil //nolint:gosec // html/template has escaped it
}

// complete fills in what no player may be without.
func (p Player) complete() Player {
	if p.Label == "" {
		p.Label, p.LabelLanguage = lector.DisclosureText, "en"
	}
	if p.Language == "" {
		p.Language = "en"
	}
	return p
}

// clock writes seconds as 2:05 or 1:02:05.
func clock(seconds float64) string {
	s := int(time.Duration(seconds * float64(time.Second)).Round(time.Second).Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
