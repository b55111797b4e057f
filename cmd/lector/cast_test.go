package main

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lector"
)

// openWithRoles is an installation whose quotes are read by another voice than the rest.
func openWithRoles(t *testing.T, main, quotes *provider) *installation {
	t.Helper()
	return openWithProvider(t, t.TempDir(), 1, func(c *config) {
		other := quotes.voice()
		other.Voice = "am_adam"
		c.Voices = map[string]voiceConfig{"anchor": main.voice(), "guest": other}
		s := c.Sites[defaultSite]
		s.Voices = map[string][]string{"en": {"anchor"}}
		s.VoicesByRole = map[lector.SegmentKind]string{lector.Quote: "guest"}
		s.Speed = 1.25
		c.Sites[defaultSite] = s
	})
}

const quoted1, quoted2 = "We have waited for this ferry for eleven years, and now it is here.", "Nobody believed us when we said so in the spring."

func interview() lector.Article {
	a := article("interview", "The harbour master spoke on Monday morning.")
	a.Body.Content += "<blockquote>" + quoted1 + "</blockquote><p>Then he went on board with his daughter.</p><blockquote>" + quoted2 + "</blockquote>"
	return a
}

// said tells whether a text was spoken.
func (p *provider) spoke(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for said := range p.said {
		if strings.Contains(said, text) {
			return true
		}
	}
	return false
}

func TestCastReadsItsPart(t *testing.T) {
	t.Parallel()
	main, quotes := newProvider(t, nil), newProvider(t, nil)
	h := openWithRoles(t, main, quotes)
	a := interview()
	j := h.publishAndWait(lector.Published, a)
	if j.State != lector.Ready || j.Fallback != "" {
		t.Fatalf("%s: %s, fallback %q", j.State, j.Reason, j.Fallback)
	}
	if !quotes.spoke(quoted1) || !quotes.spoke(quoted2) || main.spoke(quoted1) || quotes.spoke("harbour master") || !main.spoke("his daughter") {
		t.Errorf("the anchor said %v, the guest %v", main.said, quotes.said)
	}
	if main.pace != 1.25 || quotes.pace != 1.25 {
		t.Errorf("pace %v and %v", main.pace, quotes.pace)
	}
	m := h.manifest(a)
	if len(m.Voices) != 2 || m.Voices[0].Name != "anchor" || m.Voices[1].Name != "guest" {
		t.Errorf("voices %+v", m.Voices)
	}
	order := ""
	for _, s := range m.Segments {
		order += string(s.Kind) + " "
	}
	if !strings.Contains(order, "paragraph quote paragraph quote") || m.Segments[len(m.Segments)-1].Start <= m.Segments[len(m.Segments)-2].End-1 {
		t.Errorf("segments %s", order)
	}
	all, _ := main.billed()
	more, _ := quotes.billed()
	if j.Usage.Billed != all+more {
		t.Errorf("billed %d, of %d and %d", j.Usage.Billed, all, more)
	}
}

// TestWithoutItsCastAVoiceReadsAlone has a guest that is down.
func TestWithoutItsCastAVoiceReadsAlone(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	down.Store(true)
	main := newProvider(t, nil)
	quotes := newProvider(t, func(_ int, w http.ResponseWriter) bool {
		if down.Load() {
			http.Error(w, "not this text", http.StatusBadRequest)
		}
		return down.Load()
	})
	h := openWithRoles(t, main, quotes)
	a := interview()
	j := h.publishAndWait(lector.Published, a)
	if j.State != lector.Ready || !strings.Contains(j.Fallback, "voice guest") || !main.spoke(quoted1) {
		t.Fatalf("%s: %s, fallback %q", j.State, j.Reason, j.Fallback)
	}
	if all, unique := main.billed(); all != unique {
		t.Errorf("%d billed of %d unique characters", all, unique)
	}
	down.Store(false)
	a.UpdatedAt = a.UpdatedAt.Add(time.Hour)
	j = h.publishAndWait(lector.Updated, a)
	if j.Fallback != "" || len(h.manifest(a).Voices) != 2 || j.Usage.Billed != len(quoted1)+len(quoted2) {
		t.Errorf("fallback %q, %+v", j.Fallback, j.Usage)
	}
}
