package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
)

// sound is the part of a newsroom that speaks.
type sound struct {
	entries []LexiconEntry
	version int
	clips   map[string]bool // that are there
	price   float64
	lost    error // why nobody knows what was spent
}

func (s *sound) VoiceStates() []VoiceState {
	return []VoiceState{
		{Name: "amy", Capabilities: lector.Capabilities{Backend: "polly", Price: 16}, Calls: 40, Failed: 2, Recent: 40, Median: 210 * time.Millisecond, Slow: 2 * time.Second, LastError: markup, LastFailed: now, OpenFor: 20 * time.Second},
		{Name: "bob", Missing: markup, Hint: "set a key"}, {Name: "cas", Paused: "because " + markup}, {Name: "dot"},
	}
}

func (s *sound) UsageSince(context.Context, time.Time) ([]lector.UsageTotal, error) {
	return []lector.UsageTotal{{Day: "2026-11-19", Site: "havana", Voice: "amy", Calls: 3, Billed: 100, Cost: .5}, {Day: "2026-11-20", Site: markup, Voice: "amy", Calls: 1, Billed: 11, Cost: .25}}, s.lost
}

func (s *sound) BudgetUses(context.Context) ([]BudgetUse, error) {
	return []BudgetUse{{Site: "havana", Period: "day", Used: lector.Period{Characters: 900, Dollars: .1}, Characters: 1000}}, nil
}

func (s *sound) PlanSample(_ context.Context, r SampleRequest) (Sample, error) {
	text := r.Text
	for _, e := range append(slices.Clone(s.entries), orNone(r.Entry)...) {
		text = strings.ReplaceAll(text, e.Match, e.Alias)
	}
	p := Sample{Voice: "amy", Language: "en", Text: text, Clip: fmt.Sprintf("%x", text)}
	if !s.clips[p.Clip] {
		p.Characters, p.Cost = len(text), float64(len(text))*s.price
	}
	return p, nil
}

func orNone(e *LexiconEntry) []LexiconEntry {
	if e == nil || e.Alias == "" {
		return nil
	}
	return []LexiconEntry{*e}
}

func (s *sound) SpeakSample(ctx context.Context, r SampleRequest) (Sample, error) {
	p, err := s.PlanSample(ctx, r)
	s.clips[p.Clip] = true
	return p, err
}

func (s *sound) Clip(_ context.Context, hash string) ([]byte, error) {
	if !s.clips[hash] {
		return nil, lector.ErrNotFound
	}
	return []byte("\xff\xf3" + hash), nil
}

func (s *sound) Lexicon(context.Context, string) ([]LexiconEntry, int, error) {
	return slices.Clone(s.entries), s.version, nil
}

func (s *sound) ChangeLexicon(_ context.Context, _ string, version int, e LexiconEntry, remove bool) error {
	if version != s.version {
		return lector.ErrConflict
	}
	s.entries = slices.DeleteFunc(s.entries, e.same)
	if !remove {
		s.entries = append(s.entries, e)
	}
	s.version++
	return nil
}

func (s *sound) Impact(context.Context, string, LexiconEntry) (LexiconImpact, error) {
	return LexiconImpact{Articles: 3, Segments: 4, Characters: 812, Cost: .125, Touched: []TouchedArticle{{Site: "havana", Article: "article/1", Title: markup, Example: "Kyiv is quiet " + markup}}}, nil
}

func newSound() *sound {
	return &sound{clips: map[string]bool{}, price: .01, version: 4, entries: []LexiconEntry{{Match: "Lviv", Alias: "Leviv"}, {Match: markup, Alias: "x", Prefix: true}}}
}

var digestField = regexp.MustCompile(`name="digest" value="([^"]*)"`)

// TestSentenceIsSaidForThePriceThatWasShown has one said, after its price has changed once.
func TestSentenceIsSaidForThePriceThatWasShown(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	q := url.Values{"site": {"havana"}, "voice": {"amy"}, "text": {"Lviv is calm."}}
	page := ask(h, http.MethodGet, "/voices/sample?"+q.Encode(), nil).Body.String()
	shown := digestField.FindStringSubmatch(page)
	if shown == nil || !strings.Contains(page, "Leviv is calm.") || !strings.Contains(page, "Say it for $0.1400") || strings.Contains(page, "<audio") {
		t.Fatalf("the price: %s", page)
	}
	n.sound.entries[0].Alias = "Leviiv"
	q.Set("digest", shown[1])
	w := ask(h, http.MethodPost, "/voices/sample", q)
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "has changed") || len(n.sound.clips)+len(n.audit) > 0 {
		t.Errorf("another price: %d %v %v", w.Code, n.sound.clips, n.audit)
	}
	q.Set("digest", digestField.FindStringSubmatch(w.Body.String())[1])
	w = ask(h, http.MethodPost, "/voices/sample", q)
	source := regexp.MustCompile(`<audio[^>]*src="([^"]*)"`).FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || source == nil || len(n.audit) != 1 || n.audit[0].Action != "sample" || !strings.Contains(n.audit[0].Detail, "15 characters to be billed") {
		t.Fatalf("said: %d %+v %s", w.Code, n.audit, w.Body)
	}
	clip := ask(h, http.MethodGet, source[1], nil)
	if clip.Code != http.StatusOK || clip.Header().Get("Content-Type") != "audio/mpeg" || clip.Body.Len() < 10 {
		t.Errorf("its clip: %d %v", clip.Code, clip.Header())
	}
	if w := ask(h, http.MethodGet, "/clips/none", nil); w.Code != http.StatusNotFound {
		t.Errorf("a clip that is not there: %d", w.Code)
	}
	for name, q := range map[string]url.Values{
		"no text": {"site": {"havana"}}, "too long": {"site": {"havana"}, "text": {strings.Repeat("ї", maxSample+1)}},
		"another site": {"site": {"nowhere"}, "text": {"a"}}, "another voice": {"site": {"havana"}, "voice": {"nobody"}, "text": {"a"}},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if w := ask(h, method, "/voices/sample?"+q.Encode(), q); w.Code != http.StatusBadRequest {
				t.Errorf("%s %s: %d", method, name, w.Code)
			}
		}
	}
}

