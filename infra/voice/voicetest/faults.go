package voicetest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lector"
)

// Secret is the key to open a voice under test with. No error may hold it.
const Secret = "sk-0123456789-never-to-be-printed"

// opener opens a voice whose server is at url and whose calls may take as long
// as timeout.
type opener func(t *testing.T, url string, timeout time.Duration) Voice

// envelope writes a good answer with the given audio, as the server does.
type envelope func(w http.ResponseWriter, audio []byte)

// ErrorClass is the class of error that a fault must give.
type ErrorClass string

// The error classes.
const (
	Permanent ErrorClass = "permanent"
	Throttled ErrorClass = "throttled"
	Transient ErrorClass = "transient"
)

// classesByStatus are the classes that a status may have: a refused key or a
// server that is down holds articles back, and fails none.
var classesByStatus = map[int][]lector.Class{
	http.StatusUnauthorized:        {lector.ClassVoiceRefused, lector.ClassQuota},
	http.StatusPaymentRequired:     {lector.ClassQuota},
	http.StatusForbidden:           {lector.ClassVoiceRefused, lector.ClassQuota},
	http.StatusTooManyRequests:     {lector.ClassQuota},
	http.StatusInternalServerError: {lector.ClassVoiceDown, lector.ClassQuota},
	http.StatusBadGateway:          {lector.ClassVoiceDown},
	http.StatusServiceUnavailable:  {lector.ClassVoiceDown, lector.ClassQuota},
}

// Fault is one thing that goes wrong.
type Fault struct {
	Name       string
	Status     int // 0: Serve
	Header     string
	Body       string
	Serve      func(w http.ResponseWriter, r *http.Request)
	Want       ErrorClass
	After      time.Duration // at least, when throttled
	AtMost     time.Duration // of After; 0: not checked
	Says       string        // in the error
	Hints      string        // in its hint
	Hangs      bool          // it takes longer than a call may
	Unanswered bool          // it may have been billed: lector.Unanswered
}

// RunFaults serves one fault after the other to the voice that open opens: its
// server is at url, and its calls may take as long as timeout. good writes a good
// answer with the given audio, as the server does.
func RunFaults(t *testing.T, open func(t *testing.T, url string, timeout time.Duration) Voice,
	good func(w http.ResponseWriter, audio []byte), own ...Fault,
) {
	t.Helper()
	for _, f := range append(statuses(), append(transport(good), own...)...) {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			f.run(t, open)
		})
	}
	t.Run("redirect to another host", func(t *testing.T) { t.Parallel(); redirect(t, open, good) })
	t.Run("nobody there", func(t *testing.T) { t.Parallel(); connectionRefused(t, open) })
}

func (f Fault) run(t *testing.T, open opener) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.Serve == nil {
			f.refuse(w)
			return
		}
		f.Serve(w, r.WithContext(context.WithValue(r.Context(), releaseKey{}, release)))
	}))
	defer server.Close()
	defer close(release)
	timeout := noTimeout
	if f.Hangs {
		timeout = 300 * time.Millisecond
	}
	for {
		v := open(t, server.URL, timeout)
		s, err := v.Speak(t.Context(), lector.Utterance{Text: Sentence, Language: "en"})
		if err == nil {
			t.Fatalf("no error, %d bytes", len(s.MP3))
		}
		// On a busy machine the time may be over before the answer has begun.
		if early := f.Hangs && !f.Unanswered && lector.IsUnanswered(err); !early || timeout > time.Minute {
			f.check(t, s, err)
			return
		}
		timeout *= 2
	}
}

// noTimeout is a limit that no call of a test reaches.
const noTimeout = 24 * time.Hour

// releaseKey is the key of the channel that ends with the test.
type releaseKey struct{}

func (f Fault) refuse(w http.ResponseWriter) {
	if key, value, ok := strings.Cut(f.Header, ": "); ok {
		w.Header().Set(key, value)
	}
	w.WriteHeader(f.Status)
	fmt.Fprint(w, f.Body)
}

