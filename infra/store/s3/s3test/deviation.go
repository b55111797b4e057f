package s3test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"lector/infra/store/s3"
)

// Deviation is one way in which S3 servers differ from Amazon's. Each of the
// functions may be nil.
type Deviation struct {
	Ask    func(*http.Request)                           // changes a request before the real server gets it
	Refuse func(*http.Request) (code string, status int) // refuses a request when the status is not 0
	Answer func(*http.Response)                          // changes an answer of the real server
	Reply  func(*http.Request) (xml string)              // answers in the place of the real server when not ""
}

// StartDeviating starts the real server behind a proxy that makes it deviate.
// The proxy signs each request anew, since a signature covers the headers.
func StartDeviating(t testing.TB, d Deviation, buckets ...string) *Server {
	t.Helper()
	s := Start(t, buckets...)
	return s.Deviating(t, d)
}

// Deviating returns the same server as seen through a proxy that deviates.
func (s *Server) Deviating(t testing.TB, d Deviation) *Server {
	t.Helper()
	target, err := url.Parse(s.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			if d.Ask != nil {
				d.Ask(r.Out)
			}
			s.sign(r.Out)
		},
		ModifyResponse: func(r *http.Response) error {
			if d.Answer != nil {
				d.Answer(r)
			}
			return nil
		},
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !d.instead(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(front.Close)
	seen := *s
	seen.Endpoint = front.URL
	return &seen
}

// instead answers in the place of the real server, if the deviation says so.
func (d Deviation) instead(w http.ResponseWriter, r *http.Request) bool {
	if d.Refuse != nil {
		if code, status := d.Refuse(r); status != 0 {
			refuse(w, code, status)
			return true
		}
	}
	if d.Reply != nil {
		if xml := d.Reply(r); xml != "" {
			w.Header().Set("Content-Type", "application/xml")
			io.WriteString(w, xml)
			return true
		}
	}
	return false
}

func refuse(w http.ResponseWriter, code string, status int) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>as some servers do</Message></Error>", code)
}

// sign replaces the signature of a request whose headers were changed. The
// hash of its content stays what the client has stated.
func (s *Server) sign(r *http.Request) {
	for _, name := range []string{"Authorization", "X-Amz-Date", "X-Forwarded-For"} {
		r.Header.Del(name)
	}
	pair := aws.Credentials{AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey}
	hash := r.Header.Get("X-Amz-Content-Sha256")
	escaped := func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true } // as S3 wants it
	// A request that cannot be signed is refused by the server, which fails the test.
	_ = v4.NewSigner(escaped).SignHTTP(r.Context(), pair, r, hash, "s3", region, time.Now())
}

// Without returns a server that ignores a header of requests with a method.
func Without(method, header string) Deviation {
	return Deviation{Ask: func(r *http.Request) {
		if r.Method == method {
			r.Header.Del(header)
		}
	}}
}

// Refusing returns a server that does not implement requests with a method and
// a header.
func Refusing(method, header string) Deviation {
	return Deviation{Refuse: func(r *http.Request) (string, int) {
		if r.Method == method && r.Header.Get(header) != "" {
			return "NotImplemented", http.StatusNotImplemented
		}
		return "", 0
	}}
}

// Forgetting returns a server that does not keep a header of objects.
func Forgetting(header string) Deviation {
	return Deviation{Answer: func(r *http.Response) { r.Header.Del(header) }}
}

// RangeReplaced returns a server that reads one form of ranges as another:
// bytes=-3 as bytes=0-3, if that is how from and to begin.
func RangeReplaced(from, to string) Deviation {
	return Deviation{Ask: func(r *http.Request) {
		if span, ok := strings.CutPrefix(r.Header.Get("Range"), from); ok {
			r.Header.Set("Range", to+span)
		}
	}}
}

// DemandingChecksums returns a server that refuses an object without a
// checksum, as buckets with Object Lock do.
func DemandingChecksums() Deviation {
	return Deviation{Refuse: func(r *http.Request) (string, int) {
		if r.Method != http.MethodPut || isBucket(r.URL.Path) || r.Header.Get("Content-MD5") != "" {
			return "", 0
		}
		for name := range r.Header {
			if strings.HasPrefix(name, "X-Amz-Checksum-") {
				return "", 0
			}
		}
		return "InvalidRequest", http.StatusBadRequest
	}}
}

func isBucket(path string) bool { return !strings.Contains(strings.Trim(path, "/"), "/") }

// MakingBuckets returns a server that makes a bucket that does not exist when
// an object is put into it.
func (s *Server) MakingBuckets() Deviation {
	return Deviation{Ask: func(r *http.Request) {
		if r.Method != http.MethodPut || isBucket(r.URL.Path) {
			return
		}
		bucket, _, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
		store, err := s3.Open(context.WithoutCancel(r.Context()), s.Config(bucket))
		if err == nil {
			_ = store.CreateBucket(context.WithoutCancel(r.Context())) // without it the put fails, and so the test
		}
	}}
}

// Racing returns a server that looks whether a key is free and then writes, so
// that of two writers at the same moment both succeed. It holds the first
// conditional write of a key until the second has looked too.
func Racing() Deviation {
	var mu sync.Mutex
	met := map[string]chan struct{}{}
	seen := map[string]int{}
	return Deviation{Ask: func(r *http.Request) {
		if r.Method != http.MethodPut || r.Header.Get("If-None-Match") == "" {
			return
		}
		mu.Lock()
		key := r.URL.Path
		if met[key] == nil {
			met[key] = make(chan struct{})
		}
		seen[key]++
		order, both := seen[key], met[key]
		if order == 2 {
			close(both)
		}
		mu.Unlock()
		if order <= 2 {
			r.Header.Del("If-None-Match")
			select {
			case <-both:
			case <-r.Context().Done():
			}
		}
	}}
}

// Seeing returns a server that says of a bucket that it is there, when a client
// looks for it.
func Seeing(bucket string) Deviation {
	return Deviation{Reply: func(r *http.Request) string {
		if r.Method == http.MethodHead && strings.Trim(r.URL.Path, "/") == bucket {
			return "<there/>"
		}
		return ""
	}}
}
