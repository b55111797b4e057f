package main

import (
	"bytes"
	"io"
	"testing"

	"lector"
	"lector/infra/limittest"
)

// TestTeaserOfAMembersArticle goes the whole way: an article that everybody heard becomes
// one for members, of which the free part is read. Nothing that is stored for listeners
// holds a word from behind the cut, neither then nor after an edit.
func TestTeaserOfAMembersArticle(t *testing.T) {
	t.Parallel()
	c := testConfig(t.TempDir())
	site := c.Sites[defaultSite]
	site.Rules.Teaser = true
	c.Sites[defaultSite] = site
	h := openInstallationWith(t, c, &silentVoice{}).start()

	a := article("1", "The ferry left the harbour on time.", "The zeppelin came later than it should.")
	if j := h.publishAndWait(lector.Published, a); j.State != lector.Ready || j.Teaser {
		t.Fatalf("%s: %s", j.State, j.Reason)
	}
	a.Visibility = lector.Members
	for _, free := range []string{"<p>The ferry left the harbour on time.</p>", "<p>The ferry left the harbour late.</p>"} {
		a.UpdatedAt, a.Body.Content = a.UpdatedAt.Add(1), free+"<!--members-only--><p>The zeppelin came later than it should.</p>"
		n := h.publish(lector.Updated, a)
		limittest.Until(t, "the free part is public", func() bool {
			j, _, err := h.jobs.Job(t.Context(), a.Site, a.Key())
			return err == nil && j.Sequence > n && j.State == lector.Ready && j.Teaser
		})
		if files := h.publicWords(a); files["zeppelin"] > 0 || files["ferry"] == 0 {
			t.Errorf("words in public files: %v", files)
		}
	}
	a.UpdatedAt, a.Body.Content = a.UpdatedAt.Add(1), "<p>The ferry left the harbour on time.</p>"
	if j := h.publishAndWait(lector.Updated, a); j.State != lector.Refused || j.Rendition != "" {
		t.Errorf("without a cut it is %s: %s", j.State, j.Reason)
	}
}

// publicWords counts the public files of an article that hold a word.
func (h *installation) publicWords(a lector.Article) map[string]int {
	h.t.Helper()
	found := map[string]int{}
	for o, err := range h.store.List(h.t.Context(), lector.Prefix(a.Site, a.Key())) {
		if err != nil {
			h.t.Fatal(err)
		}
		body, _, err := h.store.Open(h.t.Context(), o.Key)
		if err != nil {
			h.t.Fatal(err)
		}
		data, err := io.ReadAll(body)
		body.Close()
		if err != nil {
			h.t.Fatal(err)
		}
		for _, word := range []string{"ferry", "zeppelin"} {
			if bytes.Contains(data, []byte(word)) {
				found[word]++
			}
		}
	}
	return found
}
