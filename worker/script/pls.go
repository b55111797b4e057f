package script

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"lector"
)

// The Pronunciation Lexicon Specification (PLS) 1.0, W3C Recommendation of
// 14 October 2008: https://www.w3.org/TR/pronunciation-lexicon/
const plsSpace = "http://www.w3.org/2005/01/pronunciation-lexicon"

type plsLexicon struct {
	XMLName  xml.Name    `xml:"lexicon"`
	Version  string      `xml:"version,attr"`
	Alphabet string      `xml:"alphabet,attr"`
	Language string      `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	Lexemes  []plsLexeme `xml:"lexeme"`
}

type plsLexeme struct {
	Graphemes []string     `xml:"grapheme"`
	Aliases   []string     `xml:"alias"`
	Phonemes  []plsPhoneme `xml:"phoneme"`
}

type plsPhoneme struct {
	Alphabet string `xml:"alphabet,attr,omitempty"`
	Prefer   bool   `xml:"prefer,attr,omitempty"`
	Text     string `xml:",chardata"`
}

// EncodePLS writes the whole-word entries of one language as a PLS document.
// Prefixes and scopes are ours alone: entries with them, and those of other
// languages, are left out, and their number is returned.
func (x Lexicon) EncodePLS(w io.Writer, language string) (left int, err error) {
	doc := plsLexicon{XMLName: xml.Name{Space: plsSpace, Local: "lexicon"}, Version: "1.0", Alphabet: "ipa", Language: Language(language)}
	for _, e := range x {
		switch {
		case e.Language != "" && primary(e.Language) != primary(doc.Language), e.Prefix || e.Section != "" || e.Article != "":
			left++
			continue
		}
		l := plsLexeme{Graphemes: []string{e.Match}}
		if e.Alias != "" {
			l.Aliases = []string{e.Alias}
		}
		if e.IPA != "" {
			l.Phonemes = []plsPhoneme{{Text: e.IPA}}
		}
		doc.Lexemes = append(doc.Lexemes, l)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return left, err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return left, fmt.Errorf("write PLS: %w", err)
	}
	_, err = io.WriteString(w, "\n")
	return left, err
}

// DecodePLS reads a PLS document, in any encoding that it declares. Each
// grapheme becomes an entry with the first alias and the preferred phoneme;
// phonemes of other alphabets than IPA are refused, and so are entities of the
// document's own.
func DecodePLS(r io.Reader) (Lexicon, error) {
	doc, err := readPLS(r)
	if err != nil {
		return nil, refusePLS(fmt.Errorf("read PLS: %w", err))
	}
	var out Lexicon
	for i, l := range doc.Lexemes {
		if len(l.Graphemes) == 0 {
			return nil, refusePLS(fmt.Errorf("read PLS: lexeme %d: no grapheme", i+1))
		}
		e, err := l.entry(doc.Alphabet)
		if err != nil {
			return nil, refusePLS(fmt.Errorf("read PLS: lexeme %d: %w", i+1, err))
		}
		if doc.Language != "" {
			e.Language = Language(doc.Language)
		}
		for _, g := range l.Graphemes {
			e.Match = clean(strings.TrimSpace(g))
			if err := e.Check(); err != nil {
				return nil, fmt.Errorf("read PLS: lexeme %d: %w", i+1, err)
			}
			out = append(out, e)
		}
	}
	return out, nil
}

// readPLS reads one document and nothing behind it.
func readPLS(r io.Reader) (doc plsLexicon, err error) {
	d := xml.NewDecoder(transform.NewReader(r, unicode.BOMOverride(encoding.Nop.NewDecoder())))
	d.CharsetReader = fromCharset
	if err := d.Decode(&doc); err != nil {
		return doc, err
	}
	if space := doc.XMLName.Space; space != plsSpace && space != "" {
		return doc, fmt.Errorf("a lexicon of another kind, in the name space %s", space)
	}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return doc, nil
		}
		if err != nil {
			return doc, err
		}
		if _, more := token.(xml.StartElement); more {
			return doc, errors.New("more than one document")
		}
	}
}

// fromCharset decodes what a document declares. UTF-16 has been decoded by its
// byte order mark.
func fromCharset(label string, r io.Reader) (io.Reader, error) {
	if strings.HasPrefix(strings.ToLower(label), "utf-16") {
		return r, nil
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, fmt.Errorf("encoding %q: %w", label, err)
	}
	return e.NewDecoder().Reader(r), nil
}

// preferred returns the phoneme that is marked so, or the first.
func (l plsLexeme) preferred() plsPhoneme {
	for _, p := range l.Phonemes {
		if p.Prefer {
			return p
		}
	}
	return l.Phonemes[0]
}

func (l plsLexeme) entry(alphabet string) (Entry, error) {
	var e Entry
	if len(l.Aliases) > 0 {
		e.Alias = clean(l.Aliases[0])
	}
	if len(l.Phonemes) > 0 {
		p := l.preferred()
		if p.Alphabet != "" {
			alphabet = p.Alphabet
		}
		if alphabet != "ipa" && alphabet != "" {
			return e, fmt.Errorf("alphabet %q is not IPA", alphabet)
		}
		e.IPA = clean(p.Text)
	}
	if e.Alias == "" && e.IPA == "" {
		return e, errors.New("neither alias nor phoneme")
	}
	return e, nil
}

func refusePLS(err error) error {
	return lector.Hint(lector.Permanent(err), "PLS is XML: <lexicon xmlns=%q version=\"1.0\" alphabet=\"ipa\" xml:lang=\"en\"><lexeme><grapheme>Kyiv</grapheme><alias>Keeyiv</alias></lexeme></lexicon>", plsSpace)
}
