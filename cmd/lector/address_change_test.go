package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"
	"testing"

	"lector"
	"lector/infra/limittest"
)

// reopenAt opens an installation with changed settings.
func reopenAt(t *testing.T, dir string, v *silentVoice, move func(*config)) *installation {
	t.Helper()
	c := testConfig(dir)
	move(c)
	return openInstallationWith(t, c, v).start()
}

// storedFiles returns what lies in the store under an article's prefix.
func (h *installation) storedFiles(a lector.Article) map[string][]byte {
	h.t.Helper()
	all := map[string][]byte{}
	for _, key := range h.files(a) {
		f, _, err := h.store.Open(h.t.Context(), key)
		if err != nil {
			h.t.Fatal(err)
		}
		if all[key], err = io.ReadAll(f); err != nil {
			h.t.Fatal(err)
		}
		f.Close()
	}
	return all
}

// makeLinksAbsolute gives the stored manifests the absolute links that they had before
// links were relative.
func (h *installation) makeLinksAbsolute(a lector.Article, under lector.Addresses) {
	h.t.Helper()
	for key, data := range h.storedFiles(a) {
		if !strings.HasSuffix(key, "manifest.json") {
			continue
		}
		m, err := lector.ReadManifest(data)
		if err != nil {
			h.t.Fatal(err)
		}
		m.Links = under.Links(m)
		if data, err = json.Marshal(m); err != nil {
			h.t.Fatal(err)
		}
		if err := h.store.Put(h.t.Context(), lector.NewObject(key), bytes.NewReader(data)); err != nil {
			h.t.Fatal(err)
		}
	}
}

// lastEvent returns the newest audio event of an article.
func (h *installation) lastEvent(a lector.Article) (last lector.AudioEvent) {
	h.t.Helper()
	n := len(h.announced(a))
	for e, err := range h.conn.Announcements(limittest.Context(h.t), a.Site, a.Key()) {
		if err != nil {
			h.t.Fatal(err)
		}
		if e.Type != "end" {
			if last, n = e, n-1; n == 0 {
				return last
			}
		}
	}
	return last
}

// A publisher whose address has changed, or that got a CDN, gives out its new addresses at once, on
// every channel: nothing is spoken and nothing stored anew for it.
func TestPublicAddressChanges(t *testing.T) {
	t.Parallel()
	const cdn = "https://cdn.example/bucket"
	for name, tt := range map[string]struct {
		old   bool // the manifests were stored with absolute links
		move  func(*config)
		files string
	}{
		"another public_url":                {false, func(c *config) { c.PublicURL = "https://new.example" }, "https://new.example"},
		"a CDN":                             {false, func(c *config) { c.PublicURL, c.Store.PublicURL = "https://new.example", cdn }, cdn},
		"another public_url, old manifests": {true, func(c *config) { c.PublicURL = "https://new.example" }, "https://new.example"},
		"a CDN, old manifests":              {true, func(c *config) { c.PublicURL, c.Store.PublicURL = "https://new.example", cdn }, cdn},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, v, a := t.TempDir(), &silentVoice{}, sampleArticle("a/1")
			a.URL = "https://reader.example/1"
			a.Body.Content += "<h2>One</h2><p>The first of the lamps was lit on Sunday evening.</p>" +
				"<h2>Two</h2><p>The last of them will follow soon, it is said.</p>"
			first := openInstallation(t, dir, v).start()
			job := first.publishAndWait(lector.Published, a)
			if tt.old {
				first.makeLinksAbsolute(a, first.config.addresses())
			}
			before, calls := first.storedFiles(a), v.calls()
			first.shutdown()
			first.closeAll()

			h := reopenAt(t, dir, v, tt.move)
			h.checkChannels(a, job.Rendition, tt.files)
			if after := h.storedFiles(a); fmt.Sprint(after) != fmt.Sprint(before) {
				t.Error("something was stored for it")
			}
			// An operator has it announced again: that costs nothing either.
			e, err := replayOf(t.Context(), h.conn, job)
			if err != nil {
				t.Fatal(err)
			}
			n, err := h.conn.Publish(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			pointer := tt.files + "/" + lector.PointerKey(a.Site, a.Key())
			if j := h.awaitJob(a, n); j.Manifest != pointer {
				t.Errorf("the record says %s", j.Manifest)
			}
			said := h.lastEvent(a)
			mp3 := tt.files + "/" + lector.Prefix(a.Site, a.Key()) + job.Rendition + ".mp3"
			if said.Type != lector.AudioReady || said.Manifest != pointer || said.MP3 != mp3 {
				t.Errorf("announced is %+v", said)
			}
			if v.calls() != calls {
				t.Errorf("%d calls to the voice", v.calls()-calls)
			}
			h.checkChannels(a, job.Rendition, tt.files)
			h.checkStoredManifests(a, job.Rendition)
		})
	}
}

