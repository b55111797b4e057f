package main

import (
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"lector"
	"lector/worker/extract"
	"lector/worker/script"
)

// scriptReport is what lector script -json prints.
type scriptReport struct {
	Title      string          `json:"title"`
	Byline     string          `json:"byline"`
	Language   string          `json:"language"`
	Characters int             `json:"characters"`
	Disclosure string          `json:"disclosure"` // spoken first by renditions of the site
	Segments   []scriptSegment `json:"segments"`
	Dropped    []droppedBlock  `json:"dropped"`
	Chunks     []scriptChunk   `json:"chunks"`
	Cost       []costEstimate  `json:"cost"`
	Lexicon    []string        `json:"lexicon"`
	Note       string          `json:"note,omitempty"` // what had to be guessed of the file
}

type scriptSegment struct {
	Kind      lector.SegmentKind `json:"kind"`
	Source    string             `json:"source"`
	Text      string             `json:"text"`
	Sentences []scriptSentence   `json:"sentences"`
	Path      string             `json:"path,omitempty"`
	Rule      string             `json:"rule,omitempty"`
	Tokens    []script.Token     `json:"tokens,omitempty"` // with -explain
}

type scriptSentence struct {
	Source string        `json:"source"`
	Text   string        `json:"text"`
	Spans  []script.Span `json:"spans,omitempty"`
}

type droppedBlock struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
	Path string `json:"path"`

	ID     string         `json:"id,omitempty"`     // with -explain: of the rule
	Reason extract.Reason `json:"reason,omitempty"` // likewise, in one word
}

type scriptChunk struct {
	Text       string `json:"text"`
	Characters int    `json:"characters"`
}

type costEstimate struct {
	Voice      string  `json:"voice"`
	Characters int     `json:"characters"`
	Cached     int     `json:"cached"`
	Amount     float64 `json:"amount"` // US dollars
	Speaks     bool    `json:"speaks"` // false: the voice does not read this language
}

// fill fills in what does not depend on the voice's price.
func (r *scriptReport) fill(p extract.Page, s script.Script, chunks []script.Chunk, f *scriptFlags) {
	*r = scriptReport{Title: s.Title, Byline: s.Byline, Language: s.Language, Characters: s.Characters(),
		Lexicon: append([]string{}, s.Lexicon()...), Note: p.Note}
	r.Segments = make([]scriptSegment, 0, len(s.Segments))
	for _, x := range s.Segments {
		part := scriptSegment{Kind: x.Kind, Source: x.Source, Text: x.Text, Path: x.Path, Rule: x.Rule}
		for _, y := range x.Sentences {
			said := scriptSentence{Source: y.Source, Text: y.Text}
			if f.spans {
				said.Spans = y.Spans
			}
			part.Sentences = append(part.Sentences, said)
		}
		if f.explain {
			part.Tokens = x.Tokens()
		}
		r.Segments = append(r.Segments, part)
	}
	r.Dropped = []droppedBlock{}
	for _, b := range p.Dropped() {
		r.Dropped = append(r.Dropped, droppedBlock{Rule: b.Rule, Text: b.Text, Path: b.Path, ID: b.ID, Reason: b.Reason})
	}
	for _, x := range s.Skipped {
		r.Dropped = append(r.Dropped, unsaid(x.Source, x.Path))
	}
	for _, x := range s.Segments {
		for _, text := range x.Unsaid {
			r.Dropped = append(r.Dropped, unsaid(text, x.Path))
		}
	}
	if !f.explain {
		for i := range r.Dropped {
			r.Dropped[i].ID, r.Dropped[i].Reason = "", ""
		}
	}
	r.Chunks = []scriptChunk{}
	for _, c := range chunks {
		r.Chunks = append(r.Chunks, scriptChunk{c.Text, utf8.RuneCountInString(c.Text)})
	}
}

