package wordpress_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"lector"
	"lector/publisher/intake/reconcile"
	"lector/publisher/intake/wordpress"
)

var audio = lector.Links{
	Manifest: "https://audio.example/a/havana/k/manifest.json", Embed: "https://audio.example/embed/havana/1", MP3: "https://audio.example/a/havana/k/1.mp3",
}

// state is a post's text, date of change, and audio, as anybody sees them.
func (n *newsroom) state(id int) string {
	n.t.Helper()
	var post map[string]json.RawMessage
	answer := n.do(&http.Client{}, http.MethodGet, fmt.Sprintf("/wp-json/wp/v2/posts/%d?context=edit", id), "", nil, http.StatusOK)
	if err := json.Unmarshal(answer, &post); err != nil {
		n.t.Fatal(err)
	}
	return fmt.Sprintf("%s %s", post["modified_gmt"], post["lector_audio"])
}

// TestPluginKeepsTheAudio writes to a real WordPress the addresses of the audio of its
// posts. Nobody is told of it, and no date of change moves.
func TestPluginKeepsTheAudio(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	n := openNewsroom(t, r.URL, nil)
	s := sourceOf(n)
	id := n.prepare("publish")
	n.php(id, `global $wpdb; $wpdb->update( $wpdb->posts, array( 'post_modified_gmt' => '2026-01-05 12:00:00' ), array( 'ID' => $id ) ); clean_post_cache( $id );`)
	r.take()
	newer := audio
	newer.MP3 = "https://audio.example/a/havana/k/2.mp3"
	const saved = `"2026-01-05T12:00:00" `
	var table strings.Builder
	for _, c := range []struct {
		what    string
		links   lector.Links
		written bool
		want    string
	}{
		{"audio", audio, true, `{"manifest":"https:\/\/audio.example\/a\/havana\/k\/manifest.json","embed":"https:\/\/audio.example\/embed\/havana\/1","mp3":"https:\/\/audio.example\/a\/havana\/k\/1.mp3"}`},
		{"the same again", audio, false, `{"manifest":"https:\/\/audio.example\/a\/havana\/k\/manifest.json","embed":"https:\/\/audio.example\/embed\/havana\/1","mp3":"https:\/\/audio.example\/a\/havana\/k\/1.mp3"}`},
		{"another rendition", newer, true, `{"manifest":"https:\/\/audio.example\/a\/havana\/k\/manifest.json","embed":"https:\/\/audio.example\/embed\/havana\/1","mp3":"https:\/\/audio.example\/a\/havana\/k\/2.mp3"}`},
		{"none", lector.Links{}, true, `null`},
		{"none again", lector.Links{}, false, `null`},
	} {
		written, err := s.SetAudio(t.Context(), strconv.Itoa(id), c.links)
		told, got := len(r.take()), n.state(id)
		if err != nil || written != c.written || told > 0 || got != saved+c.want {
			t.Errorf("%s: %v, %v, %d messages, %s", c.what, written, err, told, got)
		}
		fmt.Fprintf(&table, "| %-17s | %-7t | %d | %t |\n", c.what, written, told, strings.HasPrefix(got, saved))
	}
	t.Logf("what is written back | written | messages | its date stays:\n%s", table.String())
}

// What is not public has no audio for anybody, and the block editor does not wipe what the
// plugin keeps.
func TestPluginAudioInOtherStates(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	n := openNewsroom(t, r.URL, nil)
	s := sourceOf(n)
	for _, from := range []string{"draft", "future", "private", "password", "trash"} {
		id := n.prepare(from)
		if written, err := s.SetAudio(t.Context(), strconv.Itoa(id), audio); written || err != nil {
			t.Errorf("%s: %v, %v", from, written, err)
		}
	}
	id := n.prepare("publish")
	article := strconv.Itoa(id)
	if written, err := s.SetAudio(t.Context(), article, audio); !written || err != nil {
		t.Errorf("%v, %v", written, err)
	}
	n.rest(http.MethodPost, "/posts/"+article, fields{"title": "Another", "lector_audio": nil})
	if got := n.php(id, `echo Lector\audio_of( $id )['mp3'];`); got != audio.MP3 {
		t.Errorf("a theme has %q after an edit", got)
	}
	n.rest(http.MethodPost, "/posts/"+article, fields{"status": "draft"})
	if got := n.php(id, `echo wp_json_encode( Lector\audio_of( $id ) );`); got != "null" {
		t.Errorf("of a draft a theme has %q", got)
	}
	if written, err := s.SetAudio(t.Context(), article, lector.Links{}); !written || err != nil {
		t.Errorf("of a draft it is not removed: %v, %v", written, err)
	}
	n.rest(http.MethodDelete, "/posts/"+article+"?force=true", nil)
	if _, err := s.SetAudio(t.Context(), article, audio); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("of a deleted post: %v", err)
	}
	if err := s.Exists(t.Context(), reconcile.Item{ID: article}); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("it exists: %v", err)
	}
	if log := n.Log(t); strings.Contains(log, "lector.php") {
		t.Errorf("WordPress complains: %s", log)
	}
}

