package publisher_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"lector"
	"lector/publisher"
	"lector/publisher/publishertest"
)

// The HTTP contract of the publisher stands in testdata/*.http: an exchange a
// paragraph, what is sent behind ">", what must come back behind "<".
//
//	> GET $dir/$hash.mp3        method and address; $names are below
//	> Range: bytes=0-1          a header
//	< 206                       the status
//	< Content-Length: 2         a header; * in it stands for anything
//	< !Set-Cookie               a header that must be missing
//	<~ text                     a part of the body
//	<!~ text                    no part of the body
//	<# 2                        the body's length in bytes
func TestContract(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("no contract: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			t.Parallel()
			server, names := contractHost(t)
			for _, e := range exchanges(t, file, names) {
				e.run(t, server)
			}
		})
	}
}

// contractHost has one good article, one whose words are an attack, one site
// that only certain pages may frame, and a broken pointer.
func contractHost(t *testing.T) (*httptest.Server, *strings.Replacer) {
	store := new(publishertest.Store)
	good := lector.Article{Site: "havana", ID: "good", Title: "A good article", Language: "en", Authors: []string{"Ann Lee"}, URL: "https://reader.example/good"}
	evil := lector.Article{Site: "havana", ID: `"><script>alert(1)</script>`, Title: `</title><script>alert(2)</script><img src=x onerror=alert(3)>`, Language: `en"><b>`}
	guid := lector.Article{Site: "havana", ID: "https://reader.example/?p=1", Title: "By GUID", Language: "en"}
	closed := lector.Article{Site: "closed", ID: "good", Title: "Framed", Language: "de"}
	m := store.Rendition("https://elsewhere.example:8443", good, "One.\nTwo.")
	for _, a := range []lector.Article{evil, guid, closed} {
		store.Rendition("https://elsewhere.example:8443", a, "One.")
	}
	store.Put(lector.PointerKey("havana", lector.Key("havana", "broken")), []byte(`{"site":`))
	store.Put("a/havana/"+lector.Key("havana", "page")+"/page.html", []byte("<script>alert(4)</script>"))
	store.Put("clips/ab/abcd.mp3", []byte("secret"))
	server := httptest.NewServer(publisher.New(publisher.Config{
		Store: store, ServeObjects: true,
		Sites: map[string]publisher.Site{
			"havana": {Title: "The Havana Reader", URL: "https://reader.example", Language: "en"},
			"closed": {Title: "Closed & Co", Frames: []string{"https://closed.example"}},
		},
	}))
	t.Cleanup(server.Close)
	return server, strings.NewReplacer(
		"$dir", "/"+strings.TrimSuffix(lector.Prefix("havana", good.Key()), "/"), "$hash", m.Hash,
		"$etag", etag(t, store, lector.Prefix("havana", good.Key())+m.Hash+".mp3"),
		"$size", strconv.FormatInt(m.Bytes, 10), "$last", strconv.FormatInt(m.Bytes-1, 10),
		"$label", lector.DisclosureText, "$host", server.URL)
}

func etag(t *testing.T, store *publishertest.Store, key string) string {
	t.Helper()
	f, _, err := store.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		t.Fatal(err)
	}
	return `"` + hex.EncodeToString(sum.Sum(nil)) + `"`
}

type exchange struct {
	place        string
	method, path string
	header       http.Header
	want         []string // lines that begin with "<"
}

// exchanges reads a file of the contract.
func exchanges(t *testing.T, file string, names *strings.Replacer) []exchange {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []exchange
	scanner := bufio.NewScanner(f)
	for n := 1; scanner.Scan(); n++ {
		line := names.Replace(scanner.Text())
		switch {
		case strings.HasPrefix(line, "<"):
			all[len(all)-1].want = append(all[len(all)-1].want, line)
		case strings.HasPrefix(line, "> ") && (len(all) == 0 || len(all[len(all)-1].want) > 0):
			method, path, _ := strings.Cut(line[2:], " ")
			all = append(all, exchange{place: fmt.Sprintf("%s:%d", file, n), method: method, path: path, header: http.Header{}})
		case strings.HasPrefix(line, "> "):
			name, v, _ := strings.Cut(line[2:], ": ")
			all[len(all)-1].header.Add(name, v)
		case line != "" && !strings.HasPrefix(line, "#"):
			t.Fatalf("%s:%d: %q is no line of a contract", file, n, line)
		}
	}
	return all
}

