package extract

import (
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
	for _, w := range fields {
		if lower := strings.ToLower(strings.Trim(w, ".,")); has("beside date", lower) && len(lower) > 2 || data().months[lower] > 0 && lower != "may" && lower != "jan" && lower != "august" {
			return false
		}
	}
	if len(fields) == 0 || len(fields) > 6 || strings.ContainsAny(s, "0123456789@:?!\"“”«»()") {
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

// fullName reports whether s is a person's name of two to four words and
// nothing else.
func fullName(s string) bool {
	n := len(strings.Fields(s))
	return n >= 2 && n <= 4 && len(s) < 60 && isName(s) && !ended(s)
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
	if strings.Contains(s, "://") || strings.Contains(s, "@") || utf8.RuneCountInString(s) > 80 || strings.ContainsAny(s, "<>{}") {
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
	if len(fields) < 2 || len(fields) > 8 || !isName(strings.Join(fields[:2], " ")) || ended(line) {
		return "", false
	}
	n := 2
	for n < len(fields) && n < 4 && expr("name part").MatchString(fields[n]) && !has("role words", strings.ToLower(fields[n])) {
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
		if len(p.Authors) == 0 {
			p.Authors = b.authors
		}
		if p.Published.IsZero() {
			p.Published = b.time
		}
		p.Byline = b.source
		return i
	}
	if whole && title >= 0 && len(p.Authors) == 0 {
		p.nameByDate(raws[from:to])
	}
	return -1
}

// bylineAt reads a block as a byline: in words, or by its class. The word "by"
// and the name can be two blocks.
func bylineAt(raws []raw, i int) (byline, bool) {
	r := raws[i]
	o := r.dropped()
	if o != nil && (o.sure || o.reason == navigation || o.reason == related) || len(r.Text) > 300 {
		return byline{}, false
	}
	marked, text := o != nil && o.id == "class.byline", collapse(expr("address").ReplaceAllString(r.Text, ""))
	if len(text) < 24 && expr("by word").FindString(text+" ") == text+" " && i+1 < len(raws) {
		text += " " + raws[i+1].Text
	}
	if (marked && r.offers&topic == 0 || r.offers&person != 0) && !expr("by word").MatchString(text) {
		if names := splitNames(text); len(names) > 0 && fullName(names[0]) {
			if _, dated := findDate(text); !dated {
				return byline{authors: names, source: strings.Join(names, ", ")}, true
			}
		}
		if name, role := nameOnly(text); role && marked {
			return byline{authors: []string{name}, source: name}, true
		}
	}
	if at := expr("by inside").FindStringIndex(text); at != nil && len(text) < 120 && !expr("by word").MatchString(text) {
		if _, dated := findDate(text[:at[0]]); dated {
			text, marked = strings.TrimLeft(text[at[0]:], " ,|·•"), true
		}
	}
	if !marked && !expr("by word").MatchString(text) {
		return byline{}, false
	}
	b, ok := parseByline(text)
	return b, ok && len(b.authors) > 0
}

// nameByDate takes a person's name that stands right above a date as the
// author's.
func (p *Page) nameByDate(raws []raw) {
	for i, r := range raws {
		if i+1 == len(raws) || prose(r.Text) {
			return
		}
		if next := raws[i+1].Text; fullName(r.Text) && len(next) < 80 && r.Kind == lector.Paragraph && (r.linked == 0 || r.offers&person != 0) {
			if _, ok := findDate(next); ok {
				p.Authors = []string{r.Text}
				return
			}
		}
	}
}
