package script

import (
	"bytes"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"lector"
)

// Limit is what a voice takes in one call.
type Limit struct {
	Max   int         // the longest text; 0 for no limit
	Unit  lector.Unit // how Max counts; "" counts characters
	Merge int         // join neighbours shorter than this, in characters; 0 is 80, below 0 never
}

// Chunk is what one call to a voice gets: a paragraph as a rule, several short
// ones, or a part of a long one. Behind it comes a silence of Pause. The texts
// of all chunks, each followed by its Joint, are the text of the script.
type Chunk struct {
	Text      string
	Joint     string // what stands between this chunk and the next: a space, or a line's end
	Sentences []Ref
	Before    string // the neighbouring text, for voices that use it
	After     string
	Lexicon   []string // the matched entries, in their canonical form
	Pause     time.Duration
	Kind      lector.SegmentKind
}

// Ref says that the bytes [Start, End) of a chunk's text are a sentence of the
// script, or a part of one.
type Ref struct {
	Segment, Sentence int
	Start, End        int
}

const (
	mergeBelow = 80
	neighbours = 200 // bytes of neighbouring text
)

// Text returns the script as one text: sentences joined by a space, segments
// by an empty line.
func (s Script) Text() string {
	parts := make([]string, len(s.Segments))
	for i, segment := range s.Segments {
		parts[i] = segment.Text
	}
	return strings.Join(parts, "\n\n")
}

// Chunks cuts the script into what a voice takes at once.
func (s Script) Chunks(l Limit) []Chunk {
	if l.Merge == 0 {
		l.Merge = mergeBelow
	}
	var c cutter
	c.limit = l
	for i, segment := range s.Segments {
		if i > 0 && !c.joins(s.Segments[i-1], segment) {
			c.end("\n\n", s.Segments[i-1].Pause)
		} else if i > 0 {
			c.write("\n\n")
		}
		c.segment(i, segment)
	}
	if n := len(s.Segments); n > 0 {
		c.end("", s.Segments[n-1].Pause)
	}
	surround(c.chunks)
	return c.chunks
}

// cutter fills one chunk after the other.
type cutter struct {
	limit  Limit
	chunks []Chunk
	text   []byte
	runes  int // in text
	refs   []Ref
	words  []string
	kind   lector.SegmentKind
}

// maxJoined bounds the characters of segments that are spoken in one call.
const maxJoined = 500

func isRunningText(k lector.SegmentKind) bool { return k == lector.Paragraph || k == lector.Item }

// joins reports whether the next segment is spoken in one call with the last:
// both are running text of one kind, one of them is short, and they fit.
func (c *cutter) joins(last, next Segment) bool {
	if last.Kind != next.Kind || !isRunningText(next.Kind) || last.Pause != pauseBehind(last.Kind) {
		return false
	}
	runes := utf8.RuneCountInString(next.Text)
	short := min(c.runes, runes) < c.limit.Merge
	return short && c.runes+runes < maxJoined && c.takes("\n\n", next.Text)
}

// takes reports whether the chunk may grow by these texts.
func (c *cutter) takes(more ...string) bool {
	if c.limit.Max <= 0 {
		return true
	}
	n := c.runes
	if c.limit.Unit == lector.Bytes {
		n = len(c.text)
	}
	for _, s := range more {
		if len(s) > 4*c.limit.Max {
			return false
		}
		n += c.limit.length(s)
	}
	return n <= c.limit.Max
}

func (c *cutter) write(s string) {
	c.text = append(c.text, s...)
	c.runes += utf8.RuneCountInString(s)
}

func (l Limit) length(text string) int {
	if l.Unit == lector.Bytes {
		return len(text)
	}
	return utf8.RuneCountInString(text)
}

func (c *cutter) segment(i int, s Segment) {
	c.kind = s.Kind
	for j, sentence := range s.Sentences {
		if j > 0 {
			c.space(sentence.Text)
		}
		c.sentence(i, j, sentence)
	}
}

// space parts two sentences: in one chunk if the second fits, else in two.
func (c *cutter) space(next string) {
	if c.takes(" ", next) {
		c.write(" ")
		return
	}
	c.end(" ", 0)
}

