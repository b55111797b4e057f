package outbound

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lector"
)

// Purge asks a CDN to forget the addresses that an article's audio had. In URL and Body
// {url} is one of them, {host} and {path} its parts; there is a request for each. Where
// Body has {urls}, a JSON array of them, there is one for many.
type Purge struct {
	Client    Client
	Method    string
	URL, Body string
	// Headers returns them as they hold now: keys may be among them.
	Headers func() (http.Header, error)
}

// purgedAtOnce is how many addresses are in one request: Cloudflare takes 30 on any plan.
const purgedAtOnce = 30

// Send implements Sender. A try again asks for all of them again.
func (p Purge) Send(ctx context.Context, n lector.Notification) error {
	most := 1
	if strings.Contains(p.Body, "{urls}") {
		most = purgedAtOnce
	}
	for files := range slices.Chunk(n.Files, most) {
		if err := p.ask(ctx, files); err != nil {
			return err
		}
	}
	return nil
}

func (p Purge) ask(ctx context.Context, files []string) error {
	u, err := url.Parse(files[0])
	if err != nil {
		return lector.Permanent(errors.New("an address of the audio cannot be read"))
	}
	list, err := json.Marshal(files)
	if err != nil {
		return lector.Permanent(err)
	}
	fill := strings.NewReplacer("{url}", files[0], "{urls}", string(list), "{host}", u.Host, "{path}", u.EscapedPath())
	r, err := http.NewRequestWithContext(ctx, p.Method, fill.Replace(p.URL), strings.NewReader(fill.Replace(p.Body)))
	if err != nil {
		return lector.Permanent(errors.New("its address cannot be read"))
	}
	if r.Header, err = p.Headers(); err != nil {
		return err
	}
	if p.Body != "" && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return ask(p.Client, r)
}

// filesOf returns the addresses under which caches may have an article: those of its
// pages, and of the files of the renditions that were announced.
func filesOf(a lector.Addresses, e lector.AudioEvent, earlier []lector.AudioEvent) []string {
	all := []string{a.Object(lector.PointerKey(e.Site, e.Key)), a.Embed(e.Site, e.Article), a.Public + "/feed/" + e.Site + ".xml"}
	for _, was := range earlier {
		if was.Type != lector.AudioReady {
			continue
		}
		all = append(all, was.Manifest)
		if name, ok := strings.CutSuffix(was.MP3, ".mp3"); ok {
			all = append(all, was.MP3, name+".vtt", name+".chapters.json", name+".manifest.json")
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(address string) bool { return lector.WebAddress(address) == "" })
}
