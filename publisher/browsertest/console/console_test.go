// Package console_test looks at the operators' pages through a browser.
package console_test

import (
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"

	"lector/publisher/access"
	"lector/publisher/browsertest"
	"lector/publisher/browsertest/newsroom"
	"lector/publisher/console"
)

// openNewsroom returns the newsroom that the pictures are of.
func openNewsroom(t *testing.T) *newsroom.Newsroom {
	t.Helper()
	n, err := newsroom.New()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// serve serves a console to this machine, and beside it the script of axe-core where there
// is one: a page that loads it often has it from the browser's cache.
func serve(t *testing.T, c console.Config) (address string) {
	t.Helper()
	h, err := console.New(c)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", access.Guard{}.Handler(h))
	mux.HandleFunc("GET /axe.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=3600")
		http.ServeFile(w, r, os.Getenv("LECTOR_AXE"))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s.URL
}

// look is a way to look at pages, and by which rules of axe-core; none: by all.
type look struct {
	browsertest.Look
	axeRules []string
}

// axeOfLooks are the rules of axe-core that may hold for a page and not for the same page
// in another width or colour scheme.
var axeOfLooks = []string{"color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"}

// TestPagesCanBeUsedByEverybody looks at each page as it is on most days, light and wide
// and dark on a phone; and without scripts, and with texts as long as they come, in both
// widths.
func TestPagesCanBeUsedByEverybody(t *testing.T) {
	t.Parallel()
	b, err := browsertest.Start(t.Context())
	if errors.Is(err, browsertest.ErrNoBrowser) {
		t.Skip("SKIPPED, nobody has looked: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	usual, long := openNewsroom(t), openNewsroom(t)
	long.Stretch()
	lookAtAll(t, b, usual, []look{{}, {browsertest.Look{Width: 375, Height: 700, Dark: true}, axeOfLooks}})
	lookAtAll(t, b, long, []look{{Look: browsertest.Look{NoScript: true}}, {Look: browsertest.Look{Width: 375, Height: 700, Dark: true, NoScript: true}}})
}

// lookAtAll looks at all pages of a newsroom, at each in several ways.
func lookAtAll(t *testing.T, b *browsertest.Browser, n *newsroom.Newsroom, looks []look) {
	t.Helper()
	address := serve(t, n.Config())
	page, err := b.Open(address+"/jobs", looks[0].Look)
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	pages := n.Pages()
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		if err := page.Go(address + pages[name]); err != nil {
			t.Fatal(err)
		}
		for _, l := range looks {
			for _, f := range findings(t, page, l) {
				t.Errorf("%s %+v: %.500s", name, l.Look, f)
			}
		}
	}
}

// findings looks at a page in one way.
func findings(t *testing.T, page *browsertest.Page, l look) []string {
	t.Helper()
	if err := page.SetLook(l.Look); err != nil {
		t.Fatal(err)
	}
	if os.Getenv("LECTOR_AXE") != "" && !l.NoScript {
		if _, err := browsertest.Run[bool](page, addAxe); err != nil {
			t.Fatal(err)
		}
	}
	found, err := page.Audit(l.axeRules...)
	if err != nil {
		t.Fatal(err)
	}
	further := sideways
	if l.Width > 0 {
		further += ".concat(" + forThumbs + ")"
	}
	more, err := browsertest.Run[[]string](page, further)
	if err != nil {
		t.Fatal(err)
	}
	return append(found, more...)
}

// addAxe has a page load axe-core, if it has not.
const addAxe = `"axe" in window || new Promise((done, fail) => {
	const script = document.createElement("script");
	script.onload = () => done(true);
	script.onerror = () => fail("no axe-core");
	script.src = "/axe.js";
	document.head.append(script);
})`

// sideways finds what has to be scrolled sideways: a column that nobody sees.
const sideways = `[...document.querySelectorAll(".wide, pre")].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel + " is scrolled sideways")`

// forThumbs finds buttons and fields that are no target for a thumb (WCAG 2.5.5).
const forThumbs = `[...document.querySelectorAll("button, input:not([type=hidden], [type=checkbox]), select, nav a, summary, .button")].filter(e => e.getBoundingClientRect().height < 44)
	.map(e => (e.textContent || e.name).slice(0, 30) + " is " + e.getBoundingClientRect().height + " high")`
