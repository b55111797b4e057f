package player_test

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"lector"
	"lector/publisher"
	"lector/publisher/browsertest"
	"lector/publisher/paper"
	"lector/publisher/publishertest"
)

// testHost is the demo's newspaper with audio for its first article.
type testHost struct {
	*httptest.Server
	store *publishertest.Store
}

var tunnel = []string{
	"The harbour tunnel, which carries a third of the city's morning traffic, will reopen at 6:30 a.m. on Jan. 11, fifteen weeks after a burst main closed it, the port authority said on Monday.",
	"Repairs cost $2.4 million, 18% less than the $2.9 million that the council had set aside, according to Dr. Elena Marchetti, the engineer in charge.\n“We drained 4,200 cubic metres of water with pumps that were older than most of my crew,” she said.\n“They did not stop once.”",
	"Lt. Gen. Tomás Acosta, who commands the civil defence reserve, said that 340 soldiers had worked in three shifts since Oct. 5.",
	"What changes for drivers", "Three rules apply from the first day:", "Lorries over 7.5 tonnes use the northern tube only.",
}

func newHost(t *testing.T) testHost {
	t.Helper()
	h := testHost{store: new(publishertest.Store)}
	mux := http.NewServeMux()
	h.Server = httptest.NewServer(mux)
	t.Cleanup(h.Close)
	c := publisher.Config{
		Store: h.store, ServeObjects: true, Log: slog.New(slog.DiscardHandler),
		Sites: map[string]publisher.Site{paper.Site: {Title: paper.Title, URL: h.URL, Language: "en"}},
	}
	c.Fallback = paper.Handler(c.Embed(), c.Log)
	mux.Handle("/", publisher.New(c))
	h.store.Rendition(h.URL, paper.Articles(h.URL)[0], tunnel...)
	return h
}

// open opens a page of the host and closes it when the test is over.
func open(t *testing.T, b *browsertest.Browser, address string, look browsertest.Look) *browsertest.Page {
	t.Helper()
	p, err := b.Open(address, look)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// value returns what an expression is in the page.
func value[T any](t *testing.T, p *browsertest.Page, expression string) T {
	t.Helper()
	v, err := browsertest.Run[T](p, expression)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const (
	element = `document.querySelector("audio-article")`
	sound   = element + `.audio`
	label   = `document.querySelector("audio-article [slot=label]")`
)

// TestInBrowser shares one Chromium among the pages it looks at.
func TestInBrowser(t *testing.T) {
	t.Parallel()
	b, err := browsertest.Start(untilLimit(t))
	if errors.Is(err, browsertest.ErrNoBrowser) {
		t.Skip("SKIPPED, the player is not tested: ", err)
	}
	must(t, err)
	t.Cleanup(b.Close)
	h := newHost(t)
	for name, test := range map[string]func(*testing.T, *browsertest.Browser, testHost){
		"without JavaScript":      withoutScript,
		"play and seek":           playAndSeek,
		"keyboard":                keyboard,
		"takes up where it was":   resumes,
		"link to a moment":        linkedMoment,
		"marks what is read":      marks,
		"transcript":              transcript,
		"audio arrives":           arrives,
		"audio fails":             fails,
		"everybody can use it":    audited,
		"label without light DOM": labelStays,
		"stays in sight":          staysInSight,
		"right to left":           rightToLeft,
		"titles of all kinds":     titles,
		"text stays text":         textStaysText,
		"on another's page":       onForeignPage,
		"any order":               anyOrder,
		"bar":                     bar,
		"follows":                 follows,
		"error goes":              errorGoes,
		"more":                    more,
		"nothing moves":           nothingMoves,
		"label is read":           labelIsRead,
		"frame grows":             frameGrows,
		"frame of another":        frameOfAnother,
		"label on hard pages":     labelOnHardPages,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); test(t, b, h) })
	}
}

// untilLimit is a context that ends a little before the limit of go test, so
// that a wait in vain can still be told and the browser be stopped.
func untilLimit(t *testing.T) context.Context {
	t.Helper()
	limit, ok := t.Deadline()
	if !ok {
		return context.Background()
	}
	ctx, cancel := context.WithDeadline(context.Background(), limit.Add(-min(time.Until(limit)/10, time.Minute)))
	t.Cleanup(cancel)
	return ctx
}

