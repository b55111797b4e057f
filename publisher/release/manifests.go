package release

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"lector"
)

// Manifests serves the manifests under /a/ with the addresses that hold today,
// whatever stands in the stored ones; all other files are the Objects'.
type Manifests struct {
	Options
	Objects http.Handler
	Log     *slog.Logger
}

// ServeHTTP answers GET and HEAD for manifests.
func (s Manifests) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(r.URL.Path, "/")
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if !reads || !s.rewrites(key) {
		s.Objects.ServeHTTP(w, r)
		return
	}
	shareWithAll(w.Header())
	data, err := s.manifest(r, key)
	switch {
	case errors.Is(err, lector.ErrNotFound):
		absent(w, r, s.Store, key, s.Log)
	case err != nil:
		unavailable(w, r, s.Log, err)
	default:
		writeManifest(w, r, key, data)
	}
}

// rewrites reports whether the object with the given key is a manifest that is
// served here.
func (s Manifests) rewrites(key string) bool {
	if !isPublicKey(key) || (!s.ServeObjects && path.Base(key) != pointer) {
		return false
	}
	return path.Base(key) == pointer || strings.HasSuffix(key, "."+pointer)
}

// manifest returns the stored manifest with other links. Those of the pointer are
// absolute, and its fields have their present names. The manifest of one rendition is kept
// by caches for ever, so its links are relative and its fields stay as they were stored.
func (s Manifests) manifest(r *http.Request, key string) ([]byte, error) {
	data, err := readObject(r.Context(), s.Store, key)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, fmt.Errorf("read manifest %s: %w", key, err)
	}
	m, err := manifestHead(fields)
	if err != nil {
		return nil, fmt.Errorf("read manifest %s: %w", key, err)
	}
	if lector.Prefix(m.Site, m.Key) != path.Dir(key)+"/" {
		return nil, fmt.Errorf("manifest %s is of %s/%s", key, m.Site, m.Key)
	}
	links := servedLinks{Links: m.Links}
	if path.Base(key) == pointer {
		links.Links = s.addresses(r).Links(m)
		if s.Sites[m.Site].Listening {
			links.Listening = s.addresses(r).Listening(m.Site, m.Key)
		}
		if err := lector.RenameManifestFields(fields); err != nil {
			return nil, fmt.Errorf("read manifest %s: %w", key, err)
		}
	}
	return withLinks(fields, links)
}

// servedLinks are the links of a manifest as it is served.
type servedLinks struct {
	lector.Links
	// Listening is where players tell how the article is listened to; absent where the
	// site does not count that.
	Listening string `json:"listening,omitempty"`
}

// manifestHead reads of a manifest what it is of and its links: the rest is most of
// its bytes.
func manifestHead(fields map[string]json.RawMessage) (lector.Manifest, error) {
	short := make(map[string]json.RawMessage)
	for _, name := range []string{"site", "article", "key", "links"} {
		if value, ok := fields[name]; ok {
			short[name] = value
		}
	}
	data, err := json.Marshal(short)
	if err != nil {
		return lector.Manifest{}, err
	}
	return lector.ReadManifest(data)
}

// withLinks puts other links into a manifest and leaves the rest as it is,
// fields that only a later version knows among it.
func withLinks(fields map[string]json.RawMessage, links servedLinks) (_ []byte, err error) {
	if fields["links"], err = json.Marshal(links); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(fields); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return b.Bytes(), nil
}

// writeManifest tells no time of the last change: the addresses may change
// when the stored manifest does not.
func writeManifest(w http.ResponseWriter, r *http.Request, key string, data []byte) {
	sum := sha256.Sum256(data)
	h := w.Header()
	h.Set("Content-Type", lector.ContentTypeOf(key))
	h.Set("Cache-Control", lector.CacheControlOf(key))
	h.Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
	normaliseRange(r)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}
