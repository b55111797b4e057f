package release

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strings"

	"lector"
)

// isWithdrawn reports whether the object with a key that is not there was public once
// and was withdrawn, as the store notes it. Nobody else can tell that from one that
// never was.
func isWithdrawn(ctx context.Context, s Store, key string) (bool, error) {
	parts := strings.Split(strings.TrimPrefix(key, "a/"), "/") // site, article, file
	if len(parts) != 3 {
		return false, nil
	}
	data, err := readObject(ctx, s, lector.WithdrawnKey(parts[0], parts[1]))
	if errors.Is(err, lector.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var note lector.Withdrawn
	if err := json.Unmarshal(data, &note); err != nil {
		return false, nil //nolint:nilerr // a note that cannot be read says nothing
	}
	return slices.Contains(note.Files, path.Base(key)), nil
}

// absent answers for an object that is not there: gone for good, or not known. Its
// article may be published once more, and so the first is kept no longer than the other.
func absent(w http.ResponseWriter, r *http.Request, s Store, key string, log *slog.Logger) {
	gone, err := isWithdrawn(r.Context(), s, key)
	switch {
	case err != nil:
		unavailable(w, r, log, err)
	case gone:
		w.Header().Set("Cache-Control", "public, max-age=0, s-maxage=2")
		writeText(w, http.StatusGone, "This audio was withdrawn.\n")
	default:
		notFound(w)
	}
}
