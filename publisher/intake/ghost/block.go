package ghost

import (
	"encoding/json"
	"fmt"
	"strings"

	"lector"
)

// The marks around what is ours in a post's code injection. Behind the first one stands
// the id of the post, since a copy of a post has its code injection too.
const (
	blockBegin = "<!-- lector:begin "
	blockEnd   = "<!-- lector:end -->"
)

// block is what a post's code injection has for its audio. It puts the frame of the
// player before the text, where there is audio and the page is the article's own. It
// holds no address that a further rendition changes.
func block(id string, l lector.Links) string {
	audio, err := json.Marshal(map[string]string{"manifest": l.Manifest, "embed": l.Embed}) // keeps < > & escaped
	if err != nil {
		panic(err) // strings are always JSON
	}
	return fmt.Sprintf(blockBegin+`%s -->
<script type="module" data-lector="%[1]s">
const audio = %s;
const at = document.querySelector("%s");
const answer = at && await fetch(audio.manifest);
const manifest = answer?.ok && await answer.json();
if (manifest && new URL(manifest.links.article).pathname === location.pathname) {
  const frame = document.createElement("iframe");
  Object.assign(frame, {src: audio.embed, title: manifest.title + ". " + manifest.disclosure.text, height: 290, loading: "lazy"});
  frame.style.cssText = "border:0;width:100%%";
  at.before(frame);
}
</script>
`+blockEnd, id, audio, TextSelector)
}

// TextSelector is the CSS selector of an article's text in Ghost's own themes.
const TextSelector = ".post-template .gh-content, .page-template .gh-content, article .post-content, article section"

// replaceBlock puts a block in the place of the first one of a text, or behind the text
// where there is none, and removes all other blocks. "" only removes. What stands
// outside of the marks stays as it is, a mark without its other one too.
func replaceBlock(text, block string) string {
	var out strings.Builder
	for text != "" {
		begin, end := findBlock(text)
		out.WriteString(text[:begin])
		if begin < end {
			out.WriteString(block)
			block = ""
		}
		text = text[end:]
	}
	return out.String() + block
}

// findBlock returns where the first block of a text is. Without one both are the end of
// the text. Of several first marks before a last one, the nearest is its own.
func findBlock(text string) (begin, end int) {
	for from := 0; ; from = end {
		last := strings.Index(text[from:], blockEnd)
		if last < 0 {
			return len(text), len(text)
		}
		end = from + last + len(blockEnd)
		if first := strings.LastIndex(text[from:from+last], blockBegin); first >= 0 {
			return from + first, end
		}
	}
}
