package paper_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"lector"
	"lector/publisher/paper"
	"lector/publisher/player"
)

// waiting has no audio for any article.
type waiting struct{}

func (waiting) Player(*http.Request, string, string) (player.Player, error) {
	return player.Player{State: player.Waiting, Manifest: "/m.json"}, lector.ErrNotFound
}

func TestArticlesAreComplete(t *testing.T) {
	t.Parallel()
	articles := paper.Articles("http://127.0.0.1:8080")
	if len(articles) < 3 {
		t.Fatalf("%d articles", len(articles))
	}
	keys := map[string]bool{}
	for _, a := range articles {
		if a.Site != paper.Site || a.ID == "" || a.Title == "" || len(a.Authors) == 0 || a.Language == "" || a.Revision == "" ||
			a.PublishedAt.IsZero() || a.UpdatedAt.Before(a.PublishedAt) || a.Body.Content == "" {
			t.Errorf("%s lacks something: %+v", a.ID, a)
		}
		if a.Visibility != lector.Public {
			t.Errorf("%s is not public", a.ID)
		}
		if keys[a.Key()] {
			t.Errorf("%s has the key of another", a.ID)
		}
		keys[a.Key()] = true
		if a.Fingerprint() != paper.Articles("http://127.0.0.1:8080")[len(keys)-1].Fingerprint() {
			t.Errorf("%s is not the same twice", a.ID)
		}
	}
}

// What is for members is neither shown nor on its way to a voice by accident:
// the cut is where a CMS puts it.
func TestMembersOnly(t *testing.T) {
	t.Parallel()
	main := paper.Articles("")[0]
	if !strings.Contains(main.Body.Content, "<!--members-only-->") {
		t.Fatal("the main article has no cut")
	}
	w := get("/articles/" + main.ID)
	if strings.Contains(w.Body.String(), "blames a valve") || !strings.Contains(w.Body.String(), "for members") {
		t.Errorf("the cut is not a cut:\n%s", w.Body)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]struct {
		code int
		text string
	}{
		"/":                        {200, "Storm Ines"},
		"/articles/harbour-tunnel": {200, `<audio-article manifest="/m.json"`},
		"/articles/sugar-harvest":  {200, `<audio-article manifest="/m.json"`},
		"/articles/storm-ines":     {200, "Thank you for signing up"},
		"/articles/nothing":        {404, "not in the paper"},
		"/<script>":                {404, "not in the paper"},
		"/paper.css":               {200, "color-scheme"},
		"/images/tunnel.svg":       {200, "<svg"},
		"/images/nothing.svg":      {404, ""},
		"/images/":                 {404, ""},
	} {
		w := get(path)
		if w.Code != want.code || !strings.Contains(w.Body.String(), want.text) {
			t.Errorf("%s: %d\n%s", path, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "<script>") {
			t.Errorf("%s: an inline script", path)
		}
	}
}

func get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.URL.Path = path
	paper.Handler(waiting{}, slog.New(slog.DiscardHandler)).ServeHTTP(w, r)
	return w
}
