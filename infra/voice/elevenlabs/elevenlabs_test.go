package elevenlabs

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

// server behaves as the API does: an account with one voice.
type server struct {
	calls atomic.Int32
	last  atomic.Pointer[request]
}

const voiceID = "21m00Tcm4TlvDq8ikWAM"

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls.Add(1)
	var in request
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(w, 422, `[{"loc":["body"],"msg":"JSON decode error","type":"json_invalid"}]`)
		return
	}
	s.last.Store(&in)
	switch {
	case r.Header.Get("xi-api-key") != voicetest.Secret:
		refuse(w, 401, `{"status":"invalid_api_key","message":"Invalid API key"}`)
	case r.URL.Path != "/v1/text-to-speech/"+voiceID+"/with-timestamps":
		refuse(w, 404, `{"status":"voice_not_found","message":"A voice with that voice_id was not found."}`)
	case utf8.RuneCountInString(in.Text) > 10000:
		refuse(w, 400, `{"status":"max_character_limit_exceeded","message":"too long"}`)
	case in.Language != "" && in.Model == "eleven_multilingual_v2":
		refuse(w, 400, `{"status":"unsupported_language","message":"Model does not support language_code"}`)
	default:
		w.Header().Set("request-id", "abc")
		w.Header().Set("character-cost", fmt.Sprint(utf8.RuneCountInString(in.Text)))
		speak(w, in.Text, r.URL.Query().Get("output_format"))
	}
}

func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"detail":%s}`, detail)
}

// speak says each character in a 14th of a second.
func speak(w http.ResponseWriter, text, format string) {
	rate := map[string]int{"mp3_44100_128": 44100, "mp3_22050_32": 22050, "pcm_24000": 24000}[format]
	d := time.Duration(utf8.RuneCountInString(text)) * time.Second / 14
	audio := voicetest.MP3(rate, 1, d)
	if strings.HasPrefix(format, "pcm") {
		audio = voicetest.WAV(rate, d)[44:]
	}
	type alignment struct {
		Characters []string  `json:"characters"`
		Starts     []float64 `json:"character_start_times_seconds"`
		Ends       []float64 `json:"character_end_times_seconds"`
	}
	var a alignment
	for i, r := range []rune(text) {
		a.Characters = append(a.Characters, string(r))
		a.Starts, a.Ends = append(a.Starts, float64(i)/14), append(a.Ends, float64(i+1)/14)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"audio_base64": base64.StdEncoding.EncodeToString(audio), "alignment": a, "normalized_alignment": nil,
	})
}

func open(t *testing.T, c Config) *Voice {
	t.Helper()
	c.Key, c.Voice, c.Encoder = call.NewSecret(voicetest.Secret), voiceID, voicetest.Encoder{}
	v, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"mp3_44100_128", "mp3_22050_32", "pcm_24000"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			s := &server{}
			h := httptest.NewServer(s)
			t.Cleanup(h.Close)
			v := open(t, Config{URL: h.URL, Format: format, MaxLength: 800})
			voicetest.Run(t, voicetest.Subject{Voice: v, Billed: true, Calls: func() int { return int(s.calls.Load()) }})
		})
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	detail := func(name string, status int, body string, f voicetest.Fault) voicetest.Fault {
		f.Name, f.Status, f.Body = name, status, `{"detail":`+body+`}`
		return f
	}
	voicetest.RunFaults(t,
		func(t *testing.T, url string, timeout time.Duration) voicetest.Voice {
			v := open(t, Config{URL: url, Timeout: timeout, Format: "mp3_44100_128"})
			v.caps.SampleRate = 24000 // the suite's frames
			return v
		},
		func(w http.ResponseWriter, audio []byte) {
			fmt.Fprintf(w, `{"audio_base64":%q,"alignment":null}`, base64.StdEncoding.EncodeToString(audio))
		},
		detail("too many at once", 429, `{"status":"too_many_concurrent_requests","message":"Too many concurrent requests"}`, voicetest.Fault{Want: voicetest.Throttled, AtMost: time.Second, Says: "concurrent", Hints: "concurrency"}),
		detail("system busy", 429, `{"status":"system_busy","message":"We are experiencing heavy traffic"}`, voicetest.Fault{Want: voicetest.Throttled, After: time.Second, AtMost: time.Minute, Says: "heavy traffic"}),
		detail("quota as 401", 401, `{"status":"quota_exceeded","message":"This request exceeds your quota"}`, voicetest.Fault{Want: voicetest.Throttled, After: time.Minute, Says: "exceeds your quota", Hints: "quota"}),
		detail("quota as 400", 400, `{"status":"quota_exceeded","message":"x"}`, voicetest.Fault{Want: voicetest.Throttled, After: time.Minute}),
		detail("key", 401, `{"status":"invalid_api_key","message":"Invalid API key `+voicetest.Secret+`"}`, voicetest.Fault{Want: voicetest.Permanent, Says: "[redacted]", Hints: "key"}),
		detail("voice", 404, `{"status":"voice_not_found","message":"not found"}`, voicetest.Fault{Want: voicetest.Permanent, Hints: "id of this account"}),
		detail("too long", 400, `{"status":"max_character_limit_exceeded","message":"x"}`, voicetest.Fault{Want: voicetest.Permanent, Hints: "max_chars"}),
		detail("text", 403, `"Forbidden for this plan"`, voicetest.Fault{Want: voicetest.Permanent, Says: "this plan"}),
		detail("list", 422, `[{"loc":["body","text"],"msg":"field required"}]`, voicetest.Fault{Want: voicetest.Permanent, Says: "field required"}),
		voicetest.Fault{Name: "broken base64", Status: 200, Body: `{"audio_base64":"***"}`, Want: voicetest.Transient, Says: "base64"},
		voicetest.Fault{Name: "half a JSON", Status: 200, Body: `{"audio_base64":"AAAA`, Want: voicetest.Transient, Says: "broken JSON"},
	)
}