// checkChannels holds what goes out to listeners against where the files are.
func (h *installation) checkChannels(a lector.Article, hash, files string) {
	h.t.Helper()
	base := files + "/" + lector.Prefix(a.Site, a.Key()) + hash
	embed := "https://new.example/embed/havana/a%2F1"
	want := lector.Links{
		MP3: base + ".mp3", VTT: base + ".vtt", Chapters: base + ".chapters.json",
		Manifest: files + "/" + lector.PointerKey(a.Site, a.Key()), Embed: embed, Article: a.URL,
	}
	if got := h.manifest(a).Links; got != want {
		h.t.Errorf("the pointer says %+v\nwant %+v", got, want)
	}
	mp3 := base + ".mp3"
	if strings.HasPrefix(files, "https://new.example") {
		mp3 = strings.TrimPrefix(mp3, files)
		if r, audio := h.get(mp3); r.StatusCode != 200 || len(audio) == 0 {
			h.t.Errorf("%s: %s", mp3, r.Status)
		}
	}
	for path, says := range map[string][]string{
		"/embed/havana/a%2F1": {
			`src="` + mp3 + `"`,
			`"contentUrl":"` + base + `.mp3"`, `"embedUrl":"` + embed + `"`, `"url":"` + a.URL + `"`,
		},
		"/feed/havana.xml": {
			`<enclosure url="` + base + `.mp3"`, `<podcast:transcript url="` + base + `.vtt"`,
			`<podcast:chapters url="` + base + `.chapters.json"`, `<link>` + a.URL,
		},
		"/oembed?url=" + a.URL:             {embed},
		"/oembed?url=" + embed:             {embed},
		"/" + want.Manifest[len(files)+1:]: {`"embed":"` + embed + `"`},
	} {
		r, body := h.get(path)
		for _, text := range says {
			if r.StatusCode != 200 || !strings.Contains(string(body), text) {
				h.t.Errorf("%s: %s, no %s in:\n%s", path, r.Status, text, body)
			}
		}
		if strings.Contains(string(body), "127.0.0.1") {
			h.t.Errorf("%s: the old address:\n%s", path, body)
		}
	}
}

// checkStoredManifests looks at the stored manifests: the pointer was written anew, and what
// is immutable is as it was.
func (h *installation) checkStoredManifests(a lector.Article, hash string) {
	h.t.Helper()
	var m lector.Manifest
	if err := json.Unmarshal(h.storedFiles(a)[lector.PointerKey(a.Site, a.Key())], &m); err != nil {
		h.t.Fatal(err)
	}
	want := lector.NewLinks(hash)
	want.Chapters, want.Article = hash+".chapters.json", a.URL
	if m.Links != want {
		h.t.Errorf("stored is %+v", m.Links)
	}
	for _, link := range []string{m.Links.MP3, m.Links.VTT, m.Links.Chapters, m.Links.Manifest} {
		if path.Base(link) != link {
			h.t.Errorf("stored is %s", link)
		}
	}
}

// What the commands say of a job is what holds today.
func TestJobsShowCurrentAddress(t *testing.T) {
	t.Parallel()
	j := lector.Job{ID: lector.Key("havana", "1"), Site: "havana", Article: "1"}
	c := testConfig(t.TempDir())
	c.PublicURL = "https://new.example"
	if got := c.withCurrentAddress(j).Manifest; got != "" {
		t.Errorf("a job without audio has %q", got)
	}
	j.Manifest = "http://127.0.0.1:8099/" + lector.PointerKey(j.Site, j.ID)
	if got := c.withCurrentAddress(j).Manifest; got != "https://new.example/"+lector.PointerKey(j.Site, j.ID) {
		t.Error(got)
	}
	c.PublicURL = ""
	if got := c.withCurrentAddress(j).Manifest; got != j.Manifest {
		t.Error(got)
	}
}
