package outbound

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"lector"
)

// plain makes requests and follows no redirect.
type plain struct{}

func (plain) Send(r *http.Request) (int, http.Header, error) {
	web := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := web.Do(r)
	if err != nil {
		return 0, nil, err
	}
	return answer.StatusCode, answer.Header, answer.Body.Close()
}

// request is one that a receiver got.
type request struct {
	method, path string
	header       http.Header
	body         []byte
}

// receiver answers with the statuses in their order, the last one for ever.
func receiver(t *testing.T, statuses ...int) (url string, got func() []request) {
	t.Helper()
	requests, seen := make(chan request, 100), []request(nil)
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		requests <- request{r.Method, r.URL.String(), r.Header.Clone(), body}
		status := statuses[min(n, len(statuses)-1)]
		n++
		switch status {
		case http.StatusFound, http.StatusTemporaryRedirect:
			w.Header().Set("Location", "/elsewhere")
		case http.StatusTooManyRequests:
			w.Header().Set("Retry-After", "77")
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []request {
		for len(requests) > 0 {
			seen = append(seen, <-requests)
		}
		return seen
	}
}

func ready(id string) lector.Notification {
	return lector.Notification{Target: "cms", Event: lector.AudioEvent{
		ID: id, Type: lector.AudioReady, Time: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC), Site: "havana", Article: "4711",
		Key: lector.Key("havana", "4711"), Revision: "7", MP3: "https://audio.example/a.mp3", Duration: 61.5,
	}}
}

const (
	oldSecret = "whsec_b2xkLXNlY3JldC1vbGQtc2VjcmV0LW9sZCE="
	newSecret = "bmV3LXNlY3JldC1uZXctc2VjcmV0LW5ldyE=" // as some write it, without whsec_
)

func secrets(all ...string) func() ([]string, error) {
	return func() ([]string, error) { return all, nil }
}

// The library that the makers of Standard Webhooks offer to receivers takes what is sent,
// with either of two secrets, and nothing that was changed on its way.
func TestTheOfficialLibraryTakesWebhooks(t *testing.T) {
	t.Parallel()
	url, got := receiver(t, http.StatusInternalServerError, http.StatusNoContent)
	w := Webhook{Client: plain{}, URL: url, Secrets: secrets(oldSecret, newSecret)}
	if err := w.Send(t.Context(), ready("k-1-lector.audio.ready.v1")); err == nil {
		t.Error("a 500 passed")
	}
	if err := w.Send(t.Context(), ready("k-1-lector.audio.ready.v1")); err != nil {
		t.Fatal(err)
	}
	first, again := got()[0], got()[1]
	id := again.header.Get("Webhook-Id")
	if first.header.Get("Webhook-Id") != id || !regexp.MustCompile(`^evt_[a-z2-7]{26}$`).MatchString(id) {
		t.Errorf("ids %q, then %q", first.header.Get("Webhook-Id"), id)
	}
	if string(first.body) != string(again.body) {
		t.Errorf("tried again, it says\n%s\nand not\n%s", again.body, first.body)
	}
	for _, secret := range []string{oldSecret, newSecret} {
		official, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := official.Verify(again.body, again.header); err != nil {
			t.Errorf("with %s: %v", secret, err)
		}
		if err := official.Verify(append([]byte(" "), again.body...), again.header); err == nil {
			t.Error("another body passed")
		}
	}
	other, err := standardwebhooks.NewWebhook(base64.StdEncoding.EncodeToString([]byte("nobody-knows-this-one-here")))
	if err != nil {
		t.Fatal(err)
	}
	if other.Verify(again.body, again.header) == nil {
		t.Error("another secret passed")
	}
	var body struct {
		Type      string
		Timestamp time.Time
		Data      struct {
			Site, Article, MP3 string
			Duration           float64
		}
	}
	if err := json.Unmarshal(again.body, &body); err != nil {
		t.Fatal(err)
	}
	if body.Type != "audio.ready" || body.Timestamp.Hour() != 12 || body.Data.Article != "4711" || body.Data.Duration != 61.5 || body.Data.MP3 == "" {
		t.Errorf("it says %s", again.body)
	}
}

func TestAnswersToWebhooks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status    int
		good      bool
		permanent bool
		after     time.Duration
	}{
		{status: 200, good: true},
		{status: 202, good: true},
		{status: 302},
		{status: 307},
		{status: 400},
		{status: 401},
		{status: 404},
		{status: 410, permanent: true},
		{status: 429, after: 77 * time.Second},
		{status: 500},
	} {
		url, got := receiver(t, c.status)
		err := Webhook{Client: plain{}, URL: url + "/hook?token=1234", Secrets: secrets(oldSecret)}.Send(t.Context(), ready("1"))
		after, _ := lector.IsThrottled(err)
		if (err == nil) != c.good || lector.IsPermanent(err) != c.permanent || after != c.after {
			t.Errorf("%d: %v, after %v", c.status, err, after)
		}
		if err != nil && strings.Contains(err.Error(), "1234") {
			t.Errorf("%d: the error tells what is in the address: %v", c.status, err)
		}
		if n := len(got()); n != 1 {
			t.Errorf("%d: %d requests, a redirect may have been followed", c.status, n)
		}
	}
}

