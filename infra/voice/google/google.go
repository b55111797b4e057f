// Package google speaks with Google Cloud Text-to-Speech over REST.
//
// Credentials: an API key (x-goog-api-key). Service accounts need OAuth, which
// is not spoken here. Price in US dollars a million characters: Standard and
// WaveNet 4, Neural2 16, Chirp3-HD 30, Studio 160; tell yours with
// price_per_million. What it cannot do here: timings, which want markup, and
// neighbouring text. A text may have 5,000 bytes, which is half as many
// Cyrillic letters; Google raises that for nobody.
package google

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"lector"
	"lector/infra/voice/call"
	"lector/infra/voice/plain"
	"lector/infra/voice/sound"
)

// Config describes one voice.
type Config struct {
	URL       string // "" is https://texttospeech.googleapis.com
	Key       call.Secret
	Voice     string // as in uk-UA-Wavenet-A: the language stands in it
	MaxLength int    // bytes; 0 is 5000
	Languages []string
	Encoder   sound.Encoder
	Timeout   time.Duration
	HTTP      *http.Client
}

// Voice is one voice. It is safe for use by many.
type Voice struct {
	url      string
	language string
	config   Config
	client   call.Client
	caps     lector.Capabilities
}

// New returns the voice, without calling the service.
func New(c Config) (*Voice, error) {
	base, err := url.Parse(cmp.Or(c.URL, "https://texttospeech.googleapis.com"))
	language := languageOf(c.Voice)
	switch {
	case err != nil || base.Host == "":
		return nil, lector.Permanent(fmt.Errorf("url: %q is no address of a server", c.URL))
	case language == "":
		return nil, lector.Permanent(lector.Hint(fmt.Errorf("voice: %q is no name of a voice", c.Voice),
			"a name begins with its language, as in uk-UA-Wavenet-A"))
	case c.Key.Empty():
		return nil, lector.Permanent(lector.Hint(errors.New("there is no API key"),
			"set GOOGLE_API_KEY, or name another variable with key_env"))
	}
	v := &Voice{url: base.JoinPath("v1", "text:synthesize").String(), language: language, config: c}
	v.client = call.Client{HTTP: c.HTTP, Timeout: c.Timeout, Secret: c.Key, Explain: explain}
	if c.HTTP == nil {
		v.client.HTTP = call.NewHTTP()
	}
	if len(c.Languages) == 0 {
		c.Languages = []string{lector.Primary(language)}
	}
	v.caps = lector.Capabilities{
		Backend: "google", Engine: voiceFamily(c.Voice), Voice: c.Voice, Languages: c.Languages,
		MaxLength: cmp.Or(c.MaxLength, 5000), Unit: lector.Bytes, SampleRate: sound.Rate, Channels: 1,
		Concurrency: 8, PerSecond: perSecond(c.Voice), Price: price(c.Voice),
		Normalise: "light", Synthetic: lector.TrainedAlgorithmicMedia, Parameters: "MP3",
	}
	return v, nil
}

// languageOf returns the language of a voice's name: "uk-UA" of "uk-UA-Wavenet-A".
func languageOf(voice string) string {
	parts := strings.SplitN(voice, "-", 3)
	if len(parts) < 3 || len(parts[0]) < 2 || len(parts[0]) > 3 {
		return ""
	}
	return parts[0] + "-" + parts[1]
}

// voiceFamily returns the kind of a voice: "Wavenet" of "uk-UA-Wavenet-A".
func voiceFamily(voice string) string {
	parts := strings.Split(voice, "-")
	return strings.Join(parts[2:max(len(parts)-1, 3)], "-")
}

// price is the list price in US dollars a million characters.
func price(voice string) float64 {
	switch f := voiceFamily(voice); {
	case strings.HasPrefix(f, "Chirp"):
		return 30
	case strings.HasPrefix(f, "Studio"):
		return 160
	case strings.HasPrefix(f, "Neural2"), strings.HasPrefix(f, "Polyglot"):
		return 16
	}
	return 4
}

