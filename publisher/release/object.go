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

// Direct returns o for the addresses of MP3s, and nil for all others: see tcp.Server.
func (o Objects) Direct(path string) http.Handler {
	if !isAudioPath(path) {
		return nil
	}
	return o
}

func (o Objects) serve(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(r.URL.Path, "/")
	if !isPublicKey(key) || (o.PointersOnly && path.Base(key) != pointer) {
		notFound(w)
		return
	}
	file, object, err := o.Store.Open(r.Context(), key)
	if err != nil {
		o.fail(w, r, key, err)
		return
	}
	f := &objectContent{file: file, size: object.Size}
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
	normaliseRange(r)
	http.ServeContent(sender{w, r.Context()}, r, "", object.Modified, f)
}

// maxRanges is how many ranges one request gets: each may cost a request to the
// store, and players ask for one.
const maxRanges = 16

// normaliseRange puts a range that http.ServeContent refuses in place of one that
// it gets wrong, and takes away what is to be ignored (RFC 9110 §14.2): a unit
// that nobody here knows, and very many ranges.
func normaliseRange(r *http.Request) {
	unit, set, _ := strings.Cut(r.Header.Get("Range"), "=")
	switch {
	case unit != "bytes" || strings.Count(set, ",") >= maxRanges:
		r.Header.Del("Range")
	case isEmptySuffix(set):
		r.Header.Set("Range", "bytes="+strconv.FormatInt(math.MaxInt64, 10)+"-")
	}
}

// isEmptySuffix reports whether a range is of the last no bytes, which cannot be
// satisfied (RFC 9110 §14.1.2); http.ServeContent answers it with a range that
// ends before it begins.
func isEmptySuffix(set string) bool {
	zeros, ok := strings.CutPrefix(strings.Trim(set, " "), "-")
	return ok && zeros != "" && strings.Trim(zeros, "0") == ""
}

func (o Objects) fail(w http.ResponseWriter, r *http.Request, key string, err error) {
	if errors.Is(err, lector.ErrNotFound) {
		absent(w, r, o.Store, key, o.Log)
		return
	}
	unavailable(w, r, o.Log, err)
}
