package azure

import (
	"encoding/xml"
	"io"
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

// server behaves as the service does: it reads SSML and says little.
type server struct {
	calls atomic.Int32
	said  atomic.Pointer[ssml]
}

type ssml struct {
	XMLName  xml.Name `xml:"http://www.w3.org/2001/10/synthesis speak"`
	Language string   `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	Voice    struct {
		Name    string `xml:"name,attr"`
		Text    string `xml:",chardata"`
		Prosody struct {
			Rate string `xml:"rate,attr"`
			Text string `xml:",chardata"`
		} `xml:"prosody"`
		Others []struct{ XMLName xml.Name } `xml:",any"`
	} `xml:"voice"`
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls.Add(1)
	body, err := io.ReadAll(r.Body)
	var in ssml
	switch {
	case err != nil || r.URL.Path != "/cognitiveservices/v1":
		w.WriteHeader(404)
	case r.Header.Get("Ocp-Apim-Subscription-Key") != voicetest.Secret:
		w.WriteHeader(401)
	case r.Header.Get("Content-Type") != "application/ssml+xml" || r.Header.Get("User-Agent") != "lector":
		w.WriteHeader(415)
	case xml.Unmarshal(body, &in) != nil:
		w.WriteHeader(400)
	case r.Header.Get("X-Microsoft-OutputFormat") != format || in.Voice.Name != "uk-UA-PolinaNeural":
		http.Error(w, "Unsupported voice "+in.Voice.Name+".", 400)
	default:
		s.said.Store(&in)
		w.Header().Set("Content-Type", "audio/mpeg")
		w.Header().Set("X-RequestId", "r1")
		text := in.Voice.Text + in.Voice.Prosody.Text
		_, _ = w.Write(voicetest.MP3(24000, 1, time.Duration(utf8.RuneCountInString(text))*time.Second/14))
	}
}

func open(t *testing.T, c Config) *Voice {
	t.Helper()
	c.Key, c.Voice = call.NewSecret(voicetest.Secret), "uk-UA-PolinaNeural"
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
	voicetest.RunFaults(t,
		func(t *testing.T, url string, timeout time.Duration) voicetest.Voice {
			return open(t, Config{URL: url, Timeout: timeout})
		},
		func(w http.ResponseWriter, audio []byte) { _, _ = w.Write(audio) },
		voicetest.Fault{Name: "401 without a body", Status: 401, Want: voicetest.Permanent, Says: "401 (Unauthorized)", Hints: "key"},
		voicetest.Fault{Name: "429 without a body", Status: 429, Want: voicetest.Throttled},
		voicetest.Fault{Name: "voice", Status: 400, Body: "Unsupported voice xx.", Want: voicetest.Permanent, Says: "Unsupported voice", Hints: "region"},
		voicetest.Fault{Name: "quota", Status: 403, Body: "Quota Exceeded", Want: voicetest.Throttled, After: time.Minute, Hints: "quota"},
		voicetest.Fault{Name: "415", Status: 415, Want: voicetest.Permanent, Says: "SSML"},
	)
}

func TestTextIsData(t *testing.T) {
	t.Parallel()
	s := &server{}
	h := httptest.NewServer(s)
	defer h.Close()
	v := open(t, Config{URL: h.URL})
	for _, speed := range []float64{1, 1.25} {
		text := `</voice><voice name="x"> & "it" <break/> ]]> 3 < 4`
		if _, err := v.Speak(t.Context(), lector.Utterance{Text: text, Speed: speed}); err != nil {
			t.Fatal(err)
		}
		in := s.said.Load()
		if got := in.Voice.Text + in.Voice.Prosody.Text; len(in.Voice.Others) > 0 || !strings.Contains(got, `& "it"`) || strings.Contains(got, "<") {
			t.Errorf("speed %v: %q, elements %v", speed, got, in.Voice.Others)
		}
		if want := map[float64]string{1: "", 1.25: "+25%"}[speed]; in.Voice.Prosody.Rate != want || in.Language != "uk-UA" {
			t.Errorf("rate %q, want %q; language %s", in.Voice.Prosody.Rate, want, in.Language)
		}
	}
}

func TestRefusedAtStart(t *testing.T) {
	t.Parallel()
	key := call.NewSecret("k")
	for name, c := range map[string]Config{
		"no key":        {Region: "westeurope", Voice: "uk-UA-PolinaNeural"},
		"no voice":      {Region: "westeurope", Key: key},
		"strange voice": {Region: "westeurope", Key: key, Voice: `uk-UA-"><x`},
		"no region":     {Key: key, Voice: "uk-UA-PolinaNeural"},
		"other host":    {Region: "evil.example/", Key: key, Voice: "uk-UA-PolinaNeural"},
	} {
		if _, err := New(c); !lector.IsPermanent(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
