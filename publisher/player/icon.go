package player

import (
	_ "embed"
	"net/http"
	"strings"
	"time"
)

//go:embed icon.svg
var icon string

// Icon serves the icon of this process's own pages.
func Icon() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		w.Header().Set("Cache-Control", "public, max-age=86400")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(icon))
	})
}
