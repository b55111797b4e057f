package console

import (
	"strings"
	"unicode/utf8"
)

// indentJSON writes JSON with each field and element on a line of its own. It ends where
// the text has most bytes, and returns how many bytes of the data are left out then.
// json.Indent has no such bound: of a megabyte of nested arrays it makes gigabytes. The
// data must be valid.
func indentJSON(data []byte, most int) (text string, leftOut int) {
	var w indenter
	for i, c := range data {
		if w.Len() >= most && utf8.RuneStart(c) {
			return w.String(), len(data) - i
		}
		w.add(c)
	}
	return w.String(), 0
}

// indenter adds the bytes of JSON to an indented text.
type indenter struct {
	strings.Builder
	depth   int
	within  bool // a string has begun
	escaped bool // the byte before was a backslash in a string
	begun   bool // the byte before was an opening bracket
}

// maxIndent is how many levels are indented.
const maxIndent = 20

func (w *indenter) add(c byte) {
	switch {
	case w.within:
		w.within, w.escaped = w.escaped || c != '"', !w.escaped && c == '\\'
		w.WriteByte(c)
	case c == '}' || c == ']':
		w.closeBracket(c)
	case strings.IndexByte(" \t\r\n", c) < 0:
		w.token(c)
	}
}

func (w *indenter) closeBracket(c byte) {
	w.depth--
	if !w.begun {
		w.newLine()
	}
	w.begun = false
	w.WriteByte(c)
}

// token adds a byte outside of a string that closes nothing.
func (w *indenter) token(c byte) {
	if w.begun {
		w.newLine()
	}
	w.begun, w.within = c == '{' || c == '[', c == '"'
	w.WriteByte(c)
	switch {
	case w.begun:
		w.depth++
	case c == ',':
		w.newLine()
	case c == ':':
		w.WriteByte(' ')
	}
}

func (w *indenter) newLine() {
	w.WriteString("\n" + strings.Repeat("  ", min(w.depth, maxIndent)))
}
