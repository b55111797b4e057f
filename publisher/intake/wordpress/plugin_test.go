package wordpress_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"lector"
)

// The events that Lector makes of the plugin's messages.
const (
	published   = lector.Published
	updated     = lector.Updated
	unpublished = lector.Unpublished
	deleted     = lector.Deleted
	scheduled   = lector.Scheduled
	nothing     = lector.EventType("")
)

// change is one row: in one way, from a post in one state.
type change struct {
	by, what string
	from     string // the post's status before; "" is no post
	do       func(n *newsroom, id int)
	want     lector.EventType
}

var far = time.Date(2099, 5, 17, 9, 30, 0, 0, time.UTC)

// farForm is far as a form has it.
var farForm = url.Values{"aa": {"2099"}, "mm": {"05"}, "jj": {"17"}, "hh": {"09"}, "mn": {"30"}, "ss": {"00"}, "edit_date": {"1"}}

func with(f url.Values, pairs ...string) url.Values {
	all := url.Values{}
	for name, values := range f {
		all[name] = values
	}
	for i := 0; i < len(pairs); i += 2 {
		all.Set(pairs[i], pairs[i+1])
	}
	return all
}

func restPost(f fields) func(*newsroom, int) {
	return func(n *newsroom, id int) { n.t.Helper(); n.rest(http.MethodPost, fmt.Sprintf("/posts/%d", id), f) }
}

func restDelete(query string) func(*newsroom, int) {
	return func(n *newsroom, id int) {
		n.t.Helper()
		n.rest(http.MethodDelete, fmt.Sprintf("/posts/%d%s", id, query), nil)
	}
}

func classic(pairs ...string) func(*newsroom, int) {
	return func(n *newsroom, id int) { n.t.Helper(); n.classic(id, with(nil, pairs...)) }
}

// link is a link of the dashboard with its own nonce.
func link(action, nonce string) func(*newsroom, int) {
	return func(n *newsroom, id int) {
		n.t.Helper()
		n.open("/wp-admin/post.php", url.Values{"action": {action}, "post": {strconv.Itoa(id)}, "_wpnonce": {n.nonce(fmt.Sprintf(nonce, id))}})
	}
}

func quick(pairs ...string) func(*newsroom, int) {
	return func(n *newsroom, id int) { n.t.Helper(); n.quick(id, with(nil, pairs...)) }
}

func bulkEdit(pairs ...string) func(*newsroom, int) {
	return func(n *newsroom, id int) { n.t.Helper(); n.bulkEdit(with(nil, pairs...), id) }
}

func bulk(action string) func(*newsroom, int) {
	return func(n *newsroom, id int) { n.t.Helper(); n.bulk(action, nil, id) }
}

func wpEdit(f fields) func(*newsroom, int) {
	return func(n *newsroom, id int) { n.t.Helper(); n.wp("editPost", id, f) }
}

func wpDelete(n *newsroom, id int) { n.t.Helper(); n.wp("deletePost", id) }

func php(program string) func(*newsroom, int) {
	return func(n *newsroom, id int) { n.t.Helper(); n.php(id, program) }
}

// dueNow makes a scheduled post due, as if its time had come.
const dueNow = `global $wpdb;
$past = array( 'post_date' => '2026-01-05 07:00:00', 'post_date_gmt' => '2026-01-05 12:00:00' );
$wpdb->update( $wpdb->posts, $past, array( 'ID' => $id ) ); clean_post_cache( $id );
wp_clear_scheduled_hook( 'publish_future_post', array( $id ) ); wp_schedule_single_event( time() - 5, 'publish_future_post', array( $id ) );`

