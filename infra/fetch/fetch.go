// Package fetch gets a page from the web for a person at the keyboard. It is
// careful: an address may have come out of an article.
package fetch

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"

	"code.dny.dev/ssrf"
	"golang.org/x/text/encoding/htmlindex"

	"lector"
)

// The bounds of one fetch.
const (
	defaultTimeout = 10 * time.Second
	maxSize        = 5 << 20 // bytes
	redirects      = 3
)

// userAgent names us to the servers that are asked.
const userAgent = "lector (+article to audio)"

// errPrivate is returned for an address inside this machine or its network.
var errPrivate = errors.New("private address")

// Client fetches pages. The zero value refuses private, loopback and
// link-local addresses when it dials, whatever name led there.
type Client struct {
	AllowPrivate bool
	PrivateBy    string        // the flag or the setting that sets AllowPrivate, for hints; empty: none does
	Timeout      time.Duration // of one fetch; 0: 10 s
	MaxSize      int           // of a body in bytes, unpacked; 0: 5 MB
}

// dialer opens connections.
type dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

func (c Client) timeout() time.Duration { return cmp.Or(c.Timeout, defaultTimeout) }

func (c Client) maxSize() int { return cmp.Or(c.MaxSize, maxSize) }

// Is reports whether name is an address that Get understands.
func Is(name string) bool {
	u, err := url.Parse(name)
	return err == nil && slices.Contains([]string{"http", "https"}, u.Scheme) && u.Host != ""
}

// Get returns the body of a page in UTF-8: over HTTP or HTTPS, with at most
// three redirects, five megabytes and Timeout. A page that is not there is a
// permanent error; a server that fails or does not answer is a transient one.
func (c Client) Get(ctx context.Context, address string) ([]byte, error) {
	data, contentType, err := c.get(ctx, address, "text/html, text/plain;q=0.9, application/json;q=0.8")
	if err != nil {
		return nil, err
	}
	return decode(data, contentType), nil
}

// Picture returns the bytes of a picture, within the bounds of Get.
func (c Client) Picture(ctx context.Context, address string) ([]byte, error) {
	data, _, err := c.get(ctx, address, "image/jpeg, image/png")
	return data, err
}

func (c Client) get(ctx context.Context, address, accept string) (data []byte, contentType string, err error) {
	if !Is(address) {
		return nil, "", lector.Hint(lector.Permanent(fmt.Errorf("fetch %s: not an address", address)),
			"give an address that begins with http:// or https://")
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "", lector.Permanent(fmt.Errorf("fetch: %w", err))
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", accept)
	resp, err := c.http().Do(req)
	if err != nil {
		return nil, "", c.explain(err, saveIt)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, "", refused(address, resp.StatusCode)
	}
	data, err = c.read(resp, saveIt)
	return data, resp.Header.Get("Content-Type"), err
}

// Do makes a request within the bounds of Get, whatever the status of its answer.
// The body is there in full when it returns, and needs no closing; that of an HTML
// page or a plain text is in UTF-8.
func (c Client) Do(req *http.Request) (*http.Response, error) {
	if !Is(req.URL.String()) {
		return nil, lector.Permanent(fmt.Errorf("fetch %s: not an address", req.URL))
	}
	ctx, cancel := context.WithTimeout(req.Context(), c.timeout())
	defer cancel()
	req = req.WithContext(ctx)
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", userAgent)
	}
	resp, err := c.http().Do(req) //nolint:gosec // its dialer refuses private addresses
	if err != nil {
		return nil, c.explain(err, "")
	}
	defer resp.Body.Close()
	data, err := c.read(resp, "")
	if err != nil {
		return nil, err
	}
	if contentType := resp.Header.Get("Content-Type"); strings.Contains(contentType, "html") ||
		strings.HasPrefix(contentType, "text/plain") {
		data = decode(data, contentType)
	}
	resp.Body = io.NopCloser(bytes.NewReader(data))
	return resp, nil
}

// Send makes a request and follows no redirect: what is sent is for that address alone.
// Of the answer it reads the status and the headers.
func (c Client) Send(req *http.Request) (status int, header http.Header, err error) {
	if !Is(req.URL.String()) {
		return 0, nil, lector.Permanent(errors.New("send: not an address"))
	}
	ctx, cancel := context.WithTimeout(req.Context(), c.timeout())
	defer cancel()
	req = req.WithContext(ctx)
	req.Header.Set("User-Agent", userAgent)
	web := c.http()
	web.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := web.Do(req) //nolint:gosec // its dialer refuses private addresses
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // its text holds the address, which may hold a secret
			err = u.Err
		}
		return 0, nil, fmt.Errorf("send: %w", err)
	}
	_ = resp.Body.Close() // nothing of it is wanted
	return resp.StatusCode, resp.Header, nil
}

