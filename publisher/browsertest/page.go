package browsertest

import (
	"context"
	"fmt"
	"sync"

	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Page is an open page.
type Page struct {
	Context  context.Context // of chromedp, for further actions
	look     Look
	close    func()
	mu       sync.Mutex
	requests []string
	problems []string
}

// Open opens the address in a browser profile of its own and waits until it has
// loaded. The page lives as long as the context of Start.
func (b *Browser) Open(address string, look Look) (*Page, error) {
	tab, closeTab := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	p := &Page{look: look, close: closeTab}
	if err := chromedp.Listen(tab, p.note); err != nil {
		closeTab()
		return nil, fmt.Errorf("listen to page: %w", err)
	}
	if err := look.apply(tab); err != nil {
		closeTab()
		return nil, fmt.Errorf("prepare page: %w", err)
	}
	p.Context = tab
	if err := p.Go(address); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// Go opens another address in the same tab and waits until it has loaded.
func (p *Page) Go(address string) error {
	if err := chromedp.Do(p.Context, chromedp.Navigate(address)); err != nil {
		return fmt.Errorf("open %s: %w", address, err)
	}
	return nil
}

// SetLook has the page be looked at in another way. Whether it may run scripts counts when
// it is opened.
func (p *Page) SetLook(look Look) error {
	p.look = look
	return look.apply(p.Context)
}

// Close closes the page.
func (p *Page) Close() { p.close() }

// Requests returns the addresses that the page has asked for.
func (p *Page) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.requests...)
}

// Problems returns what the page has complained about on its console.
func (p *Page) Problems() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.problems...)
}

func (p *Page) note(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, "exception: "+exception(e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			p.problems = append(p.problems, fmt.Sprintf("console: %s", e.Args[0].Value))
		}
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError {
			p.problems = append(p.problems, "log: "+e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

func exception(e *runtime.ExceptionDetails) string {
	if e.Exception != nil {
		return e.Exception.Description
	}
	return e.Text
}

// Run evaluates an expression, waiting for it where it is a promise.
func Run[T any](p *Page, expression string) (T, error) {
	return chromedp.Run(p.Context, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Wait waits until the expression is true. It builds no function from text,
// which the page's policy may forbid.
func (p *Page) Wait(expression string) error {
	const loop = `new Promise(done => { const look = () => (%s) ? done(true) : setTimeout(look, 20); look(); })`
	if _, err := Run[bool](p, fmt.Sprintf(loop, expression)); err != nil {
		return fmt.Errorf("wait for %s: %w", expression, err)
	}
	return nil
}
