package tcp

import (
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// readHead reads p as one whole request in the plainest form that RFC 9112 has: a GET
// with one Host and without a body, for a path that direct answers. It says no to
// whatever it does not know for certain; package http knows better what is wrong with it.
func readHead(p []byte, r *http.Request, direct func(path string) http.Handler) http.Handler {
	text, whole := strings.CutSuffix(string(p), "\r\n\r\n")
	start, fields, _ := strings.Cut(text, "\r\n")
	target, isGet := strings.CutPrefix(start, "GET ")
	path, isHTTP := strings.CutSuffix(target, " HTTP/1.1")
	if !whole || !isGet || !isHTTP {
		return nil
	}
	handler := direct(path)
	if handler == nil || !readFields(fields, r) {
		return nil
	}
	r.Method, r.RequestURI, r.URL = http.MethodGet, path, &url.URL{Path: path}
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	r.Body = http.NoBody
	return handler
}

// readFields reads the lines of a head behind the first. Host is no part of the header,
// as in package http.
func readFields(text string, r *http.Request) bool {
	header, values := r.Header, make([]string, strings.Count(text, "\n")+1) // one piece of memory for all
	for i, more := 0, true; more; i++ {
		var line string
		line, text, more = strings.Cut(text, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		if !ok || !isToken(name) || !isVisible(value) {
			return false
		}
		name, value = textproto.CanonicalMIMEHeaderKey(name), strings.Trim(value, " ")
		if concernsConnection(name, value) || header[name] != nil {
			return false
		}
		values[i] = value
		header[name] = values[i : i+1 : i+1]
	}
	if len(header["Host"]) == 0 || !isHost(header["Host"][0]) {
		return false
	}
	r.Host = header["Host"][0]
	delete(header, "Host")
	return true
}

// concernsConnection reports whether a field says that the request has a body, or is
// about more than an answer on a connection that stays (RFC 9110 §7.6, §10.1.1).
func concernsConnection(name, value string) bool {
	switch name {
	case "Content-Length", "Transfer-Encoding", "Expect", "Trailer", "Upgrade", "Te":
		return true
	case "Connection":
		return !strings.EqualFold(value, "keep-alive")
	}
	return false
}

// isToken reports whether s has letters, digits and hyphens only, and some: other names
// are allowed and never seen.
func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '-' && !isAlphanumeric(c) {
			return false
		}
	}
	return s != ""
}

// isVisible reports whether s has visible ASCII and spaces only.
func isVisible(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isHost reports whether s is a name or an address with or without a port.
func isHost(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isAlphanumeric(c) && !strings.Contains("-.:[]", s[i:i+1]) {
			return false
		}
	}
	return s != ""
}

func isAlphanumeric(c byte) bool {
	return c-'0' < 10 || (c|0x20)-'a' < 26 // a byte below wraps to a large one
}
