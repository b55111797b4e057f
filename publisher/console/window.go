package console

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
)

// window keeps the rows of one page while a list is read from its oldest row on. The page
// shows the newest row first. Places of rows are numbers that grow.
type window[T any] struct {
	from   uint64 // rows older than it are wanted, or with back newer ones; 0: any
	back   bool
	rows   []placed[T] // the oldest first
	total  int
	wanted int // rows older than from, or newer
}

// placed is a row and its place.
type placed[T any] struct {
	place uint64
	row   T
}

// newWindow reads which rows are asked for.
func newWindow[T any](q url.Values) (*window[T], error) {
	at, err := placeIn(q)
	if err != nil || at.text == "" {
		return &window[T]{back: at.back}, err
	}
	from, err := strconv.ParseUint(at.text, 10, 64)
	if err != nil || from == 0 {
		return nil, fmt.Errorf("%w: %q is no place in this list", errInput, brief(at.text))
	}
	return &window[T]{from: from, back: at.back}, nil
}

// wants reports whether a row lies where the page is to be.
func (w *window[T]) wants(place uint64) bool {
	if w.back {
		return place > w.from
	}
	return w.from == 0 || place < w.from
}

// add takes the next row. It keeps those that are nearest to the place asked for.
func (w *window[T]) add(place uint64, row T) {
	w.total++
	if !w.wants(place) {
		return
	}
	w.wanted++
	switch {
	case len(w.rows) < listed:
		w.rows = append(w.rows, placed[T]{place, row})
	case !w.back:
		w.rows = append(slices.Delete(w.rows, 0, 1), placed[T]{place, row})
	}
}

// page returns the rows as they are shown.
func (w *window[T]) page() (rows []T) {
	for _, p := range slices.Backward(w.rows) {
		rows = append(rows, p.row)
	}
	return rows
}

// pager says where the other rows are.
func (w *window[T]) pager(shown *url.URL) pager {
	ahead := w.total - w.wanted
	if w.back {
		ahead = w.wanted - len(w.rows)
	}
	p := newPager(shown, ahead, len(w.rows), w.total)
	if n := len(w.rows); n > 0 {
		p.turn(fmt.Sprint(w.rows[n-1].place), fmt.Sprint(w.rows[0].place))
	}
	return p
}

// cutOut returns the part of a list in memory that is asked for. Its places are the numbers
// of its rows, of which the first is 1.
func cutOut[T any](shown *url.URL, list []T) ([]T, pager, error) {
	at, err := placeIn(shown.Query())
	if err != nil {
		return nil, pager{}, err
	}
	from, to := 0, len(list)
	if at.text != "" {
		place, err := strconv.Atoi(at.text)
		if err != nil || place < 0 {
			return nil, pager{}, fmt.Errorf("%w: %q is no place in this list", errInput, brief(at.text))
		}
		if place = min(place, len(list)); at.back {
			to = max(place-1, 0)
		} else {
			from = place
		}
	}
	if at.back {
		from = max(to-listed, 0)
	}
	to = min(to, from+listed)
	p := newPager(shown, from, to-from, len(list))
	p.turn(fmt.Sprint(from+1), fmt.Sprint(to))
	return list[from:to], p, nil
}
