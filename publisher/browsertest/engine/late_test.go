package engine_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"lector/publisher/browsertest/engine"
)

// late serves the pages of a newspaper with the player's script held back until
// the browser says that it has painted the page.
type late struct {
	paper   http.Handler
	painted chan struct{} // one value a page
}

func newLate(paper http.Handler) late { return late{paper, make(chan struct{}, 1)} }

// lateScript says when the page was painted first, and notes what moves, where
// the browser can tell that, and where the player stood before its script came.
const lateScript = `<script>
const places = () => [...document.querySelectorAll("audio-article,audio-article [slot=label],audio-article ~ *,.prose")].map(e => {
	const r = e.getBoundingClientRect();
	return e.localName + " " + [r.x, r.y + scrollY, r.bottom + scrollY].map(Math.round);
});
const moves = [], note = list => moves.push(...list.map(m => m.value.toFixed(4) + " " +
	m.sources.map(s => (s.node?.localName ?? s.node?.nodeName) + " " + s.previousRect.y + "+" + s.previousRect.height + " to " + s.currentRect.y + "+" + s.currentRect.height)));
const watch = new PerformanceObserver(list => note(list.getEntries()));
if (PerformanceObserver.supportedEntryTypes.includes("layout-shift")) watch.observe({ type: "layout-shift", buffered: true });
let before;
new PerformanceObserver((list, me) => {
	if (!list.getEntriesByName("first-contentful-paint").length) return;
	me.disconnect();
	before = places();
	fetch("/late/painted");
}).observe({ type: "paint", buffered: true });
const settled = async () => {
	while (!document.querySelector("audio-article").audio) await new Promise(requestAnimationFrame);
	for (let frames = 0; frames < 5; frames++) await new Promise(requestAnimationFrame);
	note(watch.takeRecords());
	return { moves, before, after: places() };
};
</script>`

func (l late) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := strings.TrimPrefix(r.URL.Path, "/late"); path {
	case "/painted":
		l.painted <- struct{}{}
	case "/player.js":
		select {
		case <-l.painted:
			l.pass(w, r, path, func(s string) string { return s })
		case <-r.Context().Done():
		}
	default:
		l.pass(w, r, path, func(s string) string {
			s = strings.Replace(s, `<head>`, `<head>`+lateScript, 1)
			return strings.Replace(s, `src="/player.js`, `src="/late/player.js`, 1)
		})
	}
}

// pass answers as the newspaper does, without its policy, which forbids the
// script of the test, and without being kept for the next page.
func (l late) pass(w http.ResponseWriter, r *http.Request, path string, change func(string) string) {
	ask := httptest.NewRequest(http.MethodGet, path+"?"+r.URL.RawQuery, nil)
	ask.Host = r.Host
	answer := httptest.NewRecorder()
	l.paper.ServeHTTP(answer, ask)
	w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, change(answer.Body.String())) // the browser may have gone
}

// movesNothing looks at pages which are painted before the player's script
// comes: nothing may move when it does.
func movesNothing(t *testing.T, s suite) {
	for _, width := range []int{375, 1280} {
		for _, path := range []string{article, embed} {
			t.Run(fmt.Sprintf("%s %d", path, width), func(t *testing.T) {
				p := s.open(t, "/late"+path, engine.Look{Width: width, Height: 700})
				got := value[struct{ Moves, Before, After []string }](t, p, `settled()`)
				for _, move := range got.Moves {
					t.Errorf("shifted by %s", move)
				}
				// The first paint may come before the whole page has.
				if n := len(got.Before); n > len(got.After) || !slices.Equal(got.Before, got.After[:n]) {
					t.Errorf("the player comes, and %q is %q", got.Before, got.After)
				}
			})
		}
	}
}
