package extract

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lector"
)

// deepest is how far elements may stand in each other; the parser refuses 512.
const deepest = 200

// parse reads an HTML page or fragment. Markup that is nested deeper than any
// article is flattened first, so that no page is refused for it.
func parse(src string) (*html.Node, error) {
	doc, err := html.Parse(strings.NewReader(src))
	if err == nil {
		return doc, nil
	}
	doc, err = html.Parse(bytes.NewReader(flatten(src)))
	if err != nil {
		return nil, lector.Permanent(fmt.Errorf("parse HTML: %w", err))
	}
	return doc, nil
}

// flatten copies the markup without the elements that lie too deep. Text is
// never lost: where an element is left out, a block's end is a line break, one
// for however many end there.
func flatten(src string) []byte {
	z := html.NewTokenizer(strings.NewReader(src))
	var out bytes.Buffer
	var open []string
	broken := false // a line break was written last
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return out.Bytes()
		}
		raw := z.Raw()
		deep := false
		switch kind {
		case html.StartTagToken:
			name, _ := z.TagName()
			if void(atom.Lookup(name)) {
				break
			}
			open = append(open, string(name))
			if deep = len(open) > deepest; deep {
				raw = separator(name)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			deep = len(open) > deepest
			if n := len(open); n > 0 && open[n-1] == string(name) {
				open = open[:n-1]
			}
			if deep {
				raw = separator(name)
			}
		}
		switch {
		case !deep:
			broken = broken && len(bytes.TrimSpace(raw)) == 0
		case broken:
			continue
		default:
			broken = len(raw) > 0
		}
		out.Write(raw)
	}
}

func separator(name []byte) []byte {
	if inline(atom.Lookup(name)) {
		return nil
	}
	return []byte("<br><br>")
}

// void reports whether an element has no end tag.
func void(a atom.Atom) bool {
	switch a {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Param, atom.Source, atom.Track,
		atom.Wbr:
		return true
	}
	return false
}

// inline reports whether an element does not end a block.
func inline(a atom.Atom) bool {
	switch a {
	case atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Big, atom.Cite, atom.Code, atom.Data, atom.Del, atom.Dfn, atom.Em, atom.Font, atom.I,
		atom.Ins, atom.Kbd, atom.Label, atom.Mark, atom.Q, atom.S, atom.Samp, atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.Tt,
		atom.U, atom.Var, atom.Wbr, atom.Acronym, atom.Strike, atom.Ruby, atom.Rb, atom.Rt, atom.Rp, atom.Rtc, atom.Picture, atom.Img:
		return true
	}
	return false
}
