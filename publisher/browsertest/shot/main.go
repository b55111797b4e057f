// Shot takes a picture of a page, for the README and for the eye.
//
//	go run -C publisher/browsertest ./shot -o page.png [-dark] [-width 375] [-play 20] URL
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/chromedp/chromedp"

	"lector/publisher/browsertest"
)

type shot struct {
	look    browsertest.Look
	out     string
	play    float64
	full    bool
	run     string
	address string
}

func main() {
	var s shot
	flag.StringVar(&s.out, "o", "page.png", "the file to write")
	flag.Int64Var(&s.look.Width, "width", 1280, "width of the window in CSS pixels")
	flag.Int64Var(&s.look.Height, "height", 900, "height of the window in CSS pixels")
	flag.Float64Var(&s.look.Scale, "scale", 1, "device pixels a CSS pixel")
	flag.BoolVar(&s.look.Dark, "dark", false, "prefer the dark scheme")
	flag.BoolVar(&s.look.NoScript, "noscript", false, "without JavaScript")
	flag.StringVar(&s.look.Media, "media", "", "print, or empty for the screen")
	flag.Func("feature", "a further media feature, as forced-colors=active", s.feature)
	flag.BoolVar(&s.full, "full", false, "the whole page, not only the window")
	flag.Float64Var(&s.play, "play", 0, "play from this second on before the picture is taken")
	flag.StringVar(&s.run, "run", "", "JavaScript to run before the picture is taken")
	flag.Parse()
	s.address = flag.Arg(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := s.take(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "shot:", err)
		os.Exit(1)
	}
}

func (s *shot) feature(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return fmt.Errorf("want name=value")
	}
	if s.look.Features == nil {
		s.look.Features = make(map[string]string)
	}
	s.look.Features[name] = value
	return nil
}

func (s shot) take(ctx context.Context) error {
	b, err := browsertest.Start(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	p, err := b.Open(s.address, s.look)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := s.prepare(p); err != nil {
		return err
	}
	picture := chromedp.CaptureScreenshot()
	if s.full {
		picture = chromedp.FullScreenshot(100)
	}
	png, err := chromedp.Run(p.Context, picture)
	if err != nil {
		return fmt.Errorf("take picture: %w", err)
	}
	for _, problem := range p.Problems() {
		fmt.Fprintln(os.Stderr, "the page says:", problem)
	}
	return os.WriteFile(s.out, png, 0o644)
}

// prepare plays until the first sentence behind the wanted second is marked.
func (s shot) prepare(p *browsertest.Page) error {
	if s.play > 0 {
		const player = `document.querySelector("audio-article")`
		if err := p.Wait(player + `?.audio`); err != nil {
			return err
		}
		start := fmt.Sprintf(player+`.seek(%f); `+player+`.audio.play().then(() => true)`, s.play)
		if _, err := browsertest.Run[bool](p, start); err != nil {
			return fmt.Errorf("play: %w", err)
		}
		if err := p.Wait(fmt.Sprintf(player+`.spoken && `+player+`.audio.currentTime > %f`, s.play)); err != nil {
			return err
		}
		if _, err := browsertest.Run[bool](p, player+`.audio.pause() || true`); err != nil {
			return err
		}
	}
	if s.run != "" {
		const settled = `Promise.resolve((() => { %s })()).then(() => new Promise(done => setTimeout(() => done(true), 400)))`
		if _, err := browsertest.Run[bool](p, fmt.Sprintf(settled, s.run)); err != nil {
			return fmt.Errorf("run script: %w", err)
		}
	}
	return nil
}
