package ghost_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"lector"
	"lector/publisher/intake/ghost"
)

// injected is one post of a Ghost that an editor changes, too.
type injected struct {
	kind, status, foot string
	saves              int // by others, right before ours
	refusal            int // what a save is answered; 0: it is well
	version, puts      int
}

func (g *injected) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, message string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"errors":[{"message":%q}]}`, message)
	}
	switch {
	case r.URL.Path != "/ghost/api/admin/"+g.kind+"/65a/":
		refuse(http.StatusNotFound, "Resource not found error.")
		return
	case r.Method == http.MethodPut && g.refusal != 0:
		refuse(g.refusal, "No.")
		return
	case r.Method == http.MethodPut:
		g.puts++
		if g.saves > 0 {
			g.saves--
			g.version++
			g.foot += "!"
		}
		var in map[string][]map[string]any
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(in[g.kind]) != 1 || len(in[g.kind][0]) != 2 {
			refuse(http.StatusBadRequest, fmt.Sprintf("%v: %v", in, err))
			return
		}
		if in[g.kind][0]["updated_at"] != g.updated() {
			refuse(http.StatusConflict, "Saving failed! Someone else is editing this post.")
			return
		}
		g.foot, _ = in[g.kind][0]["codeinjection_foot"].(string)
		g.version++
	}
	_ = json.NewEncoder(w).Encode(map[string]any{g.kind: []any{
		map[string]any{"id": "65a", "status": g.status, "updated_at": g.updated(), "codeinjection_foot": g.foot}}})
}

func (g *injected) updated() string { return fmt.Sprintf("2026-11-28T11:59:%02d.000Z", g.version) }

func (g *injected) posts(t *testing.T) ghost.Posts {
	t.Helper()
	s := httptest.NewServer(g)
	t.Cleanup(s.Close)
	admin, err := ghost.NewAdmin(s.Client(), s.URL, strings.Repeat("a", 24)+":"+strings.Repeat("b", 64))
	if err != nil {
		t.Fatal(err)
	}
	return ghost.Posts{Admin: admin}
}

var links = lector.Links{Manifest: "https://audio.example/a/havana/k/manifest.json", Embed: "https://audio.example/embed/havana/65a", MP3: "https://audio.example/1.mp3"}

// A post shows its audio after one write, whatever is announced then, and what else
// stands in its code injection stays as it is.
func TestAudioOfAPost(t *testing.T) {
	t.Parallel()
	for _, kind := range ghost.Kinds {
		const editors = "<style>a{}</style>\r\n\t<!-- lector:end -->"
		g := &injected{kind: kind, status: "published", foot: editors}
		p := g.posts(t)
		newer := links
		newer.MP3 = "https://audio.example/2.mp3"
		for i, l := range []lector.Links{links, links, newer} {
			if written, err := p.SetAudio(t.Context(), "65a", l); err != nil || written != (i == 0) || g.puts != 1 {
				t.Errorf("%s, %d: %v, %v, %d writes", kind, i, written, err, g.puts)
			}
		}
		block, found := strings.CutPrefix(g.foot, editors)
		if !found || !strings.Contains(block, "lector:begin 65a ") || !strings.Contains(block, `"`+links.Embed+`"`) || !strings.Contains(block, `"`+links.Manifest+`"`) {
			t.Errorf("%s: %s", kind, g.foot)
		}
		for i := range 2 {
			if written, err := p.SetAudio(t.Context(), "65a", lector.Links{}); err != nil || written != (i == 0) || g.foot != editors || g.puts != 2 {
				t.Errorf("%s: removed %v, %v, %q, %d writes", kind, written, err, g.foot, g.puts)
			}
		}
	}
}

// What others have saved meanwhile is kept.
func TestAudioOfAPostThatIsBeingEdited(t *testing.T) {
	t.Parallel()
	g := &injected{kind: "posts", status: "published", foot: "mine", saves: ghost.Collisions - 1}
	if written, err := g.posts(t).SetAudio(t.Context(), "65a", links); err != nil || !written || !strings.HasPrefix(g.foot, "mine!!<!-- lector:begin") {
		t.Errorf("%v, %v, %q", written, err, g.foot)
	}
	g = &injected{kind: "posts", status: "published", foot: "mine", saves: ghost.Collisions}
	if written, err := g.posts(t).SetAudio(t.Context(), "65a", links); err == nil || lector.IsPermanent(err) || written || g.foot != "mine!!!" {
		t.Errorf("%v, %v, %q", written, err, g.foot)
	}
}

func TestAudioThatIsNotWritten(t *testing.T) {
	t.Parallel()
	throttled := func(err error) bool { _, is := lector.IsThrottled(err); return is }
	later := func(err error) bool { return err != nil && !lector.IsPermanent(err) && !throttled(err) }
	for name, c := range map[string]struct {
		post injected
		id   string
		is   func(error) bool
	}{
		"a draft":        {injected{kind: "posts", status: "draft"}, "65a", func(err error) bool { return err == nil }},
		"scheduled":      {injected{kind: "posts", status: "scheduled"}, "65a", func(err error) bool { return err == nil }},
		"by e-mail only": {injected{kind: "posts", status: "sent"}, "65a", func(err error) bool { return err == nil }},
		"not there":      {injected{kind: "posts"}, "65b", func(err error) bool { return errors.Is(err, lector.ErrNotFound) }},
		"no room":        {injected{kind: "posts", status: "published", foot: strings.Repeat("x", 65000)}, "65a", lector.IsPermanent},
		"not valid":      {injected{kind: "posts", status: "published", refusal: 422}, "65a", lector.IsPermanent},
		"no right":       {injected{kind: "posts", status: "published", refusal: 403}, "65a", func(err error) bool { return later(err) && lector.HintOf(err) != "" }},
		"busy":           {injected{kind: "posts", status: "published", refusal: 503}, "65a", throttled},
		"broken":         {injected{kind: "posts", status: "published", refusal: 500}, "65a", later},
	} {
		before := c.post.foot
		if written, err := c.post.posts(t).SetAudio(t.Context(), c.id, links); written || !c.is(err) || c.post.foot != before || c.post.puts > 0 {
			t.Errorf("%s: %v, %v, %d writes", name, written, err, c.post.puts)
		}
	}
}

// A redirect turns a write into a question, which a Ghost at its end would answer well.
func TestAudioIsNotRedirected(t *testing.T) {
	t.Parallel()
	g := &injected{kind: "posts", status: "published"}
	behind := httptest.NewServer(g)
	defer behind.Close()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, behind.URL+r.URL.RequestURI(), http.StatusMovedPermanently)
	}))
	defer front.Close()
	admin, err := ghost.NewAdmin(front.Client(), front.URL, strings.Repeat("a", 24)+":"+strings.Repeat("b", 64))
	if err != nil {
		t.Fatal(err)
	}
	if written, err := (ghost.Posts{Admin: admin}).SetAudio(t.Context(), "65a", links); written || err == nil || lector.HintOf(err) == "" {
		t.Errorf("%v, %v", written, err)
	}
}

// TestCheckWrite: what a key may is told by Ghost before there is anything to write.
func TestCheckWrite(t *testing.T) {
	t.Parallel()
	const notFound, nobody = `{"errors":[{"message":"Resource not found error, cannot edit post."}]}`, `{"errors":[{"message":"User not found."}]}`
	for name, c := range map[string]struct {
		save       int
		body, user string
		want       string
	}{
		"an integration": {404, notFound, nobody, ""},
		"an editor":      {404, notFound, `{"users":[{"roles":[{"name":"Editor"}]}]}`, ""},
		"an author":      {404, notFound, `{"users":[{"roles":[{"name":"Author"}]}]}`, "posts of their own only: Author"},
		"a contributor":  {404, notFound, `{"users":[{"roles":[{"name":"Contributor"}]}]}`, "posts of their own only: Contributor"},
		"a wrong key":    {401, `{"errors":[{"message":"Invalid token"}]}`, nobody, "401"},
		"no right":       {403, `{"errors":[{"message":"No permission"}]}`, nobody, "403"},
		"no Ghost":       {404, `<html></html>`, nobody, "404"},
		"anything goes":  {200, `{}`, nobody, "no Ghost"},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodPut:
				w.WriteHeader(c.save)
				fmt.Fprint(w, c.body)
			case strings.Contains(c.user, "errors"):
				w.WriteHeader(http.StatusNotFound)
				fallthrough
			default:
				fmt.Fprint(w, c.user)
			}
		}))
		admin, err := ghost.NewAdmin(s.Client(), s.URL, strings.Repeat("a", 24)+":"+strings.Repeat("b", 64))
		if err != nil {
			t.Fatal(err)
		}
		err = ghost.Posts{Admin: admin}.CheckWrite(t.Context())
		s.Close()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