func TestContextAndSettings(t *testing.T) {
	t.Parallel()
	s := &server{}
	h := httptest.NewServer(s)
	defer h.Close()
	say := func(c Config, u lector.Utterance) request {
		c.URL = h.URL
		if _, err := open(t, c).Speak(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		return *s.last.Load()
	}
	u := lector.Utterance{Text: "Now.", Before: "Before.", After: "After.", Language: "uk-UA", Speed: 1.5}
	got := say(Config{Model: "eleven_flash_v2_5"}, u)
	if got.Before != "Before." || got.After != "After." || got.Language != "uk" || got.Settings == nil || got.Settings.Speed != 1.2 {
		t.Errorf("%+v", got)
	}
	if got = say(Config{NoContext: true}, u); got.Before != "" || got.After != "" || got.Language != "" {
		t.Errorf("without context: %+v", got)
	}
	if open(t, Config{NoContext: true}).Capabilities().Context || !open(t, Config{}).Capabilities().Context {
		t.Error("what is sent and what is hashed differ")
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	text := "Вона don't go, 5 p.m."
	var characters []string
	var starts []float64
	for i, r := range []rune(text) {
		characters, starts = append(characters, string(r)), append(starts, float64(i))
	}
	var got []string
	for _, m := range wordMarks(text, characters, starts) {
		got = append(got, fmt.Sprintf("%s@%v", text[m.Start:m.End], m.At))
	}
	if want := "Вона@0s don't@5s go@11s 5@15s p@17s m@19s"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	starts[3] = 99
	if wordMarks(text, characters, starts) != nil || wordMarks(text+"x", characters, starts) != nil || wordMarks(text, characters, starts[:3]) != nil {
		t.Error("times that cannot be right are used")
	}
}

func TestRefusedAtStart(t *testing.T) {
	t.Parallel()
	key := call.NewSecret("k")
	for name, c := range map[string]Config{
		"no key":     {Voice: "x"},
		"no voice":   {Key: key},
		"bad format": {Key: key, Voice: "x", Format: "opus_48000_32"},
		"bad url":    {Key: key, Voice: "x", URL: "nowhere"},
	} {
		if _, err := New(c); !lector.IsPermanent(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	v, err := New(Config{Key: key, Voice: "../../admin?x=", URL: "http://127.0.0.1:1"})
	if err != nil || !strings.Contains(v.url, "/v1/text-to-speech/..%2F..%2Fadmin%3Fx=/with-timestamps") {
		t.Errorf("%v, %s", err, v.url)
	}
}
