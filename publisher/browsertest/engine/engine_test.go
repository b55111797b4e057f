package engine_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"lector"
	"lector/publisher/browsertest"
	"lector/publisher/browsertest/engine"
)

// TestEngines starts each browser once and shows the same to all, one page
// behind the other. WebKitGTK takes part with LECTOR_TEST_BROWSERS only: on a busy
// machine (2.50.6 with GStreamer 1.22) it loses jumps. The page hears of "seeking" to
// the right place, and then the sound goes on at the old one or stands still for ever.
func TestEngines(t *testing.T) {
	t.Parallel()
	all := os.Getenv("LECTOR_TEST_BROWSERS") != ""
	for _, e := range engine.All() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			if !all && e.Name == "webkit" {
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
	{"plays are counted", counts},
	{"click a sentence", playsSentence},
	{"label in full sight", showsLabel},
	{"script after the first paint", movesNothing},
	{"everybody can use it", audits},
}

// audio is the audio of the page; where there is none, or it has failed, the
// reason is thrown.
const audio = `(() => {
	const a = document.querySelector("audio");
	if (!a) throw Error("the page has no audio");
	if (a.error) throw Error("audio error " + a.error.code + " " + a.error.message);
	return a;
})()`

// everything is a function that returns all elements below a root, those in
// components too.
const everything = `(function all(root) {
	return [...root.querySelectorAll("*")].flatMap(e => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
})`

// control is the visible control that matches a selector and has the name, of a
// player whose audio can play.
func control(selector, name string) string {
	return fmt.Sprintf(audio+` && `+everything+`(document).find(e => e.matches(%q) && e.checkVisibility() &&
		(e.getAttribute("aria-label") || e.textContent).trim() === %q)`, selector, name)
}

// waiting makes a promise of a function that listens to the audio. It is
// rejected when the audio fails or ends before.
const waiting = `(listen => new Promise((done, fail) => {
	const a = ` + audio + `, lost = e => fail(Error("audio " + e.type + " at " + a.currentTime + " " + (a.error?.message ?? "")));
	a.addEventListener("error", lost);
	a.addEventListener("ended", lost);
	listen(a, done);
}))`

// event is a promise of the time at which the audio fires the event.
func event(name string) string {
	return fmt.Sprintf(waiting+`((a, done) => a.addEventListener(%q, () => done(a.currentTime), {once: true}))`, name)
}

// moving is a promise of three rising times that the sound passes after an event.
func moving(after string) string {
	return fmt.Sprintf(waiting+`((a, done) => {
		let times;
		a.addEventListener(%q, () => times = []);
		a.addEventListener("timeupdate", () => {
			const t = a.currentTime;
			if (times && !a.paused && !a.seeking && t > (times.at(-1) ?? -1)) times.push(t);
			if (times?.length === 3) done(times);
		});
	})`, after)
}

func plays(t *testing.T, s suite) {
	p := s.open(t, embed, engine.Look{Width: 700, Height: 500})
	promise(t, p, "moved", moving("play"))
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
	promise(t, p, "moved", moving("seeked"))
	promise(t, p, "wanted", event("seeking"))
	click(t, p, control("input[type=range]", "Position")) // in its middle
	if half, at := s.narrated.Duration/2, value[float64](t, p, `wanted`); math.Abs(at-half) > s.narrated.Duration/50 {
		t.Errorf("the middle of the position goes to %v of %v", at, s.narrated.Duration)
	}
	if times := value[[]float64](t, p, `moved`); times[0] < s.narrated.Duration*0.48 {
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
	promise(t, p, "moved", moving("play"))
	click(t, p, control("button", "Play"))
	value[[]float64](t, p, `moved`)
	promise(t, p, "moved", moving("seeked"))
	promise(t, p, "wanted", event("seeking"))
	click(t, p, sentence(text))
	if at := value[float64](t, p, `wanted`); math.Abs(at-start) > 0.05 {
		t.Errorf("the sentence is spoken at %v, the click goes to %v", start, at)
	}
	if times := value[[]float64](t, p, `moved`); times[0] < start-0.05 {
		t.Errorf("behind the click it plays at %v", times)
	}
}

// audits looks, in both colour schemes, at a player that shows all it has: the
// names of its controls, their size, the contrast of its texts.
func audits(t *testing.T, s suite) {
	const unfold = `(async player => {
		player.ui.open.click();
		player.ui.words.click();
		await player.find();
		player.ui.share.focus();
	})(document.querySelector("audio-article"))`
	const spoil = `(ui => {
		ui.lead.style.color = getComputedStyle(ui.box).backgroundColor;
		ui.share.ariaLabel = "Send";
		ui.save.textContent = "";
	})(document.querySelector("audio-article").ui)`
	for path, look := range map[string]engine.Look{
		article: {Width: 1280, Height: 800},
		embed:   {Width: 375, Height: 700, Dark: true},
	} {
		t.Run(path, func(t *testing.T) {
			p := s.open(t, path, look)
			value[any](t, p, unfold)
			for _, finding := range value[[]string](t, p, browsertest.AuditScript()) {
				t.Error(finding)
			}
			value[any](t, p, spoil)
			spoilt := strings.Join(value[[]string](t, p, browsertest.AuditScript()), "\n")
			for _, want := range []string{"has a contrast of 1.00", "which its name lacks", "has no name"} {
				if !strings.Contains(spoilt, want) {
					t.Errorf("of a spoilt page nobody hears that something %s, but %q", want, spoilt)
				}
			}
		})
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
