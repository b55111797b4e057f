package wordpress_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var (
	entry  = regexp.MustCompile(`(?s)<div class="entry-content">(.*?)</div>\s*<div class="excerpt">`)
	markup = regexp.MustCompile(`(?s)<style.*?</style>|<!--.*?-->|<[^>]*>`)
)

// words are a text as somebody reads it.
func words(html string) string {
	return strings.Join(strings.Fields(markup.ReplaceAllString(html, " ")), " ")
}

// TestPluginSendsWhatThePageShows publishes the patterns of blocks that come with
// WordPress, and compares what is sent with what stands on the page.
func TestPluginSendsWhatThePageShows(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	n := openNewsroom(t, r.URL, nil)
	var patterns []struct{ Name, Content string }
	list := n.php(0, `do_action( 'init' ); echo wp_json_encode( array_map( function ( $p ) { return array( 'Name' => $p['name'], 'Content' => $p['content'] ); }, array_values( WP_Block_Patterns_Registry::get_instance()->get_all_registered() ) ) );`)
	if err := json.Unmarshal([]byte(list), &patterns); err != nil {
		t.Fatalf("%v in %.300s", err, list)
	}
	if len(patterns) < 5 {
		t.Fatalf("%d patterns only", len(patterns))
	}
	compared := 0
	for _, p := range patterns {
		n.rest(http.MethodPost, "/posts", fields{"title": p.Name, "content": p.Content + "<p>The end.</p>", "status": "publish"})
		events := r.take()
		if len(events) != 1 {
			t.Errorf("%s: %d events", p.Name, len(events))
			continue
		}
		a := events[0].Article
		shown := entry.FindStringSubmatch(n.read(strings.TrimPrefix(a.URL, n.URL)))
		if len(shown) != 2 || words(shown[1]) != words(a.Body.Content) {
			t.Errorf("%s: sent\n%s\nshown\n%s", p.Name, words(a.Body.Content), words(strings.Join(shown, "")))
			continue
		}
		compared += len(words(a.Body.Content))
	}
	t.Logf("%d patterns, %d characters", len(patterns), compared)
}
