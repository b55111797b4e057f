// Package azure speaks with Azure AI Speech over REST.
//
// Credentials: a subscription key of a Speech resource, and its region. Price:
// about 16 US dollars a million characters for neural voices; tell yours with
// price_per_million. What it cannot do over REST: timings and neighbouring
// text. It reads SSML only, so the text is escaped into it and stays data. An
// answer of more than ten minutes would be cut without a word; a text of 3,000
// characters stays well below.
package azure

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"lector"
	"lector/infra/voice/call"
	"lector/infra/voice/plain"
	"lector/infra/voice/sound"
)

// Config describes one voice.
type Config struct {
	Region    string // as in westeurope
	URL       string // "" is the region's own
	Key       call.Secret
	Voice     string // as in uk-UA-PolinaNeural: the language stands in it
	MaxLength int    // characters; 0 is 3000
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

// format is exactly what we encode ourselves.
const format = "audio-24khz-48kbitrate-mono-mp3"

var (
	regionName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]+$`) })
	voiceName  = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^([a-z]{2,3}-[A-Za-z0-9-]+)-[A-Za-z0-9:]+$`)
	})
)

// New returns the voice, without calling the service.
func New(c Config) (*Voice, error) {
	name := voiceName().FindStringSubmatch(c.Voice)
	base, err := url.Parse(cmp.Or(c.URL, "https://"+c.Region+".tts.speech.microsoft.com"))
	switch {
	case c.URL == "" && !regionName().MatchString(c.Region):
		return nil, lector.Permanent(lector.Hint(fmt.Errorf("region: %q is no region", c.Region), "for example westeurope"))
	case err != nil || base.Host == "":
		return nil, lector.Permanent(fmt.Errorf("url: %q is no address of a server", c.URL))
	case name == nil:
		return nil, lector.Permanent(lector.Hint(fmt.Errorf("voice: %q is no name of a voice", c.Voice),
			"a name begins with its language, as in uk-UA-PolinaNeural"))
	case c.Key.Empty():
		return nil, lector.Permanent(lector.Hint(errors.New("there is no subscription key"),
			"set AZURE_SPEECH_KEY, or name another variable with key_env"))
	}
	v := &Voice{url: base.JoinPath("cognitiveservices", "v1").String(), language: name[1], config: c}
	v.client = call.Client{HTTP: c.HTTP, Timeout: c.Timeout, Secret: c.Key, Explain: explain}
	if c.HTTP == nil {
		v.client.HTTP = call.NewHTTP()
	}
	if len(c.Languages) == 0 {
		c.Languages = []string{lector.Primary(name[1])}
	}
	v.caps = lector.Capabilities{
		Backend: "azure", Engine: "neural", Voice: c.Voice, Languages: c.Languages,
		MaxLength: cmp.Or(c.MaxLength, 3000), Unit: lector.Characters, SampleRate: sound.Rate, Channels: 1,
		Concurrency: 8, PerSecond: 100, Price: 16,
		Normalise: "light", Synthetic: lector.TrainedAlgorithmicMedia, Parameters: format,
	}
	return v, nil
}

// Capabilities tells what the voice can do. It does not change.
func (v *Voice) Capabilities() lector.Capabilities { return v.caps }

// Speak makes one call. Characters are counted here; the service does not say.
func (v *Voice) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	text := plain.Untagged(u.Text)
	n, err := plain.CheckLength(text, v.caps)
	if err != nil {
		return lector.Speech{}, fmt.Errorf("azure: %w", err)
	}
	got, err := v.client.Post(ctx, v.url, v.header(), v.ssml(text, u.Speed))
	if err != nil && got.Header == nil {
		return lector.Speech{}, fmt.Errorf("azure: %w", err)
	}
	s := lector.Speech{Characters: n, RequestID: got.Header.Get("X-Requestid")}
	if err == nil {
		s.MP3, err = sound.Want{Rate: v.caps.SampleRate, Channels: v.caps.Channels, Encoder: v.config.Encoder,
			FormatHint: sound.FixedFormatHint}.MP3(ctx, got.Body)
	}
	if err != nil {
		s.MP3 = nil
		return s, fmt.Errorf("azure: %w", v.client.Redact(err))
	}
	return s, nil
}

func (v *Voice) header() http.Header {
	return http.Header{
		"Content-Type":              {"application/ssml+xml"},
		"X-Microsoft-Outputformat":  {format},
		"Ocp-Apim-Subscription-Key": {v.config.Key.Reveal()},
		"User-Agent":                {"lector"}, // the service refuses a call without one
	}
}

// ssml wraps text that is nothing but text.
func (v *Voice) ssml(text string, speed float64) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="%s"><voice name="%s">`, v.language,
		v.config.Voice)
	slower := speed > 0 && speed != 1
	if slower {
		fmt.Fprintf(&b, `<prosody rate="%+.0f%%">`, 100*(min(max(speed, 0.5), 2)-1))
	}
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes every write
	if slower {
		b.WriteString("</prosody>")
	}
	b.WriteString("</voice></speak>")
	return b.Bytes()
}

// explain reads what little the service says: most refusals have no body.
func explain(status int, body []byte) call.Refusal {
	text := strings.TrimSpace(string(body))
	switch {
	case status == http.StatusBadRequest && strings.Contains(text, "voice"):
		return call.Refusal{Kind: call.Denied, Hint: "check the voice of this voice: is it spoken in that region?"}
	case status == http.StatusUnsupportedMediaType:
		return call.Refusal{Kind: call.Permanent, Reason: "the service does not take what was sent for SSML"}
	case strings.Contains(strings.ToLower(text), "quota"):
		return call.Refusal{Kind: call.Quota}
	}
	return call.Refusal{}
}
