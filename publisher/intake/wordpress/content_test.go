package wordpress_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"lector"
)

// TestPluginSendsTheArticle looks at all that is sent of a post.
func TestPluginSendsTheArticle(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	n := openNewsroom(t, r.URL, nil)
	saved, err := time.Parse(time.DateTime, n.php(0, `update_option( 'WPLANG', '' );
wp_insert_term( 'City & Harbour', 'category', array( 'slug' => 'city' ) ); wp_insert_term( 'rivers', 'post_tag' );
$other = wp_insert_post( array( 'post_title' => 'Locked', 'post_content' => 'TEXT BEHIND A PASSWORD', 'post_status' => 'publish', 'post_password' => 'open sesame' ) );
$picture = wp_insert_attachment( array( 'post_mime_type' => 'image/jpeg', 'post_title' => 'p', 'post_status' => 'inherit' ), '2026/11/p.jpg' );
$blocks = '<!-- wp:paragraph --><p>First page.</p><!-- /wp:paragraph --><!-- wp:post-title /--><!-- wp:lector/player /-->[lector]<!--nextpage--><p>Second page. [caption id="" width="3"]<img src="x.jpg"/> Under it[/caption]</p>'
	. '<!-- wp:query {"query":{"postType":"post","perPage":5}} --><!-- wp:post-template --><!-- wp:post-content /--><!-- /wp:post-template --><!-- /wp:query -->';
wp_insert_post( array( 'post_title' => 'Rock &amp; <em>roll</em> — the bridge', 'post_excerpt' => 'What one <b>should</b> know', 'post_content' => $blocks,
	'post_status' => 'publish', 'post_name' => 'bridge', 'post_category' => array( get_cat_ID( 'City &amp; Harbour' ) ), 'tags_input' => array( 'rivers' ),
	'post_date_gmt' => '2026-01-05 12:00:00', 'post_date' => '2026-01-05 07:00:00', 'meta_input' => array( '_thumbnail_id' => $picture ) ) );
echo gmdate( 'Y-m-d H:i:s' );`))
	if err != nil {
		t.Fatal(err)
	}
	events := r.take()
	if len(events) != 1 {
		t.Fatalf("%d events: %+v", len(events), events)
	}
	a := events[0].Article
	body := a.Body.Content
	for _, want := range []string{"First page.", "Second page.", "Under it"} {
		if !strings.Contains(body, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	for _, none := range []string{"TEXT BEHIND A PASSWORD", "audio-article", "[lector]", "[caption", "wp:paragraph"} {
		if strings.Contains(body, none) {
			t.Errorf("the text has %q: %s", none, body)
		}
	}
	if !strings.Contains(body, "the bridge</h2>") {
		t.Errorf("blocks that speak of their post are empty: %s", body)
	}
	a.Body.Content = ""
	if a.UpdatedAt.Truncate(time.Second).Before(saved) {
		t.Errorf("updated at %s, saved at %s", a.UpdatedAt, saved)
	}
	want := lector.Article{
		Site: testSite, ID: a.ID, URL: n.URL + "/bridge/", Title: "Rock & roll — the bridge", Subtitle: "What one should know", Authors: []string{"Ada Chief"},
		Section: "City & Harbour", Tags: []string{"rivers"}, Language: "en-US", PublishedAt: time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC), UpdatedAt: a.UpdatedAt,
		Visibility: lector.Public, Body: lector.Body{ContentType: lector.HTML}, Image: n.URL + "/wp-content/uploads/2026/11/p.jpg",
	}
	if got, want := marshal(t, a), marshal(t, want); got != want {
		t.Errorf("the article is\n%s\nnot\n%s", got, want)
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestPluginRestoresWhatItFound renders at the end of a request that still goes on
// for others: who is signed in, the post in the loop and its pages stay.
func TestPluginRestoresWhatItFound(t *testing.T) {
	t.Parallel()
	n := openNewsroom(t, newReceiver(t).URL, nil)
	got := n.php(0, `$a = get_post( wp_insert_post( array( 'post_title' => 'A', 'post_content' => 'a<!--nextpage-->b', 'post_status' => 'publish' ) ) );
$b = get_post( wp_insert_post( array( 'post_title' => 'B', 'post_content' => 'c', 'post_status' => 'publish' ) ) );
$GLOBALS['post'] = $a; setup_postdata( $a ); $before = array( $GLOBALS['pages'], $GLOBALS['numpages'], $GLOBALS['id'] );
add_filter( 'the_content', function ( $html ) { return $html . 'reader ' . get_current_user_id(); } );
$article = Lector\article( $b );
echo get_the_title(), get_current_user_id(), (int) ( $before === array( $GLOBALS['pages'], $GLOBALS['numpages'], $GLOBALS['id'] ) ), strip_tags( $article['body']['content'] );`)
	if strings.Join(strings.Fields(got), " ") != "A11c reader 0" {
		t.Errorf("%q", got)
	}
}

var audioElement = regexp.MustCompile(`<audio-article manifest="([^"]*)" headline="([^"]*)"`)

// TestPlayerOnItsOwnPageOnly looks for the player wherever WordPress shows a text.
func TestPlayerOnItsOwnPageOnly(t *testing.T) {
	t.Parallel()
	n := openNewsroom(t, "https://audio.example", map[string]string{"LECTOR_INSERT": "'new'", "LECTOR_HOOKS_URL": "'" + newReceiver(t).URL + "'"})
	inserted := n.rest(http.MethodPost, "/posts", fields{"title": `"Quotes" & <i>more</i>`, "content": "<p>Text.</p>", "status": "publish", "slug": "inserted"})
	n.rest(http.MethodPost, "/posts", fields{"title": "Block", "content": "<p>Text.</p><!-- wp:lector/player /-->", "status": "publish", "slug": "block"})
	n.rest(http.MethodPost, "/posts", fields{"title": "Shortcode", "content": "<p>Text.</p>[lector]", "status": "publish", "slug": "shortcode"})
	locked := n.rest(http.MethodPost, "/posts", fields{"title": "Locked", "content": "<p>Text.</p>[lector]", "status": "publish", "slug": "locked", "password": "open sesame"})
	n.rest(http.MethodPost, "/pages", fields{"title": "Page", "content": "<p>Text.</p>", "status": "publish", "slug": "page"})
	n.php(0, `remove_all_actions( 'wp_after_insert_post' ); wp_insert_post( array( 'post_title' => 'Old', 'post_name' => 'old', 'post_content' => 'Text.', 'post_status' => 'publish' ) );`)
	for path, want := range map[string]int{
		"/inserted/": 1, "/block/": 1, "/shortcode/": 1, "/locked/": 0, "/page/": 0, "/old/": 0,
		"/": 0, "/?s=Text": 0, "/feed/": 0, "/author/chief/": 0, "/inserted/feed/": 0,
		"/wp-json/wp/v2/posts": 0, fmt.Sprintf("/wp-json/wp/v2/posts/%d", locked): 0,
	} {
		html := n.read(path)
		if got := len(audioElement.FindAllString(html, -1)); got != want {
			t.Errorf("%s has %d players, not %d", path, got, want)
		}
		if got := strings.Count(html, `<script type="module" src='https://audio.example/player.js?lang=en'`); got != want {
			t.Errorf("%s has %d scripts, not %d", path, got, want)
		}
	}
	nonce := n.nonce(fmt.Sprintf("post_preview_%d", inserted))
	preview := n.do(n.browser, http.MethodGet, fmt.Sprintf("/inserted/?preview_id=%d&preview_nonce=%s&preview=true", inserted, nonce), "", nil, http.StatusOK)
	if audioElement.Match(preview) {
		t.Error("a preview has a player")
	}
	got := audioElement.FindStringSubmatch(n.read("/inserted/"))
	want := "https://audio.example/a/havana/" + lector.Key(testSite, fmt.Sprint(inserted)) + "/manifest.json"
	if len(got) != 3 || got[1] != want || got[2] != "&#8220;Quotes&#8221; &amp; more" && got[2] != "“Quotes” &amp; more" {
		t.Errorf("the player is %q, want %s", got, want)
	}
}

// read is a page as somebody without a login sees it.
func (n *newsroom) read(path string) string {
	n.t.Helper()
	request, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, n.URL+path, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	return n.body(request)
}
