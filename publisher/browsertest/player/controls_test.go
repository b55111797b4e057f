package player_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"lector"
	"lector/publisher/browsertest"
	"lector/publisher/paper"
)

// page serves a page with the player of the article and the given body, in
// which {player} is the element.
func page(t *testing.T, h testHost, id, attributes, head, body string) string {
	t.Helper()
	key := lector.PointerKey(paper.Site, lector.Key(paper.Site, id))
	element := `<audio-article manifest="` + h.URL + "/" + key + `" ` + attributes + `></audio-article>`
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Page</title>`+
			`<script type="module" src="%s/player.js?lang=en"></script>%s%s`, h.URL, head, strings.ReplaceAll(body, "{player}", element))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// begin waits for the player and starts it; stopped at once, it has begun.
func begin(t *testing.T, p *browsertest.Page) {
	t.Helper()
	must(t, p.Wait(element+`?.audio`))
	value[any](t, p, sound+`.play().catch(() => {}), `+sound+`.pause()`)
	must(t, p.Wait(element+`.sentences.length`))
}

// Sentences are found wherever the page has them, and nothing else is marked.
func anyOrder(t *testing.T, b *browsertest.Browser, h testHost) {
	h.store.Rendition(h.URL, lector.Article{Site: paper.Site, ID: "order", Title: "Rain", Language: "en"},
		"By Ann Lee", "Wet days ahead for all of us.",
		"It rained.\nThe river rose by two metres in a single night, the mayor said.\nNo.\nIt rained.",
		"Now the café is closed until the fifteenth of November at least.")
	const rain, river = `<h1>RAIN</h1>`, `<p>It rained. The river rose by <s>three</s> <ins>two</ins> metres<sup>1</sup> in a single night, the mayor said. No. It rained.</p>`
	const lead, by, cafe = `<p>Wet days ahead <b>for all</b> of us.</p>`, `<p>By Ann Lee</p>`, "<p>Now the cafe\u0301 is closed until the fif\u00adteenth of November at least.</p>"
	filler := `<p>` + strings.Repeat("Nobody rained upon Noah. ", 300) + `</p>`
	p := open(t, b, "about:blank", browsertest.Look{})
	for name, body := range map[string]string{
		"as it is read":              rain + by + lead + river + cafe,
		"standfirst above byline":    rain + lead + by + river + cafe,
		"byline at the end":          rain + lead + river + cafe + filler + by,
		"title in the middle":        lead + by + river + rain + cafe,
		"much between":               rain + filler + by + filler + lead + filler + river + cafe,
		"player in the text, twice ": by + `<div>{player}</div>` + lead + rain + river + cafe,
	} {
		must(t, p.Go(page(t, h, "order", `text="main"`, "", `<main>`+body+`</main>{player}`)))
		begin(t, p)
		got := value[[]string](t, p, element+`.sentences.map(s => s.range ? s.range.toString() : "")`)
		want := []string{"", "RAIN", "By Ann Lee", "Wet days ahead for all of us.", "It rained.",
			"The river rose by three two metres1 in a single night, the mayor said.", "No.", "It rained.",
			"Now the cafe\u0301 is closed until the fif\u00adteenth of November at least."}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s: found\n%q, want\n%q", name, got, want)
		}
		if !value[bool](t, p, `(s => s[4].range.compareBoundaryPoints(Range.START_TO_START, s[7].range) < 0)(`+element+`.sentences)`) {
			t.Errorf("%s: the second of two equal sentences is not behind the first", name)
		}
	}
}

// The bar at the window's edge has a title, can be closed, goes when nothing
// has played for a minute and leaves the page's end free.
func bar(t *testing.T, b *browsertest.Browser, h testHost) {
	const mini = element + `.ui.box.classList.contains("mini")`
	text := strings.Repeat("<p>"+strings.Repeat("Words. ", 60)+"</p>", 30)
	for name, style := range map[string]string{
		"block": "", "full height": "html,body{height:100%;margin:0}", "grid": "body{display:grid}",
		"flex": "body{display:flex;flex-direction:column;min-height:100vh}", "phone": "",
		"moved": "main{transform:translateZ(0)}", "footer": "body::after{content:'';position:fixed;inset:auto 0 0;height:120px;background:#146;z-index:2147483647}",
	} {
		width := int64(1280)
		if name == "phone" {
			width = 320
		}
		p := open(t, b, "about:blank", browsertest.Look{Width: width, Height: 700})
		must(t, p.Go(page(t, h, "harbour-tunnel", "sticky", "<style>"+style+"</style>", `<main>{player}`+text+`</main><footer id="end">The end</footer>`)))
		begin(t, p)
		value[any](t, p, `window.timers = [], window.later = setTimeout, window.setTimeout = (f, ms, ...x) => ms < 1e4 ? later(f, ms, ...x) : timers.push([f, ms, x]), 0`)
		high := value[float64](t, p, `document.documentElement.scrollHeight`)
		value[any](t, p, sound+`.play(), scrollTo(0, 1e6)`)
		must(t, p.Wait(mini))
		value[any](t, p, `scrollTo(0, document.documentElement.scrollHeight / 2)`)
		if gap := value[float64](t, p, `innerHeight - `+element+`.ui.box.getBoundingClientRect().bottom`); gap != 0 {
			t.Errorf("%s: in the middle of the page the bar stands %v px above the window's edge", name, gap)
		}
		value[any](t, p, `scrollTo(0, 1e6)`)
		if !value[bool](t, p, `document.getElementById("end").getBoundingClientRect().bottom <= `+element+`.ui.box.getBoundingClientRect().top`) {
			t.Errorf("%s: the bar covers the page's end", name)
		}
		if got := value[string](t, p, element+`.ui.lead.textContent`); !strings.HasPrefix(got, "Harbour tunnel to reopen") {
			t.Errorf("%s: the bar's title is %q", name, got)
		}
		if wrong := value[string](t, p, labelSight+`(window)`); wrong != "" {
			t.Errorf("%s: in the bar the label %s", name, wrong)
		}
		value[any](t, p, sound+`.pause()`)
		must(t, p.Wait(`timers.length === 1`))
		if got := value[float64](t, p, `timers[0][1]`); got != 60000 || !value[bool](t, p, mini) {
			t.Errorf("%s: the bar goes after %v ms", name, got)
		}
		value[any](t, p, `timers[0][0](...timers[0][2])`)
		if value[bool](t, p, mini) || value[float64](t, p, `document.documentElement.scrollHeight`) != high {
			t.Errorf("%s: after a minute the bar, or its room, is still there", name)
		}
		value[any](t, p, sound+`.play()`)
		must(t, p.Wait(mini))
		must(t, p.Click(element+`.ui.close`))
		must(t, p.Wait(`!`+mini+` && `+sound+`.paused`))
		value[any](t, p, sound+`.play().then(() => 0)`)
		if value[bool](t, p, mini) {
			t.Errorf("%s: the bar came back after it was closed", name)
		}
		p.Close()
	}
}

// The page moves with what is read while the listener looks on, and stays where
// the listener has scrolled to.
func follows(t *testing.T, b *browsertest.Browser, h testHost) {
	var paragraphs, body []string
	for i := range 20 {
		paragraphs = append(paragraphs, fmt.Sprintf("Sentence number %d is read here.", i))
		body = append(body, `<p style="margin:0 0 300px">`+paragraphs[i]+`</p>`)
	}
	h.store.Rendition(h.URL, lector.Article{Site: paper.Site, ID: "follow", Title: "Long", Language: "en"}, paragraphs...)
	p := open(t, b, "about:blank", browsertest.Look{Width: 800, Height: 600, Features: map[string]string{"prefers-reduced-motion": "reduce"}})
	must(t, p.Go(page(t, h, "follow", `text="main"`, "", `<main><h1>Long</h1>{player}`+strings.Join(body, "")+`</main>`)))
	begin(t, p)
	// The clock is ours: what the player asks for is where we say it is.
	value[any](t, p, `window.at = i => { const e = `+element+`, t = e.sentences[i].start + .1;
		Object.defineProperty(e.audio, "currentTime", { configurable: true, get: () => t });
		Object.defineProperty(e.audio, "paused", { configurable: true, get: () => false });
		e.audio.dispatchEvent(new Event("timeupdate")); return scrollY }, 0`)
	const seen = `(r => r.top >= 0 && r.bottom <= innerHeight)(%s.sentences[%d].range.getBoundingClientRect())`
	for i := 1; i < 8; i++ {
		value[any](t, p, fmt.Sprintf(`at(%d)`, i))
		if !value[bool](t, p, fmt.Sprintf(seen, element, i)) {
			t.Errorf("sentence %d is out of sight", i)
		}
	}
	value[any](t, p, `new Promise(done => { addEventListener("scroll", () => done(0), { once: true }); Date.now = (n => () => n() + 1e4)(Date.now); scrollTo(0, 0); })`)
	for i := 8; i < 12; i++ {
		if got := value[float64](t, p, fmt.Sprintf(`at(%d)`, i)); got != 0 {
			t.Errorf("the page has left the reader and is at %v", got)
		}
	}
	// Back at the place, the reader is followed again.
	value[any](t, p, `new Promise(done => { addEventListener("scroll", () => done(0), { once: true });
		`+element+`.sentences[11].range.startContainer.parentElement.scrollIntoView() })`)
	for i := 12; i < 16; i++ {
		value[any](t, p, fmt.Sprintf(`new Promise(done => requestAnimationFrame(() => done(at(%d))))`, i))
	}
	if !value[bool](t, p, fmt.Sprintf(seen, element, 15)) {
		t.Error("a reader who has come back is not followed")
	}
	// Without captions nothing moves and nothing is marked.
	value[any](t, p, element+`.ui.caption.click()`)
	before := value[float64](t, p, `scrollY`)
	if got := value[float64](t, p, `at(19)`); got != before || value[bool](t, p, `CSS.highlights.has("audio-article")`) {
		t.Error("captions are off, but the page shows what is read")
	}
}

// An error that the playing disproves goes away, and the place is kept.
func errorGoes(t *testing.T, b *browsertest.Browser, h testHost) {
	p := open(t, b, h.URL+"/embed/havana/harbour-tunnel", browsertest.Look{})
	value[any](t, p, element+`.seek(5), `+sound+`.play().then(() => 0)`)
	value[any](t, p, sound+`.pause(), `+sound+`.dispatchEvent(new Event("error"))`)
	if !value[bool](t, p, element+`.ui.status.checkVisibility() && !`+element+`.ui.main.checkVisibility() && `+element+`.ui.box.offsetHeight < 230`) {
		t.Error("an error is not shown in the place of the controls")
	}
	value[any](t, p, sound+`.play()`)
	must(t, p.Wait(`!`+element+`.ui.status.checkVisibility() && `+element+`.ui.main.checkVisibility()`))
	value[any](t, p, sound+`.pause(), `+element+`.seek(12), `+sound+`.dispatchEvent(new Event("error"))`)
	must(t, p.Click(element+`.ui.status.querySelector("button")`))
	must(t, p.Wait(sound+`.currentTime > 12 && !`+element+`.ui.status.checkVisibility()`))
	if !value[bool](t, p, element+`.shadowRoot.activeElement === `+element+`.ui.play`) {
		t.Error("the focus is lost with the message")
	}
}

// What lies behind the three dots: captions, chapters, a link to this moment,
// the next article; and what the lock screen shows.
func more(t *testing.T, b *browsertest.Browser, h testHost) {
	m := h.store.Rendition(h.URL, lector.Article{Site: paper.Site, ID: "chapters", Title: "Chapters", Language: "en"}, "One.", "First part", "Two.", "Second part", "Three.")
	m.Segments[3].Kind, m.Segments[5].Kind = lector.Heading, lector.Heading
	h.store.PutManifest(m)
	p := open(t, b, "about:blank", browsertest.Look{Width: 375, Height: 800})
	address := page(t, h, "chapters", `next="/articles/two" next-title="The next one"`, `<meta property="og:image" content="https://x.example/a.jpg">`, `<main><h1>Chapters</h1>{player}</main>`)
	must(t, p.Go(address))
	begin(t, p)
	if !value[bool](t, p, element+`.ui.now.checkVisibility()`) {
		t.Error("there are no captions")
	}
	must(t, p.Click(element+`.ui.open`))
	must(t, p.Wait(element+`.ui.chapters.checkVisibility()`))
	if got := value[string](t, p, element+`.ui.chapters.innerText`); strings.Join(strings.Fields(got), " ") != "0:12 First part 0:20 Second part" {
		t.Errorf("the chapters are %q", got)
	}
	must(t, p.Click(element+`.ui.chapters.querySelectorAll("button")[1]`))
	must(t, p.Wait(sound+`.currentTime === 20 && `+element+`.ui.now.textContent === "Second part"`))
	must(t, p.Click(element+`.ui.caption`))
	if value[bool](t, p, element+`.ui.now.checkVisibility()`) || value[string](t, p, element+`.ui.caption.ariaPressed`) != "false" {
		t.Error("the captions are not off")
	}
	must(t, p.Reload())
	begin(t, p)
	if value[bool](t, p, element+`.ui.now.checkVisibility()`) {
		t.Error("the captions are on again")
	}
	if got := value[string](t, p, `navigator.mediaSession.metadata.artwork[0].src`); got != "https://x.example/a.jpg" {
		t.Errorf("the lock screen shows %q", got)
	}
	shares(t, p, address)
	value[any](t, p, `Object.defineProperty(`+sound+`, "ended", { get: () => true }), `+sound+`.dispatchEvent(new Event("ended"))`)
	if got := value[string](t, p, `(a => a.textContent + " " + a.href)(`+element+`.ui.lead.querySelector("a"))`); got != "Next: The next one "+address+"/articles/two" {
		t.Errorf("at the end it offers %q", got)
	}
	value[any](t, p, element+`.ui.open.click()`)
	findings, err := p.Audit()
	must(t, err)
	if len(findings) > 0 {
		t.Errorf("%q", findings)
	}
}

// shares copies the link, and shows it where the browser forbids copying.
func shares(t *testing.T, p *browsertest.Page, address string) {
	t.Helper()
	value[any](t, p, element+`.ui.open.click(), `+element+`.seek(14.7)`)
	value[any](t, p, `Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: async s => { window.copied = s; } } })`)
	must(t, p.Click(element+`.ui.share`))
	must(t, p.Wait(`window.copied === "`+address+`/#t=14" && `+element+`.ui.note.textContent === "Link copied."`))
	value[any](t, p, `navigator.clipboard.writeText = async () => { throw new Error("forbidden"); }, 0`)
	must(t, p.Click(element+`.ui.share`))
	must(t, p.Wait(element+`.ui.note.querySelector("input")?.value === "`+address+`/#t=14"`))
}

// Nothing on the page moves when the player comes, nor when it plays: element
// and label stand, in any width, where they stand without a script.
func nothingMoves(t *testing.T, b *browsertest.Browser, h testHost) {
	const places = `(e => [e, e.querySelector("[slot=label]")].flatMap(e => { const r = e.getBoundingClientRect(); return [r.x, r.y + scrollY, r.bottom + scrollY]; }).map(Math.round).join(" "))(` + element + `)`
	for _, width := range []int64{320, 375, 600, 1280} {
		for _, path := range []string{"/articles/harbour-tunnel", "/embed/havana/" + labelled(h, "ru", "two")} {
			before := value[string](t, open(t, b, h.URL+path, browsertest.Look{Width: width, Height: 800, NoScript: true}), places)
			p := open(t, b, h.URL+path, browsertest.Look{Width: width, Height: 800})
			must(t, p.Wait(element+`?.audio`))
			if got := value[string](t, p, places); got != before {
				t.Errorf("%s at %d px: element and label go from %s to %s", path, width, before, got)
			}
			if begin(t, p); strings.HasPrefix(path, "/articles") {
				if got := value[string](t, p, places); got != before {
					t.Errorf("%s at %d px: when it plays, element and label go from %s to %s", path, width, before, got)
				}
			}
			p.Close()
		}
	}
}
