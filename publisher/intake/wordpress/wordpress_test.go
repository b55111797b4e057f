package wordpress_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/publisher/intake/reconcile"
	"lector/publisher/intake/wordpress"
	"lector/publisher/intake/wordpress/wordpresstest"
)

func sourceOf(n *newsroom) *wordpress.Source {
	return &wordpress.Source{Web: &http.Client{}, URL: n.URL, User: wordpresstest.User, Password: n.AppPassword}
}

// everything lists all posts, by id.
func everything(t *testing.T, s *wordpress.Source) map[string]reconcile.Item {
	t.Helper()
	all := map[string]reconcile.Item{}
	for place := ""; ; {
		items, next, err := s.List(t.Context(), place)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			if _, again := all[i.ID]; again {
				t.Errorf("post %s is listed twice", i.ID)
			}
			all[i.ID] = i
		}
		if place = next; place == "" {
			return all
		}
	}
}

// since lists what has changed since a mark, by id.
func since(t *testing.T, s *wordpress.Source, mark string) map[string]reconcile.Item {
	t.Helper()
	items, next, err := s.Changed(t.Context(), mark)
	if err != nil || next < mark {
		t.Fatalf("since %s: %q, %v", mark, next, err)
	}
	all := map[string]reconcile.Item{}
	for _, i := range items {
		all[i.ID] = i
	}
	return all
}

// TestSourceOfARealSite reads a real WordPress of 230 posts in all states.
func TestSourceOfARealSite(t *testing.T) {
	t.Parallel()
	n := openNewsroom(t, newReceiver(t).URL, map[string]string{"LECTOR_SITE": "''"})
	n.php(0, `for ( $i = 0; $i < 225; $i++ ) {
	wp_insert_post( array( 'post_title' => "Post $i", 'post_content' => '<p>Text.</p>', 'post_status' => 'publish', 'post_date_gmt' => '2026-01-05 12:00:00', 'post_date' => '2026-01-05 07:00:00' ) );
}
global $wpdb; $wpdb->query( "UPDATE $wpdb->posts SET post_modified = '2026-01-05 07:00:00', post_modified_gmt = '2026-01-05 12:00:00'" );`)
	s := sourceOf(n)
	none, mark, err := s.Changed(t.Context(), "")
	if err != nil || len(none) > 0 {
		t.Fatalf("%d at the first mark, %v", len(none), err)
	}
	locked, private := n.prepare("password"), n.prepare("private")
	draft, future := n.prepare("draft"), n.prepare("future")
	edited := n.prepare("publish")
	trashed := n.prepare("trash")
	byCron := n.prepare("future")
	n.php(byCron, `global $wpdb; $soon = array( 'post_date' => current_time( 'mysql' ), 'post_date_gmt' => current_time( 'mysql', 1 ), 'post_modified' => '2026-01-05 07:00:00', 'post_modified_gmt' => '2026-01-05 12:00:00' );
$wpdb->update( $wpdb->posts, $soon, array( 'ID' => $id ) ); clean_post_cache( $id ); wp_publish_post( $id );`)

	all := everything(t, s)
	if len(all) != 225+3 {
		t.Errorf("%d posts are listed, not 228", len(all))
	}
	got := since(t, s, mark)
	for id, want := range map[int]lector.Visibility{
		locked: "password", private: "private", draft: "draft", trashed: "trash", edited: lector.Public, byCron: lector.Public,
	} {
		i, found := got[strconv.Itoa(id)]
		if !found || i.Visibility != want {
			t.Errorf("post %d is %q (listed: %v), want %q", id, i.Visibility, found, want)
		}
		if listed := all[strconv.Itoa(id)]; want == lector.Public && (listed.Visibility != want || listed.URL == "" || listed.Title == "") {
			t.Errorf("post %d in the list of all: %+v", id, listed)
		}
		exists := want == lector.Public || want == "password"
		if err := s.Exists(t.Context(), i); (err == nil) != exists || !exists && !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("post %d: %v", id, err)
		}
	}
	if _, found := got[strconv.Itoa(future)]; found || len(got) != 6 {
		t.Errorf("%d have changed, not 6; the scheduled one among them: %v", len(got), found)
	}
	if i := got[strconv.Itoa(byCron)]; i.UpdatedAt.IsZero() || !i.UpdatedAt.Equal(i.PublishedAt) {
		t.Errorf("what cron published at %s is of %s", i.PublishedAt, i.UpdatedAt)
	}
	anonymous := *s
	anonymous.User = ""
	if got := since(t, &anonymous, mark); len(got) != 3 {
		t.Errorf("without a login %d have changed, not 3", len(got))
	}
	wrong := *s
	wrong.Password = "wrong"
	if _, _, err := wrong.Changed(t.Context(), mark); err == nil || lector.HintOf(err) == "" {
		t.Errorf("a wrong password: %v", err)
	}
	if err := s.Exists(t.Context(), reconcile.Item{ID: "99999"}); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("a post that never was: %v", err)
	}
}

