package extract

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lector"
)

// byline is what a line such as "by Jane Doe January 13, 2025 2 min read" says.
type byline struct {
	authors []string
	time    time.Time
	source  string // the part that is read, as written
	rest    string // the part that is not
}

// parseByline reads a line that names who wrote the article and when.
func parseByline(line string) (byline, bool) {
	if utf8.RuneCountInString(line) > 200 || line == "" {
		return byline{}, false
	}
	d, dated := findDate(line)
	cut, by := line, expr("by word").FindString(line)
	if by == "" && !dated {
		return byline{}, false
	}
	if dated {
		cut = line[:d.start]
	}
	names := strings.TrimSpace(expr("by end").ReplaceAllString(strings.TrimPrefix(cut, by), ""))
	names = strings.TrimRight(names, " ,.;|•·–—-")
	authors := splitNames(names)
	switch {
	case by != "" && len(authors) > 0:
	case dated && len(authors) > 0 && !ended(line):
	case by == "" || !dated || len(names) > 0:
		return byline{}, false
	}
	b := byline{authors: authors, time: d.time}
	switch {
	case dated && len(authors) > 0:
		b.source, b.rest = line[:d.end], line[d.end:]
	case dated:
		b.source, b.rest = line[d.start:d.end], line[d.end:]
	default:
		end := strings.Index(line, names) + len(names)
		b.source, b.rest = line[:end], line[end:]
	}
	b.source, b.rest = strings.TrimSpace(b.source), strings.TrimLeft(strings.TrimSpace(b.rest), ",;|•·–—- ")
	return b, true
}

// splitNames returns the persons of "Jane Doe and Juan de la Cruz, BBC News",
// or nothing when s does not look like names.
func splitNames(s string) []string {
	var out []string
	for i, part := range expr("by split").Split(s, 8) {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if !isName(part) {
			if i == 0 {
				return nil
			}
			break
		}
		if i > 0 && affiliation(part) {
			break
		}
		out = append(out, part)
	}
	return out
}

// isName reports whether s could name a person or a desk: two to six words
// that begin with capitals, or one such word.
func isName(s string) bool {
	fields := strings.Fields(s)
	if len(fields) > 6 || strings.ContainsAny(s, "0123456789@:?!\"“”«»()") || slices.ContainsFunc(fields, ofDate) {
		return false
	}
	capitals := 0
	for _, w := range fields {
		switch {
		case expr("name part").MatchString(w):
			capitals++
		case !has("particles", strings.ToLower(w)):
			return false
		}
	}
	return capitals > 0
}

// ofDate reports whether a word belongs to a date and to no name.
func ofDate(w string) bool {
	w = strings.ToLower(strings.Trim(w, ".,"))
	if len(w) > 2 && has("beside date", w) {
		return true
	}
	return data().months[w] > 0 && !has("name months", w)
}

// fullName reports whether s is a person's name of two to four words and
// nothing else.
func fullName(s string) bool {
	if n := len(strings.Fields(s)); n < 2 || n > 4 || len(s) >= 60 {
		return false
	}
	return isName(s) && !ended(s)
}

// affiliation reports whether a name behind a comma is where the author works.
func affiliation(s string) bool {
	fields := strings.Fields(strings.ToLower(s))
	return len(fields) == 1 || has("desks", fields[0]) || has("desks", fields[len(fields)-1])
}

// cleanAuthor strips what metadata and rel=author links put around a name.
func cleanAuthor(s string) string {
	s = collapse(s)
	s = strings.TrimSpace(expr("by word").ReplaceAllString(s, ""))
	if strings.Contains(s, "://") || strings.ContainsAny(s, "@<>{}") || utf8.RuneCountInString(s) > 80 {
		return ""
	}
	if !strings.ContainsFunc(s, unicode.IsLetter) || has("accounts", strings.ToLower(s)) {
		return ""
	}
	return strings.Trim(s, " ,;|")
}

