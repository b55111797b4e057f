package release

import (
	"path"
	"strings"
)

// served are the kinds of files that a rendition has. Nothing else goes out, so
// that nothing in the store can become a page of this origin.
var served = map[string]bool{".mp3": true, ".vtt": true, ".json": true, ".jpg": true, ".png": true}

// pointer is the name of the one object that changes.
const pointer = "manifest.json"

// isPublicKey reports whether the object with the given key may be served. The
// store's grammar of keys is wider than a/<site>/<key>/<file>; these are the
// only ones that are public. Asked on every request, it does without regular
// expressions.
func isPublicKey(key string) bool {
	rest, ok := strings.CutPrefix(key, "a/")
	site, rest, _ := strings.Cut(rest, "/")
	article, file, _ := strings.Cut(rest, "/")
	return ok && isName(site, 63, "_-") && len(article) == 26 && containsOnly(article, base32) &&
		isName(file, 128, "_.-") && !strings.Contains(file, "..") && served[path.Ext(file)]
}

const (
	letters = "abcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
	base32  = letters + "234567"
)

// isName reports whether s has 1 to most small letters, digits and others, and
// begins with a letter or a digit.
func isName(s string, most int, others string) bool {
	return s != "" && len(s) <= most && containsOnly(s[:1], letters+digits) && containsOnly(s, letters+digits+others)
}

// containsOnly reports whether s has no characters but those.
func containsOnly(s, those string) bool { return strings.Trim(s, those) == "" }