func withoutScript(t *testing.T, b *browsertest.Browser, h testHost) {
	for _, path := range []string{"/embed/havana/harbour-tunnel", "/articles/harbour-tunnel"} {
		p := open(t, b, h.URL+path, browsertest.Look{NoScript: true})
		if !value[bool](t, p, label+`.checkVisibility() && `+label+`.getBoundingClientRect().height > 10`) {
			t.Errorf("%s: the label is not visible", path)
		}
		if got := value[string](t, p, label+`.innerText`); got != lector.DisclosureText {
			t.Errorf("%s: the label says %q", path, got)
		}
		if !value[bool](t, p, `(a => a.controls && a.getBoundingClientRect().height > 20 && a.src.endsWith(".mp3"))(document.querySelector("audio"))`) {
			t.Errorf("%s: there is no native audio", path)
		}
		if value[bool](t, p, `!!customElements.get("audio-article")`) {
			t.Errorf("%s: a script ran", path)
		}
	}
}

func playAndSeek(t *testing.T, b *browsertest.Browser, h testHost) {
	p := open(t, b, h.URL+"/articles/harbour-tunnel", browsertest.Look{})
	must(t, p.Click(element+`.ui.play`))
	must(t, p.Wait(sound+`.currentTime > 0.3 && !`+sound+`.paused`))
	if got := value[string](t, p, element+`.ui.play.ariaLabel`); got != "Pause" {
		t.Errorf("the button says %q while it plays", got)
	}
	must(t, p.Click(element+`.ui.forward`))
	must(t, p.Wait(sound+`.currentTime > 15 && !`+sound+`.seeking`))
	must(t, p.Click(element+`.ui.play`))
	must(t, p.Wait(sound+`.paused`))
	must(t, p.Click(element+`.ui.seek`)) // in the middle
	must(t, p.Wait(`Math.abs(`+sound+`.currentTime - `+element+`.total / 2) < 0.5`))
	value[any](t, p, element+`.setRate(1.5)`)
	if got := value[float64](t, p, sound+`.playbackRate`); got != 1.5 {
		t.Errorf("plays at %v", got)
	}
	if !value[bool](t, p, label+`.checkVisibility()`) {
		t.Error("the label is not visible")
	}
	if problems := p.Problems(); len(problems) > 0 {
		t.Errorf("the page complains: %q", problems)
	}
	scripts := 0
	for _, address := range p.Requests() {
		if !strings.HasPrefix(address, h.URL+"/") && !strings.HasPrefix(address, "data:") {
			t.Errorf("the page asks for %s", address)
		}
		if strings.Contains(address, "/player.js") {
			scripts++
		}
	}
	if scripts != 1 {
		t.Errorf("the player came in %d requests", scripts)
	}
}

func keyboard(t *testing.T, b *browsertest.Browser, h testHost) {
	p := open(t, b, h.URL+"/embed/havana/harbour-tunnel", browsertest.Look{})
	must(t, p.Press(kb.Tab)) // to the play button
	must(t, p.Press(" "))
	must(t, p.Wait(sound+`.currentTime > 0 && !`+sound+`.paused`))
	must(t, p.Press("k"))
	must(t, p.Wait(sound+`.paused`))
	value[any](t, p, element+`.seek(0), `+element+`.ui.seek.focus()`)
	must(t, p.Press(kb.ArrowRight))
	must(t, p.Press("l"))
	if got := value[float64](t, p, sound+`.currentTime`); got != 20 {
		t.Errorf("5 and 15 seconds on is %v", got)
	}
	must(t, p.Press("j"))
	must(t, p.Press(kb.ArrowLeft))
	if got := value[string](t, p, element+`.ui.seek.ariaValueText`); !strings.HasPrefix(got, "0 seconds of 32 seconds") {
		t.Errorf("the position is spoken as %q", got)
	}
}

