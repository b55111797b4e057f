// Package publisher is the public HTTP server: audio, player, embed pages, feeds
// and oEmbed, and the webhooks of CMSs.
package publisher

import (
	"log/slog"
	"net/http"

	"lector/publisher/player"
	"lector/publisher/release"
)

// Site is a publication as its listeners see it.
type Site = release.Site

// Config is what the public handlers need.
type Config struct {
	Store        release.Store
	ServeObjects bool   // serve the files of renditions under /a/; else only their pointers
	AudioURL     string // where the store serves the files, if ServeObjects is false
	PublicURL    string // of this handler, as listeners know it; empty: as they ask for it
	Sites        map[string]Site
	Hooks        http.Handler // what CMSs call, under /hooks/; may be nil
	Listening    http.Handler // what players tell, under /listening/; may be nil
	Fallback     http.Handler // answers all other paths; nil: not found
	Log          *slog.Logger
	Requests     *RequestTracer // nil: nothing is recorded
}

// New returns the handler of the public listener.
func New(c Config) http.Handler {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	mux.Handle("/a/", c.Requests.handler(release.Manifests{
		Options: c.options(), Log: c.Log,
		Objects: c.Objects(),
	}))
	mux.Handle("GET /player.js", player.Script())
	mux.Handle("GET /favicon.ico", player.Icon())
	mux.Handle("GET /embed/{site}/{id...}", c.Embed())
	catalog := release.NewCatalog(c.Store, c.Log)
	mux.Handle("GET /feed/{file}", release.Feed{Options: c.options(), Catalog: catalog, Log: c.Log})
	mux.Handle("GET /oembed", release.OEmbed{Options: c.options(), Catalog: catalog, Log: c.Log})
	if c.Hooks != nil {
		mux.Handle("/hooks/", c.Hooks)
	}
	if c.Listening != nil {
		mux.Handle("POST /listening/{site}/{key}", c.Listening)
	}
	if c.Fallback != nil {
		mux.Handle("/", c.Fallback)
	}
	return mux
}

// Objects returns the handler of the files of renditions.
func (c Config) Objects() release.Objects {
	return release.Objects{Store: c.Store, PointersOnly: !c.ServeObjects, Log: c.Log}
}

// Direct returns what tcp.Server answers by itself.
func (c Config) Direct(path string) http.Handler {
	h := c.Objects().Direct(path)
	if h == nil {
		return nil
	}
	return c.Requests.handler(h)
}

// Embed returns the handler of the embed page. It also makes the player of an
// article for other pages of this process.
func (c Config) Embed() release.Embed {
	return release.Embed{Options: c.options(), Log: c.Log}
}

func (c Config) options() release.Options {
	return release.Options{Store: c.Store, ServeObjects: c.ServeObjects, PublicURL: c.PublicURL, AudioURL: c.AudioURL, Sites: c.Sites}
}