// changes are every way times every change that it can make.
func changes() []change {
	return []change{
		{"REST", "publish", "", func(n *newsroom, _ int) { n.rest(http.MethodPost, "/posts", n.fresh("publish")) }, published},
		{"REST", "publish a draft", "draft", restPost(fields{"status": "publish"}), published},
		{"REST", "edit", "publish", restPost(fields{"content": "<p>It closed at one.</p>"}), updated},
		{"REST", "unpublish", "publish", restPost(fields{"status": "draft"}), unpublished},
		{"REST", "trash", "publish", restDelete(""), unpublished},
		{"REST", "delete", "publish", restDelete("?force=true"), deleted},
		{"REST", "schedule", "", func(n *newsroom, _ int) {
			f := n.fresh("future")
			f["date_gmt"] = far.Format("2006-01-02T15:04:05")
			n.rest(http.MethodPost, "/posts", f)
		}, scheduled},
		{"REST", "password", "publish", restPost(fields{"password": "open sesame"}), unpublished},
		{"REST", "visibility", "publish", restPost(fields{"status": "private"}), unpublished},

		{"classic form", "publish", "draft", classic("publish", "Publish", "original_post_status", "draft"), published},
		{"classic form", "edit", "publish", classic("content", "<p>It closed at one.</p>", "save", "Update"), updated},
		{"classic form", "unpublish", "publish", classic("post_status", "draft"), unpublished},
		{"classic form", "trash", "publish", link("trash", "trash-post_%d"), unpublished},
		{"classic form", "delete", "trash", link("delete", "delete-post_%d"), deleted},
		{"classic form", "schedule", "draft", func(n *newsroom, id int) {
			n.t.Helper()
			n.classic(id, with(farForm, "publish", "Schedule", "original_post_status", "draft"))
		}, scheduled},
		{"classic form", "password", "publish", classic("visibility", "password", "post_password", "open sesame"), unpublished},
		{"classic form", "visibility", "publish", classic("visibility", "private"), unpublished},

		{"quick edit", "publish", "draft", quick(), published},
		{"quick edit", "edit", "publish", quick("post_title", "The bridge is closed"), updated},
		{"quick edit", "unpublish", "publish", quick("_status", "draft"), unpublished},
		{"quick edit", "schedule", "draft", func(n *newsroom, id int) { n.t.Helper(); n.quick(id, with(farForm, "_status", "future")) }, scheduled},
		{"quick edit", "password", "publish", quick("post_password", "open sesame"), unpublished},
		{"quick edit", "visibility", "publish", quick("keep_private", "private"), unpublished},

		{"bulk edit", "publish", "draft", bulkEdit("_status", "publish"), published},
		{"bulk edit", "edit", "publish", bulkEdit("tax_input[post_tag]", "river"), updated},
		{"bulk edit", "unpublish", "publish", bulkEdit("_status", "draft"), unpublished},
		{"bulk edit", "trash", "publish", bulk("trash"), unpublished},
		{"bulk edit", "delete", "trash", bulk("delete"), deleted},
		{"bulk edit", "visibility", "publish", bulkEdit("_status", "private"), unpublished},

		{"XML-RPC", "publish", "", func(n *newsroom, _ int) {
			n.t.Helper()
			n.wp("newPost", fields{"post_status": "publish", "post_title": "By wire", "post_content": "<p>The bridge opened.</p>"})
		}, published},
		{"XML-RPC", "edit", "publish", wpEdit(fields{"post_content": "<p>It closed at one.</p>"}), updated},
		{"XML-RPC", "unpublish", "publish", wpEdit(fields{"post_status": "draft"}), unpublished},
		{"XML-RPC", "trash", "publish", wpDelete, unpublished},
		{"XML-RPC", "delete", "trash", wpDelete, deleted},
		{"XML-RPC", "schedule", "", func(n *newsroom, _ int) {
			n.t.Helper()
			n.wp("newPost", fields{"post_status": "publish", "post_title": "By wire", "post_content": "<p>Later.</p>", "post_date_gmt": far})
		}, scheduled},
		{"XML-RPC", "password", "publish", wpEdit(fields{"post_password": "open sesame"}), unpublished},
		{"XML-RPC", "visibility", "publish", wpEdit(fields{"post_status": "private"}), unpublished},

		{"cron", "publish", "future", func(n *newsroom, id int) { n.t.Helper(); n.php(id, dueNow); n.cron() }, published},
		{"cron", "delete", "trash", func(n *newsroom, id int) {
			n.t.Helper()
			n.php(id, `update_post_meta( $id, '_wp_trash_meta_time', time() - 31 * DAY_IN_SECONDS ); wp_clear_scheduled_hook( 'wp_scheduled_delete' ); wp_schedule_single_event( time() - 5, 'wp_scheduled_delete' );`)
			n.cron()
		}, deleted},

		{"PHP", "publish", "", php(`wp_insert_post( array( 'post_title' => 'By PHP', 'post_content' => '<p>The bridge opened.</p>', 'post_status' => 'publish' ) );`), published},
		{"PHP", "edit", "publish", php(`wp_update_post( array( 'ID' => $id, 'post_content' => '<p>It closed at one.</p>' ) );`), updated},
		{"PHP", "unpublish", "publish", php(`wp_update_post( array( 'ID' => $id, 'post_status' => 'pending' ) );`), unpublished},
		{"PHP", "trash", "publish", php(`wp_trash_post( $id );`), unpublished},
		{"PHP", "delete", "publish", php(`wp_delete_post( $id, true );`), deleted},
		{"PHP", "schedule", "", php(`wp_insert_post( array( 'post_title' => 'By PHP', 'post_content' => '<p>Later.</p>', 'post_status' => 'future', 'post_date_gmt' => '2099-05-17 09:30:00', 'post_date' => '2099-05-17 05:30:00' ) );`), scheduled},
		{"PHP", "password", "publish", php(`wp_update_post( array( 'ID' => $id, 'post_password' => 'open sesame' ) );`), unpublished},
		{"PHP", "visibility", "publish", php(`wp_update_post( array( 'ID' => $id, 'post_status' => 'private' ) );`), unpublished},
	}
}