func (c Client) http() *http.Client { return c.over(c.dialer()) }

func (c Client) dialer() *net.Dialer { return &net.Dialer{Timeout: c.timeout(), Control: c.control} }

// over returns what makes requests over the connections of a dialer.
func (c Client) over(dialer dialer) *http.Client {
	limit := c.timeout()
	transport := &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: limit, DisableKeepAlives: true,
		ResponseHeaderTimeout: limit, MaxResponseHeaderBytes: 1 << 18,
	}
	return &http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > redirects {
			return lector.Permanent(fmt.Errorf("more than %d redirects", redirects))
		}
		if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
			return lector.Permanent(fmt.Errorf("redirect to %s", r.URL.Scheme))
		}
		return nil
	}}
}

// public refuses what IANA does not assign to the open internet.
var public = ssrf.New(ssrf.WithAnyPort())

// IsPrivate reports whether an address is one that the zero Client refuses: of this
// machine, of its network, or set aside by IANA.
func IsPrivate(a netip.Addr) bool {
	network := "tcp6"
	if a = a.Unmap(); a.Is4() {
		network = "tcp4"
	}
	return public.Safe(network, netip.AddrPortFrom(a, 443).String(), nil) != nil
}

// control looks at the address that is dialled, behind all names and
// redirects.
func (c Client) control(network, address string, conn syscall.RawConn) error {
	if c.AllowPrivate {
		return nil
	}
	if err := public.Safe(network, address, conn); err != nil {
		return lector.Hint(lector.Permanent(fmt.Errorf("%w %s: %w", errPrivate, address, err)), "%s", c.privateHint())
	}
	return nil
}

func (c Client) privateHint() string {
	if c.PrivateBy == "" {
		return "addresses of this machine and its network are not fetched here: use a public one"
	}
	return "with " + c.PrivateBy + ", addresses of this machine and its network are fetched too"
}

// saveIt is what else a person can do who wants a page.
const saveIt = "; else open the page in a browser, save it and give the file"

// explain says what to do where nothing else has: an error may carry a hint of
// its own. What else there is to do stands behind it.
func (c Client) explain(err error, otherwise string) error {
	hint := "is the address right, and is a server at work there?" + otherwise
	var e net.Error
	switch {
	case errors.As(err, &e) && e.Timeout():
		hint = fmt.Sprintf("no answer came within %s: try again", c.timeout()) + otherwise
	case lector.HintOf(err) != "":
		hint = lector.HintOf(err)
	}
	return lector.Hint(fmt.Errorf("fetch: %w", err), "%s", hint)
}

func refused(address string, status int) error {
	err := fmt.Errorf("fetch %s: the server answered %d %s", address, status, http.StatusText(status))
	hint := "try again later"
	if status < 500 && status != http.StatusTooManyRequests {
		err, hint = lector.Permanent(err), "open the page in a browser, save it and give the file"
	}
	return lector.Hint(err, "%s", hint)
}

// read returns the body. Its hints end with what else there is to do.
func (c Client) read(resp *http.Response, otherwise string) ([]byte, error) {
	most := c.maxSize()
	limited := io.LimitReader(resp.Body, int64(most)+1)
	data, err := io.ReadAll(limited)
	if err != nil {
		return nil, c.explain(err, otherwise)
	}
	if len(data) > most {
		return nil, lector.Hint(lector.Permanent(fmt.Errorf("fetch: the page is larger than %d bytes", most)),
			"save the page and cut what is not the article")
	}
	return data, nil
}

var stated = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)charset\s*=\s*["']?([a-z0-9_:-]+)`) })

// decode turns a page of another encoding into UTF-8. One that states none, or
// an unknown one, stays as it is.
func decode(data []byte, contentType string) []byte {
	m := stated().FindStringSubmatch(contentType)
	if m == nil {
		m = stated().FindStringSubmatch(string(data[:min(len(data), 1024)]))
	}
	if m == nil || utf8.Valid(data) {
		return data
	}
	enc, err := htmlindex.Get(m[1])
	if err != nil {
		return data
	}
	if out, err := enc.NewDecoder().Bytes(data); err == nil {
		return out
	}
	return data
}
