package player_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"lector"
	"lector/publisher/browsertest"
	"lector/publisher/paper"
	"lector/publisher/player"
)

// Titles of one and of two lines on a phone, and one that has no end.
var labelTitles = map[string]string{
	"one":     "Tunnel",
	"two":     "Der Hafentunnel öffnet nach fünfzehn Wochen am 11. Januar",
	"endless": strings.Repeat("Портовий тунель відкриють знову. ", 60),
}

// labelled puts a rendition with the language's own label on the store and
// returns the id of its article.
func labelled(h testHost, language, title string) string {
	id := language + "-" + title
	h.store.Rendition(h.URL, lector.Article{Site: paper.Site, ID: id, Title: labelTitles[title], Language: language},
		strings.Repeat("Ein langer Satz, der nicht in zwei Zeilen passt, ", 6)+"endet hier.")
	return id
}

// labelSight describes what is not right about how the label is shown; nothing
// where it is in full sight: inside the box and the window, uncovered, and of a
// size that can be read.
const labelSight = `(({ document, innerWidth, innerHeight }) => {
	const e = document.querySelector("audio-article"), l = e.querySelector("[slot=label]"), r = l.getBoundingClientRect();
	const box = (e.ui?.box || e).getBoundingClientRect(), seen = (x, y) => { const t = document.elementFromPoint(x, y); return t === l || t === e; };
	const wrong = [];
	if (r.width < 100 || r.height < 16) wrong.push("is " + r.width + " × " + r.height);
	if (r.top < box.top || r.bottom > box.bottom || r.left < box.left || r.right > box.right) wrong.push("leaves the box");
	if (r.top < 0 || r.bottom > innerHeight || r.right > innerWidth || r.left < 0) wrong.push("leaves the window of " + innerWidth + " × " + innerHeight + " at " + r.bottom);
	if (!seen(r.left + 2, r.top + 2) || !seen(r.left + 2, r.bottom - 2)) wrong.push("is covered");
	if (l.scrollHeight > l.clientHeight + 1 || l.scrollWidth > l.clientWidth + 1) wrong.push("is cut");
	if (parseFloat(getComputedStyle(l).fontSize) < 13) wrong.push("is set in " + getComputedStyle(l).fontSize);
	if (box.height > 150 && e.ui.now.hidden) wrong.push("stands in a box of " + box.height + " px");
	const rows = new Set([...e.ui.main.querySelectorAll("button,select")].filter(b => b.checkVisibility()).map(b => { const r = b.getBoundingClientRect(); return Math.round(r.top + r.height / 2); }));
	if (rows.size !== 1) wrong.push("stands below " + rows.size + " rows of controls");
	return wrong.join(", ");
})`

func resize(t *testing.T, p *browsertest.Page, width, height int64) {
	t.Helper()
	must(t, chromedp.Do(p.Context, chromedp.EmulateViewport(width, height)))
	must(t, p.Wait(fmt.Sprintf(`innerWidth === %d && innerHeight === %d`, width, height)))
}

// The label can be read in every language and width, under a title of any
// length, in a window that is as high as the frame which oEmbed hands out.
func labelIsRead(t *testing.T, b *browsertest.Browser, h testHost) {
	for _, language := range player.Languages() {
		p := open(t, b, "about:blank", browsertest.Look{})
		for title := range labelTitles {
			if title == "endless" && language != "uk" {
				continue // one will do: what is cut is cut in all of them
			}
			id := labelled(h, language, title)
			frame := askOEmbed(t, h.URL, id, "")
			must(t, p.Go(h.URL+"/embed/havana/"+id))
			must(t, p.Wait(element+`?.audio`))
			for _, begun := range []bool{false, true} {
				if begun {
					value[any](t, p, sound+`.play().catch(() => {}), `+sound+`.pause(), `+element+`.find().then(() => `+element+`.seek(9))`)
				}
				for _, width := range []int64{320, 375, 600, 1280} {
					resize(t, p, width, int64(frame.Height))
					if wrong := value[string](t, p, labelSight+`(window)`); wrong != "" {
						t.Errorf("%s, title %s, %d px, begun %v: the label %s", language, title, width, begun, wrong)
					}
					if need := value[int](t, p, `document.querySelector("main").offsetHeight`); need > frame.Height {
						t.Errorf("%s, title %s, %d px, begun %v: the page is %d px high, oEmbed says %d", language, title, width, begun, need, frame.Height)
					}
				}
			}
		}
		p.Close()
	}
}

type oembedAnswer struct {
	HTML          string
	Width, Height int
}

func askOEmbed(t *testing.T, base, id, more string) oembedAnswer {
	t.Helper()
	r, err := http.Get(base + "/oembed?url=" + url.QueryEscape(base+"/embed/havana/"+id) + more)
	must(t, err)
	defer r.Body.Close()
	var a oembedAnswer
	must(t, json.NewDecoder(r.Body).Decode(&a))
	return a
}

