package worker

import (
	"context"
	"errors"
	"strings"
	"testing"

	"lector"
	"lector/worker/extract"
)

// eventPublisher keeps what is published, and where it was expected.
type eventPublisher struct {
	events []lector.ArticleEvent
	newest []uint64
	err    error
}

func (p *eventPublisher) PublishAfter(_ context.Context, e lector.ArticleEvent, newest uint64) (uint64, error) {
	if p.err == nil {
		p.events, p.newest = append(p.events, e), append(p.newest, newest)
	}
	return newest + 1, p.err
}

// TestTeaser has an article with audio become one for members. Its audio goes in any case;
// its free part is published where the site reads teasers and there is one.
func TestTeaser(t *testing.T) {
	t.Parallel()
	free := "<p>The ferry left the harbour on time, with three hundred people.</p>"
	whole := free + extract.MembersCut + "<p>What the harbour master earns is for members only.</p>"
	for name, test := range map[string]struct {
		body   string
		kind   lector.EventType
		off    bool // the site reads no teasers
		err    error
		free   bool // an event of the free part is published
		reason string
	}{
		"a free part":       {body: whole, kind: lector.Updated, free: true, reason: "its free part is read"},
		"no cut":            {body: free, kind: lector.Updated, reason: "only public text is read"},
		"nothing is free":   {body: extract.MembersCut + free, kind: lector.Updated, reason: "only public text is read"},
		"no teasers":        {body: whole, kind: lector.Updated, off: true, reason: "only public text is read"},
		"not public yet":    {body: whole, kind: lector.Scheduled, reason: "only public text is read"},
		"a newer event":     {body: whole, kind: lector.Updated, err: lector.ErrConflict, reason: "only public text is read"},
		"it is too large":   {body: whole, kind: lector.Updated, err: lector.Permanent(errors.New("too large")), reason: "its free part cannot be: too large"},
		"NATS is not there": {body: whole, kind: lector.Published, err: errors.New("no answer")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, p := newFakeServices(), &eventPublisher{err: test.err}
			m.objects[lector.PointerKey("havana", lector.Key("havana", "1"))] = []byte("{}")
			m.set(lector.Job{Sequence: 2, State: lector.Ready, Announced: true, Rendition: "r"})
			w := m.worker()
			w.Teasers = p
			w.Narrator = &Narrator{Sites: map[string]Site{"havana": {Language: "en", Rules: extract.Rules{Teaser: !test.off}}}}
			d, s := newDelivery(test.kind, 3)
			d.Event.Article.Visibility, d.Event.Article.Body = lector.Members, lector.Body{ContentType: lector.HTML, Content: test.body}
			w.handle(t.Context(), d)
			if _, err := m.Stat(t.Context(), lector.PointerKey("havana", lector.Key("havana", "1"))); m.job().Rendition != "" || !errors.Is(err, lector.ErrNotFound) {
				t.Errorf("%s, left behind: %v, job %+v", s, err, m.job())
			}
			if j := m.job(); test.reason != "" && (j.State != lector.Refused || !strings.Contains(j.Reason, test.reason)) {
				t.Errorf("%s: %s, want %q", j.State, j.Reason, test.reason)
			}
			if j := m.job(); test.reason == "" && j.State.Terminal() {
				t.Errorf("it is not tried again: %+v", j)
			}
			if !test.free {
				if len(p.events) > 0 {
					t.Errorf("published %+v", p.events)
				}
				return
			}
			if len(p.events) != 1 || p.newest[0] != 3 {
				t.Fatalf("published %+v behind %v", p.events, p.newest)
			}
			a := p.events[0].Article
			if a.Visibility != lector.Public || a.Body.Content != free || !a.Teaser || p.events[0].ID == d.Event.ID {
				t.Errorf("published %+v", p.events[0])
			}
		})
	}
}

// TestTeaserTakesTheWholeAway: the worker that published the free part died before the
// audio of the whole article was withdrawn.
func TestTeaserTakesTheWholeAway(t *testing.T) {
	t.Parallel()
	for whole, want := range map[bool]string{true: "", false: "r"} {
		m := newFakeServices()
		m.set(lector.Job{Sequence: 3, State: lector.Running, Rendition: "r", Teaser: !whole, Attempts: []lector.Attempt{{Number: 1}}})
		if err := m.worker().retractPrivate(t.Context(), lector.Article{Teaser: true}, m.record(3, 1)); err != nil || m.job().Rendition != want {
			t.Errorf("whole %t: %v, %+v", whole, err, m.job())
		}
		if err := m.worker().retractPrivate(t.Context(), lector.Article{}, m.record(3, 1)); err != nil || m.job().Rendition != want {
			t.Errorf("a public article: %v, %+v", err, m.job())
		}
	}
}

// TestStatedVisibility: an empty visibility is told as one that is missing.
func TestStatedVisibility(t *testing.T) {
	t.Parallel()
	for v, want := range map[lector.Visibility]string{"": "visibility is missing", lector.Members: `visibility is "members"`} {
		if said := stated(v); said != want {
			t.Errorf("%q: %s, want %s", v, said, want)
		}
	}
}
