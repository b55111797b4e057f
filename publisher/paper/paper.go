package paper

import (
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"lector"
	"lector/publisher/player"
)

//go:embed images/*.svg paper.css
var files embed.FS

// players knows the player of an article. The error is lector.ErrNotFound
// while there is no audio; the player then waits for it.
type players interface {
	Player(r *http.Request, site, id string) (player.Player, error)
}

// Handler returns the newspaper's site: the front page, an article's page and
// what they need. It asks no other host for anything.
func Handler(players players, log *slog.Logger) http.Handler {
	s := &site{players: players, log: log, articles: Articles("")}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.front)
	mux.HandleFunc("GET /articles/{slug}", s.article)
	mux.Handle("GET /images/", file("image/svg+xml"))
	mux.Handle("GET /paper.css", file("text/css; charset=utf-8"))
	mux.HandleFunc("/", s.missing)
	return mux
}

type site struct {
	players  players
	log      *slog.Logger
	articles []lector.Article
}

// policy allows what the site itself serves, and audio from wherever the store
// is. Style attributes are allowed because a CMS writes them into bodies; the
// player needs none.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self'; connect-src 'self'; " +
	"media-src 'self' http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

func (s *site) front(w http.ResponseWriter, r *http.Request) {
	type row struct {
		lector.Article
		Player player.Player
	}
	var rows []row
	for _, a := range s.articles {
		rows = append(rows, row{a, s.player(r, a)})
	}
	s.write(w, http.StatusOK, "front.html", map[string]any{"Title": Title, "Articles": rows})
}

func (s *site) article(w http.ResponseWriter, r *http.Request) {
	for _, a := range s.articles {
		if a.ID == r.PathValue("slug") {
			s.show(w, r, a)
			return
		}
	}
	s.missing(w, r)
}

// show writes an article's page. A body that is a whole page is that page.
func (s *site) show(w http.ResponseWriter, r *http.Request, a lector.Article) {
	p := s.player(r, a)
	p.Text, p.Sticky = "article.story", true
	p.Next, p.NextTitle = s.next(a)
	element, err := p.Element()
	if err != nil {
		s.log.Error("write article page", "article", a.ID, "error", err)
		http.Error(w, "The page could not be written.", http.StatusInternalServerError)
		return
	}
	head := map[string]any{"Script": player.Address(p.Language), "Waiting": p.State == player.Waiting}
	if strings.HasPrefix(a.Body.Content, "<!doctype html>") {
		s.wholePage(w, a, element, head)
		return
	}
	open, members, _ := strings.Cut(a.Body.Content, "<!--members-only-->")
	s.write(w, http.StatusOK, "article.html", map[string]any{
		"Title": a.Title + " · " + Title, "Article": a, "Player": element, "Head": head,
		"Saved": a.Body.ContentType == lector.Plain, "Members": members != "",
		"Body": template.HTML(open), //nolint:gosec // our own writing, embedded in the program
	})
}

// next returns address and title of the article below it on the front page, or
// "" behind the last.
func (s *site) next(a lector.Article) (address, title string) {
	i := slices.IndexFunc(s.articles, func(b lector.Article) bool { return b.ID == a.ID }) + 1
	if i == len(s.articles) {
		return "", ""
	}
	return "/articles/" + s.articles[i].ID, s.articles[i].Title
}

// wholePage serves the page as the newspaper keeps it, with the player where
// its template has the place for one.
func (s *site) wholePage(w http.ResponseWriter, a lector.Article, element template.HTML, head map[string]any) {
	var b strings.Builder
	if err := pages().ExecuteTemplate(&b, "head", head); err != nil {
		s.log.Error("write article page", "article", a.ID, "error", err)
	}
	s.headers(w)
	page := strings.NewReplacer("<!--player-->", string(element), "</head>", b.String()+"</head>").Replace(a.Body.Content)
	_, _ = w.Write([]byte(page)) //nolint:gosec // our own page and escaped markup; an error is a reader who has gone
}

// player returns the article's player, a waiting one when there is no audio or
// the store does not answer: the text must be readable in any case.
func (s *site) player(r *http.Request, a lector.Article) player.Player {
	p, err := s.players.Player(r, a.Site, a.ID)
	if err != nil && !errors.Is(err, lector.ErrNotFound) {
		s.log.Warn("look for audio", "article", a.ID, "error", err)
	}
	return p
}

func (s *site) missing(w http.ResponseWriter, _ *http.Request) {
	s.write(w, http.StatusNotFound, "missing.html", map[string]any{"Title": "Not found · " + Title})
}

func (s *site) write(w http.ResponseWriter, code int, name string, data any) {
	s.headers(w)
	w.WriteHeader(code)
	if err := pages().ExecuteTemplate(w, name, data); err != nil {
		s.log.Debug("write page", "page", name, "error", err) // the reader has gone
	}
}

func (s *site) headers(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
}

// file serves a bundled file.
func file(contentType string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "public, max-age=300")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		http.ServeFileFS(w, r, files, r.URL.Path)
	})
}
