// Package polly speaks with Amazon Polly through the AWS SDK.
//
// Credentials: the usual places of AWS (AWS_ACCESS_KEY_ID and
// AWS_SECRET_ACCESS_KEY, shared files, the role of the machine). Price in US
// dollars a million characters: standard 4, neural 16, generative 30,
// long-form 100. What it cannot do: neighbouring text, Ukrainian.
//
// Marks are a second call, which Amazon bills like the first; they are off
// unless asked for. The SDK's own retries are off: ours know the budget.
package polly

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	sdk "github.com/aws/aws-sdk-go-v2/service/polly"
	"github.com/aws/aws-sdk-go-v2/service/polly/types"

	"lector"
	"lector/infra/voice/call"
	"lector/infra/voice/plain"
	"lector/infra/voice/sound"
)

// Config describes one voice.
type Config struct {
	Region    string // "": what the environment says
	URL       string // "": Amazon's own
	Engine    string // standard, neural (default), long-form or generative
	Voice     string // as in Amy
	Marks     bool   // word times, for a second payment
	MaxLength int    // characters; 0 is 3000
	Languages []string
	Encoder   sound.Encoder // for what should be MP3 and is WAV
	Timeout   time.Duration // of one call; 0 is 90 s
	// Credentials, where they do not come from the usual places.
	Credentials aws.CredentialsProvider
}

// Voice is one voice. It is safe for use by many.
type Voice struct {
	client  *sdk.Client
	config  Config
	timeout time.Duration
	caps    lector.Capabilities
}

// engineLimits is what Amazon grants and asks for an engine, by default.
type engineLimits struct {
	perSecond   float64
	concurrency int
	price       float64
}

var engines = map[types.Engine]engineLimits{
	types.EngineStandard:   {80, 80, 4},
	types.EngineNeural:     {8, 18, 16},
	types.EngineGenerative: {8, 26, 30},
	types.EngineLongForm:   {8, 26, 100},
}

// New loads the configuration of AWS and returns the voice, without calling
// the service. A voice that the SDK does not know is refused.
func New(ctx context.Context, c Config) (*Voice, error) {
	engine := types.Engine(cmp.Or(c.Engine, string(types.EngineNeural)))
	q, ok := engines[engine]
	if !ok {
		return nil, lector.Permanent(lector.Hint(fmt.Errorf("engine: %q is unknown", engine), "standard, neural, long-form or generative"))
	}
	if known := types.VoiceId("").Values(); !slices.Contains(known, types.VoiceId(c.Voice)) {
		return nil, lector.Permanent(lector.Hint(fmt.Errorf("voice: Polly has no %q", c.Voice), "it has %s",
			strings.Join(names(known), ", ")))
	}
	client, err := connect(ctx, c)
	if err != nil {
		return nil, err
	}
	caps := lector.Capabilities{
		Backend: "polly", Engine: string(engine), Voice: c.Voice, Languages: c.Languages,
		MaxLength: cmp.Or(c.MaxLength, 3000), Unit: lector.Characters, SampleRate: sound.Rate, Channels: 1,
		Concurrency: q.concurrency, PerSecond: q.perSecond, Price: q.price,
		Normalise: "light", Synthetic: lector.TrainedAlgorithmicMedia, Parameters: "mp3 24000",
	}
	if len(caps.Languages) == 0 {
		caps.Languages = languagesOf(c.Voice)
	}
	if c.Marks {
		caps.Marks, caps.Price = lector.WordMark, 2*q.price
	}
	return &Voice{client, c, cmp.Or(c.Timeout, 90*time.Second), caps}, nil
}

func connect(ctx context.Context, c Config) (*sdk.Client, error) {
	options := []func(*config.LoadOptions) error{config.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} })}
	if c.Region != "" {
		options = append(options, config.WithRegion(c.Region))
	}
	if c.Credentials != nil {
		options = append(options, config.WithCredentialsProvider(c.Credentials))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("load the configuration of AWS: %w", err)
	}
	if loaded.Region == "" {
		return nil, lector.Permanent(lector.Hint(errors.New("region: is missing"), "set region: for this voice, or AWS_REGION"))
	}
	return sdk.NewFromConfig(loaded, func(o *sdk.Options) {
		o.HTTPClient = withoutRedirects(o.HTTPClient)
		if c.URL != "" {
			o.BaseEndpoint = aws.String(c.URL)
		}
	}), nil
}

