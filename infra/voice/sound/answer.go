package sound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"lector"
	"lector/audio/pcm"
)

// The form of the MP3 that we encode: the native rate of most voices.
const (
	Rate     = 24000 // Hz
	Channels = 1
	kbps     = 48
)

// Encoder makes MP3 of WAV, whatever the WAV's rate and channels are. Version
// names it.
type Encoder interface {
	Encode(ctx context.Context, wav io.Reader, rate, channels, kbps int) ([]byte, error)
	Version() string
}

// Want is what a caller expects of an answer.
type Want struct {
	Rate     int // Hz of an MP3 that comes as one
	Channels int
	Raw      int // Hz of 16-bit mono samples without a header; 0: they are not expected
	Encoder  Encoder
	// FormatHint is what the operator can do about another form; empty is for voices
	// whose form the settings choose.
	FormatHint string
}

// FixedFormatHint is the hint for a service of which the form cannot be chosen.
const FixedFormatHint = "this service sends one form only, and this is another: is url the service's own?"

// notAudioHint is what the operator can do about an answer that is no audio.
const notAudioHint = "is the url of this voice the speech server's, and not a proxy's or a web page's? See the server's log"

func (w Want) hint(err error, format string, args ...any) error {
	if w.FormatHint != "" {
		return lector.Hint(err, "%s", w.FormatHint)
	}
	return lector.Hint(err, format, args...)
}

// MP3 returns an answer as an MP3: as it came where it is one of the wanted
// form, encoded where it is WAV or raw samples, and an error that says what it
// is otherwise. Text in place of audio and a cut end are transient, for the
// next answer may be whole; a wrong form is permanent.
func (w Want) MP3(ctx context.Context, data []byte) ([]byte, error) {
	data = withoutSpace(data)
	switch kind := sniff(data); kind {
	case kindMP3:
		return data, w.check(data)
	case kindWAV:
		return w.encode(ctx, data)
	case kindNothing:
		return nil, lector.Hint(errors.New("the answer holds no audio"), notAudioHint)
	case kindHTML, kindJSON, kindText:
		return nil, wrongKindError(kind, "audio", data)
	case kindUnknown:
		if w.Raw > 0 {
			return w.encode(ctx, pcm.NewWAV(data, w.Raw, 1).Bytes())
		}
		return nil, misconfigured(w.hint(errors.New("the answer is no audio that I know"),
			"if it is raw samples, set format: pcm and sample_rate: for this voice"))
	default:
		return nil, misconfigured(w.hint(fmt.Errorf("the answer is %s", kind), "set format: mp3 or wav for this voice"))
	}
}

// misconfigured marks an error that every answer of this voice would have.
func misconfigured(err error) error {
	return lector.WithClass(lector.Permanent(err), lector.ClassVoiceRefused)
}

func (w Want) check(mp3 []byte) error {
	f, err := ScanFrames(mp3)
	switch {
	case errors.Is(err, errTruncated):
		return lector.Hint(fmt.Errorf("the audio is %w", err), notAudioHint)
	case f.Frames == 0:
		return lector.Hint(fmt.Errorf("the answer is a damaged MP3: %w", err), notAudioHint)
	case f.Rate != w.Rate:
		return misconfigured(w.hint(fmt.Errorf("the answer has %d Hz, %d are expected", f.Rate, w.Rate),
			"set sample_rate: %d for this voice, or format: wav", f.Rate))
	case f.Channels != w.Channels:
		return misconfigured(w.hint(fmt.Errorf("the answer has %d channels, %d expected", f.Channels, w.Channels),
			"set format: wav for this voice: it is mixed down here"))
	}
	return nil // garbage between frames is for the check of the clip to name
}

func (w Want) encode(ctx context.Context, wav []byte) ([]byte, error) {
	if w.Encoder == nil {
		return nil, misconfigured(lector.Hint(errors.New("the answer is WAV and there is no MP3 encoder"),
			"apt-get install lame   (macOS: brew install lame)"))
	}
	mp3, err := w.Encoder.Encode(ctx, bytes.NewReader(wav), Rate, Channels, kbps)
	if errors.Is(err, pcm.ErrForm) {
		return nil, misconfigured(w.hint(err, "set format: mp3 for this voice, or have the server send samples of 16 bits"))
	}
	if errors.Is(err, pcm.ErrLevel) {
		return nil, lector.Hint(err, "the voice's model made no sound of this text: see the server's log, or use another model")
	}
	if err != nil && lector.HintOf(err) == "" {
		err = lector.Hint(err, notAudioHint)
	}
	return mp3, err
}

// CheckJSON returns an error that says what data is if it does not begin as JSON.
func CheckJSON(data []byte) error {
	if kind := sniff(data); kind != kindJSON {
		return wrongKindError(kind, "JSON", data)
	}
	return nil
}

// wrongKindError is an answer of another kind than the wanted.
func wrongKindError(kind kind, wanted string, data []byte) error {
	return lector.Hint(fmt.Errorf("the answer is %s in place of %s: %s", kind, wanted, Excerpt(data)), notAudioHint)
}

// UnreadableError is an answer that cannot be read.
func UnreadableError(what string, err error) error {
	return lector.Hint(fmt.Errorf("the answer%s: %w", what, err), notAudioHint)
}

// Parameters describes the encoder's part in a clip, for its hash.
func Parameters(e Encoder) string {
	if e == nil {
		return ""
	}
	return fmt.Sprintf("%s %d/%d/%d", e.Version(), Rate, Channels, kbps)
}

// Excerpt quotes the beginning of a text answer for an error, on one line.
func Excerpt(data []byte) string {
	const most = 160
	cut := len(data) > most
	text := fmt.Sprintf("%.*q", most, bytes.Join(bytes.Fields(bytes.ToValidUTF8(data[:min(len(data), 4*most)], []byte("?"))), []byte(" ")))
	if cut {
		text += "…"
	}
	return text
}
