package engine_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"testing"

	"lector"
	"lector/publisher/browsertest/engine"
)

// TestEngines starts each browser once and shows the same to all, one page
// behind the other. Without LECTOR_TEST_BROWSERS it is Chromium alone: where
// there is no sound device, as on servers, Firefox may give its sound up while
// the machine is busy, and then waits for ever.
func TestEngines(t *testing.T) {
	t.Parallel()
	all := os.Getenv("LECTOR_TEST_BROWSERS") != ""
	for _, e := range engine.All() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			if !all && e.Name != "chromium" {
				t.Skip("SKIPPED: make browsers runs it")
			}
			b, err := e.Start(bounded(t))
			if errors.Is(err, engine.ErrAbsent) {
				t.Skip("SKIPPED, the player is not tested in this engine: ", err)
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := b.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			s := newSuite(t, b)
			for _, test := range tests { // one after the other: a browser shows one page at a time
				t.Run(test.name, func(t *testing.T) { test.run(t, s) })
			}
		})
	}
}

// tests are what holds in every engine.
var tests = []struct {
	name string
	run  func(*testing.T, suite)
}{
	{"driver", drives},
	{"play and pause", plays},
	{"seek", seeks},
	{"click a sentence", playsSentence},
	{"label in full sight", showsLabel},
}

const audio = `document.querySelector("audio")`

// everything is a function that returns all elements below a root, those in
// components too.
const everything = `(function all(root) {
	return [...root.querySelectorAll("*")].flatMap(e => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
})`

// control is the visible control that matches a selector and has the name.
func control(selector, name string) string {
	return fmt.Sprintf(everything+`(document).find(e => e.matches(%q) && e.checkVisibility() &&
		(e.getAttribute("aria-label") || e.textContent).trim() === %q)`, selector, name)
}

// event is a promise of the time at which the audio fires the event.
func event(name string) string {
	return `new Promise(done => ` + audio + `.addEventListener("` + name + `", e => done(e.target.currentTime), {once: true}))`
}

// moving is a promise of three rising times that the sound passes.
const moving = `new Promise(done => {
	const times = [];
	` + audio + `.addEventListener("timeupdate", e => {
		const t = e.target.currentTime;
		if (!e.target.paused && !e.target.seeking && t > (times.at(-1) ?? -1)) times.push(t);
		if (times.length === 3) done(times);
	});
})`

func plays(t *testing.T, s suite) {
	p := s.open(t, embed, engine.Look{Width: 700, Height: 500})
	promise(t, p, "moved", moving)
	promise(t, p, "paused", event("pause"))
	click(t, p, control("button", "Play"))
	value[[]float64](t, p, `moved`)
	click(t, p, control("button", "Pause"))
	value[float64](t, p, `paused`)
	if !value[bool](t, p, audio+`.paused`) {
		t.Error("it has not stopped")
	}
}

func seeks(t *testing.T, s suite) {
	p := s.open(t, embed, engine.Look{Width: 700, Height: 500})
	promise(t, p, "played", event("playing"))
	click(t, p, control("button", "Play"))
	value[float64](t, p, `played`)
	promise(t, p, "landed", event("seeked"))
	promise(t, p, "wanted", event("seeking"))
	click(t, p, control("input[type=range]", "Position")) // in its middle
	if half, at := s.narrated.Duration/2, value[float64](t, p, `wanted`); math.Abs(at-half) > s.narrated.Duration/50 {
		t.Errorf("the middle of the position goes to %v of %v", at, s.narrated.Duration)
	}
	value[float64](t, p, `landed`)
	if times := value[[]float64](t, p, moving); times[0] < s.narrated.Duration*0.48 {
		t.Errorf("behind a jump to the middle it plays at %v of %v", times, s.narrated.Duration)
	}
}

// sentence is a range of text in the article.
func sentence(text string) string {
	return fmt.Sprintf(`(text => {
		const walk = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
		for (let n; (n = walk.nextNode());) {
			const at = n.data.indexOf(text);
			if (at < 0 || n.parentElement.closest("audio-article")) continue;
			const range = document.createRange();
			range.setStart(n, at);
			range.setEnd(n, at + text.length);
			return range;
		}
	})(%q)`, text)
}

func playsSentence(t *testing.T, s suite) {
	const text = "They did not stop once"
	start := s.narrated.Segments[3].Sentences[2].Start
	p := s.open(t, article, engine.Look{Width: 1280, Height: 800})
	promise(t, p, "moved", moving)
	click(t, p, control("button", "Play"))
	value[[]float64](t, p, `moved`)
	promise(t, p, "wanted", event("seeking"))
	promise(t, p, "landed", event("seeked"))
	click(t, p, sentence(text))
	if at := value[float64](t, p, `wanted`); math.Abs(at-start) > 0.05 {
		t.Errorf("the sentence is spoken at %v, the click goes to %v", start, at)
	}
	value[float64](t, p, `landed`)
	if times := value[[]float64](t, p, moving); times[0] < start-0.05 {
		t.Errorf("behind the click it plays at %v", times)
	}
}

// hidden returns, of each line of the label, the ends that a reader does not see
// without scrolling; an empty list is a label in full sight.
const hidden = `((text, root) => {
	const inside = point => { let e = root.elementFromPoint(...point); while (e?.shadowRoot?.elementFromPoint(...point) && e.shadowRoot.elementFromPoint(...point) !== e) e = e.shadowRoot.elementFromPoint(...point); return e; };
	const label = ` + everything + `(root).find(e => e.childElementCount === 0 && e.textContent.trim() === text && e.checkVisibility());
	if (!label) return ["there is no label"];
	const range = root.createRange(), view = root.defaultView;
	range.selectNodeContents(label);
	return [...range.getClientRects()].flatMap(r => [[r.left + 1, r.top + 1], [r.right - 1, r.bottom - 1]])
		.filter(([x, y]) => !label.contains(inside([x, y])))
		.map(([x, y]) => Math.round(x) + "," + Math.round(y) + " of " + view.innerWidth + "x" + view.innerHeight);
})`

// showsLabel looks at the article's page with the player in the middle, and at
// the embed page, alone and in its frame, without scrolling.
func showsLabel(t *testing.T, s suite) {
	for _, width := range []int{375, 1280} {
		for path, c := range map[string]struct{ ready, page string }{
			article: {`document.querySelector("audio-article").scrollIntoView({block: "center"})`, `document`},
			embed:   {`document.readyState`, `document`},
			fmt.Sprintf("%s?maxwidth=%d", framed, width): {`document.readyState`, `document.querySelector("iframe").contentDocument`},
		} {
			t.Run(fmt.Sprintf("%s %d", path, width), func(t *testing.T) {
				p := s.open(t, path, engine.Look{Width: width, Height: 700})
				value[any](t, p, c.ready)
				if got := value[[]string](t, p, fmt.Sprintf(`%s(%q, %s)`, hidden, lector.DisclosureText, c.page)); len(got) > 0 {
					t.Errorf("the label cannot be seen at %v", got)
				}
			})
		}
	}
}