func (f Fault) check(t *testing.T, s lector.Speech, err error) {
	t.Helper()
	got := Transient
	after, throttled := lector.IsThrottled(err)
	switch {
	case lector.IsPermanent(err):
		got = Permanent
	case throttled:
		got = Throttled
	}
	text := err.Error() + " / " + lector.HintOf(err)
	t.Log(text)
	if class := lector.ClassOf(err); !slices.Contains(classesByStatus[f.Status], class) && classesByStatus[f.Status] != nil {
		t.Errorf("has class %q, want one of %q: %s", class, classesByStatus[f.Status], text)
	}
	switch {
	case got != f.Want:
		t.Errorf("is %s, want %s: %s", got, f.Want, text)
	case after < f.After, f.AtMost > 0 && after > f.AtMost:
		t.Errorf("after %v, want %v to %v", after, f.After, f.AtMost)
	case strings.Contains(text, Secret):
		t.Errorf("the secret is told: %s", text)
	case strings.ContainsAny(text, "\n\r\x00") || len(text) > 900:
		t.Errorf("no line for an operator: %q", text)
	case !strings.Contains(err.Error(), f.Says), !strings.Contains(lector.HintOf(err), f.Hints):
		t.Errorf("does not say %q, %q: %s", f.Says, f.Hints, text)
	case lector.HintOf(err) == "":
		t.Errorf("does not say what to do: %s", text)
	case f.Unanswered != lector.IsUnanswered(err):
		t.Errorf("unanswered: %v", lector.IsUnanswered(err))
	case s.MP3 != nil:
		t.Error("audio in spite of the error")
	}
}

// statuses are refusals that any server may send, each quoting the key.
func statuses() []Fault {
	body := `{"nothing":"that is known","key":"` + Secret + `"}`
	faults := []Fault{
		{Name: "429 plain", Status: 429, Want: Throttled},
		{Name: "429 seconds", Status: 429, Header: "Retry-After: 7", Want: Throttled, After: 7 * time.Second, AtMost: 7 * time.Second},
		{Name: "429 negative", Status: 429, Header: "Retry-After: -20", Want: Throttled, AtMost: 5 * time.Second},
		{Name: "429 huge", Status: 429, Header: "Retry-After: 99999999999999999999", Want: Throttled, After: time.Hour, AtMost: 24 * time.Hour},
		{Name: "429 garbage", Status: 429, Header: "Retry-After: soon", Want: Throttled, AtMost: 5 * time.Second},
		{
			Name: "429 date", Status: 429, Header: "Retry-After: " + time.Now().Add(20*time.Hour).UTC().Format(http.TimeFormat),
			Want: Throttled, After: 10 * time.Hour, AtMost: 20 * time.Hour,
		},
		{Name: "429 past date", Status: 429, Header: "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT", Want: Throttled, AtMost: 5 * time.Second},
		{Name: "503 seconds", Status: 503, Header: "Retry-After: 3", Want: Throttled, After: 3 * time.Second, AtMost: 3 * time.Second},
		{Name: "402", Status: 402, Want: Throttled, After: time.Minute},
		{Name: "401", Status: 401, Want: Permanent, Hints: "key"},
		{Name: "403", Status: 403, Want: Permanent, Hints: "key"},
		{Name: "404", Status: 404, Want: Permanent, Hints: "voice"},
		{Name: "413", Status: 413, Want: Permanent, Hints: "max_chars"},
	}
	for _, code := range []int{400, 405, 415, 422} {
		faults = append(faults, Fault{Name: fmt.Sprint(code), Status: code, Want: Permanent})
	}
	for _, code := range []int{408, 500, 502, 503, 504, 529} {
		faults = append(faults, Fault{Name: fmt.Sprint(code), Status: code, Want: Transient})
	}
	for i := range faults {
		faults[i].Body, faults[i].Says = body, fmt.Sprint(faults[i].Status)
	}
	return faults
}

