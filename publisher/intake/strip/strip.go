// Package strip copies of a JSON text what somebody wants of it, without ever
// holding the rest: what a CMS sends with an article may be a thousand times the
// article.
package strip

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Keep names the members of an object that are copied, and what of their values
// in turn. Of an array it holds for each element. Numbers, strings and what else
// is no object pass as they are, so that an object under a nil Keep becomes {}.
type Keep map[string]Keep

// The bounds of a text.
const (
	maxDepth  = 100 // objects and arrays in each other
	maxName   = 256 // bytes of the name of a member that can be wanted
	maxNumber = 256 // bytes
)

// Copy reads one JSON text (RFC 8259) from src to its end and writes to dst what is
// wanted. It is an error if the text is not valid from its first to its last byte, or
// if a wanted member stands twice. The errors of src and dst come back wrapped.
func Copy(dst io.Writer, src io.Reader, keep Keep) error {
	f := &filter{r: bufio.NewReaderSize(src, 32<<10), w: bufio.NewWriterSize(dst, 4<<10)}
	err := f.value(keep, 0)
	if err == nil {
		err = f.end()
	}
	if err == nil {
		return f.w.Flush()
	}
	if path := strings.Join(f.path, "."); path != "" {
		return fmt.Errorf("%s: %w", path, err)
	}
	return err
}

// filter is the state of one Copy.
type filter struct {
	r    *bufio.Reader
	w    *bufio.Writer
	skip int      // how many unwanted values are open: nothing is written
	path []string // names of the wanted members that are open
}

// errEnd says that the text ends too early.
var errEnd = errors.New("the JSON text ends too early")

// byte returns the next byte of the text.
func (f *filter) byte() (byte, error) {
	c, err := f.r.ReadByte()
	if errors.Is(err, io.EOF) {
		err = errEnd
	}
	return c, err
}

// token returns the next byte that is no white space.
func (f *filter) token() (byte, error) {
	for {
		c, err := f.byte()
		if err != nil || !isSpace(c) {
			return c, err
		}
	}
}

func isSpace(c byte) bool { return strings.IndexByte(" \n\t\r", c) >= 0 }

