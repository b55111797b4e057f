package extract

import (
	"strings"

	"lector/worker/pattern"
)

var (
	// shortcodeLine is nothing but shortcodes, alone or with what they enclose.
	shortcodeLine = pattern.New(`^(?:\[/?[a-z][a-z0-9_-]*(?:\s[^\]]*)?\](?:[^\[\]]{0,400}\[/[a-z][a-z0-9_-]*\])?\s*)+$`)
	// shortcodeMark is one that stands around text: it has an attribute, ends
	// another, or belongs to a page builder.
	shortcodeMark = pattern.New(`\[/[a-z][a-z0-9_-]*\]|\[[a-z][a-z0-9_-]*(?:\s+[a-z_-]+=["'“”][^\]]*)\]|\[(?:vc|et_pb|fusion|su|av|mk|tatsu|cs|fl)_[a-z0-9_]*(?:\s[^\]]*)?\]`)
)

// shortcode finds what WordPress or a page builder would have replaced.
func (k rulebook) shortcode(text, _ string, _ float64) *rule {
	if text[0] == '[' && shortcodeLine.MatchString(text) {
		return k.get("text.shortcode")
	}
	return nil
}

// withoutShortcodes takes the marks out that enclose text. A line of nothing
// else stays, to be dropped with its reason.
func withoutShortcodes(s string) string {
	if !strings.Contains(s, "[/") && !strings.Contains(s, "=") && !strings.Contains(s, "_") || !strings.Contains(s, "[") {
		return s
	}
	if shortcodeLine.MatchString(strings.TrimSpace(s)) && !strings.Contains(s, "_text]") {
		return s
	}
	return shortcodeMark.ReplaceAllString(s, "")
}
