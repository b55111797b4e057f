package publisher_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"lector"
	"lector/publisher"
	"lector/publisher/publishertest"
)

// newMovedHost is a publisher with one article whose manifest was stored under base; ""
// stands for relative links.
func newMovedHost(base string, c publisher.Config) (get func(path string, header ...string) *httptest.ResponseRecorder, m lector.Manifest) {
	store := new(publishertest.Store)
	a := lector.Article{Site: "havana", ID: "good", Title: "Good", Language: "en", URL: "https://reader.example/good"}
	m = store.Rendition(base, a, "One.")
	c.Store, c.Sites = store, map[string]publisher.Site{"havana": {Title: "H", URL: "https://reader.example"}}
	handler := publisher.New(c)
	return func(path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}, m
}

// The public address or the CDN may change: whatever address the manifests were stored
// under, those that hold today go out.
func TestAddressesAreThoseOfToday(t *testing.T) {
	t.Parallel()
	const public, cdn = "https://audio.example/below", "https://cdn.example/bucket"
	for name, base := range map[string]string{"relative": "", "stored with absolute links": "http://127.0.0.1:8080"} {
		for where, c := range map[string]publisher.Config{
			"served here":     {PublicURL: public, ServeObjects: true},
			"served by a CDN": {PublicURL: public, AudioURL: cdn},
		} {
			t.Run(name+", "+where, func(t *testing.T) {
				t.Parallel()
				get, m := newMovedHost(base, c)
				files := cdn
				if c.ServeObjects {
					files = public
				}
				mp3 := files + "/" + lector.Prefix("havana", m.Key) + m.Hash + ".mp3"
				vtt := strings.TrimSuffix(mp3, ".mp3") + ".vtt"
				const embed = public + "/embed/havana/good"

				links := pointer(t, get("/"+lector.PointerKey("havana", m.Key)).Body.String()).Links
				want := lector.Links{
					MP3: mp3, VTT: vtt, Manifest: files + "/" + lector.PointerKey("havana", m.Key),
					Embed: embed, Article: "https://reader.example/good",
				}
				if links != want {
					t.Errorf("the pointer says %+v, want %+v", links, want)
				}
				page := get("/embed/havana/good").Body.String()
				o := linked(t, page)
				if o.ContentURL != mp3 || o.Caption.ContentURL != vtt || o.EmbedURL != embed || o.Encodes.URL != want.Article {
					t.Errorf("JSON-LD %+v, %+v, %+v", o, o.Caption, o.Encodes)
				}
				plays := mp3
				if c.ServeObjects { // by whatever name the listener reached this host
					plays = strings.TrimPrefix(mp3, public)
				}
				for _, text := range []string{`<audio controls preload="none" src="` + plays + `">`, "%2Fbelow%2Fembed%2Fhavana%2Fgood"} {
					if !strings.Contains(page, text) {
						t.Errorf("the page has no %s:\n%s", text, page)
					}
				}
				item := feed(t, get("/feed/havana.xml").Body.String())
				if item.Enclosure.URL != mp3 || item.Transcript.URL != vtt || item.Link != "https://reader.example/good" {
					t.Errorf("feed %+v", item)
				}
				answer := get("/oembed?url=https://reader.example/good").Body.String()
				if !strings.Contains(answer, embed) {
					t.Errorf("oEmbed %s", answer)
				}
				for _, text := range []string{page, answer, get("/feed/havana.xml").Body.String()} {
					if strings.Contains(text, "127.0.0.1") {
						t.Errorf("the old address is still there:\n%s", text)
					}
				}
			})
		}
	}
}

// The manifest of one rendition is kept by caches for ever, so that nothing in
// it may name a host that can move. What it does not know it passes on.
func TestManifestOfARenditionNamesNoHost(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "http://127.0.0.1:8080"} {
		get, m := newMovedHost(base, publisher.Config{PublicURL: "https://audio.example", ServeObjects: true})
		w := get("/" + lector.Prefix("havana", m.Key) + m.Hash + ".manifest.json")
		want := lector.NewLinks(m.Hash)
		want.Article = "https://reader.example/good"
		got := pointer(t, w.Body.String())
		if w.Code != http.StatusOK || got.Links != want || len(got.Segments) != len(m.Segments) {
			t.Errorf("stored under %q: %d %+v", base, w.Code, got.Links)
		}
		if got := w.Header().Get("Cache-Control"); got != lector.CacheImmutable {
			t.Errorf("Cache-Control: %s", got)
		}
	}
}

