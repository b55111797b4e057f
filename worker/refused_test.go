package worker

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"lector"
)

// refusedCalls notes what becomes of a refused event, in order.
type refusedCalls struct {
	announceErr error
	announced   []lector.AudioEvent
	calls       []string
}

func (c *refusedCalls) LastAnnouncement(context.Context, string, string) (lector.AudioEvent, error) {
	return lector.AudioEvent{}, lector.ErrNotFound
}

func (c *refusedCalls) Announce(_ context.Context, e lector.AudioEvent) error {
	c.calls = append(c.calls, "announce")
	c.announced = append(c.announced, e)
	return c.announceErr
}

func (c *refusedCalls) AnnounceAfter(ctx context.Context, e lector.AudioEvent, _ uint64) error {
	return c.Announce(ctx, e)
}

func (c *refusedCalls) InProgress() error { return nil }

func (c *refusedCalls) Ack(context.Context) error { c.calls = append(c.calls, "ack"); return nil }

func (c *refusedCalls) Nak(time.Duration) error { c.calls = append(c.calls, "nak"); return nil }

func (c *refusedCalls) Term(_ lector.Class, reason string) error {
	c.calls = append(c.calls, "term: "+reason)
	return nil
}

func TestRefusedEventIsAnnounced(t *testing.T) {
	t.Parallel()
	why := lector.Permanent(errors.New("article data: title: got number, want string"))
	known := lector.Article{Site: "havana", ID: "1", Revision: "r2"}
	for name, test := range map[string]struct {
		article     lector.Article
		announceErr error
		want        []string
	}{
		"the article is known":   {known, nil, []string{"announce", "term: " + why.Error()}},
		"only the site is known": {lector.Article{Site: "havana"}, nil, []string{"term: " + why.Error()}},
		"only the id is known":   {lector.Article{ID: "1"}, nil, []string{"term: " + why.Error()}},
		"nothing is known":       {lector.Article{}, nil, []string{"term: " + why.Error()}},
		"nobody hears it":        {known, errors.New("no answer"), []string{"announce", "nak"}},
	} {
		c := &refusedCalls{announceErr: test.announceErr}
		w := &Worker{Announcer: c, Log: slog.New(slog.DiscardHandler)}
		w.refuse(t.Context(), lector.Delivery{Event: lector.ArticleEvent{Article: test.article}, Err: why, Sequence: 7, Count: 1, Acknowledger: c})
		if len(c.calls) != len(test.want) {
			t.Errorf("%s: %q, want %q", name, c.calls, test.want)
			continue
		}
		for i := range c.calls {
			if c.calls[i] != test.want[i] {
				t.Errorf("%s: %q, want %q", name, c.calls, test.want)
			}
		}
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	w := &Worker{Now: func() time.Time { return at }}
	a := lector.Article{Site: "havana", ID: "1", Revision: "r2"}
	e := w.refusal(lector.Delivery{Event: lector.ArticleEvent{Article: a}, Err: lector.Hint(errors.New("no title"), "send one"), Sequence: 7})
	want := lector.AudioEvent{
		ID: a.Key() + "-7-" + lector.AudioFailed, Type: lector.AudioFailed, Time: at, Site: "havana", Article: "1", Key: a.Key(), Revision: "r2",
		Reason: "the article event was refused: no title (send one)",
	}
	if e != want {
		t.Errorf("%+v\nwant %+v", e, want)
	}
}
