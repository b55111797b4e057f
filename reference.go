package lector

import (
	"html"
	"regexp"
	"strings"
)

// characterReference is a character reference of HTML that ends with a semicolon.
// Without one it may be a name, as in "AT&T".
var characterReference = regexp.MustCompile(`&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});`)

// DecodeReferences writes "Tom & Jerry" for "Tom &amp; Jerry": CMSs send character
// references of HTML in titles, which are text by contract. It also decodes what was
// encoded twice. Tags stay as they are.
func DecodeReferences(s string) string {
	if !strings.Contains(s, ";") {
		return s
	}
	once := characterReference.ReplaceAllStringFunc(s, html.UnescapeString)
	return characterReference.ReplaceAllStringFunc(once, html.UnescapeString)
}