// A listener's browser asks whether the pointer has changed: it has when the
// public address has changed, although the stored manifest has not.
func TestPointerChangesWithTheAddress(t *testing.T) {
	t.Parallel()
	before, m := newMovedHost("", publisher.Config{PublicURL: "https://old.example", ServeObjects: true})
	path := "/" + lector.PointerKey("havana", m.Key)
	w := before(path)
	etag, modified := w.Header().Get("ETag"), w.Header().Get("Last-Modified")
	if etag == "" || modified != "" {
		t.Fatalf("ETag %q, Last-Modified %q", etag, modified)
	}
	if w := before(path, "If-None-Match", etag); w.Code != http.StatusNotModified {
		t.Errorf("unchanged: %d", w.Code)
	}
	after, _ := newMovedHost("", publisher.Config{PublicURL: "https://new.example", ServeObjects: true})
	if w := after(path, "If-None-Match", etag); w.Code != http.StatusOK {
		t.Errorf("moved: %d", w.Code)
	}
}

// A publisher that is older than the worker loses nothing of a manifest.
func TestUnknownFieldsOfAManifestPass(t *testing.T) {
	t.Parallel()
	store := new(publishertest.Store)
	key := lector.Key("havana", "good")
	store.Put(lector.PointerKey("havana", key),
		[]byte(`{"site":"havana","article":"good","key":"`+key+`","links":{"mp3":"x.mp3"},"mood":{"calm":"<b>"}}`))
	store.Put(lector.PointerKey("havana", lector.Key("havana", "other")), []byte(`{"site":"havana","article":"good","key":"`+key+`"}`))
	handler := publisher.New(publisher.Config{Store: store, ServeObjects: true, PublicURL: "https://audio.example"})
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+lector.PointerKey("havana", key), nil))
	var got struct {
		Mood struct{ Calm string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Mood.Calm != "<b>" {
		t.Errorf("%v: %s", err, w.Body)
	}
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+lector.PointerKey("havana", lector.Key("havana", "other")), nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("another article's manifest under this one's key: %d", w.Code)
	}
}

// No channel passes on an address that is more than a place on the web, even if
// it lies in the store since before addresses were looked at.
func TestScriptAddressesAreDropped(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,alert(1)", "vbscript:alert(1)", "file:///alert(1)",
		"//evil.example/alert(1)", `https:\\evil.example\alert(1)`, "https://me:alert(1)@reader.example/", "/alert(1)", "\x01javascript:alert(1)",
	} {
		store := new(publishertest.Store)
		m := store.Rendition("", lector.Article{Site: "havana", ID: "good", Title: "Good", Language: "en", URL: evil}, "One.")
		m.Links.VTT, m.Links.Chapters, m.Links.Embed = evil, evil, evil
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		store.Put(lector.PointerKey("havana", m.Key), data)
		store.Put(lector.Prefix("havana", m.Key)+m.Hash+".manifest.json", data)
		handler := publisher.New(publisher.Config{
			Store: store, ServeObjects: true, PublicURL: "https://audio.example",
			Sites: map[string]publisher.Site{"havana": {Title: "H", URL: evil, Image: evil}},
		})
		for _, path := range []string{
			"/embed/havana/good", "/feed/havana.xml", "/oembed?url=https://audio.example/embed/havana/good",
			"/" + lector.PointerKey("havana", m.Key), "/" + lector.Prefix("havana", m.Key) + m.Hash + ".manifest.json",
		} {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "alert(1)") {
				t.Errorf("%q, %s: %d\n%s", evil, path, w.Code, w.Body)
			}
		}
	}
}
