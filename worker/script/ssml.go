package script

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// EncodeSSML writes a text for voices that read SSML 1.1. The text is data:
// nothing in it can become markup, and characters that XML 1.0 cannot hold are
// left out (https://www.w3.org/TR/xml/#charsets).
func EncodeSSML(text, language string) string {
	var b strings.Builder
	b.WriteString(`<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="`)
	escape(&b, language)
	b.WriteString(`">`)
	escape(&b, text)
	b.WriteString(`</speak>`)
	return b.String()
}

func escape(b *strings.Builder, s string) {
	for i, c := range s {
		switch {
		case c == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"), !inXML(c):
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case c == '&':
			b.WriteString("&amp;")
		case c == '"':
			b.WriteString("&quot;")
		case c == '\'':
			b.WriteString("&apos;")
		case c == '\r':
			b.WriteString("&#13;")
		default:
			b.WriteRune(c)
		}
	}
}

// inXML reports whether XML 1.0 may hold c.
func inXML(c rune) bool {
	return c == '\t' || c == '\n' || c == '\r' || c >= 0x20 && c <= 0xd7ff || c >= 0xe000 && c <= 0xfffd || c >= 0x10000 && c <= 0x10ffff
}

// DecodeSSML returns the text of a document that EncodeSSML wrote. Markup
// inside it is an error.
func DecodeSSML(doc string) (text, language string, err error) {
	d := xml.NewDecoder(strings.NewReader(doc))
	var b strings.Builder
	depth := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String(), language, nil
		}
		if err != nil {
			return "", "", fmt.Errorf("read SSML: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth++; depth > 1 || token.Name.Local != "speak" {
				return "", "", fmt.Errorf("read SSML: unexpected element %s", token.Name.Local)
			}
			for _, a := range token.Attr {
				if a.Name.Local == "lang" {
					language = a.Value
				}
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			b.Write(token)
		default:
			return "", "", fmt.Errorf("read SSML: unexpected %T", token)
		}
	}
}
