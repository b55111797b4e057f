package feed

import (
	"regexp"
	"strings"
	"sync"
)

// baseAttribute finds an xml:base with its value and the quotes around it.
var baseAttribute = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bxml:base\s*=\s*(?:"[^"<]*"|'[^'<]*')`) })

// folderBases cuts every xml:base behind the last slash of its path, which changes no
// address that is completed by it (RFC 3986, 5.2.3). gofeed takes the last part of a
// path for a folder, also where it is a file: with the base /news/atom.xml it makes of
// a.html /news/atom.xml/a.html. What is only a query is completed by the folder too.
func folderBases(data []byte) []byte {
	return baseAttribute().ReplaceAllFunc(data, func(attribute []byte) []byte {
		text := string(attribute)
		quote := text[len(text)-1:]
		name, value, _ := strings.Cut(text[:len(text)-1], quote)
		return []byte(name + quote + folder(value) + quote)
	})
}

// folder returns an address up to the last slash of its path, and an address that has
// a host and no path as it is.
func folder(address string) string {
	if end := strings.IndexAny(address, "?#"); end >= 0 {
		address = address[:end]
	}
	path := address[:strings.LastIndexByte(address, '/')+1]
	if strings.HasSuffix(path, "//") {
		return address
	}
	return path
}
