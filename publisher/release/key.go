package release

import (
	"path"
	"strings"

	"lector"
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
	if !ok {
		return false
	}
	site, rest, _ := strings.Cut(rest, "/")
	article, file, _ := strings.Cut(rest, "/")
	return isName(site, 63, "_-") && lector.IsArticleKey(article) && isPublicFile(file)
}

// isPublicFile reports whether a file of that name may be served.
func isPublicFile(name string) bool {
	return isName(name, 128, "_.-") && !strings.Contains(name, "..") && served[path.Ext(name)]
}

// isAudioPath reports whether path is the address of a rendition's MP3.
func isAudioPath(path string) bool {
	key, ok := strings.CutPrefix(path, "/")
	return ok && strings.HasSuffix(key, ".mp3") && isPublicKey(key)
}

// isName reports whether s has 1 to most small letters, digits and others, and
// begins with a letter or a digit.
func isName(s string, most int, others string) bool {
	if s == "" || len(s) > most || !isLetterOrDigit(s[0]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isLetterOrDigit(c) && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return true
}

func isLetterOrDigit(c byte) bool { return c-'a' < 26 || c-'0' < 10 } // a byte below wraps to a large one
