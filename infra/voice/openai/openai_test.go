package openai

import (
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
	"lector/infra/encode"
	"lector/infra/voice/call"
	"lector/infra/voice/sound"
	"lector/infra/voice/voicetest"
)

// server behaves as the servers of the dialect do.
type server struct {
	calls  atomic.Int32
	answer func(r request) (contentType string, audio []byte)
	seen   func(r *http.Request, raw []byte)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls.Add(1)
	var in request
	raw := json.RawMessage{}
	if err := json.NewDecoder(r.Body).Decode(&raw); err != nil || json.Unmarshal(raw, &in) != nil {
		http.Error(w, `{"error":{"message":"no JSON"}}`, http.StatusBadRequest)
		return
	}
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/v1/audio/speech":
		http.Error(w, `{"detail":"Not Found"}`, http.StatusNotFound)
		return
	case r.Header.Get("Authorization") != "Bearer "+voicetest.Secret:
		http.Error(w, `{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}`, http.StatusUnauthorized)
		return
	case in.Voice != "af_heart":
		http.Error(w, `{"detail":{"error":"validation_error","message":"Voice 'x' not found"}}`, http.StatusBadRequest)
		return
	case in.Input == "" || utf8.RuneCountInString(in.Input) > 4096:
		http.Error(w, `{"detail":[{"loc":["body","input"],"msg":"String should have at most 4096 characters"}]}`, http.StatusUnprocessableEntity)
		return
	}
	if s.seen != nil {
		s.seen(r, raw)
	}
	kind, audio := s.answer(in)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Request-Id", "req-1")
	_, _ = w.Write(audio)
}

// length is how long a text takes to say.
func length(text string) time.Duration {
	return time.Duration(utf8.RuneCountInString(text)) * time.Second / 14
}

func mp3(r request) (string, []byte) {
	return "audio/mpeg", voicetest.MP3(24000, 1, length(r.Input))
}

func open(t *testing.T, c Config) *Voice {
	t.Helper()
	c.Key, c.Voice, c.Model = call.NewSecret(voicetest.Secret), "af_heart", "kokoro"
	if c.Encoder == nil {
		c.Encoder = voicetest.Encoder{}
	}
	v, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		format string
		answer func(request) (string, []byte)
	}{
		"mp3":                   {"mp3", mp3},
		"WAV called MP3":        {"mp3", func(r request) (string, []byte) { return "audio/mpeg", voicetest.WAV(24000, length(r.Input)) }},
		"wav without sizes":     {"wav", func(r request) (string, []byte) { return "audio/wav", voicetest.WAV(44100, length(r.Input)) }},
		"raw samples":           {"pcm", func(r request) (string, []byte) { return "audio/pcm", voicetest.WAV(24000, length(r.Input))[44:] }},
		"raw samples named wav": {"wav", func(r request) (string, []byte) { return "audio/wav", voicetest.WAV(24000, length(r.Input))[44:] }},
		"MP3 with a tag": {"mp3", func(r request) (string, []byte) {
			return "audio/mpeg", append([]byte("ID3\x04\x00\x00\x00\x00\x00\x05xxxxx"), voicetest.MP3(24000, 1, length(r.Input))...)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &server{answer: test.answer}
			h := httptest.NewServer(s)
			t.Cleanup(h.Close)
			v := open(t, Config{URL: h.URL, Format: test.format})
			voicetest.Run(t, voicetest.Subject{Voice: v, Billed: true, Calls: func() int { return int(s.calls.Load()) }})
		})
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	voicetest.RunFaults(t,
		func(t *testing.T, url string, timeout time.Duration) voicetest.Voice {
			return open(t, Config{URL: url, Timeout: timeout})
		},
		func(w http.ResponseWriter, audio []byte) {
			w.Header().Set("Content-Type", "audio/mpeg")
			_, _ = w.Write(audio)
		},
		voicetest.Fault{Name: "content policy", Status: 400, Body: `{"error":{"message":"Your request was rejected","type":"invalid_request_error","code":"content_policy_violation"}}`,
			Want: voicetest.Permanent, Says: "Your request was rejected", Hints: "another voice"},
		voicetest.Fault{Name: "insufficient quota", Status: 429, Body: `{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}`,
			Want: voicetest.Throttled, After: 10 * time.Minute, Says: "current quota", Hints: "quota"},
		voicetest.Fault{Name: "key echoed", Status: 401, Body: `{"error":{"message":"Incorrect API key provided: ` + voicetest.Secret + `","code":"invalid_api_key"}}`,
			Want: voicetest.Permanent, Says: "[redacted]", Hints: "key"},
		voicetest.Fault{Name: "FastAPI list", Status: 422, Body: `{"detail":[{"loc":["body","input"],"msg":"String should have at most 4096 characters"}]}`,
			Want: voicetest.Permanent, Says: "at most 4096"},
		voicetest.Fault{Name: "milliseconds", Status: 429, Header: "Retry-After-Ms: 1500", Want: voicetest.Throttled, After: 1500 * time.Millisecond, AtMost: 1500 * time.Millisecond},
		voicetest.Fault{Name: "numeric code", Status: 500, Body: `{"error":{"code":500,"message":"out of memory"}}`, Want: voicetest.Transient, Says: "out of memory"},
		voicetest.Fault{Name: "raw samples unasked", Serve: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(voicetest.WAV(24000, time.Second)[44:])
		}, Want: voicetest.Permanent, Hints: "pcm"},
	)
}

