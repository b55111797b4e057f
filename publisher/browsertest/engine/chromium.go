package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/chromedp/chromedp"

	"lector/publisher/browsertest"
)

// chromium is the Chromium of package browsertest.
type chromium struct{ *browsertest.Browser }

func startChromium(ctx context.Context) (Browser, error) {
	b, err := browsertest.Start(ctx)
	if errors.Is(err, browsertest.ErrNoBrowser) {
		return nil, fmt.Errorf("chromium: %w (apt-get install chromium)", ErrAbsent)
	}
	if err != nil {
		return nil, err
	}
	return chromium{b}, nil
}

func (c chromium) Open(address string, look Look) (Page, error) {
	p, err := c.Browser.Open(address, browsertest.Look{Width: int64(look.Width), Height: int64(look.Height), Dark: look.Dark})
	if err != nil {
		return nil, err
	}
	return chromiumPage{p}, nil
}

func (c chromium) Close() error {
	c.Browser.Close()
	return nil
}

type chromiumPage struct{ *browsertest.Page }

func (p chromiumPage) Evaluate(expression string) (string, error) {
	return browsertest.Run[string](p.Page, expression)
}

func (p chromiumPage) Click(x, y float64) error {
	return chromedp.Do(p.Context, chromedp.MouseClickXY(x, y))
}

func (p chromiumPage) Screenshot() ([]byte, error) {
	return chromedp.Run(p.Context, chromedp.CaptureScreenshot())
}

func (p chromiumPage) Close() error {
	p.Page.Close()
	return nil
}
