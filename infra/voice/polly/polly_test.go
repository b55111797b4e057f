package polly

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/polly/types"

	"lector"
	"lector/infra/voice/voicetest"
)

// server behaves as the service does: error codes in a header, all with status
// 400, the bill in another, marks one JSON a line.
type server struct {
	calls, billed atomic.Int32
	last          atomic.Pointer[input]
}

type input struct {
	Engine, OutputFormat, SampleRate, Text, TextType, VoiceId string
	SpeechMarkTypes                                           []string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls.Add(1)
	var in input
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(w, 400, "SerializationException", err.Error())
		return
	}
	s.last.Store(&in)
	text := in.Text
	if in.TextType == "ssml" {
		var spoken struct {
			Prosody string `xml:"prosody"`
		}
		if xml.Unmarshal([]byte(text), &spoken) != nil {
			refuse(w, 400, "InvalidSsmlException", "Invalid SSML request")
			return
		}
		text = spoken.Prosody
	}
	n := utf8.RuneCountInString(text)
	switch {
	case !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIATEST"):
		refuse(w, 403, "UnrecognizedClientException", "The security token included in the request is invalid.")
		return
	case n > 3000:
		refuse(w, 400, "TextLengthExceededException", "Maximum text length has been exceeded")
		return
	case in.OutputFormat == "mp3" && in.SampleRate != "24000", in.OutputFormat == "json" && in.SampleRate != "":
		refuse(w, 400, "InvalidSampleRateException", "not this one")
		return
	}
	s.billed.Add(int32(n))
	w.Header().Set("x-amzn-RequestCharacters", fmt.Sprint(n))
	w.Header().Set("x-amzn-RequestId", "id-1")
	if in.OutputFormat == "json" {
		w.Header().Set("Content-Type", "application/x-json-stream")
		speakMarks(w, text)
		return
	}
	answer(w, voicetest.MP3(24000, 1, time.Duration(n)*time.Second/14))
}

func answer(w http.ResponseWriter, audio []byte) {
	w.Header().Set("Content-Type", "audio/mpeg")
	_, _ = w.Write(audio)
}

// speakMarks says each word when its first character's turn comes.
func speakMarks(w http.ResponseWriter, text string) {
	at := 0
	for _, word := range strings.Fields(text) {
		start := at + strings.Index(text[at:], word)
		at = start + len(word)
		fmt.Fprintf(w, `{"time":%d,"type":"word","start":%d,"end":%d,"value":%q}`+"\n", start*1000/14, start, at, word)
	}
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("x-amzn-ErrorType", code)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
}

func open(t *testing.T, c Config) *Voice {
	t.Helper()
	c.Region, c.Voice = "eu-west-1", "Amy"
	c.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIATEST", SecretAccessKey: voicetest.Secret}, nil
	})
	v, err := New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, marks := range []bool{false, true} {
		t.Run(fmt.Sprint("marks ", marks), func(t *testing.T) {
			t.Parallel()
			s := &server{}
			h := httptest.NewServer(s)
			t.Cleanup(h.Close)
			voicetest.Run(t, voicetest.Subject{
				Voice: open(t, Config{URL: h.URL, Marks: marks}), Billed: true, Calls: func() int { return int(s.calls.Load()) },
			})
		})
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	code := func(status int, code string, f voicetest.Fault) voicetest.Fault {
		f.Name, f.Says = fmt.Sprint(status, " ", code), "in Polly's words"
		f.Serve = func(w http.ResponseWriter, _ *http.Request) { refuse(w, status, code, f.Says) }
		return f
	}
	voicetest.RunFaults(t,
		func(t *testing.T, url string, timeout time.Duration) voicetest.Voice {
			return open(t, Config{URL: url, Timeout: timeout})
		},
		answer,
		code(400, "ThrottlingException", voicetest.Fault{Want: voicetest.Throttled}),
		code(400, "ServiceQuotaExceededException", voicetest.Fault{Want: voicetest.Throttled, After: time.Minute, Hints: "quota"}),
		code(500, "ServiceFailureException", voicetest.Fault{Want: voicetest.Transient}),
		code(400, "TextLengthExceededException", voicetest.Fault{Want: voicetest.Permanent, Hints: "max_chars"}),
		code(400, "EngineNotSupportedException", voicetest.Fault{Want: voicetest.Permanent, Hints: "engine"}),
		code(400, "LanguageNotSupportedException", voicetest.Fault{Want: voicetest.Permanent, Hints: "language"}),
		code(400, "InvalidSsmlException", voicetest.Fault{Want: voicetest.Permanent}),
		code(400, "ValidationException", voicetest.Fault{Want: voicetest.Permanent, Hints: "voice"}),
		code(403, "UnrecognizedClientException", voicetest.Fault{Want: voicetest.Permanent, Hints: "credentials"}),
		code(403, "AccessDeniedException", voicetest.Fault{Want: voicetest.Permanent, Hints: "polly:SynthesizeSpeech"}),
		code(400, "ExpiredTokenException", voicetest.Fault{Want: voicetest.Permanent, Hints: "expired"}),
	)
}

