package wordpress_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"lector"
)

// due lets what waits for a retry wait no longer, and the retries be due.
const due = `foreach ( Lector\pending() as $p => $entry ) { $entry['next'] = 0; update_option( 'lector_pending_' . $p, $entry, false ); }
wp_clear_scheduled_hook( 'lector_retry' ); wp_schedule_event( time() - 5, 'lector_minute', 'lector_retry' );`

// TestPluginTriesAgain keeps Lector away while posts change. What it gets later is
// the state of then, once for each post.
func TestPluginTriesAgain(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	n := openNewsroom(t, r.URL, nil)
	gone := n.prepare("publish")
	hidden := n.prepare("publish")
	r.take()

	r.setAway(true)
	kept := n.prepare("publish")
	restPost(fields{"content": "<p>As it is in the end.</p>"})(n, kept)
	restDelete("?force=true")(n, gone)
	restPost(fields{"title": "Edited"})(n, hidden)
	restPost(fields{"password": "open sesame", "content": "<p>Only for some.</p>"})(n, hidden)
	if refused := r.setAway(true); refused != 5 {
		t.Errorf("%d messages were refused, not 5", refused)
	}
	if got := n.php(0, `echo count( Lector\pending() );`); got != "3" {
		t.Errorf("%s posts wait, not 3", got)
	}
	if got := n.php(0, `foreach ( Lector\pending() as $entry ) { echo $entry['next'] - time() > 30 ? 'late ' : 'soon '; }`); got != "soon soon soon " {
		t.Errorf("the first retries are %s", got)
	}
	n.php(0, strings.Replace(due, "= 0", "= time() + 3600", 1)) // as after several of them
	n.cron()
	if refused := r.setAway(false); refused != 0 {
		t.Errorf("%d tries before they were due", refused)
	}

	n.php(0, due)
	n.cron()
	got := map[string]lector.ArticleEvent{}
	events := r.take()
	for _, e := range events {
		got[e.Article.ID] = e
	}
	for id, want := range map[int]lector.EventType{kept: published, gone: deleted, hidden: unpublished} {
		if e := got[strconv.Itoa(id)]; e.Type != want {
			t.Errorf("post %d: %q, want %q", id, e.Type, want)
		}
	}
	if len(events) != 3 || !strings.Contains(got[strconv.Itoa(kept)].Article.Body.Content, "As it is in the end.") {
		t.Errorf("%d events: %+v", len(events), events)
	}
	n.php(0, due)
	n.cron()
	if again := r.take(); len(again) != 0 {
		t.Errorf("told again: %+v", again)
	}
	if got := n.php(0, `echo count( Lector\pending() ), get_option( 'lector_refusal', 'none' );`); got != "0none" {
		t.Errorf("left: %s", got)
	}
}

// TestPluginManyAtOnce changes more posts in one request than can be sent in it.
func TestPluginManyAtOnce(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	n := openNewsroom(t, r.URL, nil)
	n.php(0, `for ( $i = 0; $i < 300; $i++ ) { wp_insert_post( array( 'post_title' => "Import $i", 'post_content' => '<p>Text.</p>', 'post_status' => 'publish' ) ); }`)
	seen := map[string]int{}
	rounds := 0
	for ; rounds < 20 && len(seen) < 300; rounds++ {
		for _, e := range r.take() {
			seen[e.Article.ID]++
		}
		n.php(0, due)
		n.cron()
	}
	for _, e := range r.take() {
		seen[e.Article.ID]++
	}
	for id, times := range seen {
		if times != 1 {
			t.Errorf("post %s was told %d times", id, times)
		}
	}
	t.Logf("%d posts after %d runs of cron", len(seen), rounds)
	if len(seen) != 300 {
		t.Errorf("%d posts of 300", len(seen))
	}
}

// TestPluginWithoutReceiver changes a post while nobody listens: the editor has to
// get a page all the same.
func TestPluginWithoutReceiver(t *testing.T) {
	t.Parallel()
	n := openNewsroom(t, "http://127.0.0.1:1", nil)
	id := n.prepare("publish")
	n.do(&http.Client{}, http.MethodGet, fmt.Sprintf("/?p=%d", id), "", nil, http.StatusOK)
	if got := n.php(0, `$r = get_option( 'lector_refusal' ); echo count( Lector\pending() ), ' ', $r['code'];`); got != "1 0" {
		t.Errorf("%q, want one that waits and no answer", got)
	}
}
