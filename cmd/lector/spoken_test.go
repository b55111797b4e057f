package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"lector"
)

// What a step of an article's life may cost, beside a figure.
const (
	anything = -1 // but nothing
	aPart    = -2 // of the whole article
)

// meter counts the characters that an installation's voice has spoken.
type meter struct {
	h      *installation
	spoken int // calls of the voice that have been counted
	whole  int // characters that the article cost when it was new
}

// newlySpoken counts the characters that were spoken since it was asked last.
func (m *meter) newlySpoken() (n int) {
	m.h.voice.mu.Lock()
	defer m.h.voice.mu.Unlock()
	for _, text := range m.h.voice.texts[m.spoken:] {
		n += len(text)
	}
	m.spoken = len(m.h.voice.texts)
	m.whole = max(m.whole, n)
	return n
}

// within reports whether so many characters are what a step may cost.
func (m *meter) within(n, allowed int) bool {
	switch allowed {
	case anything:
		return n > 0
	case aPart:
		return n > 0 && n < m.whole
	}
	return n == allowed
}

// heard returns what is heard of an article now, and whether anything is.
func (m *meter) heard(a lector.Article) (manifest lector.Manifest, heard bool) {
	m.h.t.Helper()
	r, body := m.h.get("/" + lector.PointerKey(a.Site, a.Key()))
	if r.StatusCode != http.StatusOK {
		return manifest, false
	}
	if err := json.Unmarshal(body, &manifest); err != nil {
		m.h.t.Fatal(err)
	}
	return manifest, true
}

// heardFor is how long an article is heard, as a cell of a table.
func heardFor(m lector.Manifest, heard bool) string {
	if !heard {
		return "nothing"
	}
	return fmt.Sprintf("%.1f s", m.Duration)
}

// checkHeard looks at what is read of a text whose parts say HEARD and a number, or
// UNHEARD, and returns it.
func checkHeard(t *testing.T, text string, m lector.Manifest) string {
	t.Helper()
	var said strings.Builder
	for _, s := range m.Segments {
		fmt.Fprintf(&said, "%s: %s\n", s.Kind, cmp.Or(s.Source, s.Text))
	}
	parts := 0
	betweenWords := func(r rune) bool { return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", r) }
	for word := range strings.FieldsFuncSeq(text, betweenWords) {
		number, heard := strings.CutPrefix(word, "HEARD")
		if !heard || number == "" {
			continue
		}
		if parts++; !strings.Contains(said.String(), word+" ") {
			t.Errorf("%s is not read", word)
		}
	}
	if parts == 0 {
		t.Error("no part of the text is to be heard")
	}
	if _, rest, found := strings.Cut(said.String(), "UNHEARD"); found {
		t.Errorf("UNHEARD%.20s is read", rest)
	}
	return said.String()
}
