package lector

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// Object describes one stored object: an MP3, a caption file, a manifest, a
// clip. No key is another's parent.
type Object struct {
	Key          string
	Size         int64
	ContentType  string
	CacheControl string
	ETag         string // quoted, as in HTTP
	Modified     time.Time
}

// What HTTP caches may do with an object: the pointer is looked at again after
// half a minute, everything else is named for its content and never changes.
//
// It stands here because it belongs to the object, wherever that is read: the S3
// store writes it beside the object, for listeners who fetch it there, and the
// publisher sends the same with objects of the disk store. Neither may import the
// other, and a rendition must not be cached differently when its store is moved.
const (
	CachePointer   = "public, max-age=30, s-maxage=60, stale-while-revalidate=300"
	CacheImmutable = "public, max-age=31536000, immutable, no-transform"
)

// NewObject describes an object that is about to be stored under key: the
// content type follows from the key's extension, the cache header from whether
// the key is a pointer.
func NewObject(key string) Object {
	return Object{Key: key, ContentType: ContentTypeOf(key), CacheControl: CacheControlOf(key)}
}

// ContentTypeOf returns the content type that the extension of key stands for;
// an unknown extension is application/octet-stream.
func ContentTypeOf(key string) string {
	switch path.Ext(key) {
	case ".mp3":
		return "audio/mpeg"
	case ".vtt":
		return "text/vtt; charset=utf-8"
	case ".json":
		return "application/json"
	case ".jpg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	}
	return "application/octet-stream"
}

// CacheControlOf returns the cache header of key: CachePointer for the mutable
// manifest.json of a rendition, CacheImmutable for the rest.
func CacheControlOf(key string) string {
	if path.Base(key) == pointerName {
		return CachePointer
	}
	return CacheImmutable
}

// keyCharacters are the characters of a key.
const keyCharacters = "abcdefghijklmnopqrstuvwxyz0123456789/_.-"

// ValidKey reports whether key can name an object in every store: 1–256 bytes
// of [a-z0-9/_.-], no empty, "." or ".." part between slashes, no slash at
// either end and no ".." anywhere.
func ValidKey(key string) bool {
	if key == "" || len(key) > 256 {
		return false
	}
	return strings.Trim(key, keyCharacters) == "" && !strings.Contains(key, "..") && path.Clean("/"+key) == "/"+key
}

// ValidPrefix reports whether prefix can begin a key: it is empty, a valid
// key, or one with a slash behind it.
func ValidPrefix(prefix string) bool {
	return prefix == "" || ValidKey(strings.TrimSuffix(prefix, "/"))
}

// pointerName is the name of the one mutable object of a rendition.
const pointerName = "manifest.json"

// Prefix returns where an article's rendition lies in the store.
func Prefix(site, key string) string { return "a/" + site + "/" + key + "/" }

// PointerKey returns the key of the one mutable object of a rendition.
func PointerKey(site, key string) string { return Prefix(site, key) + pointerName }

// WithdrawnKey returns where it is noted which files of an article were public and are
// so no more: what asks for them is told that they are gone.
func WithdrawnKey(site, key string) string { return "withdrawn/" + site + "/" + key + ".json" }

// Withdrawn is that note.
type Withdrawn struct {
	Files []string `json:"files"` // names, sorted
}

// AnswerKey returns where the answer of a voice lies until its clip is made.
func AnswerKey(hash string) string { return "answers/" + hash[:2] + "/" + hash + ".mp3" }

// ClipKey returns where the clip with the given hash lies in the store.
func ClipKey(hash string) string { return "clips/" + hash[:2] + "/" + hash + ".mp3" }

// CheckAddress returns an error if address must not be given to a browser: it
// must be an absolute http or https address (RFC 3986) that names a host,
// without a login, white space, control characters or backslashes, which
// browsers read in ways of their own. The error does not quote the address.
func CheckAddress(address string) error {
	if !utf8.ValidString(address) || strings.ContainsFunc(address, isUnsafe) {
		return errors.New("holds white space, a control character or a backslash")
	}
	u, err := url.Parse(address)
	switch {
	case err != nil: // which would quote the address
		return errors.New("cannot be read as an address")
	case u.Scheme == "":
		return errors.New("does not begin with https:// or http://")
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("is a %s: address, which must begin with https:// or http://", u.Scheme)
	case u.User != nil:
		return errors.New("holds a name or password")
	case !isHost(u.Hostname()):
		return errors.New("names no host")
	}
	return nil
}

// WebAddress returns address if CheckAddress finds nothing wrong with it, else
// "".
func WebAddress(address string) string {
	if CheckAddress(address) != nil {
		return ""
	}
	return address
}

// isUnsafe reports whether browsers drop, convert or show r as something else.
func isUnsafe(r rune) bool {
	return r == '\\' || unicode.In(r, unicode.White_Space, unicode.Cc, unicode.Bidi_Control)
}

// isHost reports whether name is an IP address, or letters, numbers, marks, dots,
// underscores and hyphens behind a letter or number.
func isHost(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	first, _ := utf8.DecodeRuneInString(name)
	return unicode.In(first, unicode.L, unicode.N) && strings.TrimFunc(name, inHostName) == ""
}

func inHostName(r rune) bool {
	return strings.ContainsRune("._-", r) || unicode.In(r, unicode.L, unicode.N, unicode.M)
}

// Masked is printed in place of a secret.
const Masked = "[redacted]"

// schemePattern is where an address begins in a list of addresses.
var schemePattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[,\s])[A-Za-z][A-Za-z0-9+.-]*://`)
})

