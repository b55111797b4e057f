package fetch_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/infra/fetch"
)

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestGet(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/latin":
			w.Header().Set("Content-Type", "text/html; charset=windows-1251")
			w.Write([]byte("<p>\xca\xe8\xbf\xe2</p>"))
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/moved":
			http.Redirect(w, r, "/page", http.StatusFound)
		case "/large":
			w.Write([]byte(strings.Repeat("x", fetch.MaxSize+1)))
		case "/gone":
			http.NotFound(w, r)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/short":
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("<p>Page"))
		case "/broken":
			w.WriteHeader(http.StatusBadGateway)
		default:
			w.Write([]byte("<p>Page.</p>"))
		}
	})
	tests := []struct {
		path, want string
		err        string
		permanent  bool
	}{
		{path: "/page", want: "<p>Page.</p>"},
		{path: "/moved", want: "<p>Page.</p>"},
		{path: "/latin", want: "<p>Київ</p>"},
		{path: "/loop", err: "redirects", permanent: true},
		{path: "/large", err: "larger than", permanent: true},
		{path: "/gone", err: "404", permanent: true},
		{path: "/broken", err: "502"},
		{path: "/file", err: "redirect to file", permanent: true},
		{path: "/short", err: "unexpected EOF"},
	}
	for _, tc := range tests {
		t.Run(tc.path, func(t *testing.T) {
			t.Parallel()
			data, err := fetch.Client{AllowPrivate: true, Timeout: 24 * time.Hour}.Get(t.Context(), url+tc.path)
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) || lector.IsPermanent(err) != tc.permanent || lector.HintOf(err) == "" {
					t.Fatalf("got %v (permanent: %v, hint %q)", err, lector.IsPermanent(err), lector.HintOf(err))
				}
				return
			}
			if err != nil || string(data) != tc.want {
				t.Errorf("got %q, %v", data, err)
			}
		})
	}
}

func TestPrivateRefused(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("secret")) })
	for _, address := range []string{url, strings.Replace(url, "127.0.0.1", "localhost", 1), "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://[::1]:9/", "http://0.0.0.0:9/", "http://[::ffff:127.0.0.1]:9/", "http://100.64.1.1/", "http://[fe80::1]:9/", "http://[64:ff9b::7f00:1]/"} {
		_, err := fetch.Client{}.Get(t.Context(), address)
		if !errors.Is(err, fetch.ErrPrivate) || lector.HintOf(err) == "" {
			t.Errorf("%s: got %v", address, err)
		}
	}
}

// A refusal names what allows private addresses, where anything does.
func TestPrivateHint(t *testing.T) {
	t.Parallel()
	for by, want := range map[string]string{"-allow-private": "with -allow-private, addresses of this machine", "": "use a public one"} {
		_, err := fetch.Client{PrivateBy: by}.Get(t.Context(), "http://10.0.0.1/")
		if hint := lector.HintOf(err); !strings.Contains(hint, want) {
			t.Errorf("%q: %q", by, hint)
		}
	}
}

// Only who wants a page is told to save it.
func TestHintOfAnAnswer(t *testing.T) {
	t.Parallel()
	c := fetch.Client{AllowPrivate: true}
	const nobody = "http://127.0.0.1:1/"
	_, page := c.Get(t.Context(), nobody)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, nobody, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, answer := c.Do(req)
	if p, a := lector.HintOf(page), lector.HintOf(answer); !strings.Contains(p, "save it") || a == "" || strings.Contains(a, "save it") {
		t.Errorf("of a page %q, of an answer %q", p, a)
	}
}

func TestNoAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"file:///etc/passwd", "gopher://x", "/etc/passwd", "http://", ""} {
		if _, err := (fetch.Client{}).Get(t.Context(), address); err == nil || !lector.IsPermanent(err) {
			t.Errorf("%q: got %v", address, err)
		}
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	url := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	_, err := fetch.Client{AllowPrivate: true, Timeout: 20 * time.Millisecond}.Get(t.Context(), url)
	if err == nil || lector.IsPermanent(err) || lector.HintOf(err) == "" {
		t.Errorf("a server that does not answer: %v, hint %q", err, lector.HintOf(err))
	}
}

func TestDo(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/same":
			w.WriteHeader(http.StatusNotModified)
		case "/latin":
			w.Header().Set("Content-Type", "text/html; charset=windows-1251")
			w.Write([]byte("<p>\xca\xe8\xbf\xe2</p>"))
		case "/feed": // says itself in which encoding it is
			w.Header().Set("Content-Type", "text/xml; charset=windows-1251")
			w.Write([]byte("\xca"))
		case "/large":
			w.Write([]byte("123456"))
		default:
			http.NotFound(w, r)
		}
	})
	for path, want := range map[string]struct {
		status int
		body   string
		err    string
	}{
		"/same": {status: 304}, "/latin": {status: 200, body: "<p>Київ</p>"}, "/feed": {status: 200, body: "\xca"},
		"/gone": {status: 404, body: "404"}, "/large": {err: "larger than 5 bytes"},
	} {
		c := fetch.Client{AllowPrivate: true}
		if path == "/large" {
			c.MaxSize = 5
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.Do(req)
		if want.err != "" {
			if err == nil || !strings.Contains(err.Error(), want.err) {
				t.Errorf("%s: got %v", path, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != want.status || !strings.HasPrefix(string(body), want.body) {
			t.Errorf("%s: got %d %q, %v", path, resp.StatusCode, body, err)
		}
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if _, err := (fetch.Client{}).Do(req); !errors.Is(err, fetch.ErrPrivate) {
		t.Errorf("private: %v", err)
	}
}

func TestIsPrivate(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"127.0.0.1": true, "10.1.2.3": true, "192.168.0.9": true, "169.254.1.1": true, "0.0.0.0": true, "100.64.0.1": true,
		"::1": true, "fd00::1": true, "::ffff:10.0.0.1": true, "93.184.215.14": false, "::ffff:93.184.215.14": false, "2606:4700::1111": false,
	} {
		if got := fetch.IsPrivate(netip.MustParseAddr(address)); got != want {
			t.Errorf("IsPrivate(%s) = %v", address, got)
		}
	}
}

// What is sent follows no redirect, goes to no private address, and its errors do not
// tell what is in the address.
func TestSend(t *testing.T) {
	t.Parallel()
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	defer s.Close()
	post := func(c fetch.Client, address string) (int, http.Header, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		return c.Send(r)
	}
	status, header, err := post(fetch.Client{AllowPrivate: true}, s.URL+"/hook")
	if err != nil || status != http.StatusTemporaryRedirect || header.Get("Location") != "/elsewhere" || asked != 1 {
		t.Errorf("answered %d %v, %v, asked %d times", status, header, err, asked)
	}
	for _, address := range []string{s.URL, "http://169.254.169.254/latest", "http://[::1]:1/", "http://0.0.0.0:1/", "http://10.0.0.1/"} {
		_, _, err := post(fetch.Client{}, address+"?token=1234")
		if !errors.Is(err, fetch.ErrPrivate) || !lector.IsPermanent(err) || strings.Contains(err.Error(), "1234") {
			t.Errorf("%s: %v", address, err)
		}
	}
	s.Close()
	if _, _, err := post(fetch.Client{AllowPrivate: true}, s.URL+"/?token=1234"); err == nil || lector.IsPermanent(err) || strings.Contains(err.Error(), "1234") {
		t.Errorf("nobody there: %v", err)
	}
	if _, _, err := post(fetch.Client{AllowPrivate: true}, "ftp://a.example/"); !lector.IsPermanent(err) {
		t.Errorf("no web address: %v", err)
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}
