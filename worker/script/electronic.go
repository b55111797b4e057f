package script

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lector/worker/pattern"
)

// signs are the words for what stands in addresses.
type signs struct {
	at, dot, slash, dash, underscore, plus, www, colon, equals, and, percent string

	piece func(string) string // says what stands between them
}

var (
	emailShape = pattern.New(`^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
	urlShape   = pattern.New(`^(?:[a-z]{2,8}://|www\.)[^\s<>"“”]+`)
	hostShape  = pattern.New(`^(?:[A-Za-z0-9-]+\.)+(mp[34]|[a-z]{2,6}|COM|ORG|NET|GOV|EDU)(?::\d{2,5}\b)?(?:/[^\s<>"“”]*|\?[A-Za-z0-9_-]+=[^\s<>"“”]*)?`)
)

// electronicAt returns what is said for an address at the current place, and
// how many bytes it has; none is 0.
func electronicAt(r *reader, words signs) (string, int) {
	if r.pos > 1 && r.src[r.pos-1] == '.' && alnum(r.src[r.pos-2]) { // inside of what was tried at its beginning
		return "", 0
	}
	s := r.src[r.pos:min(len(r.src), r.pos+300)]
	end := strings.IndexFunc(s, unicode.IsSpace)
	if end >= 0 {
		s = s[:end]
	}
	dot := strings.IndexByte(s, '.')
	if (dot <= 0 || dot == len(s)-1) && !strings.Contains(s, "://") {
		return "", 0
	}
	if m := emailShape.FindString(s); m != "" {
		return words.address(m), len(m)
	}
	m := urlShape.FindString(s)
	if m == "" {
		h := hostShape.FindStringSubmatch(s)
		if h == nil || !isHostEnd(h[1], h[0]) || r.glued(len(h[0])) {
			return "", 0
		}
		m = h[0]
	}
	m = strings.TrimRight(m, ".,;:!?)]}'’»…")
	return words.address(strings.TrimRight(stripScheme(m), "/")), len(m)
}

func stripScheme(s string) string {
	if _, rest, found := strings.Cut(s, "://"); found {
		return rest
	}
	return s
}

// address says an address piece by piece. What stands behind a question mark
// is for machines and is left out.
func (g signs) address(s string) string {
	if at := strings.IndexAny(s, "?#"); at > 0 {
		s = strings.TrimRight(s[:at], "/")
	}
	if strings.Contains(s, "@") && s == strings.ToUpper(s) {
		s = strings.ToLower(s)
	}
	var parts []string
	start := 0
	flush := func(end int) {
		if end > start {
			parts = append(parts, g.piece(s[start:end]))
		}
	}
	for i := 0; i < len(s); i++ {
		word := map[byte]string{'.': g.dot, '@': g.at, '/': g.slash, '-': g.dash, '_': g.underscore, '+': g.plus, ':': g.colon, '=': g.equals, '&': g.and, '%': g.percent, '~': ""}[s[i]]
		if word == "" && ofWord(s[i]) {
			continue
		}
		flush(i)
		if word != "" {
			parts = append(parts, word)
		}
		start = i + 1
	}
	flush(len(s))
	return strings.Join(parts, " ")
}

// ofWord reports whether a byte of an address belongs to a word.
func ofWord(c byte) bool { return alnum(c) || c == '\'' || c >= utf8.RuneSelf }

// isHostEnd reports whether the last part of a host's name shows that it is one, or a
// file. Two letters that are no country's do where a path follows.
func isHostEnd(end, host string) bool {
	if shared()["top-levels"][strings.ToLower(end)] || shared()["file-types"][end] {
		return true
	}
	return len(end) == 2 && strings.Contains(host, end+"/")
}

// piece says one word of an address. A language that spells some has a list of
// them; there ends of two letters are spelled too, unless they are words, and
// letters and digits are parted.
func (p *pack) piece(s string) string {
	short := len(s) > 1 && len(s) < 5 && !strings.ContainsFunc(s, notConsonant)
	switch {
	case strings.EqualFold(s, "www"):
		return p.signs.www
	case p.lists["address-letters"] == nil:
		return s
	case len(s) == 2 && shared()["top-levels"][s] && !slices.Contains(p.lists["top-words"], s), slices.Contains(p.lists["address-letters"], s), short:
		return p.spelled(s)
	case len(s) == 3 && allUpper(s) && shared()["top-levels"][strings.ToLower(s)]: // the end of "ASP.NET"
		return strings.ToLower(s)
	}
	if said := p.initials(s); allUpper(s) && len(s) > 1 && said != "" {
		return said
	}
	return p.mixed(s)
}

// notConsonant reports whether a character is anything but a Latin consonant.
func notConsonant(c rune) bool {
	return c >= utf8.RuneSelf || strings.ContainsRune("aeiouyAEIOUY0123456789", c)
}

// mixed parts letters and digits: "covid19".
func (p *pack) mixed(s string) string {
	var parts []string
	for len(s) > 0 {
		n := digitRun(s)
		if n > 0 {
			parts = append(parts, p.code(s[:n]))
		} else {
			for n < len(s) && !(s[n] >= '0' && s[n] <= '9') {
				n++
			}
			parts = append(parts, s[:n])
		}
		s = s[n:]
	}
	return strings.Join(parts, " ")
}

func digitRun(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}