// quiet are changes of what nobody may read, which are told to nobody, and the
// ways back to the public.
func quiet() []change {
	return []change{
		{"REST", "a draft", "", func(n *newsroom, _ int) { n.rest(http.MethodPost, "/posts", n.fresh("draft")) }, nothing},
		{"REST", "edit a draft", "draft", restPost(fields{"title": "Not yet"}), nothing},
		{"REST", "trash a draft", "draft", restDelete(""), nothing},
		{"REST", "delete a draft", "draft", restDelete("?force=true"), nothing},
		{"REST", "a page", "", func(n *newsroom, _ int) { n.rest(http.MethodPost, "/pages", n.fresh("publish")) }, nothing},
		{"REST", "autosave", "publish", func(n *newsroom, id int) {
			n.t.Helper()
			n.rest(http.MethodPost, fmt.Sprintf("/posts/%d/autosaves", id), fields{"title": "half typed", "content": "half ty"})
		}, nothing},
		{"REST", "publish with a password", "", func(n *newsroom, _ int) {
			f := n.fresh("publish")
			f["password"] = "open sesame"
			n.rest(http.MethodPost, "/posts", f)
		}, nothing},
		{"REST", "edit with a password", "password", restPost(fields{"content": "<p>Secret.</p>"}), nothing},
		{"REST", "take the password away", "password", restPost(fields{"password": ""}), published},
		{"REST", "private to public", "private", restPost(fields{"status": "publish"}), published},
		{"REST", "a public post to a later date", "publish", restPost(fields{"status": "future", "date_gmt": "2099-05-17T09:30:00"}), unpublished},
		{"REST", "edit a scheduled post", "future", restPost(fields{"content": "<p>Otherwise.</p>"}), scheduled},
		{"REST", "unschedule", "future", restPost(fields{"status": "draft"}), unpublished},
		{"REST", "a scheduled post now", "future", restPost(fields{"status": "publish", "date_gmt": "2026-01-05T12:00:00"}), published},
		{"REST", "save without a change", "publish", restPost(fields{}), updated},
		{"PHP", "restore from the trash", "trash", php(`wp_untrash_post( $id );`), nothing},
		{"PHP", "publish and delete in one request", "", php(`$n = wp_insert_post( array( 'post_title' => 'x', 'post_content' => 'y', 'post_status' => 'publish' ) ); wp_delete_post( $n, true );`), nothing},
		{"PHP", "save thrice in one request", "publish", php(`foreach ( array( 'a', 'b', 'c' ) as $t ) { wp_update_post( array( 'ID' => $id, 'post_content' => $t ) ); }`), updated},
		{"PHP", "a comment", "publish", php(`wp_insert_comment( array( 'comment_post_ID' => $id, 'comment_content' => 'Well.' ) );`), nothing},
		{"PHP", "restore a revision", "publish", php(`wp_update_post( array( 'ID' => $id, 'post_content' => 'other' ) ); $r = wp_get_post_revisions( $id ); wp_restore_post_revision( end( $r ) );`), updated},
		{"classic form", "meta boxes after a save", "publish", func(n *newsroom, id int) {
			n.t.Helper()
			n.form("/wp-admin/post.php?post="+strconv.Itoa(id)+"&action=edit&meta-box-loader=1&meta-box-loader-nonce="+n.nonce("meta-box-loader"),
				url.Values{"action": {"editpost"}, "post_ID": {strconv.Itoa(id)}, "post_type": {"post"}, "_wpnonce": {n.nonce(fmt.Sprintf("update-post_%d", id))}}, http.StatusFound)
		}, updated},
		{"XML-RPC", "metaWeblog", "publish", func(n *newsroom, id int) {
			n.t.Helper()
			n.xmlrpc("metaWeblog.editPost", strconv.Itoa(id), "chief", n.AppPassword, fields{"title": "By an old program", "description": "<p>It closed.</p>"}, true)
		}, updated},
	}
}

