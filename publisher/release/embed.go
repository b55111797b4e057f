package release

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lector"
	"lector/publisher/player"
)

// Embed serves /embed/{site}/{id}: a page with nothing but the player, for an
// iframe or for its own sake. It plays without JavaScript.
type Embed struct {
	Options
	Log *slog.Logger
}

// parseEmbedURL is the way back from lector.Addresses.Embed: whose embed page u is.
func parseEmbedURL(u *url.URL) (site, id string, ok bool) {
	parts := strings.SplitN(u.EscapedPath(), "/", 4)
	if len(parts) != 4 || parts[1] != "embed" {
		return "", "", false
	}
	site, bad := url.PathUnescape(parts[2])
	id, worse := url.PathUnescape(parts[3])
	return site, id, bad == nil && worse == nil && id != ""
}

// ServeHTTP reads the path values site and id.
func (e Embed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, id := r.PathValue("site"), r.PathValue("id")
	site, ok := e.Sites[name]
	if !ok || id == "" {
		e.write(w, http.StatusNotFound, site, player.Player{State: player.Unknown, Language: "en"})
		return
	}
	p, err := e.Player(r, name, id)
	switch {
	case err == nil:
		e.write(w, http.StatusOK, site, p)
	case errors.Is(err, lector.ErrNotFound):
		e.writeAbsent(w, r, site, p, lector.PointerKey(name, lector.Key(name, id)))
	default:
		unavailable(w, r, e.Log, err)
	}
}

// writeAbsent writes a player that waits, or says that there is nothing to wait for.
func (e Embed) writeAbsent(w http.ResponseWriter, r *http.Request, site Site, p player.Player, pointerKey string) {
	gone, err := isWithdrawn(r.Context(), e.Store, pointerKey)
	switch {
	case err != nil:
		unavailable(w, r, e.Log, err)
	case gone:
		p.State = player.Unknown
		e.write(w, http.StatusGone, site, p)
	default:
		e.write(w, http.StatusNotFound, site, p)
	}
}

// Player returns what stands in a page for the article. With the error
// lector.ErrNotFound it is a player that waits for the audio.
func (e Embed) Player(r *http.Request, site, id string) (player.Player, error) {
	dir := "/" + lector.Prefix(site, lector.Key(site, id))
	p := player.Player{
		State:       player.Waiting,
		Manifest:    dir + pointer,
		Publication: e.Sites[site].Title,
		Language:    e.Sites[site].Language,
	}
	if e.ServeObjects {
		p.Files = dir
	}
	m, err := manifestOf(r.Context(), e.Store, site, id)
	if err != nil {
		return p, err
	}
	p.Linked = e.linked(r, m)
	p.OEmbed = e.base(r) + "/oembed?format=json&url=" + url.QueryEscape(e.embed(r, m))
	links := e.addresses(r).Links(m)
	if e.ServeObjects {
		links = lector.Addresses{}.Links(m) // they hold by whatever name the listener reached this host
	}
	return e.withManifest(p, m, links), nil
}

// withManifest takes over from the manifest.
func (e Embed) withManifest(p player.Player, m lector.Manifest, links lector.Links) player.Player {
	p.State = player.Ready
	p.Audio, p.Captions = links.MP3, links.VTT
	p.Title, p.Duration, p.Language = m.Title, m.Duration, m.Language
	p.Artwork = lector.WebAddress(e.Sites[m.Site].Image)
	p.Label, p.LabelLanguage = m.Disclosure.Text, m.Disclosure.Language
	if m.Publication != "" {
		p.Publication = m.Publication
	}
	return p
}

func (e Embed) write(w http.ResponseWriter, code int, site Site, p player.Player) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", e.policy(site, p))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("X-Robots-Tag", "noindex")
	if code == http.StatusOK {
		h.Set("Cache-Control", lector.CachePointer)
	} else {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(code)
	if err := player.WritePage(w, p); err != nil {
		e.Log.Debug("write embed page", "error", err) // the listener has gone
	}
}

// policy allows the page's own script and style, and audio and the picture of
// the lock screen from where they lie.
// Any page may frame it unless the site says which: nothing on it acts in the
// listener's name.
func (e Embed) policy(site Site, p player.Player) string {
	frames := "*"
	if len(site.Frames) > 0 {
		frames = "'self' " + strings.Join(site.Frames, " ")
	}
	return player.Policy(sources(p.Audio, e.AudioURL), sources(p.Artwork)) + "; frame-ancestors " + frames
}

// sources returns the sources of a policy for what lies at the addresses.
func sources(addresses ...string) []string {
	all := []string{"'self'"}
	for _, address := range addresses {
		if o := origin(address); o != "" && !slices.Contains(all, o) {
			all = append(all, o)
		}
	}
	return all
}

// origin returns scheme and host of an absolute address, or "".
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || strings.ContainsAny(u.Host, " ;,'\"") {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
