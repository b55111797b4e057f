package extract

import (
	"bytes"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// table notes that n is a table of data that the site wants to be read, or a row of one,
// and returns what ends it.
func (w *walker) table(n *html.Node) (end func()) {
	data, row := w.data, w.row
	switch n.DataAtom {
	case atom.Table:
		w.data = w.sel.Tables && !layout(n)
	case atom.Tr:
		w.row, w.cell = w.data, false
	}
	return func() { w.data, w.row = data, row }
}

// inRow goes through an element in a row of a table: all that is read of the row is one
// block, with commas between the cells. What a rule drops gets a block of its own.
func (w *walker) inRow(n *html.Node, o *origin) {
	speak := w.speak
	if o != nil {
		w.speak = ""
	}
	if n.DataAtom == atom.Td || n.DataAtom == atom.Th {
		w.cell = true
	} else if !inline(n.DataAtom) {
		w.text = append(w.text, ' ')
	}
	w.inline(n, o)
	w.speak = speak
}

// beginCell writes what stands between two cells of a row, once for cells that are empty.
func (w *walker) beginCell() {
	if !w.cell {
		return
	}
	w.cell = false
	before := bytes.TrimSpace(w.text)
	switch {
	case len(before) == 0:
	case bytes.ContainsRune([]byte(".,;:!?"), rune(before[len(before)-1])):
		w.text = append(before, ' ')
	default:
		w.text = append(before, ", "...)
	}
}
