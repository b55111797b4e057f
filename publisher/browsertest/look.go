package browsertest

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Look is how a page is looked at.
type Look struct {
	Width, Height int64   // CSS pixels; 0: 1280 × 800
	Scale         float64 // device pixels a CSS pixel; 0: 1
	Dark          bool
	NoScript      bool              // JavaScript is off
	Media         string            // print, or empty for the screen
	Features      map[string]string // further media features, as forced-colors: active
}

// apply makes a tab look so.
func (l Look) apply(tab context.Context) error {
	if l.Width == 0 {
		l.Width, l.Height = 1280, 800
	}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(l.Width, l.Height, chromedp.EmulateScale(max(l.Scale, 1)))); err != nil {
		return err
	}
	media := emulation.SetEmulatedMediaParams{Media: l.Media, Features: l.features()}
	if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, media); err != nil {
		return fmt.Errorf("emulate media: %w", err)
	}
	_, err := chromedp.Call(tab, emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: l.NoScript})
	return err
}

func (l Look) features() []*emulation.MediaFeature {
	scheme := "light"
	if l.Dark {
		scheme = "dark"
	}
	all := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	for name, value := range l.Features {
		all = append(all, &emulation.MediaFeature{Name: name, Value: value})
	}
	return all
}