func (e exchange) run(t *testing.T, server *httptest.Server) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), e.method, server.URL+e.path, nil)
	if err != nil {
		t.Fatalf("%s: %v", e.place, err)
	}
	request.Header = e.header
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatalf("%s: %v", e.place, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("%s: %v", e.place, err)
	}
	for _, want := range e.want {
		if problem := compare(want, answer, string(body)); problem != nil {
			t.Errorf("%s: %s %s: %v", e.place, e.method, e.path, problem)
		}
	}
}

// compare holds an answer against one line of the contract.
func compare(want string, answer *http.Response, body string) error {
	kind, text, _ := strings.Cut(want, " ")
	name, v, isHeader := strings.Cut(text, ": ")
	switch {
	case kind == "<~" && !strings.Contains(body, text):
		return fmt.Errorf("the body has no %q:\n%.2000s", text, body)
	case kind == "<!~" && strings.Contains(body, text):
		return fmt.Errorf("the body has %q:\n%.2000s", text, body)
	case kind == "<#" && strconv.Itoa(len(body)) != text:
		return fmt.Errorf("the body has %d bytes, want %s", len(body), text)
	case kind != "<":
		return nil
	case strings.HasPrefix(text, "!"):
		if got := answer.Header.Get(text[1:]); got != "" {
			return fmt.Errorf("%s is %q", text[1:], got)
		}
	case isHeader:
		if got := answer.Header.Get(name); !matches(v, got) {
			return fmt.Errorf("%s is %q, want %q", name, got, v)
		}
	case strconv.Itoa(answer.StatusCode) != text:
		return fmt.Errorf("status %d, want %s", answer.StatusCode, text)
	}
	return nil
}

// matches compares texts; each * of the pattern stands for anything.
func matches(pattern, text string) bool {
	if !strings.Contains(pattern, "*") || pattern == "*" {
		return pattern == text
	}
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	for _, part := range parts {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return text == "" || parts[len(parts)-1] == ""
}

func TestStoreDoesNotAnswer(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	h := publisher.New(publisher.Config{
		Store: &publishertest.Store{Err: errors.New("disk on fire")}, ServeObjects: true,
		Sites: map[string]publisher.Site{"havana": {}},
		Log:   slog.New(slog.NewTextHandler(&log, nil)),
	})
	for _, path := range []string{"/embed/havana/good", "/" + lector.PointerKey("havana", lector.Key("havana", "good"))} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		if strings.Contains(w.Body.String(), "fire") || !strings.Contains(log.String(), "disk on fire") {
			t.Errorf("%s: the reason went to the listener or not to the log: %q", path, w.Body)
		}
	}
}

// Where the store serves the files, only pointers pass through this process,
// and the embed page may play from the store's origin.
func TestObjectsInTheStore(t *testing.T) {
	t.Parallel()
	store := new(publishertest.Store)
	m := store.Rendition("https://audio.example", lector.Article{Site: "havana", ID: "good", Title: "Good", Language: "en"}, "One.")
	h := publisher.New(publisher.Config{Store: store, AudioURL: "https://cdn.example/bucket", Sites: map[string]publisher.Site{"havana": {}}})
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	if w := get("/" + lector.PointerKey("havana", m.Key)); w.Code != http.StatusOK {
		t.Errorf("pointer: %d", w.Code)
	}
	if w := get("/" + lector.Prefix("havana", m.Key) + m.Hash + ".mp3"); w.Code != http.StatusNotFound {
		t.Errorf("mp3: %d", w.Code)
	}
	w := get("/embed/havana/good")
	if !strings.Contains(w.Body.String(), `src="https://cdn.example/bucket/`+lector.Prefix("havana", m.Key)+m.Hash+`.mp3"`) {
		t.Errorf("embed does not play from the store:\n%s", w.Body)
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "media-src 'self' https://cdn.example;") {
		t.Errorf("policy %q", policy)
	}
}