// MaskAddress returns address, or several with commas between them, with
// Masked in place of what may be a secret: passwords, tokens (a login without a
// colon) and the values of a query. Of one that cannot be read, more is masked
// rather than less. It is for addresses that go into logs and messages.
func MaskAddress(address string) string {
	var b strings.Builder
	from := 0
	for _, at := range schemePattern().FindAllStringIndex(address, -1) {
		b.WriteString(maskAfterScheme(address[from:at[0]]))
		b.WriteString(address[at[0]:at[1]])
		from = at[1]
	}
	b.WriteString(maskAfterScheme(address[from:]))
	return b.String()
}

// maskAfterScheme masks what stands behind a scheme. A password may hold any sign that
// should have been escaped, so the login ends with the last @.
func maskAfterScheme(rest string) string {
	at := strings.LastIndexByte(rest, '@')
	login, rest := rest[:at+1], rest[at+1:]
	if login != "" {
		login = maskLogin(login) + "@"
	}
	if place, _, found := strings.Cut(rest, "?"); found {
		rest = place + "?" + Masked
	}
	return login + rest
}

// maskLogin keeps the name of a login, with its @, that has a password too. A
// name with a comma or @ in it may be the end of another address.
func maskLogin(login string) string {
	u, err := url.Parse("x://" + login + "host")
	if err != nil {
		return Masked
	}
	name := u.User.Username()
	if _, found := u.User.Password(); !found || strings.ContainsAny(name, "@,") {
		return Masked
	}
	return url.User(name).String() + ":" + Masked
}

// Addresses is where listeners find things. Both are without a slash at their
// end; the zero value makes addresses that are relative to the host.
type Addresses struct {
	Public string // of the public HTTP server: embed pages, player, feeds
	Files  string // of the store's objects, by their keys
}

// Object returns the address of the object with the given key.
func (a Addresses) Object(key string) string { return joinURL(a.Files, key) }

// Embed returns the address of an article's embed page. An id may hold
// anything, slashes among it.
func (a Addresses) Embed(site, article string) string {
	return joinURL(a.Public, "embed/"+url.PathEscape(site)+"/"+url.PathEscape(article))
}

// Listening returns the address where players tell how an article is listened to.
func (a Addresses) Listening(site, key string) string {
	return joinURL(a.Public, "listening/"+site+"/"+key)
}

// joinURL puts a path behind a base address, before its query.
func joinURL(base, path string) string {
	place, query, found := strings.Cut(base, "?")
	address := strings.TrimSuffix(place, "/") + "/" + path
	if found {
		address += "?" + query
	}
	return address
}

// SameArticle reports whether two addresses name the same article: they differ at
// most in the scheme, a slash at the end, the fragment and campaign parameters. What
// cannot be read as an address names none.
func SameArticle(a, b string) bool {
	x, y := articleAddress(a), articleAddress(b)
	return x != "" && x == y
}

// articleAddress is the part of an address that names an article, or "".
func articleAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	q := u.Query()
	for name := range q {
		if strings.HasPrefix(name, "utm_") || slices.Contains(campaignParameters, name) {
			q.Del(name)
		}
	}
	path := url.URL{Path: strings.TrimSuffix(u.Path, "/")} // "é" and "%c3%a9" are the same
	return strings.ToLower(u.Host) + path.EscapedPath() + "?" + q.Encode()
}

// campaignParameters tell where a reader came from, beside those that begin with utm_.
var campaignParameters = []string{"fbclid", "gclid", "ref"}
