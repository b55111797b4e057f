package extract

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"lector"
)

// story is the part of an Arc XP story (ANS 0.10) that matters here.
type story struct {
	Headlines    map[string]string `json:"headlines"`
	Subheadlines map[string]string `json:"subheadlines"`
	Description  map[string]string `json:"description"`
	URL          string            `json:"canonical_url"`
	Language     string            `json:"language"`
	First        string            `json:"first_publish_date"`
	Display      string            `json:"display_date"`
	Credits      struct {
		By []struct {
			Name string `json:"name"`
		} `json:"by"`
	} `json:"credits"`
	Restrictions struct {
		Code string `json:"content_code"`
	} `json:"content_restrictions"`
	Elements []element `json:"content_elements"`
}

// element is one content element; lists hold items, quotes hold elements.
type element struct {
	Type     string          `json:"type"`
	Subtype  string          `json:"subtype"`
	Content  string          `json:"content"`
	Level    int             `json:"level"`
	Title    json.RawMessage `json:"title"`
	Caption  string          `json:"caption"`
	Items    []element       `json:"items"`
	Elements []element       `json:"content_elements"`
	Text     string          `json:"text"`
	Header   []element       `json:"header"`
	Rows     [][]element     `json:"rows"`
}

// fromANS reads an Arc story.
func fromANS(data []byte, r Rules) (Page, error) {
	var s story
	if err := json.Unmarshal(data, &s); err != nil && !mistyped(err) {
		return Page{}, refuse(fmt.Errorf("read ANS: %w", err), "the story must follow Arc's ANS schema 0.10")
	}
	if code := s.Restrictions.Code; code != "" && code != "free" && code != "public" {
		return Page{}, refuse(fmt.Errorf("%w: its content_code is %q", ErrNotPublic, code), "only free stories become public audio")
	}
	sel, err := r.compile()
	if err != nil {
		return Page{}, err
	}
	p := Page{book: sel.book}
	for i, e := range s.Elements {
		p.element(e, fmt.Sprintf("content_elements[%d]", i), sel, lector.Paragraph)
	}
	known := lector.Article{
		Title: plainText(cmp.Or(s.Headlines["basic"], s.Headlines["web"])), Subtitle: plainText(stripTags(s.Subheadlines["basic"])),
		URL: s.URL, Language: s.Language, PublishedAt: parseTime(cmp.Or(s.First, s.Display)),
	}
	for _, by := range s.Credits.By {
		if by.Name != "" {
			known.Authors = append(known.Authors, by.Name)
		}
	}
	head(&p, meta{}, known, nil, boxes{}, false)
	sift(&p)
	return p, finished(p)
}

// mistyped reports whether err says that a field has another type than the schema gives
// it. The field is skipped; the others have been read.
func mistyped(err error) bool {
	var t *json.UnmarshalTypeError
	return errors.As(err, &t)
}

// silent reports whether an element is dropped with all that is in it.
func (e element) silent() bool {
	return has("silent elements", e.Type) || strings.HasSuffix(e.Subtype, "pullquote")
}

// words are all the words of an element, for the line that says it is dropped.
func (e element) words() string {
	var title string
	_ = json.Unmarshal(e.Title, &title) // a string in most types, else of no use
	parts := []string{title, stripTags(cmp.Or(e.Content, e.Text)), stripTags(e.Caption)}
	for _, x := range append(e.Items, e.Elements...) {
		parts = append(parts, x.words())
	}
	for _, row := range append([][]element{e.Header}, e.Rows...) {
		for _, x := range row {
			parts = append(parts, x.words())
		}
	}
	return strings.Join(parts, " ")
}

func (p *Page) element(e element, path string, sel selectors, kind lector.SegmentKind) {
	text := collapse(stripTags(cmp.Or(e.Content, e.Text)))
	b := Block{Kind: kind, Text: text, Keep: true, Rule: "ans: " + e.Type, Path: path}
	silent := e.silent()
	switch {
	case e.Type == "divider":
		if n := len(p.Blocks); n > 0 {
			p.Blocks[n-1].Rest = true
		}
		return
	case silent:
		b.Text = cmp.Or(collapse(e.words()), "("+e.Type+")")
	case e.Type == "header":
		b.Kind, b.Rank = lector.Heading, max(2, e.Level)
	case e.Type == "quote" || e.Type == "blockquote":
		b.Kind = lector.Quote
	case e.Type == "correction" && text != "":
		b.Text = "Correction: " + strings.TrimPrefix(text, "Correction: ")
	}
	if silent {
		b.drop(p.book.get("ans.silent"), ": "+e.Type)
	}
	if b.Text != "" {
		b.drop(p.book.line(b.Text, b.Kind, 0))
		p.Blocks = append(p.Blocks, b)
	}
	if !silent {
		p.nested(e, b.Kind, path, sel)
	}
}

func (p *Page) nested(e element, kind lector.SegmentKind, path string, sel selectors) {
	for i, x := range e.Items {
		p.element(x, fmt.Sprintf("%s.items[%d]", path, i), sel, lector.Item)
	}
	for i, x := range e.Elements {
		p.element(x, fmt.Sprintf("%s.content_elements[%d]", path, i), sel, kind)
	}
}

// stripTags returns the text of a little HTML.
func stripTags(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	doc, err := parse(s)
	if err != nil {
		return s
	}
	var b strings.Builder
	for _, r := range walk(doc, selectors{}, "").blocks {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(r.Text)
	}
	return b.String()
}