// Who may not edit a post may not write its audio, and is not taken for one who asks for a
// post that is not there.
func TestPluginAudioByOthers(t *testing.T) {
	t.Parallel()
	n := openNewsroom(t, newReceiver(t).URL, nil)
	id := n.prepare("publish")
	author := *sourceOf(n)
	author.User = "author"
	author.Password = n.php(0, `$a = wp_insert_user( array( 'user_login' => 'author', 'user_pass' => wp_generate_password(), 'role' => 'author' ) );
echo WP_Application_Passwords::create_new_application_password( $a, array( 'name' => 'x' ) )[0];`)
	wrong := *sourceOf(n)
	wrong.Password = "wrong"
	for who, s := range map[string]*wordpress.Source{"an author": &author, "a wrong password": &wrong} {
		if err := s.CheckWrite(t.Context()); err == nil || lector.HintOf(err) == "" {
			t.Errorf("%s: it may write: %v", who, err)
		}
		for _, article := range []string{strconv.Itoa(id), "99999"} {
			written, err := s.SetAudio(t.Context(), article, audio)
			if gone := who == "an author" && article == "99999"; written || err == nil || errors.Is(err, lector.ErrNotFound) != gone || !gone && lector.HintOf(err) == "" {
				t.Errorf("%s, post %s: %v, %v", who, article, written, err)
			}
		}
	}
	if err := sourceOf(n).CheckWrite(t.Context()); err != nil {
		t.Errorf("an administrator: %v", err)
	}
	if got := n.php(id, `echo wp_json_encode( Lector\audio_of( $id ) );`); got != "null" {
		t.Errorf("written: %s", got)
	}
	n.php(0, `unlink( WPMU_PLUGIN_DIR . '/lector.php' );`)
	if err := sourceOf(n).CheckWrite(t.Context()); err == nil || !strings.Contains(lector.HintOf(err), "-plugin") {
		t.Errorf("without the plugin: %v", err)
	}
}

// TestAudioAnswers: what is not the plugin's answer is no success.
func TestAudioAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status     int
		body, want string
		hint       bool
	}{
		"written":        {200, `{"written":true}`, "", false},
		"a page":         {200, `<html></html>`, "not the plugin's", false},
		"something else": {200, `{}`, "not the plugin's", false},
		"no plugin":      {404, `{"code":"rest_no_route"}`, "rest_no_route", true},
		"no right":       {403, `{"code":"lector_may_not_write"}`, "lector_may_not_write", true},
		"broken":         {500, `{"code":"lector_not_written"}`, "lector_not_written", false},
		"redirected":     {301, ``, "redirected", true},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				fmt.Fprint(w, `{"written":true}`)
				return
			}
			w.Header().Set("Location", "/")
			w.WriteHeader(c.status)
			fmt.Fprint(w, c.body)
		}))
		s := &wordpress.Source{Web: server.Client(), URL: server.URL, User: "ada", Password: "x"}
		written, err := s.SetAudio(t.Context(), "1", audio)
		server.Close()
		if written != (c.want == "") || (err == nil) != written || err != nil && !strings.Contains(err.Error(), c.want) || (lector.HintOf(err) != "") != c.hint {
			t.Errorf("%s: %v, %v, hint %q", name, written, err, lector.HintOf(err))
		}
	}
}