// unsaid tells of a text that has no word in the language, and why.
func unsaid(text, path string) droppedBlock {
	if writing := script.WritingOf(text); writing != "" {
		return droppedBlock{Rule: "language: " + string(writing) + " letters", Text: text, Path: path, ID: "language", Reason: "language"}
	}
	return droppedBlock{Rule: "language: no word for the sign", Text: text, Path: path, ID: "language.sign", Reason: "language"}
}

// palette colours text on a terminal, and nowhere else.
type palette bool

func (p palette) paint(code, s string) string {
	if !p {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p palette) bold(s string) string  { return p.paint("1", s) }
func (p palette) faint(s string) string { return p.paint("2", s) }
func (p palette) green(s string) string { return p.paint("32", s) }
func (p palette) red(s string) string   { return p.paint("31", s) }

// palette honours NO_COLOR (no-color.org).
func (a *app) palette() palette {
	return palette(isTerminal(a.stdout) && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb")
}

// printScript shows the script to a person.
func (a *app) printScript(r *scriptReport) error {
	var b strings.Builder
	p := a.palette()
	for _, s := range r.Segments {
		fmt.Fprintf(&b, "%s %s\n", p.green("+ "+string(s.Kind)), p.faint(joinNonEmpty(s.Path, s.Rule)))
		for _, x := range s.Sentences {
			fmt.Fprintf(&b, "    %s\n", p.bold(x.Text))
			if x.Source != x.Text && x.Source+"." != x.Text {
				fmt.Fprintf(&b, "    %s\n", p.faint("written: "+x.Source))
			}
		}
		for _, t := range s.Tokens {
			fmt.Fprintf(&b, "    %s\n", p.faint(t.Class+" "+t.Rule+": "+t.Source+" → "+t.Text))
		}
	}
	if len(r.Dropped) > 0 {
		fmt.Fprintln(&b, "\nNot read:")
	}
	for _, d := range r.Dropped {
		fmt.Fprintf(&b, "%s %s\n    %s\n", p.red("- "+d.Rule), p.faint(joinNonEmpty(d.Path, d.explanation())),
			p.faint(truncate(d.Text, 160)))
	}
	if len(r.Segments) > 0 {
		r.writeTotals(&b)
	}
	_, err := a.stdout.Write([]byte(b.String()))
	return err
}

// explanation is the ID of the rule and its reason.
func (d droppedBlock) explanation() string {
	if d.ID == "" {
		return ""
	}
	return d.ID + " (" + string(d.Reason) + ")"
}

func (r *scriptReport) writeTotals(b *strings.Builder) {
	sentences := 0
	for _, s := range r.Segments {
		sentences += len(s.Sentences)
	}
	fmt.Fprintf(b, "\n%s, %s, %s (%s) in %s; %s not read\n",
		lector.Plural(len(r.Segments), "segment"), lector.Plural(sentences, "sentence"), lector.Plural(r.Characters, "character"), r.Language,
		lector.Plural(len(r.Chunks), "chunk"), lector.Plural(len(r.Dropped), "block"))
	if r.Disclosure != "" {
		fmt.Fprintf(b, "A rendition also speaks the disclosure: %s\n", r.Disclosure)
	}
	if r.Note != "" {
		fmt.Fprintln(b, "Note:", r.Note)
	}
	if len(r.Lexicon) > 0 {
		fmt.Fprintf(b, "Lexicon: %s\n", strings.Join(r.Lexicon, "; "))
	}
	for _, c := range r.Cost {
		if !c.Speaks {
			fmt.Fprintf(b, "Voice %s: does not read %s\n", c.Voice, r.Language)
			continue
		}
		fmt.Fprintf(b, "Voice %s: %s, %d of them there already, %.4f USD\n", c.Voice, lector.Plural(c.Characters, "character"), c.Cached, c.Amount)
	}
}

// joinNonEmpty puts a dot between a path and a rule where there are both.
func joinNonEmpty(path, rule string) string {
	if path == "" || rule == "" {
		return path + rule
	}
	return path + " · " + rule
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
