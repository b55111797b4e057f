package lector

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// read stores a manifest with the given link to its MP3 and reads it.
func read(t *testing.T, change func(*Links)) Manifest {
	t.Helper()
	m := Manifest{Site: "havana", Article: "4711", Key: Key("havana", "4711"), Hash: "abc", Links: NewLinks("abc")}
	change(&m.Links)
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if m, err = ReadManifest(data); err != nil {
		t.Fatal(err)
	}
	return m
}

// A link leads to the file beside the manifest, whatever address it was made
// under.
func TestLinksAreReadAsRelative(t *testing.T) {
	t.Parallel()
	prefix := Prefix("havana", Key("havana", "4711"))
	other := Prefix("havana", Key("havana", "4712"))
	for link, want := range map[string]string{
		"abc.mp3": "abc.mp3",
		"http://127.0.0.1:8080/" + prefix + "abc.mp3":           "abc.mp3",
		"https://cdn.example/some/bucket/" + prefix + "abc.mp3": "abc.mp3",
		"https://cdn.example/" + prefix + "abc.mp3?sig=1#t":     "abc.mp3",
		"/" + prefix + "abc.mp3":                                "abc.mp3",
		"//cdn.example/" + prefix + "abc.mp3":                   "abc.mp3",
		"javascript:/" + prefix + "abc.mp3":                     "abc.mp3",
		"https://elsewhere.example/audio/abc.mp3":               "https://elsewhere.example/audio/abc.mp3",
		"https://cdn.example/" + other + "abc.mp3":              "https://cdn.example/" + other + "abc.mp3",
		"https://me:hunter2@elsewhere.example/abc.mp3":          "",
		"":                     "",
		"../" + other:          "",
		"../../../clips/x.mp3": "",
		"..":                   "",
		".":                    "",
		"a/b.mp3":              "",
		"javascript:alert(1)":  "",
		"data:audio/mpeg,x":    "",
		"file:///etc/passwd":   "",
		"//evil.example/x.mp3": "",
		"abc mp3":              "",
		"ABC.mp3":              "",
		"abc.mp3?x":            "",
		"%zz":                  "",
	} {
		got := read(t, func(l *Links) { l.MP3 = link }).Links.MP3
		if got != want {
			t.Errorf("%q: %q, want %q", link, got, want)
		}
	}
}

func TestOldManifestIsReadLikeANewOne(t *testing.T) {
	t.Parallel()
	fresh := read(t, func(l *Links) { l.Chapters, l.Article = "abc.chapters.json", "https://reader.example/4711" })
	old := read(t, func(l *Links) {
		*l = Addresses{Public: "http://127.0.0.1:8080", Files: "https://cdn.example/bucket"}.Links(fresh)
	})
	if old.Links != fresh.Links {
		t.Errorf("old %+v\nnew %+v", old.Links, fresh.Links)
	}
	evil := read(t, func(l *Links) { l.Article, l.Embed = "JavaScript:alert(1)", "data:text/html,x" })
	if evil.Links.Article != "" || evil.Links.Embed != "" {
		t.Errorf("%+v", evil.Links)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	m := read(t, func(l *Links) { l.Article = "https://reader.example/4711" })
	m.Article = "a/b c?"
	prefix := Prefix(m.Site, m.Key)
	for _, tt := range []struct {
		public, files string
		want          Links
	}{
		{"https://audio.example", "https://audio.example", Links{
			"https://audio.example/" + prefix + "abc.mp3", "https://audio.example/" + prefix + "abc.vtt", "",
			"https://audio.example/" + prefix + "manifest.json", "https://audio.example/embed/havana/a%2Fb%20c%3F", "https://reader.example/4711",
		}},
		{"https://audio.example/below/", "https://cdn.example/bucket/?v=2", Links{
			"https://cdn.example/bucket/" + prefix + "abc.mp3?v=2", "https://cdn.example/bucket/" + prefix + "abc.vtt?v=2", "",
			"https://cdn.example/bucket/" + prefix + "manifest.json?v=2",
			"https://audio.example/below/embed/havana/a%2Fb%20c%3F", "https://reader.example/4711",
		}},
		{"", "", Links{
			"/" + prefix + "abc.mp3", "/" + prefix + "abc.vtt", "", "/" + prefix + "manifest.json",
			"/embed/havana/a%2Fb%20c%3F", "https://reader.example/4711",
		}},
	} {
		if got := (Addresses{Public: tt.public, Files: tt.files}).Links(m); got != tt.want {
			t.Errorf("%s %s: %+v", tt.public, tt.files, got)
		}
	}
}

// A stored manifest that a bucket serves itself works all the same: a browser
// resolves its links against the manifest's own address.
func TestStoredLinksResolve(t *testing.T) {
	t.Parallel()
	m := read(t, func(*Links) {})
	base, err := url.Parse("https://cdn.example/bucket/" + PointerKey(m.Site, m.Key))
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{m.Links.MP3, m.Links.VTT, m.Links.Manifest} {
		to, err := base.Parse(link)
		if want := "https://cdn.example/bucket/" + Prefix(m.Site, m.Key) + link; err != nil || to.String() != want {
			t.Errorf("%s leads to %s, %v", link, to, err)
		}
	}
}

// FuzzReadManifest: whatever link is stored, what is made of it is an http or
// https address.
func FuzzReadManifest(f *testing.F) {
	f.Add("abc.mp3", "https://reader.example/1")
	f.Add("javascript:alert(1)", "//evil.example")
	f.Fuzz(func(t *testing.T, link, article string) {
		data, err := json.Marshal(Manifest{Site: "havana", Key: Key("havana", "1"), Links: Links{MP3: link, Chapters: link, Article: article}})
		if err != nil {
			t.Fatal(err)
		}
		m, err := ReadManifest(data)
		if err != nil {
			t.Fatal(err)
		}
		made := Addresses{Public: "https://audio.example", Files: "https://cdn.example"}.Links(m)
		for _, address := range []string{made.MP3, made.Chapters, made.Article} {
			if address != "" && (CheckAddress(address) != nil || !strings.HasPrefix(strings.ToLower(address), "http")) {
				t.Errorf("%q %q became %+v", link, article, made)
			}
		}
	})
}
