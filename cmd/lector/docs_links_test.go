package main

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The parts of a page of Markdown that links need.
var (
	link       = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	codeBlock  = regexp.MustCompile("(?ms)^```.*?^```$")
	heading    = regexp.MustCompile(`(?m)^#+ (.+)$`)
	namedPlace = regexp.MustCompile(`<a id="([^"]+)"></a>`)
	notInPlace = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// places are the parts of a page that a link can name: its headings, as hosts of Markdown
// name them, and what it names itself.
func places(page string) (all []string) {
	page = codeBlock.ReplaceAllString(page, "")
	for _, m := range heading.FindAllStringSubmatch(page, -1) {
		all = append(all, strings.ReplaceAll(notInPlace.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	for _, m := range namedPlace.FindAllStringSubmatch(page, -1) {
		all = append(all, m[1])
	}
	return all
}

// TestLinksOfDocuments follows the links of all pages to files, and to places in pages.
func TestLinksOfDocuments(t *testing.T) {
	t.Parallel()
	root, followed := os.DirFS("../.."), 0
	for name, page := range markdownPages(t, root) {
		for _, m := range link.FindAllStringSubmatch(codeBlock.ReplaceAllString(page, ""), -1) {
			if !strings.Contains(m[1], ":") {
				followed++
				follow(t, root, name, m[1])
			}
		}
	}
	if followed < 50 {
		t.Errorf("followed %d links", followed)
	}
}

// follow looks whether a link of a page leads to something.
func follow(t *testing.T, root fs.FS, from, to string) {
	t.Helper()
	file, place, _ := strings.Cut(to, "#")
	target := path.Join(path.Dir(from), file)
	if file == "" {
		target = from
	}
	if _, err := fs.Stat(root, target); err != nil {
		t.Errorf("%s: %s leads nowhere: %v", from, to, err)
		return
	}
	if place == "" {
		return
	}
	page, err := fs.ReadFile(root, target)
	if err != nil || !slices.Contains(places(string(page)), place) {
		t.Errorf("%s: %s has no place %s, %v", from, target, place, err)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	const page = "# Ten tasks\n\n## Replay yesterday's failures\n\n```sh\n# no heading\n```\n\n## `notify` & co\n<a id=\"here\"></a>\n"
	if got, want := places(page), []string{"ten-tasks", "replay-yesterdays-failures", "notify--co", "here"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
