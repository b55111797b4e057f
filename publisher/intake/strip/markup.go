package strip

import (
	"html"
	"regexp"
	"strings"
	"sync"
)

// tag is markup in a title. A "<" before anything else is none.
var tag = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`</?[A-Za-z!][^>]*>`) })

// Markup returns a title that is HTML as text.
func Markup(title string) string {
	return strings.TrimSpace(html.UnescapeString(tag().ReplaceAllString(title, "")))
}
