package worker

import (
	"strings"
	"testing"
	"time"

	"lector"
)

func TestPolicy(t *testing.T) {
	t.Parallel()
	p := Policy{Sections: []string{"Live"}, Tags: []string{"Partner content"}, Types: []string{"gallery"}, ShorterThan: 100, LongerThan: 1000}
	for name, tc := range map[string]struct {
		article lector.Article
		want    string // in the reason; "" is read
	}{
		"nothing said":    {lector.Article{}, ""},
		"section":         {lector.Article{Section: "LIVE"}, "section"},
		"other section":   {lector.Article{Section: "Live sport"}, ""},
		"tag":             {lector.Article{Tags: []string{"news", "partner CONTENT"}}, "Partner"},
		"type":            {lector.Article{Type: "Gallery"}, "type"},
		"opt out":         {lector.Article{Audio: "off"}, "audio: off"},
		"opt in":          {lector.Article{Audio: "on"}, ""},
		"tag of Ghost":    {lector.Article{Tags: []string{"#no-audio"}}, "its editor"},
		"tag with spaces": {lector.Article{Tags: []string{"No Audio"}}, "its editor"},
		"audio about it":  {lector.Article{Tags: []string{"no audio books"}}, ""},
	} {
		got := p.Refusal(tc.article)
		if (got == "") != (tc.want == "") || !strings.Contains(strings.ToLower(got), strings.ToLower(tc.want)) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if (Policy{}).Refusal(lector.Article{Audio: "OFF"}) == "" {
		t.Error("an editor's word counts on every site")
	}
	for n, refused := range map[int]bool{99: true, 100: false, 1000: false, 1001: true} {
		if got := p.lengthRefusal(n); (got != "") != refused {
			t.Errorf("%d characters: %q", n, got)
		}
	}
	if got := (Policy{}).lengthRefusal(1 << 30); got != "" {
		t.Errorf("without bounds: %q", got)
	}
}

func TestEmbargoLeft(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	w := &Worker{Now: func() time.Time { return now }}
	for name, tc := range map[string]struct {
		at, known time.Time
		want      time.Duration
	}{
		"undated":                    {time.Time{}, time.Time{}, 0},
		"past":                       {now.Add(-time.Hour), time.Time{}, 0},
		"the clock of a CMS":         {now.Add(5 * time.Minute), time.Time{}, 0},
		"ahead":                      {now.Add(5*time.Minute + time.Second), time.Time{}, 5*time.Minute + time.Second},
		"the last minutes of one":    {now.Add(time.Minute), now.Add(time.Minute), time.Minute},
		"moved into the next minute": {now.Add(time.Minute), now.Add(time.Hour), 0},
		"over":                       {now, now, 0},
	} {
		if got := w.embargoLeft(lector.Article{PublishedAt: tc.at}, lector.Job{PublicAt: tc.known}); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

// TestEmbargoEndsWithoutWaiting: what was kept back is no edit when it comes out.
func TestEmbargoEndsWithoutWaiting(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	w := &Worker{Now: func() time.Time { return now }}
	held := lector.Job{Sequence: 1, State: lector.Parked, PublicAt: now.Add(time.Hour)}
	for at, want := range map[time.Time]bool{now: true, now.Add(time.Hour): false, now.Add(2 * time.Hour): false} {
		if got := w.comesOut(lector.Article{PublishedAt: at}, held); got != want {
			t.Errorf("%v: %v", at, got)
		}
	}
	if w.comesOut(lector.Article{}, lector.Job{Sequence: 1, State: lector.Running}) {
		t.Error("it was not kept back")
	}
}

// What is begun after Use goes by the other narrator, a plan that was made before it by the
// one before.
func TestUseAnotherNarrator(t *testing.T) {
	t.Parallel()
	site := func(language string) *Narrator {
		return &Narrator{Sites: map[string]Site{"havana": {Language: language, Policy: Policy{Sections: []string{language}}}}}
	}
	w := &Worker{}
	a := lector.Article{Site: "havana", Section: "es"}
	if w.narrator() != nil || len(w.policy(a).Sections) > 0 {
		t.Error("there is a narrator without any")
	}
	w.Narrator = site("en")
	before := w.narrator()
	w.Use(site("es"))
	if w.policy(a).Refusal(a) == "" || w.narrator().Sites["havana"].Language != "es" || before.Sites["havana"].Language != "en" {
		t.Errorf("after another one: %+v", w.narrator())
	}
}
