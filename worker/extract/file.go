package extract

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"lector"
)

// File splits a file of unknown kind into blocks: HTML, plain text, the data of our
// own article event, or an Arc story in ANS. What it is is found out by its
// content; the name serves messages only. It may be compressed, and in any
// encoding that it states itself. A file is taken as public, except an event
// that says otherwise.
func File(name string, data []byte, r Rules) (Page, error) {
	p, err := file(data, r)
	if err != nil {
		return p, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

func file(data []byte, r Rules) (Page, error) {
	data, note, err := decode(data)
	if err == nil {
		data, err = check(data)
	}
	if err != nil {
		return Page{}, err
	}
	p, err := decoded(data, r)
	p.Note = note
	return p, err
}

// decoded splits a file in UTF-8 into blocks.
func decoded(data []byte, r Rules) (Page, error) {
	if text := strings.TrimSpace(string(data)); strings.HasPrefix(text, "{") {
		p, err := fromJSON([]byte(text), r)
		switch {
		case !errors.Is(err, errNotArticle):
			return p, err
		case json.Valid([]byte(text)):
			return p, refuse(fmt.Errorf("%w: it is %w", errNothing, err), "give the data of an article event, or an Arc story (ANS)")
		}
	}
	sel, err := r.compile()
	if err != nil {
		return Page{}, err
	}
	p, err := take(string(data), "", sel, lector.Article{})
	if err != nil {
		return p, err
	}
	return p, finished(p)
}

// fromJSON reads an article event, its data alone, or an ANS story.
func fromJSON(data []byte, r Rules) (Page, error) {
	var probe struct {
		Data     *lector.Article `json:"data"`
		Elements json.RawMessage `json:"content_elements"`
		Envelope struct {
			Elements json.RawMessage `json:"content_elements"`
		} `json:"body"`
	}
	var a lector.Article
	switch {
	case json.Unmarshal(data, &probe) == nil && probe.Elements != nil:
		return fromANS(data, r)
	case probe.Data != nil:
		a = *probe.Data
	case probe.Envelope.Elements != nil:
		var envelope struct{ Body json.RawMessage }
		if err := json.Unmarshal(data, &envelope); err != nil {
			return Page{}, errNotArticle
		}
		return fromANS(envelope.Body, r)
	case json.Unmarshal(data, &a) != nil:
		return Page{}, errNotArticle
	}
	if a.Body.Content == "" {
		return Page{}, errNotArticle
	}
	return Article(a, r)
}

// isHTML decides by the content. A content type of text/plain is believed
// unless the text starts like a page.
func isHTML(src, contentType string) bool {
	head := trim(src, 1<<16)
	first := strings.TrimSpace(trim(head, 512))
	switch {
	case strings.HasPrefix(contentType, lector.HTML):
		return expr("markup").MatchString(head) || !strings.Contains(head, "\n")
	case strings.HasPrefix(contentType, lector.Plain):
		return strings.HasPrefix(strings.ToLower(first), "<!doctype html") || strings.HasPrefix(strings.ToLower(first), "<html")
	case strings.HasPrefix(first, "<"):
		return expr("markup").MatchString(head)
	}
	return len(expr("markup").FindAllStringIndex(head, 3)) >= 3
}
