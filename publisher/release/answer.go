package release

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
)

// shareWithAll lets pages of any origin read the answer: it is public, and no
// credentials are looked at. The full Timing-Allow-Origin is for the player's
// own measurements.
func shareWithAll(h http.Header) {
	maps.Copy(h, shared)
}

// shared has its keys in canonical form; nobody changes its values.
var shared = http.Header{
	"Access-Control-Allow-Origin":   {"*"},
	"Access-Control-Expose-Headers": {"ETag, Content-Range, Accept-Ranges, Content-Length"},
	"Cross-Origin-Resource-Policy":  {"cross-origin"},
	"Timing-Allow-Origin":           {"*"},
	"X-Content-Type-Options":        {"nosniff"},
}

// preflight answers the question of a browser whether it may send a range.
func preflight(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", "Range, If-Range, If-None-Match, If-Modified-Since")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

func refuseMethod(w http.ResponseWriter) {
	w.Header().Set("Allow", "GET, HEAD, OPTIONS")
	writeText(w, http.StatusMethodNotAllowed, "This address can only be read.\n")
}

// notFound may be cached briefly, and not by the listener: an article's audio can
// appear at any moment.
func notFound(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "public, max-age=0, s-maxage=2")
	writeText(w, http.StatusNotFound, "There is nothing here.\n")
}

func unavailable(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	if errors.Is(err, context.Canceled) {
		return // the listener has gone
	}
	log.Error("response not sent", "path", r.URL.Path, "error", err)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Retry-After", "5")
	writeText(w, http.StatusServiceUnavailable, "The store does not answer. Please try again.\n")
}

// writeText writes a plain text that quotes nothing of the request.
func writeText(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text)
}
