package publisher_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"lector"
	"lector/publisher"
	"lector/publisher/publishertest"
)

const secret = "a secret that lies in the store but not under a/"

func fuzzHandler() (http.Handler, lector.Manifest) {
	store := new(publishertest.Store)
	m := store.Rendition("", lector.Article{Site: "havana", ID: "good", Title: "Good", Language: "en"}, "One.")
	store.Put("clips/ab/abcd.mp3", []byte(secret))
	return publisher.New(publisher.Config{Store: store, ServeObjects: true, Sites: map[string]publisher.Site{"havana": {}}}), m
}

// FuzzRange asks for the audio with any Range, and for any path with it: no
// panic, no fault of ours, nothing but the file's own bytes.
func FuzzRange(f *testing.F) {
	doors, m := fuzzHandler()
	mp3 := "/" + lector.Prefix("havana", m.Key) + m.Hash + ".mp3"
	for _, r := range []string{"bytes=0-1", "bytes=9-1", "bytes=-5", "bytes=0-,0-,0-", "bytes=99999999999999999999-", "bytes=", "chars=1-2", "bytes=0-0,-1", "bytes= 0 - 1"} {
		f.Add(mp3, r)
	}
	for _, p := range []string{"/a/../clips/ab/abcd.mp3", "/a//clips/ab/abcd.mp3", "/a/havana/x/..%2fmanifest.json", "/a/havana\x00/", "/a/\xff"} {
		f.Add(p, "")
	}
	f.Fuzz(func(t *testing.T, path, ranges string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path = path
		r.Header.Set("Range", ranges)
		w := httptest.NewRecorder()
		doors.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%q %q: %d %s", path, ranges, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), secret) {
			t.Errorf("%q %q gives the secret away", path, ranges)
		}
		if path == mp3 && w.Code == http.StatusOK && int64(w.Body.Len()) != m.Bytes {
			t.Errorf("%q: %d bytes of %d", ranges, w.Body.Len(), m.Bytes)
		}
		if w.Code == http.StatusPartialContent && w.Header().Get("Content-Range") == "" && !strings.HasPrefix(w.Header().Get("Content-Type"), "multipart/byteranges") {
			t.Errorf("%q: a part of nothing: %v", ranges, w.Header())
		}
	})
}

// FuzzEmbed makes audio for an article of any id, title, language and address,
// and holds the page against what it says of itself: no markup comes from any
// of them.
func FuzzEmbed(f *testing.F) {
	f.Add("good", "Good", "en", "https://reader.example/")
	f.Add(`"><script>alert(1)</script>`, `</script><script>alert(2)</script>`, `en" onload="x`, "javascript:alert(3)")
	f.Add("https://reader.example/?p=1", "{{.}} `${x}` \u2028", "../..", "data:text/html,<b>")
	f.Add(".", "\x00\xff", "\n", "//")
	plain := embedTags(f, lector.Article{Site: "havana", ID: "plain", Title: "Plain", Language: "en"})
	f.Fuzz(func(t *testing.T, id, title, language, address string) {
		if id == "" || id == "." || id == ".." { // a path cannot name these
			return
		}
		a := lector.Article{Site: "havana", ID: strings.ToValidUTF8(id, "?"), Title: title, Language: language, URL: address}
		got := embedTags(t, a)
		if title == "" {
			got += 2 // no heading
		}
		if got != plain {
			t.Errorf("%q %q %q: %d tags, want %d", id, title, language, got, plain)
		}
	})
}

// embedTags returns how many tags the article's embed page has.
func embedTags(t testing.TB, a lector.Article) int {
	t.Helper()
	store := new(publishertest.Store)
	store.Rendition("", a, "One.")
	doors := publisher.New(publisher.Config{Store: store, ServeObjects: true, Sites: map[string]publisher.Site{"havana": {}}})
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.URL = &url.URL{Path: "/embed/havana/" + a.ID, RawPath: "/embed/havana/" + url.PathEscape(a.ID)}
	w := httptest.NewRecorder()
	doors.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%q: %d %v", a.ID, w.Code, w.Header())
	}
	return strings.Count(w.Body.String(), "<")
}
