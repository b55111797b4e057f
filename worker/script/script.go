// Package script writes what a voice reads: it turns the blocks of a page into
// segments, sentences and chunks, and spells out what a voice would
// misread. The same page gives the same script, and each spoken word knows the
// words of the source that it stands for. No language model has a part in it.
package script

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lector"
	"lector/worker/extract"
)

// Version is part of a clip's hash. It stays when rules change: the spoken text is in
// the hash too, so that only what sounds different is spoken again. Another version
// has every chunk of every article spoken, and paid for, again.
const Version = "1"

// Level is how much the script spells out for a voice: "full", "light", which
// leaves digits to voices that read them well, or "off", which changes nothing
// but what the lexicon says.
type Level string

// The levels.
const (
	full  Level = "full"
	light Level = "light"
	off   Level = "off"
)

// Options say what is read and how.
type Options struct {
	Language        string // BCP 47; "" takes the page's, then English
	Byline          bool
	Captions        bool
	Disclosure      string // the disclosure to be spoken; "" for none
	DisclosureAtEnd bool   // and once more at the end
	Lexicon         Lexicon
	Site            string // the scopes that lexicon entries may ask for
	Section         string
	Article         string
	Normalise       Level   // "" is "full"
	Foreign         Foreign // paragraphs in a writing that the voice cannot read; "" is SkipForeign
}

// Script is an article as it will be read.
type Script struct {
	Title    string // as written
	Byline   string // as written
	Language string
	Segments []Segment
	Skipped  []Segment // not read: in a writing that the voice cannot read, or nothing but signs
}

// Segment is a title, a paragraph, a heading, a quote or a list item. Text is
// as spoken, Source as written; Pause is the silence behind it.
type Segment struct {
	Kind      lector.SegmentKind
	Source    string
	Text      string
	Sentences []Sentence
	Unsaid    []string // what of Source has no word in Text: foreign writings, signs
	Pause     time.Duration
	Path      string // place in the source
	Rule      string // why it is read
}

// Sentence is one sentence of a segment.
type Sentence struct {
	Source  string
	Text    string
	Spans   []Span
	Lexicon []string // the entries that matched, in their canonical form
	Tokens  []Token  // what was read by a rule
}

// Span says that the bytes [At, To) of a sentence's text stand for the bytes
// [Start, End) of its source. Spans are in order and cover what was changed;
// between them text and source are the same.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
	At    int `json:"at"`
	To    int `json:"to"`
}

// Build writes the script of a page. It fails when the page has no text in a
// language that can be read.
func Build(p extract.Page, o Options) (Script, error) {
	if o.Language == "" {
		o.Language = p.Language
	}
	if o.Language == "" {
		o.Language = Guess(p)
	}
	o.Language = Language(o.Language)
	w := writer{options: o, language: languageOf(o.Language)}
	w.lexicon = o.Lexicon.matcherFor(o.Language, scope{o.Site, o.Section, o.Article})
	s := Script{Title: clean(p.Title), Language: o.Language}
	w.disclosure(&s, o.Disclosure)
	w.add(&s, lector.Title, s.Title, blockOf(p, lector.Title))
	if o.Byline {
		w.byline(&s, p)
	}
	for _, b := range p.Blocks {
		w.block(&s, b)
	}
	if o.DisclosureAtEnd {
		w.disclosure(&s, o.Disclosure)
	}
	if err := guard(s.Segments, o.Language); err != nil {
		return Script{}, err
	}
	return s, s.foreign(o)
}

// foreign leaves out, or refuses, the single paragraphs in a writing that the
// voice cannot read, and keeps them as Skipped.
func (s *Script) foreign(o Options) error {
	kept := s.Segments[:0]
	for _, x := range s.Segments {
		if w := WritingOf(x.Source); !canRead(o.Language, w) {
			if o.Foreign == RefuseForeign {
				return lector.Hint(lector.Permanent(fmt.Errorf("%s: %s letters in a text in %q", x.Path, w, o.Language)), "translate the paragraph, or leave foreign paragraphs out")
			}
			s.Skipped = append(s.Skipped, x)
			continue
		}
		kept = append(kept, x)
	}
	s.Segments = kept
	return nil
}

// Guess returns the language that the kept text of a page looks like, or "".
func Guess(p extract.Page) string {
	var text strings.Builder
	for _, b := range p.Blocks {
		if b.Keep && b.Kind != lector.Byline && text.Len() < 6000 {
			text.WriteString(b.Text + " ")
		}
	}
	return languageByLetters(text.String())
}

// writer holds what is the same for all segments of one script.
type writer struct {
	options  Options
	language *language
	lexicon  *matcher
	trial    trial
}

// blockOf returns the first block of a kind.
func blockOf(p extract.Page, kind lector.SegmentKind) extract.Block {
	for _, b := range p.Blocks {
		if b.Kind == kind {
			return b
		}
	}
	return extract.Block{}
}

func (w *writer) disclosure(s *Script, text string) {
	if text != "" {
		w.add(s, lector.SpokenDisclosure, text, extract.Block{Rule: "disclosure"})
	}
}

