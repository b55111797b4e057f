package release

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lector"
)

// OEmbed answers /oembed?url=…: how another site embeds the audio of an
// article (oembed.com 1.0). The address may be the article's own, as long as
// it is among the newest of its site, or that of its embed page.
type OEmbed struct {
	Options
	Catalog *Catalog
	Log     *slog.Logger
}

// oEmbedResponse is an answer of type rich. Disclosure is our addition.
type oEmbedResponse struct {
	Version      string `json:"version"`
	Type         string `json:"type"`
	Title        string `json:"title"`
	AuthorName   string `json:"author_name,omitempty"`
	ProviderName string `json:"provider_name,omitempty"`
	ProviderURL  string `json:"provider_url,omitempty"`
	CacheAge     int    `json:"cache_age"`
	HTML         string `json:"html"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
	Disclosure   string `json:"disclosure"`
}

// Size of the embedded frame in CSS pixels. The height is what the embed page
// needs at its most where it is 320 wide: two lines of headline, a label of two
// lines, and the sentence that is read. Pages that listen to the frame make it
// as high as it is (player/README.md).
const (
	frameWidth  = 640
	frameHeight = 290
)

// ServeHTTP answers GET and HEAD.
func (o OEmbed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	shareWithAll(w.Header())
	q := r.URL.Query()
	if f := q.Get("format"); f != "" && f != "json" {
		writeText(w, http.StatusNotImplemented, "Only format=json is known here.\n")
		return
	}
	u, err := url.Parse(q.Get("url"))
	if err != nil || u.Host == "" {
		writeText(w, http.StatusBadRequest, "The parameter url must be the address of an article.\n")
		return
	}
	m, err := o.find(r, u)
	switch {
	case errors.Is(err, lector.ErrNotFound):
		notFound(w)
	case err != nil:
		unavailable(w, r, o.Log, err)
	default:
		o.write(w, r, m)
	}
}

func (o OEmbed) find(r *http.Request, u *url.URL) (lector.Manifest, error) {
	if site, id, ok := parseEmbedURL(u); ok && (u.Host == r.Host || u.Scheme+"://"+u.Host == origin(o.base(r))) {
		if _, ok := o.Sites[site]; !ok {
			return lector.Manifest{}, lector.ErrNotFound
		}
		return manifestOf(r.Context(), o.Store, site, id)
	}
	for name := range o.Sites {
		all, err := o.Catalog.Newest(r.Context(), name)
		if err != nil {
			return lector.Manifest{}, err
		}
		for _, m := range all {
			if lector.SameArticle(m.Links.Article, u.String()) {
				return m, nil
			}
		}
	}
	return lector.Manifest{}, lector.ErrNotFound
}

func (o OEmbed) write(w http.ResponseWriter, r *http.Request, m lector.Manifest) {
	width, height := sizeWithin(r, "maxwidth", frameWidth), sizeWithin(r, "maxheight", frameHeight)
	site := o.Sites[m.Site]
	data, err := json.Marshal(oEmbedResponse{
		Version: "1.0", Type: "rich", Title: m.Title, AuthorName: strings.Join(m.Authors, ", "),
		ProviderName: site.Title, ProviderURL: lector.WebAddress(site.URL), CacheAge: 300,
		HTML: o.frame(r, m, width, height), Width: width, Height: height, Disclosure: disclosureText(m),
	})
	if err != nil {
		unavailable(w, r, o.Log, fmt.Errorf("write oembed: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", lector.CachePointer)
	_, _ = w.Write(data) // the asker has gone
}

// frame is the markup that the other site puts into its page. The label is the
// frame's name, too, so that it is there before the frame has loaded. WordPress
// takes the style out and leaves frameborder.
func (o OEmbed) frame(r *http.Request, m lector.Manifest, width, height int) string {
	return fmt.Sprintf(`<iframe src="%s" width="%d" height="%d" title="%s" frameborder="0" loading="lazy" `+
		`allow="clipboard-write; web-share" style="border:0;max-width:100%%"></iframe>`,
		html.EscapeString(o.embed(r, m)), width, height, html.EscapeString(m.Title+". "+disclosureText(m)))
}

// sizeWithin is the wanted size, unless the asker allows less.
func sizeWithin(r *http.Request, parameter string, want int) int {
	if n, err := strconv.Atoi(r.URL.Query().Get(parameter)); err == nil && n > 0 {
		return min(n, want)
	}
	return want
}
