package release

import (
	"path"
	"regexp"

	"lector"
)

// objectKey is the shape of a rendition's keys: a/<site>/<key>/<file>. The
// store's grammar is wider; these are the only keys that are public.
var objectKey = regexp.MustCompile(`^a/[a-z0-9][a-z0-9_-]{0,62}/[a-z2-7]{26}/[a-z0-9][a-z0-9_.-]{0,127}$`)

// served are the kinds of files that a rendition has. Nothing else goes out, so
// that nothing in the store can become a page of this origin.
var served = map[string]bool{".mp3": true, ".vtt": true, ".json": true, ".jpg": true, ".png": true}

// pointer is the name of the one object that changes.
const pointer = "manifest.json"

// public reports whether the object with the given key may be served.
func public(key string) bool {
	return objectKey.MatchString(key) && lector.ValidKey(key) && served[path.Ext(key)]
}
