package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"

	"github.com/chromedp/chromedp"

	"lector/publisher/access"
	"lector/publisher/browsertest"
	"lector/publisher/browsertest/engine"
	"lector/publisher/browsertest/newsroom"
	"lector/publisher/console"
)

// consolePages takes pictures of all pages of the console as they are on most days.
func consolePages(ctx context.Context, out string) ([]picture, error) {
	n, err := newsroom.New()
	if err != nil {
		return nil, err
	}
	return consolePictures(ctx, n, "console-", out)
}

// longConsolePages takes the same pictures with texts as long as they come.
func longConsolePages(ctx context.Context, out string) ([]picture, error) {
	n, err := newsroom.New()
	if err != nil {
		return nil, err
	}
	n.Stretch()
	return consolePictures(ctx, n, "console-long-", out)
}

// consolePictures takes pictures of a newsroom in Chromium alone: the pages have nothing
// that browsers draw in ways of their own. The names of files have a prefix.
func consolePictures(ctx context.Context, n *newsroom.Newsroom, prefix, out string) ([]picture, error) {
	handler, err := console.New(n.Config())
	if err != nil {
		return nil, err
	}
	server := httptest.NewServer(access.Guard{}.Handler(handler))
	defer server.Close()
	b, err := browsertest.Start(ctx)
	if errors.Is(err, browsertest.ErrNoBrowser) {
		fmt.Fprintln(os.Stderr, "screenshots: SKIPPED the console:", err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer b.Close()
	var all []picture
	for _, look := range looks {
		taken, err := consoleAlbum(b, look, server.URL, n.Pages(), prefix, out)
		if err != nil {
			return nil, err
		}
		all = append(all, taken...)
	}
	return all, nil
}

// consoleAlbum takes all pictures of one look, each of a whole page.
func consoleAlbum(b *browsertest.Browser, look engine.Look, base string, pages map[string]string, prefix, out string) (all []picture, err error) {
	page, err := b.Open(base+"/jobs", browsertest.Look{Width: int64(look.Width), Height: int64(look.Height), Dark: look.Dark, NoScript: true})
	if err != nil {
		return nil, err
	}
	defer page.Close()
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		p := picture{"chromium", prefix + name, look}
		if err := page.Go(base + pages[name]); err != nil {
			return nil, err
		}
		png, err := chromedp.Run(page.Context, chromedp.FullScreenshot(100))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.File(), err)
		}
		file := filepath.Join(out, p.File())
		if err := os.WriteFile(file, png, 0o644); err != nil {
			return nil, err
		}
		fmt.Println(file)
		all = append(all, p)
	}
	return all, nil
}