// withoutRedirects returns a client over the same transport, with its certificates and
// proxies, that follows no redirects.
func withoutRedirects(c sdk.HTTPClient) sdk.HTTPClient {
	plain := call.NewHTTP()
	if b, ok := c.(*awshttp.BuildableClient); ok {
		plain.Transport = b.GetTransport()
	}
	return bufferedBody{plain}
}

// bufferedBody sends bodies of its own. The SDK closes the body of a request as soon
// as the answer begins; if that is before the transport has seen its end, the
// transport takes the request for broken and cuts the answer off, which is
// billed by then.
type bufferedBody struct{ sdk.HTTPClient }

// Do implements sdk.HTTPClient.
func (w bufferedBody) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		return w.HTTPClient.Do(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	own := r.WithContext(r.Context())
	own.Body = io.NopCloser(bytes.NewReader(body))
	return w.HTTPClient.Do(own)
}

func names(ids []types.VoiceId) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = string(id)
	}
	return all
}

// Capabilities tells what the voice can do. It does not change.
func (v *Voice) Capabilities() lector.Capabilities { return v.caps }

// Speak makes one call, or two with marks. Characters is what Amazon billed.
func (v *Voice) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	text := plain.Line(u.Text)
	n, err := plain.CheckLength(text, v.caps)
	if err != nil {
		return lector.Speech{}, fmt.Errorf("polly: %w", err)
	}
	in := v.input(text, u.Speed)
	in.OutputFormat, in.SampleRate = types.OutputFormatMp3, aws.String("24000")
	data, s, err := v.call(ctx, in)
	if s.Characters == 0 && data != nil { // an answer that does not say
		s.Characters = n
	}
	if err == nil {
		s.MP3, err = sound.Want{Rate: v.caps.SampleRate, Channels: v.caps.Channels, Encoder: v.config.Encoder,
			FormatHint: sound.FixedFormatHint}.MP3(ctx, data)
	}
	if err == nil && v.config.Marks {
		err = v.addMarks(ctx, in, text, u.Text, &s)
	}
	if err != nil {
		return lector.Speech{Characters: s.Characters, RequestID: s.RequestID}, fmt.Errorf("polly: %w", v.redact(ctx, err))
	}
	return s, nil
}

// redact takes the secrets out of an error.
func (v *Voice) redact(ctx context.Context, err error) error {
	keys, missing := v.client.Options().Credentials.Retrieve(ctx)
	if missing != nil {
		return err
	}
	for _, s := range []string{keys.SecretAccessKey, keys.SessionToken} {
		c := call.Client{Secret: call.NewSecret(s)}
		err = c.Redact(err)
	}
	return err
}

// input asks for plain text, which Polly does not read for markup. Only
// another pace needs SSML, into which the text is escaped.
func (v *Voice) input(text string, speed float64) *sdk.SynthesizeSpeechInput {
	in := &sdk.SynthesizeSpeechInput{
		Text: aws.String(text), TextType: types.TextTypeText,
		VoiceId: types.VoiceId(v.config.Voice), Engine: types.Engine(v.caps.Engine),
	}
	if speed > 0 && speed != 1 {
		var b bytes.Buffer
		fmt.Fprintf(&b, `<speak><prosody rate="%.0f%%">`, 100*min(max(speed, 0.5), 2))
		_ = xml.EscapeText(&b, []byte(text)) // a buffer takes every write
		b.WriteString("</prosody></speak>")
		in.Text, in.TextType = aws.String(b.String()), types.TextTypeSsml
	}
	return in
}

// maxAnswer bounds the bytes of an answer.
const maxAnswer = 64 << 20

// call makes one call and reads its whole answer.
func (v *Voice) call(ctx context.Context, in *sdk.SynthesizeSpeechInput) ([]byte, lector.Speech, error) {
	short, cancel := context.WithTimeoutCause(ctx, v.timeout, fmt.Errorf("no whole answer within %v", v.timeout))
	defer cancel()
	out, err := v.client.SynthesizeSpeech(short, in)
	if err != nil {
		return nil, lector.Speech{}, classify(ctx, short, err)
	}
	defer out.AudioStream.Close()
	s := lector.Speech{Characters: int(out.RequestCharacters), RequestID: requestID(out.ResultMetadata)}
	data, err := io.ReadAll(io.LimitReader(out.AudioStream, maxAnswer+1))
	switch {
	case len(data) > maxAnswer:
		err = call.TooLargeError(maxAnswer)
	case err == nil: // whole, and paid for: no matter whose time is over
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case short.Err() != nil:
		err = call.TimeoutError(context.Cause(short))
	default:
		err = call.TruncatedError(len(data), err)
	}
	return data, s, err
}
