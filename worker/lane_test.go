package worker

import (
	"strings"
	"testing"

	"lector"
)

func TestLaneOfAnEvent(t *testing.T) {
	t.Parallel()
	n := &Narrator{Sites: map[string]Site{"havana": {Breaking: BreakingRule{Sections: []string{"Eilmeldung"}, Tags: []string{"storm", "quake"}}}}}
	for name, test := range map[string]struct {
		event  lector.ArticleEvent
		want   lector.Lane
		urgent bool
	}{
		"none":                {lector.ArticleEvent{}, lector.Normal, false},
		"named":               {lector.ArticleEvent{Lane: lector.Breaking}, lector.Breaking, true},
		"backfill":            {lector.ArticleEvent{Lane: lector.Backfill}, lector.Backfill, false},
		"section":             {lector.ArticleEvent{Article: lector.Article{Section: "eilmeldung"}}, lector.Breaking, true},
		"tag":                 {lector.ArticleEvent{Article: lector.Article{Tags: []string{"sea", "Storm"}}}, lector.Breaking, true},
		"other tag":           {lector.ArticleEvent{Article: lector.Article{Tags: []string{"brainstorm"}}}, lector.Normal, false},
		"backfill by section": {lector.ArticleEvent{Lane: lector.Backfill, Article: lector.Article{Section: "Eilmeldung"}}, lector.Backfill, false},
		"replay":              {lector.ArticleEvent{Replay: "r", Article: lector.Article{Section: "Eilmeldung"}}, lector.Normal, false},
		"withdrawal":          {lector.ArticleEvent{Type: lector.Unpublished, Lane: lector.Backfill}, lector.Backfill, true},
		"not public any more": {lector.ArticleEvent{Type: lector.Updated, Article: lector.Article{Visibility: lector.Paid}}, lector.Normal, true},
		"other site's rule":   {lector.ArticleEvent{Article: lector.Article{Site: "lima", Section: "Eilmeldung"}}, lector.Normal, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := test.event
			e.Article.Site = firstOf(e.Article.Site, "havana")
			e.Article.Visibility = lector.Visibility(firstOf(string(e.Article.Visibility), string(lector.Public)))
			if got := n.lane(e); got != test.want {
				t.Errorf("lane %s, want %s", got, test.want)
			}
			if got := n.Urgent(e); got != test.urgent {
				t.Errorf("urgent %v", got)
			}
		})
	}
}

func firstOf(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func TestLongArticles(t *testing.T) {
	t.Parallel()
	words := func(n int) string { return strings.Repeat("word ", n) }
	for name, test := range map[string]struct {
		body lector.Body
		want bool
	}{
		"empty":                  {lector.Body{}, false},
		"an ordinary one":        {lector.Body{Content: words(800)}, false},
		"a long read":            {lector.Body{Content: words(2500)}, true},
		"in paragraphs":          {lector.Body{Content: strings.Repeat("<p class=x>"+words(50)+"</p>\n", 50)}, true},
		"mostly tags":            {lector.Body{Content: strings.Repeat(`<div class="a very long list of classes"><i>word</i></div>`, 500)}, false},
		"mostly script":          {lector.Body{Content: "<p>Short.</p><SCRIPT>" + words(5000) + "if (a < b) {}</SCRIPT><style>" + words(5000) + "</style>"}, false},
		"an unfinished tag":      {lector.Body{Content: "<p" + words(5000)}, false},
		"a lonely angle bracket": {lector.Body{Content: words(100) + "<"}, false},
		"by reference":           {lector.Body{Ref: "claims/x"}, true},
	} {
		if got := isLong(lector.Article{Body: test.body}); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