// nameOnly finds a person by a line such as "Jane Doe Transport correspondent"
// or "Jane Doe" alone.
func nameOnly(line string) (string, bool) {
	fields := strings.Fields(line)
	if len(fields) < 2 || len(fields) > 8 {
		return "", false
	}
	if ended(line) || !isName(strings.Join(fields[:2], " ")) {
		return "", false
	}
	n := 2
	for _, w := range fields[2:min(len(fields), 4)] {
		if !expr("name part").MatchString(w) || has("role words", strings.ToLower(w)) {
			break
		}
		n++
	}
	role := len(fields) == n
	for _, w := range fields[n:] {
		role = role || has("role words", strings.ToLower(strings.Trim(w, ",")))
	}
	return strings.TrimSuffix(strings.Join(fields[:n], " "), ","), role
}

// pickByline looks at the blocks around the title for one that names the
// author, and returns it or -1.
func (p *Page) pickByline(raws []raw, title int, whole bool) int {
	from, to := title+1, min(len(raws), title+14)
	if !whole {
		to = min(len(raws), from+3)
	}
	for i := from; i < to; i++ {
		b, ok := bylineAt(raws, i)
		if !ok {
			continue
		}
		p.sign(b)
		return i
	}
	if whole && title >= 0 && len(p.Authors) == 0 {
		p.nameByDate(raws[from:to])
	}
	return -1
}

// sign sets the byline that is read, and by it the authors and the date that nobody stated.
func (p *Page) sign(b byline) {
	if len(p.Authors) == 0 {
		p.Authors = b.authors
	}
	if p.Published.IsZero() {
		p.Published = b.time
	}
	p.Byline = b.source
}

// bylineAt reads a block as a byline: in words, or by its class. The word "by"
// and the name can be two blocks.
func bylineAt(raws []raw, i int) (byline, bool) {
	r := raws[i]
	if r.droppedFor(navigation, related) || len(r.Text) > 300 {
		return byline{}, false
	}
	o, text := r.dropped(), collapse(expr("address").ReplaceAllString(r.Text, ""))
	marked := o != nil && o.id == "class.byline"
	if len(text) < 24 && expr("by word").FindString(text+" ") == text+" " && i+1 < len(raws) {
		text += " " + raws[i+1].Text
	}
	if !expr("by word").MatchString(text) {
		if b, ok := r.names(text, marked); ok {
			return b, true
		}
		if behind := behindDate(text); behind != "" {
			text, marked = behind, true
		}
		if !marked {
			return byline{}, false
		}
	}
	b, ok := parseByline(text)
	return b, ok && len(b.authors) > 0
}

// names reads the text of a block as names and nothing else, where its class or a link
// says that it names persons.
func (r raw) names(text string, marked bool) (byline, bool) {
	if signed := marked && r.offers&topic == 0; !signed && r.offers&person == 0 {
		return byline{}, false
	}
	if names := splitNames(text); len(names) > 0 && fullName(names[0]) {
		if _, dated := findDate(text); !dated {
			return byline{authors: names, source: strings.Join(names, ", ")}, true
		}
	}
	name, role := nameOnly(text)
	return byline{authors: []string{name}, source: name}, role && marked
}

// behindDate returns what begins with the word "by" behind a date, or "".
func behindDate(text string) string {
	at := expr("by inside").FindStringIndex(text)
	if at == nil || len(text) >= 120 {
		return ""
	}
	if _, dated := findDate(text[:at[0]]); !dated {
		return ""
	}
	return strings.TrimLeft(text[at[0]:], " ,|·•")
}

// nameByDate takes a person's name that stands right above a date as the
// author's.
func (p *Page) nameByDate(raws []raw) {
	for i, r := range raws {
		if i+1 == len(raws) || prose(r.Text) {
			return
		}
		next := raws[i+1].Text
		if len(next) >= 80 || !r.isPerson() {
			continue
		}
		if _, ok := findDate(next); ok {
			p.Authors = []string{r.Text}
			return
		}
	}
}

// isPerson reports whether a block is a person's name, and no link but to that person.
func (r raw) isPerson() bool {
	if r.Kind != lector.Paragraph || r.linked > 0 && r.offers&person == 0 {
		return false
	}
	return fullName(r.Text)
}
