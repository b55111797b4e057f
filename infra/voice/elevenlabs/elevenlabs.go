// Package elevenlabs speaks with the ElevenLabs API, with the time of each
// character.
//
// Credentials: an API key. Price: about 100 to 120 US dollars a million
// characters for multilingual models and half of it for flash, by plan; tell
// yours with price_per_million. What it cannot do: the same bytes for the same
// text, and MP3 of 24 kHz, so an article of this voice is 44.1 kHz throughout.
//
// Neighbouring text is sent for the melody, and is part of a clip's hash, so
// an edit pays for its neighbours too; NoContext switches both off. Ids of
// earlier requests, which would do the same, force an order and expire, and
// are not used.
package elevenlabs

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lector"
	"lector/infra/voice/call"
	"lector/infra/voice/plain"
	"lector/infra/voice/sound"
)

// Config describes one voice of an account.
type Config struct {
	URL       string // "" is https://api.elevenlabs.io
	Key       call.Secret
	Model     string // "" is eleven_multilingual_v2
	Voice     string // the id, not the name
	Format    string // "" is mp3_44100_128; mp3_… or pcm_…
	NoContext bool
	MaxLength int // characters of one call; 0 is 5000
	Languages []string
	Encoder   sound.Encoder // for pcm_…
	Timeout   time.Duration
	HTTP      *http.Client
}

// Voice is one voice. It is safe for use by many.
type Voice struct {
	url    string
	config Config
	client call.Client
	caps   lector.Capabilities
}

// New returns the voice, without calling the service.
func New(c Config) (*Voice, error) {
	c.URL = cmp.Or(c.URL, "https://api.elevenlabs.io")
	c.Model, c.Format = cmp.Or(c.Model, "eleven_multilingual_v2"), cmp.Or(c.Format, "mp3_44100_128")
	c.MaxLength = cmp.Or(c.MaxLength, 5000)
	rate, err := rate(c.Format)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(c.URL)
	switch {
	case err != nil || base.Host == "":
		return nil, lector.Permanent(fmt.Errorf("url: %q is no address of a server", c.URL))
	case c.Voice == "":
		return nil, lector.Permanent(lector.Hint(errors.New("voice: is missing"), "give the id of a voice, as in 21m00Tcm4TlvDq8ikWAM"))
	case c.Key.Empty():
		return nil, lector.Permanent(lector.Hint(errors.New("there is no API key"),
			"set ELEVENLABS_API_KEY, or name another variable with key_env"))
	}
	base = base.JoinPath("v1", "text-to-speech", url.PathEscape(c.Voice), "with-timestamps")
	base.RawQuery = url.Values{"output_format": {c.Format}}.Encode()
	v := &Voice{url: base.String(), config: c}
	v.client = call.Client{HTTP: c.HTTP, Timeout: c.Timeout, Secret: c.Key, Explain: explain}
	if c.HTTP == nil {
		v.client.HTTP = call.NewHTTP()
	}
	v.caps = lector.Capabilities{
		Backend: "elevenlabs", Engine: c.Model, Voice: c.Voice, Languages: c.Languages,
		MaxLength: c.MaxLength, Unit: lector.Characters, SampleRate: rate, Channels: 1,
		Context: !c.NoContext, Marks: lector.WordMark, Concurrency: 4, Price: 110,
		Normalise: "light", Synthetic: lector.TrainedAlgorithmicMedia, Parameters: c.Format,
	}
	if strings.HasPrefix(c.Format, "pcm_") {
		v.caps.SampleRate = sound.Rate
		v.caps.Parameters += " " + sound.Parameters(c.Encoder)
	}
	return v, nil
}

// rate reads the sample rate out of a format's name.
func rate(format string) (int, error) {
	kind, rest, _ := strings.Cut(format, "_")
	number, _, _ := strings.Cut(rest, "_")
	hz, err := strconv.Atoi(number)
	if err != nil || kind != "mp3" && kind != "pcm" {
		return 0, lector.Permanent(lector.Hint(fmt.Errorf("format: %q is not understood", format),
			"for example mp3_44100_128 or pcm_24000"))
	}
	return hz, nil
}

