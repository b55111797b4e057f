package call

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"lector"
)

// proxied returns a client that goes through the proxy.
func proxied(t *testing.T, address string) *http.Client {
	t.Helper()
	proxy, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy)}}
}

// No error of a call that fails quotes the key that stands in the query of its
// address, or the password of the proxy.
func TestErrorsQuoteNoSecret(t *testing.T) {
	t.Parallel()
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		c.Close()
	}))
	t.Cleanup(silent.Close)
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(refuses.Close)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := taken.Addr().String()
	taken.Close()
	login := func(address string) string { return strings.Replace(address, "http://", "http://me:hunter2@", 1) }
	for name, tt := range map[string]struct {
		http    *http.Client
		address string
	}{
		"closed connection": {&http.Client{}, silent.URL + "/v1?key=hunter2"},
		"nobody there":      {&http.Client{}, "http://" + closed + "/v1?key=hunter2"},
		"no address":        {&http.Client{}, "http://127.0.0.1:x/v1?key=hunter2"},
		"proxy not there":   {proxied(t, login("http://"+closed)), "http://voices.example/v1?key=hunter2"},
		"proxy refuses":     {proxied(t, login(refuses.URL)), "https://voices.example/v1?key=hunter2"},
		"proxy closes":      {proxied(t, login(silent.URL)), "https://voices.example/v1?key=hunter2"},
		"SOCKS not there":   {proxied(t, "socks5://me:hunter2@"+closed), "https://voices.example/v1?key=hunter2"},
	} {
		c := Client{HTTP: tt.http}
		_, err := c.Post(t.Context(), tt.address, nil, []byte("x"))
		if err == nil || strings.Contains(err.Error()+lector.HintOf(err), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
