// Package openai speaks with any server that answers POST /v1/audio/speech:
// Kokoro-FastAPI, LocalAI, speaches, vLLM, and others. It is a protocol here
// and not a company, which itself ends the service behind it in January 2027.
//
// Credentials: a bearer key where the server wants one. Price: the server's;
// tell it with price_per_million. What it cannot do: timings, neighbouring
// text, the same bytes for the same text.
//
// The servers differ. The bytes of an answer are believed and not its content
// type; WAV and raw samples are encoded here, with sizes that say nothing
// mended; an answer that breaks off after status 200 is an error.
package openai

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"lector"
	"lector/infra/voice/call"
	"lector/infra/voice/plain"
	"lector/infra/voice/sound"
)

// Config describes one server and one of its voices.
type Config struct {
	URL        string // of the server, with or without /v1 or the whole path
	Key        call.Secret
	Model      string
	Voice      string
	Format     string // mp3 (default), wav or pcm
	SampleRate int    // Hz of its MP3 and of its raw samples; 0 is 24000
	MaxLength  int    // characters of one call; 0 is 4096
	Languages  []string
	Encoder    sound.Encoder // for wav and pcm, and for servers that send WAV anyhow
	Timeout    time.Duration // of one call; 0 is 90 s
	HTTP       *http.Client  // nil: call.NewHTTP()
}

// Voice is one voice of one server. It is safe for use by many.
type Voice struct {
	url    string
	config Config
	client call.Client
	caps   lector.Capabilities
}

// New returns the voice, without calling the server.
func New(c Config) (*Voice, error) {
	speech, err := endpoint(c.URL)
	if err != nil {
		return nil, err
	}
	switch c.Format = cmp.Or(c.Format, "mp3"); c.Format {
	case "mp3", "wav", "pcm":
	default:
		return nil, lector.Permanent(fmt.Errorf("format: %q is not mp3, wav or pcm", c.Format))
	}
	if c.Voice == "" {
		return nil, lector.Permanent(lector.Hint(fmt.Errorf("voice: is missing"), "name one of the server's voices, for Kokoro af_heart"))
	}
	c.SampleRate, c.MaxLength = cmp.Or(c.SampleRate, sound.Rate), cmp.Or(c.MaxLength, 4096)
	v := &Voice{url: speech, config: c}
	v.client = call.Client{HTTP: c.HTTP, Timeout: c.Timeout, Secret: c.Key, Explain: explain}
	if c.HTTP == nil {
		v.client.HTTP = call.NewHTTP()
	}
	v.caps = lector.Capabilities{
		Backend: "openai", Engine: c.Model, Voice: c.Voice, Languages: c.Languages,
		MaxLength: c.MaxLength, Unit: lector.Characters, SampleRate: c.SampleRate, Channels: 1,
		Concurrency: 4, Normalise: "full", Synthetic: lector.TrainedAlgorithmicMedia, Parameters: c.Format,
	}
	if c.Format != "mp3" {
		v.caps.SampleRate = sound.Rate
		v.caps.Parameters += " " + sound.Parameters(c.Encoder)
	}
	return v, nil
}

// endpoint completes the address of a server.
func endpoint(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https"}, u.Scheme) {
		return "", lector.Permanent(lector.Hint(fmt.Errorf("url: %q is no address of a server", base), "for example http://127.0.0.1:8880"))
	}
	path := strings.TrimSuffix(u.Path, "/")
	for _, tail := range []string{"/speech", "/audio", "/v1"} {
		path = strings.TrimSuffix(path, tail)
	}
	u.Path = path + "/v1/audio/speech"
	return u.String(), nil
}

// Capabilities tells what the voice can do. It does not change.
func (v *Voice) Capabilities() lector.Capabilities { return v.caps }

// request is the body of a call. Options by which some servers switch markup,
// streaming or effects on are left out, so they are off.
type request struct {
	Model  string  `json:"model"`
	Input  string  `json:"input"`
	Voice  string  `json:"voice"`
	Format string  `json:"response_format"`
	Speed  float64 `json:"speed,omitempty"`
}

// Speak makes one call. Characters counts what was sent, once the server has
// taken it.
func (v *Voice) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	text := plain.Untagged(u.Text)
	n, err := plain.CheckLength(text, v.caps)
	if err != nil {
		return lector.Speech{}, fmt.Errorf("openai: %w", err)
	}
	r := request{Model: v.config.Model, Input: text, Voice: v.config.Voice, Format: v.config.Format}
	if u.Speed > 0 && u.Speed != 1 {
		r.Speed = min(max(u.Speed, 0.25), 4)
	}
	body, err := json.Marshal(r)
	if err != nil {
		return lector.Speech{}, lector.Permanent(fmt.Errorf("openai: %w", err))
	}
	answer, err := v.client.Post(ctx, v.url, v.header(), body)
	if err != nil && answer.Header == nil {
		return lector.Speech{}, fmt.Errorf("openai: %w", err)
	}
	s := lector.Speech{Characters: n, RequestID: answer.Header.Get("X-Request-Id")}
	if err == nil {
		s.MP3, err = v.want().MP3(ctx, answer.Body)
	}
	if err != nil {
		s.MP3 = nil
		return s, fmt.Errorf("openai: %w", v.client.Redact(err))
	}
	return s, nil
}

func (v *Voice) want() sound.Want {
	w := sound.Want{Rate: v.caps.SampleRate, Channels: v.caps.Channels, Encoder: v.config.Encoder}
	if v.config.Format == "pcm" || v.config.Format == "wav" { // some label raw samples as WAV
		w.Raw = v.config.SampleRate
	}
	return w
}

func (v *Voice) header() http.Header {
	h := http.Header{"Content-Type": {"application/json"}, "Accept": {"audio/*"}}
	if !v.config.Key.Empty() {
		h.Set("Authorization", "Bearer "+v.config.Key.Reveal())
	}
	return h
}
