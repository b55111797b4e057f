package extract

import (
	"strings"

	"lector"
)

// whole enough is an articleBody that holds this much of what is read, and
// few are the bytes of it that may follow the last block read.
const (
	agreement  = 0.6
	leastAgree = 400
	afterword  = 60
)

// agree compares what is read with the text that the page states in its data
// (articleBody). Where the two agree, a short line that the data lack is no
// part of the article. Data that end early say nothing of what comes later.
func (p *Page) agree(stated string) {
	text := key(stated)
	if len(text) < leastAgree || len(text) > longBody {
		return
	}
	in, all, last, end := 0, 0, -1, 0
	there := make([]bool, len(p.Blocks))
	for i, b := range p.Blocks {
		if !b.Keep || !body(b.Kind) || b.Kind == lector.Heading {
			continue
		}
		k := key(b.Text)
		all += len(k)
		if at := strings.Index(text, k); at >= 0 && len(k) > 0 {
			there[i], in, last, end = true, in+len(k), i, max(end, at+len(k))
		} else if half := k[len(k)/2:]; len(k) > 100 && strings.Contains(text, half) {
			there[i], in = true, in+len(half)
		}
	}
	if float64(in) < agreement*float64(all) {
		return
	}
	whole := len(text)-end < afterword
	for i := range p.Blocks {
		b := &p.Blocks[i]
		if !b.Keep || there[i] || b.insisted() || i > last && !whole || b.Kind != lector.Paragraph && b.Kind != lector.Item || len(b.Text) > wordy || corrected.MatchString(b.Text) {
			continue
		}
		b.drop(p.book.get("data.lacks"))
	}
}
