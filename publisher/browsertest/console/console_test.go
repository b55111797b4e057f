// Package console_test looks at the operators' pages through a browser.
package console_test

import (
	"errors"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"lector"
	"lector/publisher/access"
	"lector/publisher/browsertest"
	"lector/publisher/browsertest/newsroom"
	"lector/publisher/console"
)

// Texts as long as they come: with markup, with spaces, and in one word.
var (
	longTitle = `<script>alert(1)</script>"'><img src=x>` + strings.Repeat("Floods and a long word ", 450)
	longText  = strings.Repeat("The bridge and https://voice.example/a/long/word ", 40)
	longWord  = strings.Repeat("https://voice.example/refused/", 350)
)

// openNewsroom returns the newsroom that the pictures are of.
func openNewsroom(t *testing.T) *newsroom.Newsroom {
	t.Helper()
	n, err := newsroom.New()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// stretch makes the texts of a newsroom as long as they come.
func stretch(n *newsroom.Newsroom) *newsroom.Newsroom {
	for i := range n.Jobs {
		j := &n.Jobs[i]
		j.Title, j.Reason, j.Voice, j.Fallback, j.Revision = longTitle, longWord, longWord[:200], longText, strings.Repeat("f", 64)
		j.Attempts = append(j.Attempts, lector.Attempt{Number: 9, Worker: longWord[:100], Started: n.Now, Stage: lector.StageSynth, Error: longWord})
	}
	for i := range n.Letters {
		l := &n.Letters[i]
		l.Reason, l.Article, l.Subject, l.Size = longWord, longWord[:500], longWord[:300], 1<<20
		l.Data, l.Headers = []byte(strings.Repeat("x", 1<<20)), map[string][]string{longWord[:90]: {longWord}}
	}
	n.Letters[1].Data = []byte(strings.Repeat("\xff\x00", 1<<19))
	for i := range n.Pauses {
		n.Pauses[i].Reason = longWord
	}
	for i := range n.Audit {
		n.Audit[i].Who, n.Audit[i].Target, n.Audit[i].Failed = longWord, longWord, longWord
	}
	for i := range n.Coverage[0].Entries {
		e := &n.Coverage[0].Entries[i]
		e.Title, e.Reason, e.ID = longTitle, longWord, longWord[:500]
	}
	for i := range n.Reading.Blocks {
		n.Reading.Blocks[i].Written, n.Reading.Blocks[i].Spoken = longTitle, longWord
	}
	stretchPlans(n)
	stretchVoices(n)
	n.Event.Headers, n.Event.Data = map[string][]string{longWord[:90]: {longWord}}, []byte(`{"title":"`+strings.Repeat("x", 1<<20)+`"}`)
	return n
}

// stretchPlans lengthens what is shown before something is done.
func stretchPlans(n *newsroom.Newsroom) {
	n.Reading.Gone, n.RulePlan.Before = []string{longWord}, append(n.RulePlan.Before, longWord)
	n.Rules.Off[0].Who, n.Rules.Off[0].Reason = longWord, longWord
	n.Plan.LeftOut[0].Reason = longWord
	n.Renditions.Public.Segments[0].Sentences[0].Text, n.Renditions.Public.Revision = longText, longWord
	for i := range n.Impact.Touched {
		n.Impact.Touched[i].Title, n.Impact.Touched[i].Example = longTitle, longWord
	}
}

// stretchVoices lengthens what is known of voices, and what they are told.
func stretchVoices(n *newsroom.Newsroom) {
	for i := range n.Voices {
		v := &n.Voices[i]
		v.LastError, v.Hint, v.Capabilities.Voice = longWord, longText, longWord[:200]
	}
	for i := range n.Lexicon {
		n.Lexicon[i].Match, n.Lexicon[i].Alias = longWord[:200]+n.Lexicon[i].Match, longWord[:400]
	}
	n.Sample.Text, n.Sample.Lexicon = longWord, []string{longWord[:200]}
}

// serve serves a console to this machine.
func serve(t *testing.T, c console.Config) (address string) {
	t.Helper()
	h, err := console.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(access.Guard{}.Handler(h))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s.URL
}

// TestPagesCanBeUsedByEverybody looks at each page as it is on most days, light and wide
// and dark on a phone; and with texts as long as they come, on a phone and without scripts.
func TestPagesCanBeUsedByEverybody(t *testing.T) {
	t.Parallel()
	b, err := browsertest.Start(t.Context())
	if errors.Is(err, browsertest.ErrNoBrowser) {
		t.Skip("SKIPPED, nobody has looked: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	usual, long := openNewsroom(t), stretch(openNewsroom(t))
	phone := browsertest.Look{Width: 375, Height: 700, Dark: true}
	for _, c := range []struct {
		shown *newsroom.Newsroom
		looks []browsertest.Look
	}{{usual, []browsertest.Look{{}, phone}}, {long, []browsertest.Look{phone, {NoScript: true}}}} {
		address := serve(t, c.shown.Config())
		for _, look := range c.looks {
			lookAtAll(t, b, address, look, c.shown.Pages())
		}
	}
}

// lookAtAll looks at all pages in one way.
func lookAtAll(t *testing.T, b *browsertest.Browser, address string, look browsertest.Look, pages map[string]string) {
	t.Helper()
	page, err := b.Open(address+"/jobs", look)
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		if err := page.Go(address + pages[name]); err != nil {
			t.Fatal(err)
		}
		found, err := page.Audit()
		if err != nil {
			t.Fatal(err)
		}
		if look.Width > 0 {
			more, err := browsertest.Run[[]string](page, onPhone)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, more...)
		}
		for _, f := range found {
			t.Errorf("%s %+v: %.500s", name, look, f)
		}
	}
}

// onPhone finds what has to be scrolled sideways, and buttons and fields that are no target
// for a thumb (WCAG 2.5.5).
const onPhone = `[...document.querySelectorAll(".wide, pre")].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel + " is scrolled sideways")
	.concat([...document.querySelectorAll("button, input:not([type=hidden], [type=checkbox]), select, nav a, summary, .button")].filter(e => e.getBoundingClientRect().height < 44)
	.map(e => (e.textContent || e.name).slice(0, 30) + " is " + e.getBoundingClientRect().height + " high"))`