func TestMarks(t *testing.T) {
	t.Parallel()
	s := &server{}
	h := httptest.NewServer(s)
	defer h.Close()
	v := open(t, Config{URL: h.URL, Marks: true})
	text := "Zoë said: “good morning”."
	got, err := v.Speak(t.Context(), lector.Utterance{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, m := range got.Marks {
		words = append(words, text[m.Start:m.End])
	}
	if strings.Join(words, " ") != text || got.Characters != int(s.billed.Load()) || got.RequestID != "id-1" {
		t.Errorf("%q, %d billed of %d, %q", words, got.Characters, s.billed.Load(), got.RequestID)
	}
	if v.Capabilities().Price != 32 {
		t.Errorf("price %v: marks are paid for too", v.Capabilities().Price)
	}
}

func TestSpeedIsEscaped(t *testing.T) {
	t.Parallel()
	s := &server{}
	h := httptest.NewServer(s)
	defer h.Close()
	if _, err := open(t, Config{URL: h.URL}).Speak(t.Context(), lector.Utterance{Text: `</prosody> & <break/>`, Speed: 0.9}); err != nil {
		t.Fatal(err)
	}
	if got := s.last.Load(); got.TextType != "ssml" || !strings.Contains(got.Text, `rate="90%">&lt;/prosody&gt; &amp; &lt;break/&gt;</prosody>`) {
		t.Errorf("%+v", got)
	}
	if got := int(s.billed.Load()); got != len("</prosody> & <break/>") {
		t.Errorf("billed %d: tags are free", got)
	}
}

func TestRefusedAtStart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Config{
		"unknown voice":  {Region: "eu-west-1", Voice: "Caruso"},
		"unknown engine": {Region: "eu-west-1", Voice: "Amy", Engine: "steam"},
	} {
		if _, err := New(t.Context(), c); !lector.IsPermanent(err) || lector.HintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBodyOutlivesTheAnswer is of a transport that sees the end of a request
// only when its answer has begun, and the SDK has closed the request's body.
func TestBodyOutlivesTheAnswer(t *testing.T) {
	t.Parallel()
	var late *http.Request
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		late = r
		_, err := io.ReadFull(r.Body, make([]byte, r.ContentLength))
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, err
	})
	body := &closable{Reader: strings.NewReader("text")}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://polly.example", body)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = 4
	answer, err := bufferedBody{&http.Client{Transport: transport}}.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	_ = body.Close()
	if n, err := late.Body.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// closable refuses to be read when it was closed, as the SDK's bodies do.
type closable struct {
	io.Reader
	closed bool
}

func (c *closable) Read(p []byte) (int, error) {
	if c.closed {
		return 0, errors.New("closed")
	}
	return c.Reader.Read(p)
}

func (c *closable) Close() error {
	c.closed = true
	return nil
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	caps := open(t, Config{URL: "http://127.0.0.1:1"}).Capabilities()
	if !slices.Equal(caps.Languages, []string{"en"}) {
		t.Errorf("Amy speaks %v", caps.Languages)
	}
	if got := languagesOf("Nobody"); slices.Contains(got, "uk") || !slices.Contains(got, "en") || slices.Contains(got, "") {
		t.Errorf("Polly speaks %v", got)
	}
	known := types.VoiceId("").Values()
	for language, voices := range voicesByLanguage {
		for _, v := range strings.Fields(voices) {
			if !slices.Contains(known, types.VoiceId(v)) {
				t.Errorf("%s: the SDK has no voice %s", language, v)
			}
		}
	}
	if caps = open(t, Config{Languages: []string{"en"}}).Capabilities(); caps.Speaks("de") {
		t.Error("the configured languages do not count")
	}
}