func TestWebhookNobodyAnswers(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	err := Webhook{Client: plain{}, URL: s.URL, Secrets: secrets(oldSecret)}.Send(t.Context(), ready("1"))
	if err == nil || lector.IsPermanent(err) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestSecretsOfWebhooks(t *testing.T) {
	t.Parallel()
	url, got := receiver(t, http.StatusOK)
	w := Webhook{Client: plain{}, URL: url}
	w.Secrets = func() ([]string, error) { return []string{"not base64!", newSecret}, errors.New("a file is gone") }
	if err := w.Send(t.Context(), ready("1")); err != nil {
		t.Errorf("one good secret of three: %v", err)
	}
	if n := len(strings.Fields(got()[0].header.Get("Webhook-Signature"))); n != 1 {
		t.Errorf("%d signatures", n)
	}
	w.Secrets = func() ([]string, error) { return nil, errors.New("a file is gone") }
	if err := w.Send(t.Context(), ready("1")); err == nil || lector.IsPermanent(err) || len(got()) > 1 {
		t.Errorf("no secret: %v, %d requests", err, len(got()))
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "0": 0, "120": 2 * time.Minute, "-5": 0, "soon": 0, "1.5": 0, "99999999999999999999": 0,
		"Sat, 28 Nov 2026 12:00:30 GMT": 30 * time.Second, "Sat, 28 Nov 2026 11:00:00 GMT": 0,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("Retry-After: %s is %v, want %v", text, got, want)
		}
	}
}

func TestPurge(t *testing.T) {
	t.Parallel()
	key := lector.Key("havana", "4711")
	gone := lector.AudioEvent{Type: lector.AudioRemoved, Site: "havana", Article: "4711", Key: key}
	earlier := []lector.AudioEvent{
		{Type: lector.AudioReady, MP3: "https://audio.example/a/havana/" + key + "/one.mp3", Manifest: "https://audio.example/a/havana/" + key + "/manifest.json"},
		{Type: lector.AudioFailed},
		{Type: lector.AudioReady, MP3: "https://audio.example/a/havana/" + key + "/two.mp3"},
	}
	files := filesOf(lector.Addresses{Public: "https://news.example", Files: "https://audio.example"}, gone, earlier)
	if len(files) != 11 { // the pointer, the embed page, the feed, and four of each rendition
		t.Fatalf("%d addresses: %q", len(files), files)
	}
	for name, c := range map[string]struct {
		p        Purge
		requests int
		like     string // of the first
	}{
		"at the address itself": {Purge{Method: "PURGE", URL: "URL{path}"}, 11, `^PURGE /a/havana/`},
		"fastly":                {Purge{Method: "POST", URL: "URL/purge/{host}{path}"}, 11, `^POST /purge/audio.example/a/havana/`},
		"cloudflare":            {Purge{Method: "POST", URL: "URL/client/v4/zones/z/purge_cache", Body: `{"files":{urls}}`}, 1, `^POST /client/v4/zones/z/purge_cache \{"files":\["https://audio.example/a/`},
	} {
		url, got := receiver(t, http.StatusOK)
		c.p.Client, c.p.URL = plain{}, strings.Replace(c.p.URL, "URL", url, 1)
		c.p.Headers = func() (http.Header, error) { return http.Header{"Fastly-Key": {"k"}}, nil }
		if err := c.p.Send(t.Context(), lector.Notification{Event: gone, Files: files}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		r := got()
		first := r[0].method + " " + r[0].path + " " + string(r[0].body)
		if len(r) != c.requests || !regexp.MustCompile(c.like).MatchString(first) || r[0].header.Get("Fastly-Key") != "k" {
			t.Errorf("%s: %d requests, the first %s", name, len(r), first)
		}
		if c.p.Body != "" {
			var asked struct{ Files []string }
			if err := json.Unmarshal(r[0].body, &asked); err != nil || len(asked.Files) != 11 {
				t.Errorf("%s: %s, %v", name, r[0].body, err)
			}
		}
	}
}

func TestPurgeFails(t *testing.T) {
	t.Parallel()
	url, _ := receiver(t, http.StatusOK, http.StatusForbidden)
	p := Purge{Client: plain{}, Method: "PURGE", URL: url + "{path}", Headers: func() (http.Header, error) { return http.Header{}, nil }}
	err := p.Send(context.Background(), lector.Notification{Files: []string{"https://a.example/1", "https://a.example/2"}})
	if err == nil || lector.IsPermanent(err) {
		t.Errorf("the second of two was refused: %v", err)
	}
}
