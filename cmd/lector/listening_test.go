package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"lector"
	"lector/infra/limittest"
)

// listeningAddress asks the pointer of an article where players tell of listening.
func (h *installation) listeningAddress(a lector.Article) string {
	h.t.Helper()
	status, body := h.askPublic(http.MethodGet, h.config.addresses().Object(lector.PointerKey(a.Site, a.Key())), "")
	var m struct{ Links struct{ Listening string } }
	if err := json.Unmarshal([]byte(body), &m); status != http.StatusOK || err != nil {
		h.t.Fatalf("manifest: %d, %v", status, err)
	}
	return m.Links.Listening
}

// askPublic asks the public listener as the player in a browser does.
func (h *installation) askPublic(method, address, body string) (int, string) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	r.Header.Set("Origin", "https://reader.example")
	r.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	response, err := (&http.Client{}).Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

// TestListeningOfAnInstallation counts plays of two articles; they are there after the
// process has ended, at the terminal, and gone when the article is erased.
func TestListeningOfAnInstallation(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	one, other := sampleArticle("one"), sampleArticle("other")
	other.Title = "The ferry\x1b is late"
	h.publishAndWait(lector.Published, one)
	h.publishAndWait(lector.Published, other)
	for address, bodies := range map[string][]string{
		h.listeningAddress(one):   {"0 0", "1 1,2,3,4,5", "6 6", "0 18", "0 0,0", "nonsense"},
		h.listeningAddress(other): {"0 0"},
	} {
		for _, body := range bodies {
			if status, _ := h.askPublic(http.MethodPost, address, body); status != http.StatusNoContent && status != http.StatusBadRequest {
				t.Errorf("%s: %d", body, status)
			}
		}
	}
	h.shutdown() // keeps what is left
	c := h.terminal()
	var all []articlePlays
	for line := range strings.Lines(c.must("listening", "-json", defaultSite)) {
		var p articlePlays
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) != 2 || all[0].Article != "one" || all[0].Plays != 2 || all[0].Quarters != [4]int{1, 0, 0, 0} || all[0].Parts[18] != 1 || all[1].Plays != 1 {
		t.Errorf("listed %+v", all)
	}
	if out := c.must("listening", defaultSite, "-since", "7d"); !strings.Contains(out, "The bridge is open") || strings.Contains(out, "\x1b") {
		t.Errorf("listed %q", out)
	}
	if out := c.must("listening", defaultSite, "one"); !strings.Contains(out, "The most, 1, left between 30 and 35 %") {
		t.Errorf("one article: %s", out)
	}
	if out := c.must("listening", defaultSite, "-since", "7d", "nobody"); out != "nobody has listened\n" {
		t.Errorf("none: %q", out)
	}
	for args, want := range map[string]int{"listening": 2, "listening nowhere": 2, "listening havana -since never": 2, "listening havana a b": 2} {
		if code := c.run(strings.Fields(args)...); code != want {
			t.Errorf("lector %s: %d %s", args, code, &c.err)
		}
	}
	traces, err := h.conn.ArticleTraces(t.Context(), one.Site, one.ID)
	if err == nil {
		err = h.conn.EraseTraces(t.Context(), traces)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out := c.must("listening", defaultSite, "one"); out != "nobody has listened\n" {
		t.Errorf("erased: %q", out)
	}
}

// TestListeningSwitchedOff: players of a site that counts nothing are told no address,
// and what they send to it nevertheless is not kept.
func TestListeningSwitchedOff(t *testing.T) {
	t.Parallel()
	settings, off := testConfig(t.TempDir()), false
	site := settings.Sites[defaultSite]
	site.Listening = &off
	settings.Sites[defaultSite] = site
	h := openInstallationWith(t, settings, &silentVoice{}).start()
	a := sampleArticle("one")
	h.publishAndWait(lector.Published, a)
	if address := h.listeningAddress(a); address != "" {
		t.Errorf("players are told %s", address)
	}
	if status, _ := h.askPublic(http.MethodPost, h.config.addresses().Listening(a.Site, a.Key()), "0 0"); status < 400 {
		t.Errorf("a report is answered %d", status)
	}
	limittest.Until(t, "the installation is ready", func() bool { return h.ready(t.Context()) == nil })
	if out := h.terminal().must("listening", defaultSite); out != "nobody has listened\n" {
		t.Errorf("kept: %q", out)
	}
}
