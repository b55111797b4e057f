package wordpress_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"lector"
)

const (
	testSite   = "havana"
	testSecret = "whsec_bGVjdG9yIHRlc3Qgc2VjcmV0IG9mIDMyIGJ5dGVzIQ=="
)

// message is what the plugin posts.
type message struct {
	Type      string
	Timestamp string
	Data      lector.Article
}

// receiver is the other end: it verifies signatures and keeps what is signed.
type receiver struct {
	t      *testing.T
	server *httptest.Server

	mu      sync.Mutex
	status  int // what it answers
	taken   []message
	ids     map[string]bool
	refused int
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{t: t, status: http.StatusAccepted, ids: map[string]bool{}}
	r.server = httptest.NewServer(r)
	t.Cleanup(r.server.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil || request.URL.Path != "/hooks/wordpress/"+testSite || !signed(request.Header, body) {
		r.t.Errorf("%s %s is not signed: %v", request.Method, request.URL, request.Header)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.status != http.StatusAccepted {
		r.refused++
		w.WriteHeader(r.status)
		return
	}
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		r.t.Errorf("%v in %s", err, body)
	}
	if id := request.Header.Get("Webhook-Id"); r.ids[id] {
		r.t.Errorf("the id %s came twice", id)
	} else {
		r.ids[id] = true
	}
	r.taken = append(r.taken, m)
	w.WriteHeader(http.StatusAccepted)
}

// signed verifies a signature as https://www.standardwebhooks.com prescribes.
func signed(h http.Header, body []byte) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(testSecret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	io.WriteString(mac, h.Get("Webhook-Id")+"."+h.Get("Webhook-Timestamp")+".")
	mac.Write(body)
	return h.Get("Webhook-Signature") == "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// take returns the messages that came since it was last asked.
func (r *receiver) take() []message {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.taken
	r.taken = nil
	return taken
}

// answer sets what is answered from now on, and returns how many were refused.
func (r *receiver) answer(status int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	refused := r.refused
	r.status, r.refused = status, 0
	return refused
}
