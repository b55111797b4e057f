package extract

import (
	"strings"
)

// shortcode finds what WordPress or a page builder would have replaced.
func (k rulebook) shortcode(text, _ string, _ float64) *rule {
	if text[0] == '[' && expr("shortcode line").MatchString(text) {
		return k.get("text.shortcode")
	}
	return nil
}

// withoutShortcodes takes the marks out that enclose text. A line of nothing
// else stays, to be dropped with its reason.
func withoutShortcodes(s string) string {
	if !strings.Contains(s, "[") || !containsAny(s, []string{"[/", "=", "_"}) {
		return s
	}
	if expr("shortcode line").MatchString(strings.TrimSpace(s)) && !strings.Contains(s, "_text]") {
		return s
	}
	return expr("shortcode mark").ReplaceAllString(s, "")
}