func resumes(t *testing.T, b *browsertest.Browser, h testHost) {
	p := open(t, b, h.URL+"/embed/havana/harbour-tunnel", browsertest.Look{})
	value[any](t, p, element+`.seek(12), `+sound+`.play()`)
	must(t, p.Wait(sound+`.currentTime > 12.2`))
	value[any](t, p, sound+`.pause()`)
	must(t, p.Wait(`localStorage.length > 0`))
	left := value[float64](t, p, sound+`.currentTime`)
	must(t, p.Reload())
	must(t, p.Wait(element+`?.audio`))
	if got := value[float64](t, p, sound+`.currentTime`); math.Abs(got-left) > 0.1 {
		t.Errorf("takes up at %v, was left at %v", got, left)
	}
	value[any](t, p, `localStorage.clear()`)
}

func linkedMoment(t *testing.T, b *browsertest.Browser, h testHost) {
	p := open(t, b, "about:blank", browsertest.Look{})
	for hash, want := range map[string]float64{"#t=18": 18, "#t=0:21": 21, "#t=99999": 0, "#t=x": 0, "#t=-3": 0} {
		must(t, p.Go(h.URL+"/embed/havana/harbour-tunnel?"+hash[1:]+hash))
		must(t, p.Wait(element+`?.audio`))
		if got := value[float64](t, p, sound+`.currentTime`); got != want {
			t.Errorf("%s starts at %v", hash, got)
		}
	}
}

func marks(t *testing.T, b *browsertest.Browser, h testHost) {
	p := open(t, b, h.URL+"/articles/harbour-tunnel", browsertest.Look{})
	// Stopped before the first sound: the listener has started all the same.
	value[any](t, p, sound+`.play().catch(() => {}), `+sound+`.pause()`)
	must(t, p.Wait(element+`.sentences.length`))
	value[any](t, p, element+`.seek(13.5)`)
	must(t, p.Wait(`CSS.highlights.get("audio-article")`))
	got := value[string](t, p, `[...CSS.highlights.get("audio-article")].map(r => r.toString()).join("|")`)
	if !strings.Contains(strings.ReplaceAll(tunnel[1], "\n", "|"), got) || len(got) < 20 {
		t.Errorf("marked is %q", got)
	}
	must(t, p.Click(`document.querySelector(".prose p")`))
	must(t, p.Wait(sound+`.currentTime == 8`))
	if got := value[float64](t, p, element+`.sentences.filter(s => s.range).length`); got < 8 {
		t.Errorf("%v sentences were found on the page", got)
	}
}

func transcript(t *testing.T, b *browsertest.Browser, h testHost) {
	p := open(t, b, h.URL+"/embed/havana/harbour-tunnel", browsertest.Look{})
	must(t, p.Click(element+`.ui.open`))
	must(t, p.Click(element+`.ui.words`))
	must(t, p.Wait(element+`.ui.text.querySelectorAll("p").length == 8`))
	must(t, p.Click(element+`.ui.text.querySelectorAll("button")[3]`))
	must(t, p.Wait(element+`.ui.text.querySelector("[aria-current]")?.textContent.startsWith("Repairs cost")`))
	if got := value[string](t, p, element+`.ui.now.textContent`); !strings.HasPrefix(got, "Repairs cost") {
		t.Errorf("the caption says %q", got)
	}
	findings, err := p.Audit()
	must(t, err)
	if len(findings) > 0 {
		t.Errorf("%q", findings)
	}
}

func arrives(t *testing.T, b *browsertest.Browser, h testHost) {
	sugar := paper.Articles(h.URL)[1]
	p := open(t, b, h.URL+"/articles/sugar-harvest", browsertest.Look{})
	must(t, p.Wait(element+`.ui.status.checkVisibility()`))
	if value[bool](t, p, element+`.ui.main.checkVisibility()`) {
		t.Error("there is a button but no audio")
	}
	h.store.Rendition(h.URL, sugar, "One sentence.")
	must(t, p.Wait(element+`.ui.main.checkVisibility() && `+label+`?.checkVisibility()`))
	value[any](t, p, sound+`.play()`)
	must(t, p.Wait(sound+`.currentTime > 0`))
}

