package main

import (
	"strings"
	"testing"

	"lector"
)

// TestLargeArticleIsRead goes from an article that no event can hold to its audio,
// and through a replay.
func TestLargeArticleIsRead(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("long")
	a.Body.Content += strings.Repeat("<!-- "+strings.Repeat("x", 1000)+" -->\n", 1100)
	n, err := h.eventPublisher(h.conn).Publish(t.Context(), newEvent(lector.Published, a))
	if err != nil {
		t.Fatal(err)
	}
	j := h.awaitJob(a, n)
	if j.State != lector.Ready || j.Usage.Billed == 0 {
		t.Fatalf("%+v", j)
	}
	if j = h.awaitJob(a, h.replay(j)); j.State != lector.Ready || j.Usage.Billed != 0 {
		t.Errorf("replayed: %+v", j)
	}
}
