package console

import (
	"fmt"
	"net/url"
)

// listed is how many rows of a list a page shows.
const listed = 100

// The names in an address that say which part of a list is shown: what stands behind a
// place, or before one.
const (
	afterPlace  = "after"
	beforePlace = "before"
	endOfList   = "end" // in place of a place
)

var places = []string{afterPlace, beforePlace}

// placeAsked is a place in a list and the direction in which the rows beside it are asked for.
type placeAsked struct {
	text string // as the list writes its places; "": the beginning, and back the end
	back bool
}

// placeIn reads which part of a list is asked for.
func placeIn(q url.Values) (placeAsked, error) {
	after, before := q.Get(afterPlace), q.Get(beforePlace)
	switch {
	case after != "" && before != "":
		return placeAsked{}, fmt.Errorf("%w: %s and %s exclude each other", errInput, afterPlace, beforePlace)
	case before == endOfList:
		return placeAsked{back: true}, nil
	case before != "":
		return placeAsked{before, true}, nil
	}
	return placeAsked{text: after}, nil
}

// pager says which rows of a list a page shows, and where the others are.
type pager struct {
	Of                          string // whose rows they are; "" on a page with one list
	From, To, Total             int    // the first row is 1
	First, Previous, Next, Last string // addresses; "" where there is nothing

	address url.URL    // of the page
	asked   url.Values // its filters
	anew    string     // the address of the first page, where this one is its beginning only, or empty
}

// newPager is of a page with so many rows, of which others stand ahead.
func newPager(shown *url.URL, ahead, rows, total int) pager {
	p := pager{From: ahead + 1, To: ahead + rows, Total: total, address: url.URL{Path: shown.Path}, asked: shown.Query()}
	turned := p.asked.Has(afterPlace) || p.asked.Has(beforePlace)
	for _, name := range places {
		p.asked.Del(name)
	}
	p.First = p.at("", "")
	beginning := ahead == 0 && rows < listed
	if turned && (beginning || rows == 0) {
		p.anew = p.First
	}
	return p
}

// at is the address of another part of the list, by the same filters.
func (p pager) at(name, place string) string {
	if name != "" {
		p.asked.Set(name, place)
		defer p.asked.Del(name)
	}
	p.address.RawQuery = p.asked.Encode()
	return p.address.String()
}

// turn sets the addresses of the other pages by the places of the first row and the last.
func (p *pager) turn(first, last string) {
	if p.To < p.Total {
		p.Next, p.Last = p.at(afterPlace, last), p.at(beforePlace, endOfList)
	}
	if p.From > 1 {
		p.Previous = p.at(beforePlace, first)
	} else {
		p.First = ""
	}
}

// More reports whether the list has rows that the page does not show.
func (p pager) More() bool { return p.To-p.From+1 < p.Total }