func (c *cutter) sentence(i, j int, x Sentence) {
	c.words = append(c.words, x.Lexicon...)
	rest := x.Text
	for !c.takes(rest) {
		if len(c.text) > 0 { // what is there already takes the room
			trimmed := bytes.TrimRight(c.text, "\n ")
			joint := string(c.text[len(trimmed):])
			c.text = trimmed
			c.end(joint, 0)
			continue
		}
		n := c.limit.cut(rest)
		part := strings.TrimRight(rest[:n], " ")
		c.put(i, j, part)
		c.end(rest[len(part):n], 0)
		rest = rest[n:]
	}
	c.put(i, j, rest)
}

func (c *cutter) put(i, j int, text string) {
	if text == "" {
		return
	}
	c.refs = append(c.refs, Ref{i, j, len(c.text), len(c.text) + len(text)})
	c.write(text)
}

// end closes the chunk that is being filled.
func (c *cutter) end(joint string, pause time.Duration) {
	if len(c.text) == 0 {
		if n := len(c.chunks); n > 0 {
			c.chunks[n-1].Joint += joint
			c.chunks[n-1].Pause = max(c.chunks[n-1].Pause, pause)
		}
		return
	}
	c.chunks = append(c.chunks, Chunk{Text: string(c.text), Joint: joint, Sentences: c.refs, Lexicon: unique(c.words), Pause: pause, Kind: c.kind})
	c.text, c.runes, c.refs, c.words = c.text[:0], 0, nil, nil
}

func unique(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// cut returns where a text that is too long is parted: behind a clause, else
// behind a word, else between graphemes. It is never 0.
func (l Limit) cut(text string) int {
	end := l.reach(text)
	if at := lastCut(text[:end], ";:—–", end/3); at > 0 {
		return pastSpace(text, at)
	}
	if at := lastCut(text[:end], ",", end/3); at > 0 {
		return pastSpace(text, at)
	}
	if at := strings.LastIndexByte(text[:end], ' '); at > 0 {
		return at + 1
	}
	return grapheme(text, end)
}

// reach returns how many bytes of text the limit allows, at least one rune.
func (l Limit) reach(text string) int {
	end, count := 0, 0
	for i, c := range text {
		n := utf8.RuneLen(c)
		if c == utf8.RuneError {
			n = 1
		}
		step := 1
		if l.Unit == lector.Bytes {
			step = n
		}
		if count+step > l.Max && i > 0 {
			return end
		}
		count += step
		end = i + n
	}
	return end
}

// lastCut returns the end of the last of the marks in s that a space follows, or 0 where it
// is not behind least.
func lastCut(s, marks string, least int) int {
	for end := len(s); end > least; {
		at := strings.LastIndexAny(s[:end], marks)
		if at <= least {
			return 0
		}
		_, n := utf8.DecodeRuneInString(s[at:])
		if at+n < len(s) && s[at+n] == ' ' {
			return at + n
		}
		end = at
	}
	return 0
}

// pastSpace returns the place behind the spaces that follow a cut.
func pastSpace(text string, at int) int {
	return len(text) - len(strings.TrimLeft(text[at:], " "))
}

// grapheme returns the last border of graphemes at or before end; where the
// first grapheme alone is too long, its runes are parted.
func grapheme(text string, end int) int {
	it := graphemes.FromString(text[:min(len(text), end+64)])
	last := 0
	for it.Next() {
		if it.End() > end {
			break
		}
		last = it.End()
	}
	if last == 0 {
		return end
	}
	return last
}

// surround sets the text before and behind each chunk.
func surround(chunks []Chunk) {
	for i := range chunks {
		if i > 0 {
			chunks[i].Before = tail(chunks[i-1].Text)
		}
		if i+1 < len(chunks) {
			chunks[i].After = start(chunks[i+1].Text)
		}
	}
}

func tail(s string) string {
	if len(s) <= neighbours {
		return s
	}
	s = s[len(s)-neighbours:]
	return s[strings.IndexFunc(s, unicode.IsSpace)+1:]
}

func start(s string) string {
	if len(s) <= neighbours {
		return s
	}
	s = s[:neighbours]
	if at := strings.LastIndexFunc(s, unicode.IsSpace); at > 0 {
		return s[:at]
	}
	return strings.ToValidUTF8(s, "")
}