func fails(t *testing.T, b *browsertest.Browser, h testHost) {
	a := lector.Article{Site: paper.Site, ID: "lost", Title: "Lost", Language: "de"}
	m := h.store.Rendition(h.URL, a, "Nichts.")
	h.store.Delete(strings.TrimPrefix(m.Links.MP3, h.URL+"/"))
	p := open(t, b, h.URL+"/embed/havana/lost", browsertest.Look{})
	must(t, p.Click(element+`.ui.play`))
	must(t, p.Wait(element+`.ui.status.checkVisibility()`))
	if got := value[string](t, p, element+`.ui.status.innerText`); !strings.Contains(got, "Das Audio konnte nicht geladen werden.") {
		t.Errorf("the page says %q", got)
	}
	h.store.Rendition(h.URL, a, "Nichts.")
	must(t, p.Click(element+`.ui.status.querySelector("button")`))
	must(t, p.Wait(sound+`.currentTime > 0 && !`+element+`.ui.status.checkVisibility()`))
}

func audited(t *testing.T, b *browsertest.Browser, h testHost) {
	player := []string{"/articles/harbour-tunnel", "/embed/havana/harbour-tunnel"}
	all := append([]string{"/", "/articles/storm-ines", "/embed/havana/nothing", "/nowhere"}, player...)
	for name, c := range map[string]struct {
		look  browsertest.Look
		pages []string
	}{
		"light":         {browsertest.Look{}, all},
		"dark phone":    {browsertest.Look{Width: 320, Height: 640, Dark: true}, all},
		"no script":     {browsertest.Look{NoScript: true, Width: 375, Height: 800}, player},
		"more contrast": {browsertest.Look{Features: map[string]string{"prefers-contrast": "more"}}, player},
		"forced colors": {browsertest.Look{Features: map[string]string{"forced-colors": "active"}}, player},
	} {
		p := open(t, b, "about:blank", c.look)
		for _, path := range c.pages {
			must(t, p.Go(h.URL+path))
			findings, err := p.Audit()
			must(t, err)
			for _, f := range findings {
				t.Errorf("%s, %s: %s", path, name, f)
			}
		}
		p.Close()
	}
}

func labelStays(t *testing.T, b *browsertest.Browser, h testHost) {
	p := open(t, b, h.URL+"/embed/havana/harbour-tunnel", browsertest.Look{})
	value[any](t, p, label+`.remove()`)
	if !value[bool](t, p, element+`.ui.label.checkVisibility() && `+element+`.ui.label.textContent.includes("`+lector.DisclosureText+`")`) {
		t.Error("the label went with its text")
	}
	if !slices.Contains(value[[]string](t, p, `[...`+element+`.shadowRoot.querySelectorAll("slot")].map(s => s.name)`), "label") {
		t.Error("the label has no place")
	}
}

func staysInSight(t *testing.T, b *browsertest.Browser, h testHost) {
	p := open(t, b, h.URL+"/articles/harbour-tunnel", browsertest.Look{Width: 375, Height: 700})
	value[any](t, p, sound+`.play()`)
	value[any](t, p, `scrollTo(0, document.body.scrollHeight)`)
	must(t, p.Wait(element+`.ui.box.classList.contains("mini")`))
	const inSight = `(r => r.top > 0 && r.bottom <= innerHeight && r.height > 10)(%.getBoundingClientRect())`
	for what, part := range map[string]string{"label": label, "button": element + `.ui.play`} {
		if !value[bool](t, p, strings.ReplaceAll(inSight, "%", part)) {
			t.Errorf("the %s is out of sight", what)
		}
	}
	findings, err := p.Audit()
	must(t, err)
	if len(findings) > 0 {
		t.Errorf("%q", findings)
	}
	value[any](t, p, `scrollTo(0, 0)`)
	must(t, p.Wait(`!`+element+`.ui.box.classList.contains("mini")`))
}

func rightToLeft(t *testing.T, b *browsertest.Browser, h testHost) {
	p := open(t, b, h.URL+"/embed/havana/harbour-tunnel", browsertest.Look{Width: 700, Height: 400})
	value[any](t, p, `document.documentElement.dir = "rtl"`)
	if !value[bool](t, p, element+`.ui.play.getBoundingClientRect().x > `+element+`.ui.speed.getBoundingClientRect().x`) {
		t.Error("the button is not on the right")
	}
	value[any](t, p, element+`.seek(10), `+element+`.ui.seek.focus()`)
	must(t, p.Press(kb.ArrowLeft))
	if got := value[float64](t, p, sound+`.currentTime`); got != 15 {
		t.Errorf("the left arrow goes to %v", got)
	}
}