// TestSourceAndPluginAgree compares the article that the plugin sends with the one
// that is read, of a post with all that there can be.
func TestSourceAndPluginAgree(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	n := openNewsroom(t, r.URL, nil)
	id, _ := strconv.Atoi(n.php(0, `$picture = wp_insert_attachment( array( 'post_mime_type' => 'image/jpeg', 'post_title' => 'p', 'post_status' => 'inherit' ), '2026/11/p.jpg' );
wp_insert_term( 'City & Harbour', 'category', array( 'slug' => 'city' ) );
echo wp_insert_post( array( 'post_title' => 'Rock &amp; <em>roll</em> &#8212; 1 < 2', 'post_content' => 'One.<!--nextpage-->Two "quoted".', 'post_status' => 'publish',
	'post_category' => array( get_cat_ID( 'City &amp; Harbour' ) ), 'tags_input' => array( 'rivers', 'a & b' ), 'meta_input' => array( '_thumbnail_id' => $picture ) ) );`))
	events := r.take()
	if len(events) != 1 {
		t.Fatalf("%d events", len(events))
	}
	sent := events[0].Article
	read, err := sourceOf(n).Article(t.Context(), reconcile.Item{ID: strconv.Itoa(id)})
	if err != nil {
		t.Fatal(err)
	}
	if read.UpdatedAt.After(sent.UpdatedAt) {
		t.Errorf("read as of %s, sent as of %s: it would be taken for a later state", read.UpdatedAt, sent.UpdatedAt)
	}
	read.Site, read.Language, read.UpdatedAt = sent.Site, sent.Language, sent.UpdatedAt // which the API does not tell
	if got, want := marshal(t, read), marshal(t, sent); got != want {
		t.Errorf("read:\n%s\nsent:\n%s", got, want)
	}
	locked := n.prepare("password")
	article, err := sourceOf(n).Article(t.Context(), reconcile.Item{ID: strconv.Itoa(locked)})
	if err != nil || article.Visibility == lector.Public || strings.Contains(article.Body.Content, "noon") {
		t.Errorf("behind a password: %+v, %v", article, err)
	}
}

// TestSourceThatIsBroken: what is no answer of the API says nothing of a post.
func TestSourceThatIsBroken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what   string
		status int
		body   string
		gone   bool
	}{
		{"deleted", 404, `{"code":"rest_post_invalid_id"}`, true},
		{"withdrawn", 401, `{"code":"rest_forbidden"}`, true},
		{"the API is closed", 401, `{"code":"rest_not_logged_in"}`, false},
		{"the API is closed otherwise", 403, `{"code":"rest_disabled"}`, false},
		{"no WordPress", 404, `<html>Not Found</html>`, false},
		{"no such type", 404, `{"code":"rest_no_route"}`, false},
		{"a firewall", 401, `<html>Who are you?</html>`, false},
		{"maintenance", 503, `<html>Briefly unavailable</html>`, false},
		{"too often", 429, `{"code":"rate_limited"}`, false},
		{"a page instead", 200, `<html>Welcome</html>`, false},
		{"a fault of PHP in front", 200, `Notice: undefined index {"id":1}`, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "240")
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			}))
			defer server.Close()
			s := &wordpress.Source{Web: server.Client(), URL: server.URL, Types: []string{"posts", "pages"}}
			err := s.Exists(t.Context(), reconcile.Item{ID: "1"})
			if err == nil || errors.Is(err, lector.ErrNotFound) != c.gone {
				t.Errorf("%v", err)
			}
			_, _, err = s.List(t.Context(), "")
			if err == nil {
				t.Error("the list is no error")
			}
			if after, throttled := lector.IsThrottled(err); throttled != (c.status == 429 || c.status == 503) || throttled && after != 4*time.Minute {
				t.Errorf("left alone for %v: %v", after, err)
			}
		})
	}
}
