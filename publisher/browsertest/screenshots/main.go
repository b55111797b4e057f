// Screenshots takes pictures of the player in each browser engine, on a
// telephone and on a desk, in both colour schemes, while it reads a sentence;
// and of each page of the console in the same ways, also with texts as long as they
// come. It writes a page that shows them side by side.
//
//	go run -C publisher/browsertest ./screenshots [-o FOLDER] [-only player|console|console-long]
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"lector/publisher/browsertest/engine"
	"lector/publisher/browsertest/newspaper"
)

func main() {
	out := flag.String("o", "../../bin/screenshots", "directory of the pictures")
	only := flag.String("only", "", "player, console or console-long: no pictures of the others")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		stop()
		os.Exit(1)
	}
}

// subjects take the pictures of what can be looked at, by its name.
var subjects = map[string]func(ctx context.Context, out string) ([]picture, error){
	"player": playerPages, "console": consolePages, "console-long": longConsolePages,
}

func run(ctx context.Context, out, only string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var taken []picture
	for subject, take := range subjects {
		if only != "" && only != subject {
			continue
		}
		pictures, err := take(ctx, out)
		if err != nil {
			return err
		}
		taken = append(taken, pictures...)
	}
	slices.SortStableFunc(taken, func(a, b picture) int { return strings.Compare(a.Page, b.Page) })
	return sheet(filepath.Join(out, "index.html"), taken)
}

// playerPages takes the pictures of the player.
func playerPages(ctx context.Context, out string) (taken []picture, err error) {
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	mux.Handle("/", newspaper.New(server.URL, slog.New(slog.DiscardHandler)))
	for _, e := range engine.All() {
		pictures, err := album(ctx, e, server.URL, out)
		if errors.Is(err, engine.ErrAbsent) {
			fmt.Fprintln(os.Stderr, "screenshots: SKIPPED", err)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
		taken = append(taken, pictures...)
	}
	return taken, nil
}

// picture is one that is to be taken.
type picture struct {
	Engine, Page string
	engine.Look
}

// File is its name in the directory.
func (p picture) File() string {
	scheme := "light"
	if p.Dark {
		scheme = "dark"
	}
	return fmt.Sprintf("%s-%d-%s-%s.png", p.Page, p.Width, scheme, p.Engine)
}

// looks are how each page is looked at. Those of one scheme come in a row, since a
// browser may have to be started anew for the other.
var looks = []engine.Look{{Width: 375, Height: 812}, {Width: 1280, Height: 860}, {Width: 375, Height: 812, Dark: true}, {Width: 1280, Height: 860, Dark: true}}

// pages are the addresses of what is photographed.
var pages = map[string]string{"article": "/articles/harbour-tunnel", "embed": "/embed/havana/harbour-tunnel"}

// album takes all pictures in one engine.
func album(ctx context.Context, e engine.Engine, base, out string) (all []picture, err error) {
	b, err := e.Start(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	for _, look := range looks {
		for name, path := range pages {
			p := picture{e.Name, name, look}
			if err := p.take(b, base+path, filepath.Join(out, p.File())); err != nil {
				return nil, fmt.Errorf("%s: %w", p.File(), err)
			}
			fmt.Println(filepath.Join(out, p.File()))
			all = append(all, p)
		}
	}
	return all, nil
}

// read plays until a sentence of the second paragraph is marked, stops there and
// shows the player at the upper edge of the window.
//
//go:embed read.js
var read string

const button = `document.querySelector("audio-article").shadowRoot.querySelector("button[part~=play]")`

func (p picture) take(b engine.Browser, address, file string) (err error) {
	page, err := b.Open(address, p.Look)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, page.Close()) }()
	if err := engine.ClickOn(page, button); err != nil {
		return err
	}
	if err := engine.Do(page, read); err != nil {
		return err
	}
	png, err := page.Screenshot()
	if err != nil {
		return err
	}
	return os.WriteFile(file, png, 0o644)
}

//go:embed sheet.html
var sheetSource string

var sheetTemplate = template.Must(template.New("sheet").Parse(sheetSource))

// sheet writes the page that shows all pictures.
func sheet(file string, pictures []picture) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return sheetTemplate.Execute(f, pictures)
}