// transport are broken answers.
func transport(good envelope) []Fault {
	mp3 := MP3(24000, 1, 4*time.Second)
	audio := func(b []byte) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { good(w, b) }
	}
	return []Fault{
		{Name: "hang", Serve: stall, Want: Transient, Hangs: true, Unanswered: true, Says: "within"},
		{Name: "slow drip", Serve: drip, Want: Transient, Hangs: true, Says: "within"},
		{Name: "reset before the answer", Serve: reset(""), Want: Transient, Unanswered: true},
		{
			Name: "reset in the body", Want: Transient, Says: "broke off",
			Serve: reset("HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 99999\r\n\r\nsome bytes"),
		},
		{Name: "reset in a chunk", Serve: reset("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\nsome bytes"), Want: Transient, Says: "broke off"},
		{Name: "200 HTML", Serve: ok("text/html", "<!doctype html><title>Sign in</title>"+Secret), Want: Transient, Says: "HTML"},
		{Name: "200 JSON", Serve: ok("application/json", `{"error":"upstream is tired","key":"`+Secret+`"}`), Want: Transient},
		{Name: "200 empty", Serve: ok("audio/mpeg", ""), Want: Transient},
		{Name: "200 no audio in it", Serve: audio(nil), Want: Transient},
		{Name: "200 truncated", Serve: audio(mp3[:len(mp3)-50]), Want: Transient, Says: "cut off"},
		{Name: "200 wrong rate", Serve: audio(MP3(22050, 1, 4*time.Second)), Want: Permanent, Says: "22050 Hz"},
		{Name: "200 stereo", Serve: audio(MP3(24000, 2, 4*time.Second)), Want: Permanent, Says: "2 channels"},
		{Name: "200 FLAC", Serve: audio([]byte("fLaC\x00\x00\x00\x22" + strings.Repeat("x", 100))), Want: Permanent, Says: "FLAC"},
		{Name: "200 HTML called audio", Serve: audio([]byte("<html><body>Bad gateway</body></html>")), Want: Transient, Says: "HTML"},
	}
}

func stall(_ http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-r.Context().Value(releaseKey{}).(chan struct{}):
	}
}

// drip sends a byte now and then and never ends.
func drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "audio/mpeg")
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		fmt.Fprint(w, "\xff")
		w.(http.Flusher).Flush()
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		case <-r.Context().Value(releaseKey{}).(chan struct{}):
			return
		}
	}
}

// reset writes raw bytes and cuts the connection.
func reset(raw string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = c.Write([]byte(raw)) // the other side sees what came
		_ = c.Close()
	}
}

func ok(contentType, body string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	}
}

// redirect must not be followed: the key would go along.
func redirect(t *testing.T, open opener, good envelope) {
	var hits atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		hits.Add(1)
		good(w, MP3(24000, 1, time.Second))
	}))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		f := Fault{Want: Permanent, Says: "redirects to 127.0.0.1", Serve: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+"/?key="+Secret, status)
		}}
		f.run(t, open)
	}
	if hits.Load() > 0 {
		t.Errorf("followed %d times", hits.Load())
	}
}

// connectionRefused is an address where nothing listens. Nothing was sent, so the
// outcome is not unknown.
func connectionRefused(t *testing.T, open opener) {
	server := httptest.NewServer(http.NotFoundHandler())
	url := server.URL
	server.Close()
	_, err := open(t, url, noTimeout).Speak(t.Context(), lector.Utterance{Text: Sentence})
	if transient := err != nil && !lector.IsPermanent(err) && !lector.IsUnanswered(err); !transient || lector.HintOf(err) == "" {
		t.Errorf("%v, hint %q", err, lector.HintOf(err))
	}
	if errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waited: %v", err)
	}
}
