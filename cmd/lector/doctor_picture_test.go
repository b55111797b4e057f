package main

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestFeedPicture(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{
		"/good.png":  drawn(t, 1400, 1400, func(w io.Writer, m image.Image) error { return png.Encode(w, m) }),
		"/good.jpg":  drawn(t, 3000, 3000, func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }),
		"/wide.png":  drawn(t, 1500, 1400, func(w io.Writer, m image.Image) error { return png.Encode(w, m) }),
		"/small.png": drawn(t, 1399, 1399, func(w io.Writer, m image.Image) error { return png.Encode(w, m) }),
		"/large.jpg": drawn(t, 3001, 3001, func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }),
		"/moves.gif": drawn(t, 1400, 1400, func(w io.Writer, m image.Image) error { return gif.Encode(w, m, nil) }),
		"/page.png":  []byte("<!doctype html><title>Not found</title>"),
		"/cut.png":   drawn(t, 1400, 1400, func(w io.Writer, m image.Image) error { return png.Encode(w, m) })[:20],
		"/empty.png": {},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(data)
	}))
	t.Cleanup(server.Close)
	for path, want := range map[string]string{
		"/good.png":    "",
		"/good.jpg":    "",
		"/wide.png":    "1500 × 1400 pixels are no square",
		"/small.png":   "1399 pixels a side are too few",
		"/large.jpg":   "3001 pixels a side are too many",
		"/moves.gif":   "neither JPEG nor PNG, but image/gif",
		"/page.png":    "neither JPEG nor PNG, but text/html",
		"/cut.png":     "unexpected EOF",
		"/empty.png":   "neither JPEG nor PNG",
		"/nowhere.png": "the server answered 404",
	} {
		f := checkPicture(t.Context(), "havana", server.URL+path)
		if f.err != nil {
			t.Errorf("%s is an error: %v", path, f.err)
		}
		if !strings.Contains(f.detail, want) || (want == "") != (f.note == "") {
			t.Errorf("%s: %q, note %q; want %q", path, f.detail, f.note, want)
		}
	}
	if f := checkPicture(t.Context(), "havana", ""); !strings.Contains(f.note, "sites.havana.podcast.image") {
		t.Errorf("without a picture: %+v", f)
	}
}

func drawn(t *testing.T, width, height int, encode func(io.Writer, image.Image) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