func TestBilledThoughCut(t *testing.T) {
	t.Parallel()
	h := httptest.NewServer(&server{answer: func(r request) (string, []byte) {
		whole := voicetest.MP3(24000, 1, length(r.Input))
		return "audio/mpeg", whole[:len(whole)-9]
	}})
	defer h.Close()
	s, err := open(t, Config{URL: h.URL}).Speak(t.Context(), lector.Utterance{Text: "Good morning."})
	if err == nil || s.Characters != 13 || s.RequestID != "req-1" {
		t.Errorf("%+v, %v: what was taken was billed", s, err)
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	var raw map[string]any
	h := httptest.NewServer(&server{answer: mp3, seen: func(_ *http.Request, b []byte) {
		raw = nil
		_ = json.Unmarshal(b, &raw)
	}})
	defer h.Close()
	v := open(t, Config{URL: h.URL})
	say := func(u lector.Utterance) map[string]any {
		if _, err := v.Speak(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		return raw
	}
	got := say(lector.Utterance{Text: "He [laughs] said [Kyiv](/kiv/) <break/> now.", Before: "Earlier.", After: "Later."})
	want := map[string]any{"model": "kokoro", "voice": "af_heart", "response_format": "mp3", "input": "He (laughs) said (Kyiv)(/kiv/) break/ now."}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("sent %v, want %v", got, want)
	}
	if got = say(lector.Utterance{Text: "Fast.", Speed: 9}); got["speed"] != 4.0 {
		t.Errorf("speed %v", got["speed"])
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"http://127.0.0.1:8880":                 "http://127.0.0.1:8880/v1/audio/speech",
		"http://127.0.0.1:8880/":                "http://127.0.0.1:8880/v1/audio/speech",
		"http://127.0.0.1:8880/v1":              "http://127.0.0.1:8880/v1/audio/speech",
		"https://x.example/v1/audio/speech":     "https://x.example/v1/audio/speech",
		"https://tts.example/v1/openai":         "https://tts.example/v1/openai/v1/audio/speech",
		"https://tts.example/v1/openai/?team=9": "https://tts.example/v1/openai/v1/audio/speech?team=9",
	} {
		if got, err := endpoint(in); got != want || err != nil {
			t.Errorf("%s: %s, %v", in, got, err)
		}
	}
}

func TestRefusedAtStart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Config{
		"no url":     {Voice: "x"},
		"no scheme":  {URL: "kokoro:8880", Voice: "x"},
		"no voice":   {URL: "http://127.0.0.1:1"},
		"bad format": {URL: "http://127.0.0.1:1", Voice: "x", Format: "opus"},
	} {
		if _, err := New(c); !lector.IsPermanent(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSecretIsNotPrinted(t *testing.T) {
	t.Parallel()
	v := open(t, Config{URL: "http://127.0.0.1:1"})
	for _, text := range []string{fmt.Sprintf("%v %+v %#v", v, v, v), fmt.Sprintf("%+v %#v", v.config, v.config)} {
		if strings.Contains(text, voicetest.Secret) {
			t.Error(text)
		}
	}
	if data, err := json.Marshal(v.config.Key); err != nil || string(data) != `"[redacted]"` {
		t.Errorf("%s, %v", data, err)
	}
}

var _ sound.Encoder = encode.Encoder{}
