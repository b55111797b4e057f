package wordpress_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"lector/publisher/intake/wordpress/wordpresstest"
)

// newsroom is a WordPress with its doors: each lets an editor change posts.
type newsroom struct {
	*wordpresstest.Site
	t       *testing.T
	browser *http.Client
	number  int
}

func openNewsroom(t *testing.T, receiver string, constants map[string]string) *newsroom {
	t.Helper()
	all := map[string]string{
		"LECTOR_URL": "'" + receiver + "'", "LECTOR_SITE": "'" + testSite + "'", "LECTOR_SECRET": "'" + testSecret + "'",
	}
	for name, value := range constants {
		all[name] = value
	}
	n := &newsroom{Site: wordpresstest.Start(t, all), t: t}
	n.browser = n.Login(t)
	return n
}

const paragraph = "<!-- wp:paragraph -->\n<p>%s</p>\n<!-- /wp:paragraph -->"

// fields are what an editor sets, by their names in the REST API.
type fields map[string]any

// fresh returns the fields of a post that was not there before.
func (n *newsroom) fresh(status string) fields {
	n.number++
	return fields{
		"title": fmt.Sprintf("Bridge %d", n.number), "content": fmt.Sprintf(paragraph, "The bridge opened at noon."), "status": status,
	}
}

