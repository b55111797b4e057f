package main

import (
	"fmt"
	"testing"

	"lector"
	"lector/infra/limittest"
)

// TestDurableWritesOfAnArticle counts what is stored on disk from the event to its
// acknowledgement: the event, the claim, the usage before and behind the calls, the
// commit and the audio event; and the reservation in a budget. It depends neither on
// the length of the article nor on how many workers there are.
func TestDurableWritesOfAnArticle(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		workers, paragraphs, budget int
		want                        uint64
	}{{1, 3, 0, 6}, {1, 30, 0, 6}, {8, 3, 0, 6}, {1, 3, 1 << 20, 8}, {8, 20, 1 << 20, 8}} {
		t.Run(fmt.Sprintf("%d workers, %d paragraphs, budget %d", test.workers, test.paragraphs, test.budget), func(t *testing.T) {
			t.Parallel()
			p := newProvider(t, nil)
			h := openWithProvider(t, t.TempDir(), test.workers, func(c *config) {
				c.Voices = map[string]voiceConfig{"amy": p.voice()}
				s := c.Sites[defaultSite]
				s.Budget.CharactersPerDay = test.budget
				c.Sites[defaultSite] = s
			})
			var paragraphs []string
			for i := range test.paragraphs {
				paragraphs = append(paragraphs, fmt.Sprintf("Ferry number %d left the harbour on time. Nobody on the pier waved after it, as on the days before.", i))
			}
			before, tried := durableWrites(t, h), h.triedWrites()
			const articles = 3
			for i := range articles {
				a := article(fmt.Sprint(i), append([]string{fmt.Sprintf("This is story %d.", i)}, paragraphs...)...)
				if j := h.publishAndWait(lector.Published, a); j.State != lector.Ready || len(j.Chunks) < test.paragraphs {
					t.Fatalf("%s with %d chunks: %s", j.State, len(j.Chunks), j.Reason)
				}
			}
			got := durableWrites(t, h) - before
			if tried = h.triedWrites() - tried; got > articles*test.want+tried {
				t.Errorf("%d durable writes for %d articles, at most %d each, and %d to see whether there is a disk", got, articles, test.want, tried)
			}
		})
	}
}

// triedWrites counts what the watchdogs of all workers wrote. They try a write when
// the server was too slow to confirm another one.
func (h *installation) triedWrites() uint64 {
	n := h.conn.TriedWrites()
	for _, s := range h.others {
		n += s.conn.TriedWrites()
	}
	return n
}

// durableWrites asks until the server has answered within the limit of a request, which
// that of a busy machine may not.
func durableWrites(t *testing.T, h *installation) (n uint64) {
	t.Helper()
	limittest.Until(t, "the durable writes are counted", func() bool {
		var err error
		if n, err = h.conn.DurableWrites(t.Context()); err != nil {
			t.Log(err)
		}
		return err == nil
	})
	return n
}
