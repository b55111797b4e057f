package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/publisher/browsertest/engine"
	"lector/publisher/browsertest/newspaper"
)

// Pages of the suite.
const (
	article = "/articles/harbour-tunnel"
	embed   = "/embed/havana/harbour-tunnel"
	framed  = "/framed" // a foreign page with the frame that oEmbed gives
	plain   = "/plain"
)

// plainPage notes what is done to it.
const plainPage = `<!doctype html><meta name="color-scheme" content="light dark"><style>
body{margin:0;background:#ffffff}
@media (prefers-color-scheme:dark){body{background:#102030}}
button{position:absolute;left:100px;top:1200px;width:80px;height:40px}
</style><button>Press</button><script>
clicks = [];
addEventListener("click", e => clicks.push({trusted: e.isTrusted, on: e.target.localName, x: e.offsetX, y: e.offsetY}));
</script>`

// ending is how many paragraphs of four seconds are read behind the article, so
// that the sound goes on for long enough where each step of a test takes a minute.
const ending = 300

// suite is a browser and the newspaper that it reads.
type suite struct {
	engine.Browser
	address  string
	narrated lector.Manifest
}

func newSuite(t *testing.T, b engine.Browser) suite {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	paper := newspaper.New(server.URL, slog.New(slog.DiscardHandler), slices.Repeat([]string{"And so on."}, ending)...)
	mux.Handle("/", paper)
	mux.Handle("/late/", newLate(paper))
	mux.HandleFunc(plain, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, plainPage)
	})
	mux.HandleFunc(framed, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><meta name="viewport" content="width=device-width"><body style="margin:0">%s`, frame(paper, server.URL, r))
	})
	return suite{b, server.URL, paper.Narrated}
}

// frame is the markup that oEmbed gives for the article. The frame is not loaded
// lazily, so that the page has loaded only when the frame has.
func frame(paper http.Handler, base string, r *http.Request) string {
	ask := httptest.NewRequest(http.MethodGet, "/oembed?maxwidth="+r.FormValue("maxwidth")+"&url="+url.QueryEscape(base+article), nil)
	w := httptest.NewRecorder()
	ask.Host = r.Host
	paper.ServeHTTP(w, ask)
	var answer struct{ HTML string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		return err.Error()
	}
	return strings.Replace(answer.HTML, ` loading="lazy"`, "", 1)
}

// bounded ends shortly before the test's deadline, if it has one: then there is
// time to say what was waited for, and to end the browsers.
func bounded(t *testing.T) context.Context {
	t.Helper()
	deadline, ok := t.Deadline()
	if !ok {
		return context.Background()
	}
	ctx, cancel := context.WithDeadline(context.Background(), deadline.Add(-10*time.Second))
	t.Cleanup(cancel)
	return ctx
}

// open opens a page and closes it when the test is over.
func (s suite) open(t *testing.T, path string, look engine.Look) engine.Page {
	t.Helper()
	p, err := s.Open(s.address+path, look)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("close page: %v", err)
		}
	})
	return p
}

func value[T any](t *testing.T, p engine.Page, expression string) T {
	t.Helper()
	v, err := engine.Value[T](p, expression)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// promise begins to wait for something; what it was is asked for by the name.
func promise(t *testing.T, p engine.Page, name, expression string) {
	t.Helper()
	value[any](t, p, `void (window.`+name+` = `+expression+`)`)
}

func click(t *testing.T, p engine.Page, expression string) {
	t.Helper()
	if err := engine.ClickOn(p, expression); err != nil {
		t.Fatal(err)
	}
}