// do sends a request and returns the answer's body. It has ended when WordPress has.
func (n *newsroom) do(client *http.Client, method, path, contentType string, body []byte, want int) []byte {
	n.t.Helper()
	request, err := http.NewRequestWithContext(n.t.Context(), method, n.URL+path, bytes.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	if client != n.browser {
		request.SetBasicAuth(wordpresstest.User, n.AppPassword)
	}
	response, err := client.Do(request)
	if err != nil {
		n.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	if response.StatusCode != want {
		n.t.Fatalf("%s %s: %s\n%s", method, path, response.Status, answer)
	}
	return answer
}

// rest asks the REST API, as the block editor does, and returns the post's id.
func (n *newsroom) rest(method, path string, f fields) int {
	n.t.Helper()
	body, err := json.Marshal(f)
	if err != nil {
		n.t.Fatal(err)
	}
	want := http.StatusOK
	if method == http.MethodPost && !strings.Contains(path, "/posts/") && !strings.Contains(path, "/pages/") {
		want = http.StatusCreated
	}
	var post struct{ ID int }
	answer := n.do(&http.Client{}, method, "/wp-json/wp/v2"+path, "application/json", body, want)
	if err := json.Unmarshal(answer, &post); err != nil {
		n.t.Fatalf("%v in %s", err, answer)
	}
	return post.ID
}

// nonce is the token of one form of the dashboard.
func (n *newsroom) nonce(action string) string {
	n.t.Helper()
	return string(n.do(n.browser, http.MethodGet, "/?nonce_of="+url.QueryEscape(action), "", nil, http.StatusOK))
}

// form sends a form of the dashboard.
func (n *newsroom) form(path string, f url.Values, want int) {
	n.t.Helper()
	n.do(n.browser, http.MethodPost, path, "application/x-www-form-urlencoded", []byte(f.Encode()), want)
}

// open is the dashboard's page that a link leads to.
func (n *newsroom) open(path string, query url.Values) {
	n.t.Helper()
	n.do(n.browser, http.MethodGet, path+"?"+query.Encode(), "", nil, http.StatusFound)
}

// classic sends the form of the classic editor. extra is what the change adds.
func (n *newsroom) classic(id int, extra url.Values) {
	n.t.Helper()
	f := url.Values{
		"action": {"editpost"}, "post_ID": {strconv.Itoa(id)}, "post_type": {"post"}, "user_ID": {"1"},
		"_wpnonce": {n.nonce(fmt.Sprintf("update-post_%d", id))}, "post_title": {fmt.Sprintf("Bridge of post %d", id)},
		"content": {"<p>The bridge opened at noon.</p>"}, "original_post_status": {"publish"}, "post_status": {"publish"}, "visibility": {"public"},
	}
	for name, values := range extra {
		f[name] = values
	}
	n.form("/wp-admin/post.php", f, http.StatusFound)
}

// quick sends the row of the list of posts that quick edit opens.
func (n *newsroom) quick(id int, extra url.Values) {
	n.t.Helper()
	f := url.Values{
		"action": {"inline-save"}, "post_ID": {strconv.Itoa(id)}, "post_type": {"post"}, "screen": {"edit-post"}, "post_view": {"list"},
		"_inline_edit": {n.nonce("inlineeditnonce")}, "post_title": {fmt.Sprintf("Bridge of post %d", id)}, "_status": {"publish"},
		"post_name": {""}, "post_author": {"1"}, "post_password": {""},
	}
	for name, values := range extra {
		f[name] = values
	}
	n.form("/wp-admin/admin-ajax.php", f, http.StatusOK)
}

// bulk does an action on several posts of the list.
func (n *newsroom) bulk(action string, extra url.Values, ids ...int) {
	n.t.Helper()
	f := url.Values{"action": {action}, "post_type": {"post"}, "_wpnonce": {n.nonce("bulk-posts")}}
	for _, id := range ids {
		f.Add("post[]", strconv.Itoa(id))
	}
	for name, values := range extra {
		f[name] = values
	}
	n.open("/wp-admin/edit.php", f)
}

// bulkEdit sends the form above the list; "-1" leaves a field as it is.
func (n *newsroom) bulkEdit(extra url.Values, ids ...int) {
	n.t.Helper()
	f := url.Values{
		"bulk_edit": {"Update"}, "_status": {"-1"}, "post_author": {"-1"}, "comment_status": {""}, "ping_status": {""}, "sticky": {"-1"}, "post_format": {"-1"},
	}
	for name, values := range extra {
		f[name] = values
	}
	n.bulk("edit", f, ids...)
}

// xmlrpc calls a method with the login before its further parameters, which are
// ints, strings and fields.
func (n *newsroom) xmlrpc(method string, params ...any) string {
	n.t.Helper()
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?><methodCall><methodName>" + method + "</methodName><params>")
	for _, p := range params {
		b.WriteString("<param>" + xmlrpcValue(p) + "</param>")
	}
	b.WriteString("</params></methodCall>")
	answer := string(n.do(&http.Client{}, http.MethodPost, "/xmlrpc.php", "text/xml", []byte(b.String()), http.StatusOK))
	if strings.Contains(answer, "<fault>") {
		n.t.Fatalf("%s: %s", method, answer)
	}
	return answer
}

// wp calls a method of wp.*, all of which begin with blog and login.
func (n *newsroom) wp(method string, params ...any) string {
	n.t.Helper()
	return n.xmlrpc("wp."+method, append([]any{1, wordpresstest.User, n.AppPassword}, params...)...)
}

func xmlrpcValue(v any) string {
	switch v := v.(type) {
	case int:
		return fmt.Sprintf("<value><int>%d</int></value>", v)
	case bool:
		return fmt.Sprintf("<value><boolean>%d</boolean></value>", map[bool]int{true: 1}[v])
	case time.Time:
		return "<value><dateTime.iso8601>" + v.UTC().Format("20060102T15:04:05Z") + "</dateTime.iso8601></value>"
	case fields:
		var b strings.Builder
		b.WriteString("<value><struct>")
		for name, member := range v {
			b.WriteString("<member><name>" + name + "</name>" + xmlrpcValue(member) + "</member>")
		}
		return b.String() + "</struct></value>"
	}
	var b strings.Builder
	xml.EscapeText(&b, []byte(fmt.Sprint(v)))
	return "<value><string>" + b.String() + "</string></value>"
}

// cron runs what is due, as the system's cron does by its address.
func (n *newsroom) cron() {
	n.t.Helper()
	n.do(&http.Client{}, http.MethodGet, "/wp-cron.php?doing_wp_cron", "", nil, http.StatusOK)
}

// php runs a program in a process of its own; $id is the post.
func (n *newsroom) php(id int, program string) string {
	n.t.Helper()
	return n.PHP(n.t, fmt.Sprintf("$id = %d; wp_set_current_user( 1 ); %s", id, program))
}

// body follows redirections and returns what is answered in the end.
func (n *newsroom) body(request *http.Request) string {
	n.t.Helper()
	response, err := (&http.Client{}).Do(request)
	if err != nil {
		n.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return string(answer)
}
