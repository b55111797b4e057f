package engine_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"

	"lector/publisher/browsertest/engine"
)

// drives holds the driver to what package engine promises.
func drives(t *testing.T, s suite) {
	for _, look := range []engine.Look{{Width: 375, Height: 700, Dark: true}, {Width: 1280, Height: 800}} {
		t.Run(fmt.Sprintf("%+v", look), func(t *testing.T) {
			p := s.open(t, plain, look)
			looksSo(t, p, look)
			clicksOnButton(t, p)
			evaluates(t, p)
			if got := value[*string](t, p, `localStorage.getItem("seen")`); got != nil {
				t.Errorf("the page before has left %q", *got)
			}
			value[any](t, p, `localStorage.setItem("seen", "yes")`)
		})
	}
}

func looksSo(t *testing.T, p engine.Page, look engine.Look) {
	t.Helper()
	size := value[[]int](t, p, `[innerWidth, innerHeight]`)
	if size[0] != look.Width || size[1] != look.Height {
		t.Errorf("the viewport measures %v", size)
	}
	if dark := value[bool](t, p, `matchMedia("(prefers-color-scheme: dark)").matches`); dark != look.Dark {
		t.Errorf("dark is %v", dark)
	}
	data, err := p.Screenshot()
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	want := color.RGBA{255, 255, 255, 255}
	if look.Dark {
		want = color.RGBA{0x10, 0x20, 0x30, 255}
	}
	if got := color.RGBAModel.Convert(picture.At(5, 5)); got != want || picture.Bounds().Size() != image.Pt(look.Width, look.Height) {
		t.Errorf("the picture measures %v and its corner is %v", picture.Bounds(), got)
	}
}

func clicksOnButton(t *testing.T, p engine.Page) {
	t.Helper()
	click(t, p, `document.querySelector("button")`)
	got := value[[]struct {
		Trusted bool
		On      string
		X, Y    float64
	}](t, p, `clicks`)
	if len(got) != 1 || !got[0].Trusted || got[0].On != "button" || math.Abs(got[0].X-40) > 3 || math.Abs(got[0].Y-20) > 3 {
		t.Errorf("the page has noted %+v", got)
	}
}

func evaluates(t *testing.T, p engine.Page) {
	t.Helper()
	if got := value[float64](t, p, `new Promise(done => setTimeout(() => done(6.5)))`); got != 6.5 {
		t.Errorf("the promise is %v", got)
	}
	if _, err := engine.Value[any](p, `Promise.reject(new Error("no such luck"))`); err == nil || !strings.Contains(err.Error(), "no such luck") {
		t.Errorf("a rejected promise is %v", err)
	}
}
