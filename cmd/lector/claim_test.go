package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"lector"
	"lector/infra/nats"
)

// TestLargeArticleGoesByReference publishes what no event can hold.
func TestLargeArticleGoesByReference(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("long")
	a.Body.Content += strings.Repeat("<!-- "+strings.Repeat("x", 1000)+" -->\n", 1100)
	e := newEvent(lector.Published, a)
	if _, err := h.conn.Publish(t.Context(), e); !errors.Is(err, nats.ErrTooLarge) || !strings.Contains(lector.HintOf(err), "body.ref") {
		t.Fatalf("%v, hint %q", err, lector.HintOf(err))
	}
	for range 2 {
		n, err := h.eventPublisher(h.conn).Publish(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := h.conn.Event(t.Context(), n)
		if err != nil || stored.Article.Body.Content != "" || stored.Article.Revision != e.Article.Revision {
			t.Fatalf("%+v, %v", stored.Article, err)
		}
		o, err := h.store.Stat(t.Context(), stored.Article.Body.Ref)
		if err != nil || o.Size < 1<<20 {
			t.Errorf("%+v, %v", o, err)
		}
		if r, _ := h.get("/" + stored.Article.Body.Ref); r.StatusCode != 404 {
			t.Errorf("the article is public: %s", r.Status)
		}
	}
}

// TestWithoutTheStoreTheLimitIsTold: a CMS has no store, and must not make one
// that no worker sees.
func TestWithoutTheStoreTheLimitIsTold(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	elsewhere := *h.config
	elsewhere.Data = t.TempDir()
	a := sampleArticle("long")
	a.Body.Content = strings.Repeat("x", 2<<20)
	_, err := (&resources{config: &elsewhere, log: h.log}).eventPublisher(h.conn).Publish(t.Context(), newEvent(lector.Published, a))
	if !errors.Is(err, nats.ErrTooLarge) || exists(filepath.Join(elsewhere.Data, "store")) {
		t.Errorf("%v", err)
	}
}
