#!/bin/bash
# mmcdole/gofeed 1.4.2 (Go) reads the XHTML of an Atom feed as if it were HTML. An element
# without content (<iframe/>, <script/>, <audio/>), which is whole in XML, is to HTML one that
# begins, so all paragraphs behind it end up inside it: of an <iframe/> or a <script/> as raw
# text, which nobody shows or reads. Elements with a prefix keep it and are no HTML at all.
# One and the same title, "1 < 2", written in the three ways of RFC 4287 (3.1.1) comes out as
# three strings, and nothing in an Item tells which is text and which is markup.
#
# Output seen:
#   One, <iframe/>, Two: <p>One</p><iframe src="v"><p>Two</p></div></iframe>
#   One, <audio/>, Two: <p>One</p><audio src="a.mp3"><p>Two</p></audio>
#   One, <br/>, Two: <p>One</p><br/><p>Two</p>
#   text: 1 < 2
#   html: <b>1</b> &lt; 2
#   xhtml with a prefix: <h:div><h:b>1</h:b> &lt; 2</h:div>
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
	"os"

	"github.com/mmcdole/gofeed"
)

// read returns the entry of a feed with one.
func read(title, content string) *gofeed.Item {
	f, err := gofeed.NewParser().ParseString(`<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x:1</id><title>News</title><updated>2026-11-29T12:00:00Z</updated>` +
		`<entry><id>urn:x:2</id><updated>2026-11-29T12:00:00Z</updated>` + title + content + `</entry></feed>`)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return f.Items[0]
}

func main() {
	for _, e := range [][2]string{{"<iframe/>", `<iframe src="v"/>`}, {"<audio/>", `<audio src="a.mp3"/>`}, {"<br/>", `<br/>`}} {
		content := `<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p>` + e[1] + `<p>Two</p></div></content>`
		fmt.Printf("One, %s, Two: %s\n", e[0], read("<title>One</title>", content).Content)
	}
	for _, t := range [][2]string{
		{"text", `<title type="text">1 &lt; 2</title>`},
		{"html", `<title type="html">&lt;b>1&lt;/b> &amp;lt; 2</title>`},
		{"xhtml with a prefix", `<title type="xhtml" xmlns:h="http://www.w3.org/1999/xhtml"><h:div><h:b>1</h:b> &lt; 2</h:div></title>`},
	} {
		fmt.Printf("%s: %s\n", t[0], read(t[1], "").Title)
	}
}
GO
{
	go mod init finding
	go get github.com/mmcdole/gofeed@v1.4.2
} >log 2>&1 || { cat log >&2; exit 2; }
go run . | tee seen
diff <(sed -n 's/^#   //p' "$self") seen