// withFrame serves a page with the frame that oEmbed hands out, as a CMS leaves
// it: without its style. All else comes from the host, so that the page may look
// into its frame.
func withFrame(t *testing.T, h testHost) *httptest.Server {
	t.Helper()
	target, err := url.Parse(h.URL)
	must(t, err)
	mux := http.NewServeMux()
	mux.Handle("/", &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }})
	mux.HandleFunc("/framed", func(w http.ResponseWriter, r *http.Request) {
		frame := strings.NewReplacer(` style="border:0;max-width:100%"`, ``, ` loading="lazy"`, ``).Replace(r.FormValue("frame"))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><meta name="viewport" content="width=device-width">%s<style>body{margin:0}iframe{max-width:100%%}</style>%s`,
			r.FormValue("script"), frame)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// twoLines is the README's script for pages that do not load the player.
func twoLines(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../player/README.md")
	must(t, err)
	_, rest, ok := strings.Cut(string(data), "<script>\n")
	text, _, end := strings.Cut(rest, "</script>")
	if !ok || !end || strings.Count(text, "\n") != 2 {
		t.Fatalf("the README has no script of two lines: %q", text)
	}
	return "<script>" + text + "</script>"
}

// A page that listens makes the frame as high as its content, whichever way it
// listens; one that does not has the whole label in sight all the same.
func frameGrows(t *testing.T, b *browsertest.Browser, h testHost) {
	id, s := labelled(h, "de", "two"), withFrame(t, h)
	p := open(t, b, "about:blank", browsertest.Look{})
	for name, script := range map[string]string{
		"nothing":   "",
		"two lines": twoLines(t),
		"component": `<script type="module" src="/player.js"></script>`,
	} {
		for _, size := range []struct {
			width int64
			ask   string
		}{{320, ""}, {375, "&maxwidth=500"}, {600, "&maxwidth=500"}, {1280, ""}, {375, "&maxheight=200"}, {320, "&maxheight=150"}} {
			answer := askOEmbed(t, s.URL, id, size.ask)
			resize(t, p, size.width, 700)
			must(t, p.Go(s.URL+"/framed?script="+url.QueryEscape(script)+"&frame="+url.QueryEscape(answer.HTML)))
			const frame = `document.querySelector("iframe")`
			must(t, p.Wait(`frames[0].`+element+`?.audio`))
			if !value[bool](t, p, frame+`.frameBorder === "0"`) {
				t.Errorf("%s: the frame has a border", answer.HTML)
			}
			if wrong := value[string](t, p, labelSight+`(frames[0])`); wrong != "" {
				t.Errorf("%s, %d px, %s: the label %s", name, size.width, size.ask, wrong)
			}
			if script != "" {
				must(t, p.Wait(frame+`.clientHeight === frames[0].document.querySelector("main").offsetHeight`))
				value[any](t, p, `frames[0].`+element+`.ui.open.click()`)
				must(t, p.Wait(frame+`.clientHeight > 190 && `+frame+`.clientHeight === frames[0].document.querySelector("main").offsetHeight`))
			}
		}
	}
}

// Only the frame's own origin sets its height, and not beyond all measure.
func frameOfAnother(t *testing.T, b *browsertest.Browser, h testHost) {
	id := labelled(h, "de", "one")
	answer := askOEmbed(t, h.URL, id, "")
	p := open(t, b, "about:blank", browsertest.Look{Width: 600, Height: 700})
	must(t, p.Go(withFrame(t, h).URL+"/framed?script="+url.QueryEscape(`<script type="module" src="/player.js"></script>`)+
		"&frame="+url.QueryEscape(answer.HTML+`<iframe id="liar" src="about:blank"></iframe>`)))
	const frame = `document.querySelector("iframe")`
	must(t, p.Wait(frame+`.style.height && `+frame+`.clientHeight < 290`)) // across origins
	value[any](t, p, `new Promise(done => { addEventListener("message", () => done(true), { once: true });
		window.liar.contentWindow.parent.postMessage({ context: "iframe.resize", height: 9 }, "*"); })`)
	if got := value[string](t, p, frame+`.style.height`); got == "9px" {
		t.Error("another frame has set the height")
	}
}

// A rendition on pages that make their own text small, large, upper case or centred
// still has a label that can be read, and controls that make no page wider.
func labelOnHardPages(t *testing.T, b *browsertest.Browser, h testHost) {
	id := labelled(h, "de", "one")
	key := lector.PointerKey(paper.Site, lector.Key(paper.Site, id))
	for name, style := range map[string]string{
		"small root":  `html{font-size:62.5%}`,
		"small label": `p{font-size:6px;color:#eee;display:none;opacity:0;visibility:hidden;position:absolute;left:-999px}`,
		"inherited":   `body{font:8px/0 serif;letter-spacing:3em;text-transform:uppercase;white-space:nowrap;text-indent:-99px;visibility:visible}`,
		"centred":     `body{display:flex;flex-direction:column;align-items:center}`,
		"in a row":    `body{display:flex}`,
		"float":       `audio-article{float:left;display:block}`,
		"large root":  `html{font-size:36px}`,
		"unset":       `*{all:unset}`,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, `<!doctype html><html lang="de"><meta name="viewport" content="width=device-width"><title>x</title><style>%s</style>`+
				`<script type="module" src="%s/player.js?lang=de"></script><audio-article manifest="%s/%s"></audio-article>`, style, h.URL, h.URL, key)
		}))
		for _, width := range []int64{320, 375, 600, 1280} {
			if name == "large root" && width > 480 {
				continue // there is room for large text, and the box grows with it
			}
			p := open(t, b, s.URL, browsertest.Look{Width: width, Height: 400})
			must(t, p.Wait(element+`?.audio`))
			for _, begun := range []bool{false, true} {
				if begun {
					value[any](t, p, element+`.ui.main.classList.add("begun")`)
				}
				if wrong := value[string](t, p, labelSight+`(window)`); wrong != "" {
					t.Errorf("%s, %d px, begun %v: the label %s", name, width, begun, wrong)
				}
				if wide := value[int](t, p, `document.documentElement.scrollWidth`); wide > int(width) {
					t.Errorf("%s, %d px, begun %v: the page is %d px wide", name, width, begun, wide)
				}
			}
			p.Close()
		}
		s.Close()
	}
}
