package storetest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lector"
)

const digits = "0123456789"

func headers(t *testing.T, s Store) {
	for _, key := range []string{"a/s/k/manifest.json", "a/s/k/f.manifest.json", "a/s/k/f.mp3", "a/s/k/f.vtt", "a/s/k/f"} {
		put(t, s, key, "x")
		want := lector.NewObject(key)
		for _, bare := range []bool{false, true} {
			if bare { // an object without headers gets those of its key
				if err := s.Put(t.Context(), lector.Object{Key: key}, strings.NewReader("x")); err != nil {
					t.Fatal(err)
				}
			}
			_, opened := get(t, s, key)
			stat, err := s.Stat(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range []lector.Object{opened, stat} {
				if o.ContentType != want.ContentType || o.CacheControl != want.CacheControl {
					t.Errorf("%s: %q, %q; want %q, %q", key, o.ContentType, o.CacheControl, want.ContentType, want.CacheControl)
				}
			}
		}
	}
}

func stat(t *testing.T, s Store) {
	before := time.Now()
	put(t, s, "a/s/k/x.mp3", digits)
	_, opened := get(t, s, "a/s/k/x.mp3")
	o, err := s.Stat(t.Context(), "a/s/k/x.mp3")
	if err != nil {
		t.Fatal(err)
	}
	if o.Size != 10 || o.Key != "a/s/k/x.mp3" || o.ETag != opened.ETag {
		t.Errorf("stat says %+v, open %+v", o, opened)
	}
	const skew = time.Minute // of another machine's clock
	if after := time.Now(); o.Modified.Before(before.Add(-skew)) || o.Modified.After(after.Add(skew)) {
		t.Errorf("modified at %v, written between %v and %v", o.Modified, before, after)
	}
}

func strongETag(t *testing.T, s Store) {
	seen := map[string]string{}
	for _, content := range []string{"one", "two", "six", ""} {
		put(t, s, "a/s/k/manifest.json", content)
		_, o := get(t, s, "a/s/k/manifest.json")
		if len(o.ETag) < 3 || o.ETag[0] != '"' || o.ETag[len(o.ETag)-1] != '"' {
			t.Errorf("the etag of %q is %s, which is not strong", content, o.ETag)
		}
		if other, ok := seen[o.ETag]; ok {
			t.Errorf("%q and %q share the etag %s", content, other, o.ETag)
		}
		seen[o.ETag] = content
	}
}

func seek(t *testing.T, s Store) {
	put(t, s, "a/s/k/x.mp3", digits)
	body, _, err := s.Open(t.Context(), "a/s/k/x.mp3")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	for _, step := range []struct {
		offset int64
		whence int
		at     int64
		rest   string
	}{
		{0, io.SeekEnd, 10, ""},
		{4, io.SeekStart, 4, "456789"},
		{-3, io.SeekEnd, 7, "789"},
		{-9, io.SeekCurrent, 1, "123456789"},
		{0, io.SeekStart, 0, digits},
		{99, io.SeekStart, 99, ""},
		{9, io.SeekStart, 9, "9"},
	} {
		at, err := body.Seek(step.offset, step.whence)
		if err != nil || at != step.at {
			t.Errorf("seek %d from %d: %d, %v; want %d", step.offset, step.whence, at, err, step.at)
		}
		rest, err := io.ReadAll(body)
		if err != nil || string(rest) != step.rest {
			t.Errorf("at %d stands %q, %v; want %q", at, rest, err, step.rest)
		}
	}
	if _, err := body.Seek(-1, io.SeekStart); err == nil {
		t.Error("a seek to before the start passed")
	}
	if _, err := body.Seek(0, 7); err == nil {
		t.Error("a seek from nowhere passed")
	}
}

// httpRange serves an object as the publisher does.
func httpRange(t *testing.T, s Store) {
	put(t, s, "a/s/k/x.mp3", digits)
	serve := func(ask string) *httptest.ResponseRecorder {
		body, o, err := s.Open(t.Context(), "a/s/k/x.mp3")
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		r := httptest.NewRequest(http.MethodGet, "/x.mp3", nil)
		if ask != "" {
			r.Header.Set("Range", ask)
		}
		w := httptest.NewRecorder()
		w.Header().Set("ETag", o.ETag)
		http.ServeContent(w, r, "x.mp3", o.Modified, body)
		return w
	}
	for _, test := range []struct {
		ask    string
		status int
		want   string
	}{
		{"", 200, digits}, {"bytes=0-", 206, digits}, {"bytes=2-4", 206, "234"}, {"bytes=-2", 206, "89"},
		{"bytes=9-", 206, "9"}, {"bytes=10-", 416, "invalid range: failed to overlap\n"},
	} {
		if w := serve(test.ask); w.Code != test.status || w.Body.String() != test.want {
			t.Errorf("Range %q: %d %q, want %d %q", test.ask, w.Code, w.Body, test.status, test.want)
		}
	}
}

// openKeepsItsVersion replaces an object between open and the last read: what
// is read is the old one or an error, never a mixture.
func openKeepsItsVersion(t *testing.T, s Store) {
	old := strings.Repeat("o", 300<<10)
	put(t, s, "a/s/k/manifest.json", old)
	body, _, err := s.Open(t.Context(), "a/s/k/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if _, err := io.CopyN(io.Discard, body, 1000); err != nil {
		t.Fatal(err)
	}
	put(t, s, "a/s/k/manifest.json", strings.Repeat("n", 300<<10))
	if _, err := body.Seek(200<<10, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(body)
	if strings.Contains(string(rest), "n") {
		t.Error("the new object shows through")
	}
	if err != nil && !errors.Is(err, lector.ErrConflict) {
		t.Errorf("read: %v, want the old content or ErrConflict", err)
	}
	if err == nil && len(rest) != 100<<10 {
		t.Errorf("%d bytes are left of %d", len(rest), 100<<10)
	}
}