// perSecond is the default quota of a project, given by the minute.
func perSecond(voice string) float64 {
	switch f := voiceFamily(voice); {
	case strings.HasPrefix(f, "Chirp"):
		return 200.0 / 60
	case strings.HasPrefix(f, "Studio"):
		return 500.0 / 60
	}
	return 1000.0 / 60
}

// Capabilities tells what the voice can do. It does not change.
func (v *Voice) Capabilities() lector.Capabilities { return v.caps }

type request struct {
	Input struct {
		Text string `json:"text"` // never ssml: text is data
	} `json:"input"`
	Voice struct {
		Language string `json:"languageCode"`
		Name     string `json:"name"`
	} `json:"voice"`
	Audio struct {
		Encoding string  `json:"audioEncoding"`
		Rate     int     `json:"sampleRateHertz"`
		Speed    float64 `json:"speakingRate,omitempty"`
	} `json:"audioConfig"`
}

// Speak makes one call. Characters are counted here; the service does not say.
func (v *Voice) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	text := plain.Untagged(u.Text)
	if _, err := plain.CheckLength(text, v.caps); err != nil {
		return lector.Speech{}, fmt.Errorf("google: %w", err)
	}
	body, err := json.Marshal(v.request(text, u.Speed))
	if err != nil {
		return lector.Speech{}, lector.Permanent(fmt.Errorf("google: %w", err))
	}
	header := http.Header{"Content-Type": {"application/json"}, "X-Goog-Api-Key": {v.config.Key.Reveal()}}
	got, err := v.client.Post(ctx, v.url, header, body)
	if err != nil && got.Header == nil {
		return lector.Speech{}, fmt.Errorf("google: %w", err)
	}
	s := lector.Speech{Characters: utf8.RuneCountInString(text)}
	if err == nil {
		s.MP3, err = v.read(ctx, got.Body)
	}
	if err != nil {
		s.MP3 = nil
		return s, fmt.Errorf("google: %w", v.client.Redact(err))
	}
	return s, nil
}

func (v *Voice) request(text string, speed float64) request {
	var r request
	r.Input.Text = text
	r.Voice.Language, r.Voice.Name = v.language, v.config.Voice
	r.Audio.Encoding, r.Audio.Rate = "MP3", v.caps.SampleRate
	if speed > 0 && speed != 1 {
		r.Audio.Speed = min(max(speed, 0.25), 2)
	}
	return r
}

func (v *Voice) read(ctx context.Context, body []byte) ([]byte, error) {
	if err := sound.CheckJSON(body); err != nil {
		return nil, err
	}
	var a struct {
		Audio string `json:"audioContent"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, sound.UnreadableError(" is broken JSON", err)
	}
	audio, err := base64.StdEncoding.DecodeString(a.Audio)
	if err != nil {
		return nil, sound.UnreadableError("'s audio is broken base64", err)
	}
	return sound.Want{Rate: v.caps.SampleRate, Channels: v.caps.Channels, Encoder: v.config.Encoder,
		FormatHint: sound.FixedFormatHint}.MP3(ctx, audio)
}

// explain reads google.rpc.Status.
func explain(_ int, body []byte) call.Refusal {
	var b struct {
		Error struct {
			Message, Status string
			Details         []struct{ Reason string }
		}
	}
	if json.Unmarshal(body, &b) != nil {
		return call.Refusal{}
	}
	r := call.Refusal{Reason: b.Error.Message}
	switch b.Error.Status {
	case "RESOURCE_EXHAUSTED":
		r.Kind = call.Throttled // by the minute, or the day: Retry-After says
	case "UNAUTHENTICATED", "PERMISSION_DENIED":
		r.Kind, r.Hint = call.Denied, "check the API key of this voice, and that the Text-to-Speech API is enabled"
	case "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION":
		r.Kind = call.Permanent
		if strings.Contains(b.Error.Message, "API key") {
			r.Kind, r.Hint = call.Denied, "check the API key of this voice"
		}
	case "UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "ABORTED":
		r.Kind = call.Transient
	}
	for _, d := range b.Error.Details {
		if d.Reason == "BILLING_DISABLED" {
			r.Kind, r.Hint = call.Quota, ""
		}
	}
	return r
}
