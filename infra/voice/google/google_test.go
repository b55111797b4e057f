package google

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"lector"
	"lector/infra/voice/call"
	"lector/infra/voice/voicetest"
)

// server behaves as the API does.
type server struct {
	calls atomic.Int32
	last  atomic.Pointer[request]
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls.Add(1)
	var in request
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields() // as the real one
	if err := d.Decode(&in); err != nil {
		refuse(w, 400, "INVALID_ARGUMENT", err.Error())
		return
	}
	s.last.Store(&in)
	switch {
	case r.URL.Path != "/v1/text:synthesize":
		refuse(w, 404, "NOT_FOUND", "no such method")
	case r.Header.Get("X-Goog-Api-Key") != voicetest.Secret:
		refuse(w, 400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")
	case len(in.Input.Text) > 5000:
		refuse(w, 400, "INVALID_ARGUMENT", "Either `input.text` or `input.ssml` is longer than the limit of 5000 bytes.")
	case !strings.HasPrefix(in.Voice.Name, in.Voice.Language):
		refuse(w, 400, "INVALID_ARGUMENT", "Requested language code does not match the voice")
	default:
		d := time.Duration(utf8.RuneCountInString(in.Input.Text)) * time.Second / 14
		answer(w, voicetest.MP3(in.Audio.Rate, 1, d))
	}
}

func refuse(w http.ResponseWriter, code int, status, message string) {
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": code, "message": message, "status": status}})
}

func answer(w http.ResponseWriter, audio []byte) {
	fmt.Fprintf(w, "{\n  \"audioContent\": %q\n}\n", base64.StdEncoding.EncodeToString(audio))
}

func open(t *testing.T, c Config) *Voice {
	t.Helper()
	c.Key = call.NewSecret(voicetest.Secret)
	if c.Voice == "" {
		c.Voice = "uk-UA-Wavenet-A"
	}
	v, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestConformance(t *testing.T) {
	t.Parallel()
	s := &server{}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	voicetest.Run(t, voicetest.Subject{
		Voice: open(t, Config{URL: h.URL}), Language: "uk", Billed: true, Calls: func() int { return int(s.calls.Load()) },
	})
}

func TestFaults(t *testing.T) {
	t.Parallel()
	status := func(name string, code int, word, message string, f voicetest.Fault) voicetest.Fault {
		f.Name, f.Serve, f.Says = name, func(w http.ResponseWriter, _ *http.Request) { refuse(w, code, word, message) }, message
		return f
	}
	voicetest.RunFaults(t,
		func(t *testing.T, url string, timeout time.Duration) voicetest.Voice {
			return open(t, Config{URL: url, Timeout: timeout})
		},
		answer,
		status("exhausted", 429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric", voicetest.Fault{Want: voicetest.Throttled}),
		status("key", 400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", voicetest.Fault{Want: voicetest.Permanent, Hints: "key"}),
		status("denied", 403, "PERMISSION_DENIED", "Cloud Text-to-Speech API has not been used", voicetest.Fault{Want: voicetest.Permanent, Hints: "enabled"}),
		status("voice", 400, "INVALID_ARGUMENT", "Voice 'x' does not exist.", voicetest.Fault{Want: voicetest.Permanent}),
		status("unavailable", 503, "UNAVAILABLE", "The service is currently unavailable.", voicetest.Fault{Want: voicetest.Transient}),
		voicetest.Fault{Name: "billing", Status: 403, Want: voicetest.Throttled, After: time.Minute, Hints: "quota",
			Body: `{"error":{"code":403,"message":"This API method requires billing","status":"PERMISSION_DENIED","details":[{"reason":"BILLING_DISABLED"}]}}`},
		voicetest.Fault{Name: "broken base64", Status: 200, Body: `{"audioContent":"***"}`, Want: voicetest.Transient, Says: "base64"},
	)
}

func TestBytesAreCounted(t *testing.T) {
	t.Parallel()
	s := &server{}
	h := httptest.NewServer(s)
	defer h.Close()
	v := open(t, Config{URL: h.URL})
	if _, err := v.Speak(t.Context(), lector.Utterance{Text: strings.Repeat("ї", 2501)}); !lector.IsPermanent(err) || s.calls.Load() != 0 {
		t.Errorf("2501 Cyrillic letters: %v after %d calls", err, s.calls.Load())
	}
	if got, err := v.Speak(t.Context(), lector.Utterance{Text: strings.Repeat("ї", 2500), Speed: 3}); err != nil || got.Characters != 2500 {
		t.Errorf("2500 Cyrillic letters: %d billed, %v", got.Characters, err)
	}
	if last := s.last.Load(); last.Audio.Speed != 2 || last.Audio.Encoding != "MP3" || last.Voice.Language != "uk-UA" {
		t.Errorf("%+v", last)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for voice, want := range map[string]string{
		"uk-UA-Wavenet-A":        "uk-UA Wavenet 4",
		"en-US-Neural2-C":        "en-US Neural2 16",
		"en-GB-Chirp3-HD-Achird": "en-GB Chirp3-HD 30",
		"en-US-Studio-O":         "en-US Studio 160",
		"cmn-CN-Standard-A":      "cmn-CN Standard 4",
	} {
		if got := fmt.Sprint(languageOf(voice), " ", voiceFamily(voice), " ", price(voice)); got != want {
			t.Errorf("%s: %s, want %s", voice, got, want)
		}
	}
	key := call.NewSecret("k")
	for name, c := range map[string]Config{
		"no key":   {Voice: "uk-UA-Wavenet-A"},
		"no voice": {Key: key},
		"no name":  {Key: key, Voice: "Amy"},
		"bad url":  {Key: key, Voice: "uk-UA-Wavenet-A", URL: "nowhere"},
	} {
		if _, err := New(c); !lector.IsPermanent(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
