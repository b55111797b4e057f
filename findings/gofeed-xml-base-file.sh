#!/bin/bash
# mmcdole/gofeed 1.4.2 (Go) completes relative addresses by xml:base otherwise than RFC
# 3986 (5.2.3), by which Atom (RFC 4287, 2) does: the last part of the base's path, which
# is a file, stays as if it were a folder. A feed whose base is its own address, as many
# are, gives every article with a relative address a wrong one, without an error. The
# base of an inner element is completed by the outer one rightly, so the same feed
# follows two rules.
#
# Output seen:
#   base /news/atom.xml, href a.html: RFC 3986 /news/a.html, gofeed /news/atom.xml/a.html
#   base /news/atom.xml, href ../a.html: RFC 3986 /a.html, gofeed /news/a.html
#   base /index.php, href ?p=12: RFC 3986 /index.php?p=12, gofeed /index.php/?p=12
#   base /news/, href a.html: RFC 3986 /news/a.html, gofeed /news/a.html
#   base /news/atom.xml, inner base 2026/, href a.html: RFC 3986 /news/2026/a.html, gofeed /news/2026/a.html
#
# Needs Go. Exit 0: it is still so. Exit 1: it has changed.
set -euo pipefail
self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/mmcdole/gofeed"
)

const site = "https://reader.example"

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func main() {
	for _, c := range [][3]string{{"/news/atom.xml", "", "a.html"}, {"/news/atom.xml", "", "../a.html"}, {"/index.php", "", "?p=12"}, {"/news/", "", "a.html"}, {"/news/atom.xml", "2026/", "a.html"}} {
		base, inner, href := c[0], c[1], c[2]
		text, attribute := "", ""
		right, err := url.Parse(site + base)
		must(err)
		if inner != "" {
			text, attribute = ", inner base "+inner, fmt.Sprintf(` xml:base=%q`, inner)
			right, err = right.Parse(inner)
			must(err)
		}
		right, err = right.Parse(href)
		must(err)
		f, err := gofeed.NewParser().ParseString(fmt.Sprintf(`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="%s%s"><id>urn:x:1</id><title>News</title>
			<updated>2026-11-29T12:00:00Z</updated><entry%s><id>urn:x:2</id><title>One</title><updated>2026-11-29T12:00:00Z</updated><link href="%s"/></entry></feed>`,
			site, base, attribute, href))
		must(err)
		fmt.Printf("base %s%s, href %s: RFC 3986 %s, gofeed %s\n", base, text, href, strings.TrimPrefix(right.String(), site), strings.TrimPrefix(f.Items[0].Link, site))
	}
}
GO
{
	go mod init finding
	go get github.com/mmcdole/gofeed@v1.4.2
} >log 2>&1 || { cat log >&2; exit 2; }
go run . | tee seen
diff <(sed -n 's/^#   //p' "$self") seen