// TestPronunciationIsHeardAndSaved hears old and new, saves, and goes on to the plan of what
// reads the word.
func TestPronunciationIsHeardAndSaved(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	q := url.Values{"site": {"all"}, "match": {"Kyiv"}, "alias": {"Keeyiv"}, "prefix": {"1"}, "example": {"Kyiv is quiet."}}
	page := ask(h, http.MethodGet, "/lexicon/entry?"+q.Encode(), nil).Body.String()
	for _, want := range []string{"Kyiv is quiet.", "Keeyiv is quiet.", "812 at most", "$0.1250 at most", "no entry", `name="version" value="4"`, "Save Kyiv → Keeyiv", "(30 characters)"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %s", want, page)
		}
	}
	q.Set("digest", digestField.FindStringSubmatch(page)[1])
	if w := ask(h, http.MethodPost, "/lexicon/hear", q); w.Code != http.StatusOK || strings.Count(w.Body.String(), "<audio") != 2 || len(n.sound.clips) != 2 {
		t.Errorf("heard: %d %v %s", w.Code, n.sound.clips, w.Body)
	}
	q.Set("digest", "0")
	if w := ask(h, http.MethodPost, "/lexicon/hear", q); w.Code != http.StatusConflict {
		t.Errorf("another price: %d", w.Code)
	}
	q.Set("version", "3")
	if w := ask(h, http.MethodPost, "/lexicon/set", q); w.Code != http.StatusConflict || len(n.sound.entries) != 2 {
		t.Errorf("a version that somebody else has changed: %d", w.Code)
	}
	q.Set("version", "4")
	w := ask(h, http.MethodPost, "/lexicon/set", q)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/replay?word=Kyiv%2A" || len(n.sound.entries) != 3 {
		t.Errorf("saved: %d %v %v", w.Code, w.Header(), n.sound.entries)
	}
	ask(h, http.MethodPost, "/replay?word=Kyiv%2A", url.Values{"digest": {digest(n.plan)}})
	if len(n.begun) != 1 || n.begun[0].Word != "Kyiv*" {
		t.Errorf("begun: %+v", n.begun)
	}
	q.Set("version", "5")
	if w := ask(h, http.MethodPost, "/lexicon/remove", q); w.Code != http.StatusSeeOther || len(n.sound.entries) != 2 {
		t.Errorf("removed: %d %v", w.Code, n.sound.entries)
	}
	said := ""
	for _, e := range n.audit {
		said += fmt.Sprintf("%s %s %q %t; ", e.Action, e.Target, e.Detail, e.Failed != "")
	}
	for _, want := range []string{`lexicon-set all "Kyiv → Keeyiv" true`, `lexicon-set all "Kyiv → Keeyiv" false`, `lexicon-remove all "Kyiv" false`, "replay word=Kyiv%2A"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %s in %s", want, said)
		}
	}
	for name, q := range map[string]url.Values{"no word": {"version": {"5"}}, "no version": {"match": {"a"}}, "another site": {"site": {"x"}, "match": {"a"}, "version": {"5"}}} {
		if w := ask(h, http.MethodPost, "/lexicon/set", q); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestReadingShowsWhatIsDropped(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	page := ask(h, http.MethodGet, "/jobs/havana/"+n.jobs[0].ID+"/reading", nil).Body.String()
	for _, want := range []string{"<code>cookie.words</code>: 1 block", "sites.havana.rules.off", `href="/clips/ab"`, "synthesized for this audio", "not in the public audio", "read no more"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %.3000s", want, page)
		}
	}
	if len(page) > 300_000 {
		t.Errorf("the page has %d bytes", len(page))
	}
}

func TestVoicesSayWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	page := ask(h, http.MethodGet, "/voices", nil).Body.String()
	for _, want := range []string{"no call is made for 20 s", "0.21 s", "40 since this process began, 2 failed", "900 of 1,000", "0.7500", "not called yet", "missing", "paused"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %s", want, page)
		}
	}
	n.sound.lost = fmt.Errorf("no answer")
	if w := ask(h, http.MethodGet, "/voices", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "What was spent is not known: no answer") {
		t.Errorf("without the ledger: %d", w.Code)
	}
}

// TestLexiconSaysWhereAWordHolds: an entry for one article of a section names both.
func TestLexiconSaysWhereAWordHolds(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]LexiconEntry{
		`data-label="Only in">sport, 4711</td>`: {Match: "Lviv", Alias: "Leviv", Section: "sport", Article: "4711"},
		`data-label="Only in">sport</td>`:       {Match: "Lviv", Alias: "Leviv", Section: "sport"},
		`data-label="Only in">4711</td>`:        {Match: "Lviv", Alias: "Leviv", Article: "4711"},
		`data-label="Only in">–</td>`:           {Match: "Lviv", Alias: "Leviv"},
	} {
		n, h := open(t)
		n.sound.entries = []LexiconEntry{e}
		if page := ask(h, http.MethodGet, "/lexicon", nil).Body.String(); !strings.Contains(page, want) {
			t.Errorf("no %s in %s", want, page)
		}
	}
}
