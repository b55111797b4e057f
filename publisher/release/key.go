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
	if !ok || !isName(site, 63, "_-") || len(article) != 26 {
		return false
	}
	return containsOnly(article, base32) && isFile(file)
}

const (
	letters = "abcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
	base32  = letters + "234567"
)

// isName reports whether s has 1 to most small letters, digits and others, and
// begins with a letter or a digit.
func isName(s string, most int, others string) bool {
	if s == "" || len(s) > most {
		return false
	}
	return containsOnly(s[:1], letters+digits) && containsOnly(s, letters+digits+others)
}

// isFile reports whether a name is that of a file which is served.
func isFile(name string) bool {
	return isName(name, 128, "_.-") && !strings.Contains(name, "..") && served[path.Ext(name)]
}

// containsOnly reports whether s has no characters but those.
func containsOnly(s, those string) bool { return strings.Trim(s, those) == "" }
