package audio

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"lector/audio/mpeg"
	"lector/audio/pcm"
)

// Encoder encodes a WAV file into an MP3 of the given sample rate, channels and
// constant bit rate in kbit/s, resampling and mixing as needed.
type Encoder interface {
	Encode(ctx context.Context, wav io.Reader, rate, channels, kbps int) ([]byte, error)
}

// reencode has a part encoded in the format of the first one. This is the one
// place where audio loses a generation, and it is asked for explicitly.
func (p *Plan) reencode(ctx context.Context, s *stream) (*stream, error) {
	want := p.streams[0]
	wav, err := s.wav(ctx)
	if err != nil {
		return s, fmt.Errorf("decode to re-encode: %w", err)
	}
	h := want.first.WithIndex(want.high)
	mp3, err := p.opt.Reencode.Encode(ctx, wav, h.SampleRate(), h.Channels(), h.Bitrate())
	if err != nil {
		return s, fmt.Errorf("re-encode: %w", err)
	}
	part := s.part
	part.Source, part.Size, part.Known = bytes.NewReader(mp3), int64(len(mp3)), nil
	again, err := p.open(ctx, part, &mpeg.Scanner{})
	if err == nil && again.first.Format() != want.first.Format() {
		err = fmt.Errorf("re-encode: %w", &FormatError{Got: again.first.Format(), Want: want.first.Format()})
	}
	return again, err
}

// wav decodes the part's own samples into a WAV file in memory.
func (s *stream) wav(ctx context.Context) (io.Reader, error) {
	ch := s.first.Channels()
	from, to := s.delay()*ch, (s.raw()-s.trail())*ch
	out := make([]byte, 0, max(to-from, 0)*2)
	at := 0
	err := s.decodeAll(ctx, func(p *piece) {
		x := p.samples
		out = pcm.AppendSamples(out, x[min(max(from-at, 0), len(x)):min(max(to-at, 0), len(x))])
		at += len(x)
	})
	if err != nil {
		return nil, err
	}
	return bytes.NewReader(pcm.NewWAV(out, s.first.SampleRate(), ch).Bytes()), nil
}
