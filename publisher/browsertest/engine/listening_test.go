package engine_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"lector"
	"lector/publisher"
	"lector/publisher/browsertest/engine"
	"lector/publisher/listening"
	"lector/publisher/publishertest"
)

// listeningHost serves one article and takes what its player tells.
type listeningHost struct {
	url string

	mu      sync.Mutex
	sum     lector.Listening
	reports map[listening.Outcome]int
	news    chan struct{} // one for each report
}

// AddListening implements listening.Ledger.
func (h *listeningHost) AddListening(_ context.Context, _, _, _, _ string, l lector.Listening) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sum.Add(l)
	return nil
}

// newListeningHost serves 32 seconds of audio, and what was told is kept when the counter
// that is returned ends.
func newListeningHost(t *testing.T) (h *listeningHost, count func() lector.Listening) {
	t.Helper()
	h = &listeningHost{reports: map[listening.Outcome]int{}, news: make(chan struct{}, 1000)}
	store, article := new(publishertest.Store), lector.Article{Site: "havana", ID: "1", Title: "Tunnel", Language: "en"}
	store.Rendition("", article, "One.", "Two.", "Three.", "Four.", "Five.", "Six.")
	counter := listening.New(listening.Config{
		Sites: []string{"havana"}, Ledger: h, Log: slog.New(slog.DiscardHandler),
		Audible: func(_ context.Context, _, key string) (bool, error) { return key == article.Key(), nil },
		Answered: func(_ string, o listening.Outcome, _ int) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.reports[o]++
			h.news <- struct{}{}
		},
	})
	site := publisher.New(publisher.Config{
		Store: store, ServeObjects: true, Log: slog.New(slog.DiscardHandler), Listening: counter,
		Sites: map[string]publisher.Site{"havana": {Title: "Havana", Language: "en", Listening: true}},
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// By this a driven browser says that it is one.
		r.Header.Set("User-Agent", strings.ReplaceAll(r.UserAgent(), "Headless", ""))
		site.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h, func() lector.Listening {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		counter.Run(ctx) // keeps what is left
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.sum
	}
}

// told is how many reports were answered with any outcome.
func (h *listeningHost) told(o listening.Outcome) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.reports[o]
}

// wait waits for reports until a condition holds.
func (h *listeningHost) wait(t *testing.T, holds func() bool) {
	t.Helper()
	limit := bounded(t)
	for !holds() {
		select {
		case <-h.news:
		case <-limit.Done():
			t.Fatalf("in vain: %v, %+v", h.reports, h.sum)
		}
	}
}

const element = `document.querySelector("audio-article")`

// until waits in the page for a condition on the element e and its audio a.
func until(t *testing.T, p engine.Page, condition string) {
	t.Helper()
	value[bool](t, p, fmt.Sprintf(`new Promise(done => {
		const e = %s, a = %s, wait = setInterval(() => { if (%s) { clearInterval(wait); done(true); } }, 30);
	})`, element, audio, condition))
}

// openPlayer opens the player; before is done before anything plays.
func openPlayer(t *testing.T, s suite, h *listeningHost, before string) engine.Page {
	t.Helper()
	p, err := s.Open(h.url+"/embed/havana/1", engine.Look{Width: 700, Height: 500})
	if err != nil {
		t.Fatal(err)
	}
	until(t, p, `e.ui`)
	value[any](t, p, `void (`+element+`.setRate(2), `+before+`)`)
	return p
}

// counts: one play is one play whatever is heard of it twice, a listener who leaves
// half-way is seen to, what was jumped over was not heard, and who blocks the reports or
// wants no tracking hears the same and is not counted.
func counts(t *testing.T, s suite) {
	h, count := newListeningHost(t)
	p := openPlayer(t, s, h, "0")
	click(t, p, control("button", "Play"))
	until(t, p, `a.currentTime > e.total * .48`) // the ninth part has sounded for a second, so the page was told of it
	value[any](t, p, `void `+element+`.seek(1)`)
	until(t, p, `a.currentTime > e.total * .1 && a.currentTime < e.total * .3`)
	click(t, p, control("button", "Pause"))
	click(t, p, control("button", "Play"))
	until(t, p, `a.currentTime > e.total * .2`)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	h.wait(t, func() bool { return count().Parts[8] == 1 })
	half := count()
	last := 0
	for i, n := range half.Parts {
		if n == 1 {
			last = i
		}
		if n > 1 || n == 0 && i < 8 || n == 1 && i > 11 {
			t.Errorf("part %d was heard %d times", i, n)
		}
	}
	if part, left := half.LeftMost(); half.Plays != 1 || half.Quarters[0] != 1 || half.Quarters[2] != 0 || part != last || left != 1 {
		t.Errorf("half a play is %+v, left in %d", half, part)
	}

	p = openPlayer(t, s, h, element+`.seek(`+element+`.total * .91)`)
	click(t, p, control("button", "Play"))
	until(t, p, `a.ended`)
	h.wait(t, func() bool { return count().Parts[19] == 1 })
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if all := count(); all.Plays != 2 || all.Quarters != half.Quarters || all.Parts[15] != half.Parts[15] || all.Parts[18] != 1 {
		t.Errorf("with the end of another %+v", all)
	}

	before, told := count(), h.told("counted")
	for _, way := range []string{
		`navigator.sendBeacon = () => { throw Error("blocked") }`,
		`navigator.sendBeacon = undefined`,
		`navigator.sendBeacon = () => false`,
		`Object.defineProperty(navigator, "globalPrivacyControl", {value: true, configurable: true})`,
		`Object.defineProperty(navigator, "doNotTrack", {value: "1", configurable: true})`,
	} {
		p := openPlayer(t, s, h, way)
		click(t, p, control("button", "Play"))
		until(t, p, `a.currentTime > e.total * .12 && e.sentences.length && !a.paused && !e.ui.main.hidden`)
		click(t, p, control("button", "Pause"))
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if after := count(); after != before || h.told("counted") != told {
		t.Errorf("who is not to be counted was: %+v, before %+v", after, before)
	}
}