// A word may be longer than a telephone is wide, and a title may run the other
// way than the player's own words.
func titles(t *testing.T, b *browsertest.Browser, h testHost) {
	long := lector.Article{Site: paper.Site, ID: "long", Language: "de", Title: strings.Repeat("Donaudampfschiff", 8)}
	arabic := lector.Article{Site: paper.Site, ID: "arabic", Language: "ar", Title: "افتتاح الجسر الجديد"}
	const narrower = `document.documentElement.scrollWidth <= innerWidth && ` + element + `.getBoundingClientRect().right <= innerWidth`
	for _, a := range []lector.Article{long, arabic} {
		h.store.Rendition(h.URL, a, a.Title)
		p := open(t, b, h.URL+"/embed/havana/"+a.ID, browsertest.Look{Width: 375, Height: 700})
		value[any](t, p, sound+`.play().catch(() => {}), `+sound+`.pause(), `+element+`.seek(5), `+element+`.find()`)
		must(t, p.Wait(element+`.ui.now.checkVisibility() && `+element+`.ui.now.textContent != ""`))
		if !value[bool](t, p, narrower) {
			t.Errorf("%s: the page is wider than the telephone", a.ID)
		}
		for _, what := range []string{`document.querySelector("h1")`, element + `.ui.now`} {
			const side = `(e => { const r = document.createRange(); r.selectNodeContents(e); const t = r.getBoundingClientRect(), b = e.getBoundingClientRect(); return b.right - t.right < t.left - b.left })`
			if got := value[bool](t, p, side+`(`+what+`)`); got != (a.ID == "arabic") {
				t.Errorf("%s: %s stands on the right: %v", a.ID, what, got)
			}
		}
	}
}

// A newsroom's own page needs the script and one empty element, and may be on
// another origin than the audio.
func onForeignPage(t *testing.T, b *browsertest.Browser, h testHost) {
	key := lector.PointerKey(paper.Site, lector.Key(paper.Site, "harbour-tunnel"))
	page := `<!doctype html><html lang="fr"><title>Page</title><script type="module" src="` + h.URL + `/player.js?lang=fr"></script>
<audio-article manifest="` + h.URL + "/" + key + `"></audio-article>`
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(page))
	}))
	defer other.Close()
	p := open(t, b, other.URL+"/", browsertest.Look{})
	must(t, p.Wait(element+`?.audio && `+label+`.checkVisibility()`))
	must(t, p.Click(element+`.ui.play`))
	must(t, p.Wait(sound+`.currentTime > 0 && `+element+`.ui.now.checkVisibility()`))
	if got := value[string](t, p, element+`.ui.lead.textContent`); got != "Écouter cet article" {
		t.Errorf("it says %q", got)
	}
}

// Whatever an article says of itself is shown, spoken of to the lock screen and
// written into the transcript, but never becomes a part of the page.
func textStaysText(t *testing.T, b *browsertest.Browser, h testHost) {
	const attack = `"></p></script><img src=x onerror="window.pwned = 1"><script>window.pwned = 2</script>{{.}}${window.pwned = 3}`
	a := lector.Article{Site: paper.Site, ID: attack, Title: attack, Language: "en", Authors: []string{attack}, URL: "javascript:window.pwned=4"}
	h.store.Rendition(h.URL, a, attack)
	p := open(t, b, h.URL+"/embed/havana/"+url.PathEscape(attack), browsertest.Look{})
	must(t, p.Click(element+`.ui.play`))
	must(t, p.Click(element+`.ui.open`))
	must(t, p.Click(element+`.ui.words`))
	must(t, p.Wait(element+`.ui.text.querySelectorAll("p").length == 3`))
	if got := value[string](t, p, element+`.ui.text.lastChild.querySelector("p").textContent.trim()`); got != attack {
		t.Errorf("the transcript says %q", got)
	}
	if got := value[string](t, p, `navigator.mediaSession.metadata.title`); got != attack {
		t.Errorf("the lock screen says %q", got)
	}
	if value[bool](t, p, `"pwned" in window || document.images.length > 0 || `+element+`.shadowRoot.querySelector("img,script") !== null`) {
		t.Error("an article became a part of the page")
	}
	if problems := p.Problems(); len(problems) > 0 {
		t.Errorf("the page complains: %q", problems)
	}
}