// Capabilities tells what the voice can do. It does not change.
func (v *Voice) Capabilities() lector.Capabilities { return v.caps }

type request struct {
	Text     string    `json:"text"`
	Model    string    `json:"model_id"`
	Language string    `json:"language_code,omitempty"`
	Before   string    `json:"previous_text,omitempty"`
	After    string    `json:"next_text,omitempty"`
	Settings *settings `json:"voice_settings,omitempty"`
}

type settings struct {
	Speed float64 `json:"speed"`
}

// answer is what with-timestamps returns.
type answer struct {
	Audio     string `json:"audio_base64"`
	Alignment *struct {
		Characters []string  `json:"characters"`
		Starts     []float64 `json:"character_start_times_seconds"`
	} `json:"alignment"`
}

// Speak makes one call. Marks are of words.
func (v *Voice) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	text := plain.Untagged(u.Text)
	n, err := plain.CheckLength(text, v.caps)
	if err != nil {
		return lector.Speech{}, fmt.Errorf("elevenlabs: %w", err)
	}
	body, err := json.Marshal(v.request(text, u))
	if err != nil {
		return lector.Speech{}, lector.Permanent(fmt.Errorf("elevenlabs: %w", err))
	}
	header := http.Header{"Content-Type": {"application/json"}, "Xi-Api-Key": {v.config.Key.Reveal()}}
	got, err := v.client.Post(ctx, v.url, header, body)
	if err != nil && got.Header == nil {
		return lector.Speech{}, fmt.Errorf("elevenlabs: %w", err)
	}
	s := lector.Speech{Characters: billed(got.Header, n), RequestID: got.Header.Get("Request-Id")}
	if err == nil {
		err = v.read(ctx, got.Body, text, u.Text, &s)
	}
	if err != nil {
		return lector.Speech{Characters: s.Characters, RequestID: s.RequestID}, fmt.Errorf("elevenlabs: %w", v.client.Redact(err))
	}
	return s, nil
}

func (v *Voice) request(text string, u lector.Utterance) request {
	r := request{Text: text, Model: v.config.Model}
	if v.caps.Context {
		r.Before, r.After = plain.Untagged(u.Before), plain.Untagged(u.After)
	}
	// multilingual_v2 refuses a language code: it finds out by itself.
	if !strings.HasPrefix(v.config.Model, "eleven_multilingual") && !strings.HasPrefix(v.config.Model, "eleven_monolingual") {
		r.Language = lector.Primary(u.Language)
	}
	if u.Speed > 0 && u.Speed != 1 {
		r.Settings = &settings{min(max(u.Speed, 0.7), 1.2)}
	}
	return r
}

// billed reads what the call cost in characters; some plans bill half.
func billed(h http.Header, sent int) int {
	if n, err := strconv.Atoi(h.Get("Character-Cost")); err == nil && n >= 0 {
		return n
	}
	return sent
}

// read takes the audio and the times out of an answer.
func (v *Voice) read(ctx context.Context, body []byte, sent, original string, s *lector.Speech) error {
	if err := sound.CheckJSON(body); err != nil {
		return err
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return sound.UnreadableError(" is broken JSON", err)
	}
	audio, err := base64.StdEncoding.DecodeString(a.Audio)
	if err != nil {
		return sound.UnreadableError("'s audio is broken base64", err)
	}
	w := sound.Want{
		Rate: v.caps.SampleRate, Channels: v.caps.Channels, Encoder: v.config.Encoder,
		FormatHint: "set format: of this voice to what its plan gives, as in mp3_44100_128",
	}
	if strings.HasPrefix(v.config.Format, "pcm_") {
		w.Raw, _ = rate(v.config.Format)
	}
	if s.MP3, err = w.MP3(ctx, audio); err != nil {
		return err
	}
	if a.Alignment != nil && sent == original { // else the offsets are of another text
		s.Marks = wordMarks(sent, a.Alignment.Characters, a.Alignment.Starts)
	}
	return nil
}
