// Package browsertest opens pages in a headless Chromium and notes what they
// ask for and complain about.
package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/chromedp"
)

// ErrNoBrowser is returned where no Chromium is installed.
var ErrNoBrowser = errors.New("no chromium on this machine (apt-get install chromium)")

// find returns the path of a Chromium, or ErrNoBrowser. The headless shell has what draws
// and runs pages, without the rest of the browser: it takes a third of the processor time.
func find() (string, error) {
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoBrowser
}

// Browser is a running Chromium.
type Browser struct {
	ctx  context.Context
	stop func()
}

// Start runs a Chromium that plays sound without being touched first and asks
// nobody for anything. Close ends it, as does the end of the context: nothing
// else bounds what is waited for.
func Start(ctx context.Context) (*Browser, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.WSURLReadTimeout(24*time.Hour), // a busy machine needs more than the 20 s of the library
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("mute-audio", true),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium has none for root
	}
	ctx, stopBrowser := chromedp.NewExecAllocator(ctx, options...)
	ctx, stopTab := chromedp.NewContext(ctx)
	b := &Browser{ctx: ctx, stop: func() { stopTab(); stopBrowser() }}
	if err := chromedp.Do(ctx); err != nil {
		b.stop()
		return nil, fmt.Errorf("start chromium: %w", err)
	}
	return b, nil
}

// Close ends the browser.
func (b *Browser) Close() { b.stop() }