// inBody reports whether a block of this kind is read where it stands in the article.
func (w *writer) inBody(k lector.SegmentKind) bool {
	switch k {
	case lector.Title, lector.Byline: // read before all others
		return false
	case lector.Caption:
		return w.options.Captions
	}
	return true
}

func (w *writer) block(s *Script, b extract.Block) {
	if !b.Keep || !w.inBody(b.Kind) {
		return
	}
	if w.add(s, b.Kind, clean(b.Text), b) && b.Rest {
		s.Segments[len(s.Segments)-1].Pause = longPause
	}
}

// add appends a segment and reports whether there was anything to say.
func (w *writer) add(s *Script, kind lector.SegmentKind, source string, b extract.Block) bool {
	if !speakable(source) {
		return false
	}
	segment := Segment{Kind: kind, Source: source, Path: b.Path, Rule: b.Rule, Pause: pauseBehind(kind)}
	for _, sentence := range w.language.split(source) {
		segment.say(w.sentence(sentence))
	}
	if len(segment.Sentences) == 0 {
		s.Skipped = append(s.Skipped, segment)
		return false
	}
	segment.close()
	s.Segments = append(s.Segments, segment)
	return true
}

func (s *Segment) say(x Sentence) {
	if !speakable(x.Text) {
		s.Unsaid = append(s.Unsaid, x.Source)
		return
	}
	s.Sentences = append(s.Sentences, x)
	s.Unsaid = append(s.Unsaid, x.unsaid()...)
}

// unsaid returns the words and signs of a sentence that have no word in its text.
func (x Sentence) unsaid() []string {
	var out []string
	end := -1 // of the last one
	for _, span := range x.Spans {
		word := strings.TrimSpace(x.Source[span.Start:span.End])
		if strings.TrimSpace(x.Text[span.At:span.To]) != "" || !meaningful(word) {
			continue
		}
		if span.Start == end {
			out[len(out)-1] += strings.TrimRight(x.Source[end:span.End], " ")
		} else {
			out = append(out, word)
		}
		end = span.End
	}
	return out
}

// meaningful reports whether a text has a letter, a digit or a sign, and not only
// punctuation and marks.
func meaningful(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.S) })
}

// close ends the last sentence with a mark, so that a voice lowers its pitch behind a
// title or a list item, and joins the text.
func (s *Segment) close() {
	last := &s.Sentences[len(s.Sentences)-1]
	if s.Kind != lector.Paragraph && s.Kind != lector.Quote && !ended(last.Text) {
		last.Text += "."
	}
	texts := make([]string, len(s.Sentences))
	for i, x := range s.Sentences {
		texts[i] = x.Text
	}
	s.Text = strings.Join(texts, " ")
}

// sentence spells one sentence out.
func (w *writer) sentence(source string) Sentence {
	text, spans, matched, tokens := w.spell(source)
	return Sentence{Source: source, Text: text, Spans: spans, Lexicon: matched, Tokens: tokens}
}

// byline says who wrote the article and when, in the words of the language.
func (w *writer) byline(s *Script, p extract.Page) {
	var said []Sentence
	authors := w.language.authors(cleanAll(p.Authors))
	if authors != "" {
		said = append(said, w.sentence(authors))
	}
	if !p.Published.IsZero() {
		said = append(said, w.sentence(w.language.date(p.Published)))
	}
	if len(said) == 0 {
		return
	}
	source := clean(p.Byline)
	b := blockOf(p, lector.Byline)
	segment := Segment{Kind: lector.Byline, Source: source, Path: b.Path, Rule: b.Rule, Pause: pauseBehind(lector.Byline)}
	for _, x := range said {
		segment.say(x)
	}
	if source == "" {
		segment.Source = joinSources(said)
	}
	segment.close()
	s.Byline = segment.Source
	s.Segments = append(s.Segments, segment)
}

func joinSources(list []Sentence) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = x.Source
	}
	return strings.Join(parts, " ")
}

// Characters is how many characters the script has, as spoken.
func (s Script) Characters() int {
	n := 0
	for _, segment := range s.Segments {
		n += utf8.RuneCountInString(segment.Text)
	}
	return n
}

// Lexicon returns the entries that matched anywhere, each once, in order.
func (s Script) Lexicon() []string {
	var all []string
	for _, segment := range s.Segments {
		for _, x := range segment.Sentences {
			all = append(all, x.Lexicon...)
		}
	}
	return unique(all)
}

const longPause = 1500 * time.Millisecond

// pauseBehind returns the silence behind a segment of a kind.
func pauseBehind(kind lector.SegmentKind) time.Duration {
	switch kind {
	case lector.SpokenDisclosure, lector.Byline:
		return 900 * time.Millisecond
	case lector.Title, lector.Standfirst:
		return 800 * time.Millisecond
	case lector.Heading:
		return 700 * time.Millisecond
	case lector.Quote, lector.Caption:
		return 650 * time.Millisecond
	case lector.Item:
		return 400 * time.Millisecond
	}
	return 550 * time.Millisecond // a paragraph
}
