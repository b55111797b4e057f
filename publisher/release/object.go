package release

import (
	"errors"
	"log/slog"
	"math"
	"net/http"
	"path"
	"strconv"
	"strings"

	"lector"
)

// Objects serves the files of renditions under /a/ with ranges, strong ETags
// and conditional requests (RFC 9110 §13 and §14). Players on other origins
// may read them.
type Objects struct {
	Store        Store
	PointersOnly bool // the other files are served by the store itself
	Log          *slog.Logger
}

// ServeHTTP answers GET, HEAD and OPTIONS.
func (o Objects) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	shareWithAll(w.Header())
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		o.serve(w, r)
	case http.MethodOptions:
		preflight(w)
	default:
		refuseMethod(w)
	}
}

func (o Objects) serve(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(r.URL.Path, "/")
	if !public(key) || (o.PointersOnly && path.Base(key) != pointer) {
		notFound(w)
		return
	}
	f, object, err := o.Store.Open(r.Context(), key)
	if err != nil {
		o.fail(w, r, err)
		return
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", lector.ContentTypeOf(key))
	h.Set("Cache-Control", lector.CacheControlOf(key))
	if object.ETag != "" {
		h.Set("ETag", object.ETag)
	}
	if path.Ext(key) == ".mp3" {
		h.Set("Content-Disposition", `inline; filename="`+path.Base(key)+`"`)
	}
	understood(r)
	http.ServeContent(w, r, "", object.Modified, f)
}

// understood takes away what http.ServeContent gets wrong: a range of another
// unit must be passed over (RFC 9110 §14.2), and the last no bytes are a range
// that cannot be satisfied (§14.1.2).
func understood(r *http.Request) {
	unit, span, found := strings.Cut(r.Header.Get("Range"), "=")
	switch {
	case !found || unit != "bytes":
		r.Header.Del("Range")
	case strings.TrimRight(strings.TrimSpace(span), "0") == "-" && strings.HasSuffix(strings.TrimSpace(span), "0"):
		r.Header.Set("Range", "bytes="+strconv.FormatInt(math.MaxInt64, 10)+"-")
	}
}

func (o Objects) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, lector.ErrNotFound) {
		notFound(w)
		return
	}
	unavailable(w, r, o.Log, err)
}
