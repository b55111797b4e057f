// Package engine drives the three browser engines that listeners use, each by
// the protocol that its program speaks: Chromium (Blink) by the Chrome DevTools
// Protocol, Firefox ESR (Gecko) by WebDriver BiDi, WebKitGTK (Safari's engine)
// by WebDriver. What is asked of them is the same: open a page, evaluate,
// click by real input events, take a picture.
package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrAbsent is in the error of Start where the browser is not installed.
var ErrAbsent = errors.New("not on this machine")

// Look is how a page is looked at: the size of its viewport in CSS pixels, and
// whether the reader prefers the dark scheme.
type Look struct {
	Width, Height int
	Dark          bool
}

// Browser is a running browser.
type Browser interface {
	// Open opens the address in a page that shares nothing with the ones before,
	// and waits until it has loaded. One page is open at a time.
	Open(address string, look Look) (Page, error)
	// Close ends the browser and all of its processes.
	Close() error
}

// Page is an open page.
type Page interface {
	// Evaluate evaluates an expression whose value is a promise of a string, and
	// waits for it. A rejected promise is an error with its reason.
	Evaluate(expression string) (string, error)
	// Click presses and releases the main button of a mouse at a point of the
	// viewport, in CSS pixels.
	Click(x, y float64) error
	// Screenshot returns what the viewport shows, as a PNG.
	Screenshot() ([]byte, error)
	// Close closes the page and forgets what it has stored.
	Close() error
}

// Engine is a browser engine that can be started.
type Engine struct {
	Name  string
	Start func(ctx context.Context) (Browser, error) // ctx bounds all that the browser does
}

// All returns the engines.
func All() []Engine {
	return []Engine{{"chromium", startChromium}, {"firefox", startFirefox}, {"webkit", startWebKit}}
}

// value returns what an expression is in the page, waiting for it where it is a
// promise, by way of JSON.
func value[T any](p Page, expression string) (v T, err error) {
	text, err := p.Evaluate(`(async () => JSON.stringify((await (` + expression + `)) ?? null))()`)
	if err != nil {
		return v, fmt.Errorf("evaluate %s: %w", expression, err)
	}
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return v, fmt.Errorf("evaluate %s: %w", expression, err)
	}
	return v, nil
}

// Do evaluates an expression for its effect, waiting for it where it is a
// promise.
func Do(p Page, expression string) error {
	_, err := value[any](p, `Promise.resolve(`+expression+`).then(() => null)`)
	return err
}

// middle scrolls an element or a range into sight, waits until the page has
// been painted so, and returns the middle of its first line. It looks for its
// target in so many frames of the page, at most 60 a second.
const middle = `(async find => {
	let target;
	for (let frames = 0; !(target = find()); frames++) {
		if (frames === 6000) throw Error("it is not there after 6000 frames");
		await new Promise(requestAnimationFrame);
	}
	const element = target instanceof Range ? target.startContainer.parentElement : target;
	element.scrollIntoView({block: "center", behavior: "instant"});
	await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
	const box = target.getClientRects()[0];
	return [box.x + box.width / 2, box.y + box.height / 2];
})`

// ClickOn clicks in the middle of what the expression evaluates to, an element
// (inside a component, too) or a range of text, as soon as that is there. It
// gives up when the expression throws, and when nothing comes.
func ClickOn(p Page, expression string) error {
	at, err := value[[]float64](p, middle+`(() => `+expression+`)`)
	if err != nil {
		return fmt.Errorf("find what to click: %w", err)
	}
	return p.Click(at[0], at[1])
}