// end reports what stands behind the value.
func (f *filter) end() error {
	c, err := f.token()
	switch {
	case errors.Is(err, errEnd):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("there is %q behind the JSON text", c)
}

// write writes unless the value is unwanted. The writer keeps its first error, which
// Flush returns; it is asked for now and then, so that what is too long ends early.
func (f *filter) write(c byte) {
	if f.skip == 0 {
		_ = f.w.WriteByte(c)
	}
}

func (f *filter) value(keep Keep, depth int) error {
	c, err := f.token()
	if err != nil {
		return err
	}
	switch {
	case depth > maxDepth:
		return fmt.Errorf("more than %d objects and arrays in each other", maxDepth)
	case c == '{':
		return f.object(keep, depth+1)
	case c == '[':
		return f.array(keep, depth+1)
	case c == '"':
		return f.string(nil)
	case c == '-' || c >= '0' && c <= '9':
		return f.word(c, "+-.eE0123456789")
	}
	return f.word(c, "abcdefghijklmnopqrstuvwxyz")
}

// word copies a number, or true, false or null: it is all of the given letters that
// follow, and valid JSON by itself.
func (f *filter) word(first byte, letters string) error {
	word := []byte{first}
	for {
		c, err := f.byte()
		if err == nil && strings.IndexByte(letters, c) >= 0 && len(word) < maxNumber {
			word = append(word, c)
			continue
		}
		if err == nil {
			err = f.r.UnreadByte()
		}
		if err != nil && !errors.Is(err, errEnd) {
			return err
		}
		break
	}
	if !json.Valid(word) {
		return fmt.Errorf("%.20q is no JSON value", word)
	}
	for _, c := range word {
		f.write(c)
	}
	return nil
}

// list reads what stands between opening and closing bracket, item by item.
func (f *filter) list(closing byte, item func(first bool) error) error {
	c, err := f.token()
	if err != nil || c == closing {
		return err
	}
	if err := f.r.UnreadByte(); err != nil {
		return err
	}
	for first := true; ; first = false {
		if err := item(first); err != nil {
			return err
		}
		switch c, err := f.token(); {
		case err != nil:
			return err
		case c == closing:
			return nil
		case c != ',':
			return fmt.Errorf("%q stands where a comma or %q is expected", c, closing)
		}
	}
}

func (f *filter) array(keep Keep, depth int) error {
	f.write('[')
	err := f.list(']', func(first bool) error {
		if !first {
			f.write(',')
		}
		return f.value(keep, depth)
	})
	f.write(']')
	return err
}

func (f *filter) object(keep Keep, depth int) error {
	f.write('{')
	seen := map[string]bool{}
	err := f.list('}', func(bool) error { return f.member(keep, seen, depth) })
	f.write('}')
	return err
}

// member copies a name and its value, or skips both. seen are the wanted names that
// the object has had.
func (f *filter) member(keep Keep, seen map[string]bool, depth int) error {
	name, err := f.name()
	if err != nil {
		return err
	}
	of, wanted := keep[name]
	if !wanted || f.skip > 0 {
		f.skip++
		err := f.value(nil, depth)
		f.skip--
		return err
	}
	f.path = append(f.path, name)
	if seen[name] {
		return errors.New("stands twice")
	}
	if len(seen) > 0 {
		f.write(',')
	}
	seen[name] = true
	fmt.Fprintf(f.w, "%q:", name) // a name that is wanted needs no escapes
	if err := f.value(of, depth); err != nil {
		return err
	}
	f.path = f.path[:len(f.path)-1]
	return nil
}

// name reads the name of a member and the colon behind it. Of one that is longer than
// any that is wanted it returns the beginning.
func (f *filter) name() (string, error) {
	c, err := f.token()
	if err != nil {
		return "", err
	}
	if c != '"' {
		return "", fmt.Errorf("%q stands where the name of a member is expected", c)
	}
	raw := make([]byte, 0, 32)
	f.skip++
	err = f.string(&raw)
	f.skip--
	if err != nil {
		return "", err
	}
	if c, err = f.token(); err != nil {
		return "", err
	}
	if c != ':' {
		return "", fmt.Errorf("%q stands where a colon is expected", c)
	}
	if len(raw) > maxName {
		return string(raw), nil
	}
	var name string
	err = json.Unmarshal(raw, &name)
	return name, err
}

// string copies a string whose first quotation mark has been read. What it reads goes
// into *raw too, unless that is nil, up to a little more than the longest name.
func (f *filter) string(raw *[]byte) error {
	put := func(c byte) {
		f.write(c)
		if raw != nil && len(*raw) <= maxName {
			*raw = append(*raw, c)
		}
	}
	put('"')
	for {
		c, err := f.byte()
		if err != nil {
			return err
		}
		switch {
		case c == '"':
			put(c)
			return f.failed()
		case c == '\\':
			err = f.escape(put)
		case c < ' ':
			return fmt.Errorf("a string holds the control character %#02x", c)
		case c >= 0x80:
			err = f.rune(put)
		default:
			put(c)
		}
		if err != nil {
			return err
		}
	}
}

// failed is the error of the writer, if there was one.
func (f *filter) failed() error {
	_, err := f.w.Write(nil)
	return err
}

// escape copies what follows a backslash.
func (f *filter) escape(put func(byte)) error {
	c, err := f.byte()
	if err != nil {
		return err
	}
	put('\\')
	put(c)
	if c != 'u' {
		if strings.IndexByte(`"\/bfnrt`, c) < 0 {
			return fmt.Errorf("there is no escape \\%c", c)
		}
		return nil
	}
	for range 4 {
		if c, err = f.byte(); err != nil {
			return err
		}
		if strings.IndexByte("0123456789abcdefABCDEF", c) < 0 {
			return errors.New("an escape \\u has no four hexadecimal digits")
		}
		put(c)
	}
	return nil
}

// rune copies a character of several bytes, the first of which has been read.
func (f *filter) rune(put func(byte)) error {
	if err := f.r.UnreadByte(); err != nil {
		return err
	}
	r, size, err := f.r.ReadRune()
	if err != nil {
		return err
	}
	if r == '\uFFFD' && size == 1 {
		return errors.New("invalid UTF-8")
	}
	for _, c := range []byte(string(r)) {
		put(c)
	}
	return nil
}