// prepare makes a post in the state that a row begins with.
func (n *newsroom) prepare(from string) int {
	n.t.Helper()
	switch from {
	case "":
		return 0
	case "trash":
		id := n.rest(http.MethodPost, "/posts", n.fresh("publish"))
		n.rest(http.MethodDelete, fmt.Sprintf("/posts/%d", id), nil)
		return id
	case "password":
		f := n.fresh("publish")
		f["password"] = "open sesame"
		return n.rest(http.MethodPost, "/posts", f)
	case "future":
		f := n.fresh("future")
		f["date_gmt"] = far.Format("2006-01-02T15:04:05")
		return n.rest(http.MethodPost, "/posts", f)
	}
	return n.rest(http.MethodPost, "/posts", n.fresh(from))
}

// TestPluginInEveryWay changes posts in every way of a real WordPress, and
// prints a row of each change: what came of it at Lector's own.
func TestPluginInEveryWay(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	n := openNewsroom(t, r.URL, nil)
	var table strings.Builder
	for _, c := range append(changes(), quiet()...) {
		id := n.prepare(c.from)
		r.take()
		c.do(n, id)
		events := r.take()
		var types []string
		for _, e := range events {
			types = append(types, string(e.Type))
			if id != 0 && e.Article.ID != strconv.Itoa(id) {
				t.Errorf("%s, %s: of post %s, not %d", c.by, c.what, e.Article.ID, id)
			}
			checkEvent(t, c, e)
		}
		got := strings.Join(types, " ")
		fmt.Fprintf(&table, "| %-12s | %-33s | %-8s | %-29s |\n", c.by, c.what, c.from, got)
		if got != string(c.want) {
			t.Errorf("%s, %s, from %q: %q, want %q", c.by, c.what, c.from, got, c.want)
		}
	}
	t.Logf("what the plugin told, by way and change:\n%s", table.String())
	if log := n.Log(t); strings.Contains(log, "lector.php") {
		t.Errorf("WordPress complains: %s", log)
	}
}

// checkEvent looks for what no event may lack, and none may have.
func checkEvent(t *testing.T, c change, e lector.ArticleEvent) {
	t.Helper()
	a, public := e.Article, e.Type == published || e.Type == updated || e.Type == scheduled
	if got := a.Body.Content != ""; got != public {
		t.Errorf("%s, %s: %s with text: %v", c.by, c.what, e.Type, got)
	}
	if a.UpdatedAt.IsZero() || a.Site != testSite {
		t.Errorf("%s, %s: %+v", c.by, c.what, a)
	}
	if e.Type != scheduled && strings.Contains(a.URL, "?p=") {
		t.Errorf("%s, %s: address %s", c.by, c.what, a.URL)
	}
}
