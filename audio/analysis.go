package audio

import (
	"context"
	"errors"
	"io"
	"time"

	"lector/audio/loudness"
	"lector/audio/mpeg"
	"lector/audio/pcm"
)

// Analysis is what one decoding of a clip found. Times are the clip's own:
// zero is its first sample behind the encoder delay.
type Analysis struct {
	SampleRate int
	Channels   int
	Duration   time.Duration
	Loudness   float64       // LUFS; −Inf where nothing is above the gate
	TruePeak   float64       // dBTP; −Inf for digital silence
	Sound      Span          // from the first to behind the last sample above −60 dBFS
	Silent     bool          // no sample is above −60 dBFS
	Clipped    int           // samples in runs at full scale
	Faults     int           // frames that could not be decoded
	Envelope   []float32     // root mean square of each Step, 1 is full scale
	Step       time.Duration // 10 ms
	Problems   []mpeg.Problem

	edges    edges
	energies []float64 // K-weighted, of each 100 ms
	gainLow  int       // lowest and highest global_gain
	gainHigh int
	tone     toneMeter
}

// Analyze decodes an MP3 once and measures it. It returns pcm.ErrUndecodable
// for 8 kHz audio, and mpeg.ErrNoAudio or mpeg.ErrFreeFormat for what cannot be
// read at all.
func Analyze(ctx context.Context, r io.ReaderAt, size int64) (*Analysis, error) {
	s, err := scan(ctx, Part{Source: r, Size: size}, &mpeg.Scanner{})
	if err != nil {
		return nil, err
	}
	if err := s.stated(); err != nil {
		return nil, err
	}
	if !pcm.Decodable(s.first) {
		return nil, pcm.ErrUndecodable
	}
	err = s.analyze(ctx)
	return s.analysis, err
}

// analyze decodes the whole part. What cannot be decoded here at all keeps its
// edges unknown.
func (s *stream) analyze(ctx context.Context) error {
	if !pcm.Decodable(s.first) {
		return nil
	}
	m := newMeasure(s)
	if err := errors.Join(s.decodeAll(ctx, 0, m.add), s.findEdges()); err != nil {
		return err
	}
	s.refineEdges(m.env.values)
	s.analysis = m.done(s)
	if s.analysis.TruePeak >= 0 {
		return s.remeasurePeak(ctx)
	}
	return nil
}

// headroom is how many steps less loud a part is decoded whose samples reached
// full scale: go-mp3 cuts off what is above, players that reckon in floating point
// do not, and neither does a part that is made less loud.
const headroom = 8

// remeasurePeak finds the true peak of a part that go-mp3 clipped.
func (s *stream) remeasurePeak(ctx context.Context) error {
	m := newMeasure(s)
	err := s.decodeAll(ctx, -headroom, m.weigh)
	s.analysis.TruePeak = m.meter.TruePeak() + headroom*GainStep
	return err
}

// measure takes all that is to be known from the samples as they pass.
type measure struct {
	a     *Analysis
	meter *loudness.Meter
	spf   int
	from  int // the samples that players play, all channels
	to    int
	env   envelope
	clip  clipMeter
	lost  []mpeg.Problem
}

func newMeasure(s *stream) *measure {
	a := &Analysis{
		SampleRate: s.first.SampleRate(), Channels: s.first.Channels(), Step: envelopeStep,
		gainLow: 256, gainHigh: -1,
	}
	from, to := s.played()
	return &measure{
		a: a, spf: s.spf(), from: from * a.Channels, to: to * a.Channels,
		meter: loudness.NewMeter(a.SampleRate, a.Channels),
		env:   envelope{step: a.SampleRate / 100 * a.Channels, skip: s.delay() * a.Channels},
	}
}

// weigh measures what players play of a piece.
func (m *measure) weigh(p piece) {
	begin := p.from * m.spf * m.a.Channels
	n := len(p.samples)
	m.meter.Add(p.samples[min(max(m.from-begin, 0), n):min(max(m.to-begin, 0), n)])
}

func (m *measure) add(p piece) {
	m.weigh(p)
	a := m.a
	m.env.add(p.samples)
	m.clip.add(p.samples, a.Channels)
	a.tone.add(p.samples, a.Channels, a.SampleRate)
	a.gainLow, a.gainHigh = min(a.gainLow, p.low), max(a.gainHigh, p.high)
	a.Faults += p.faults
	m.lost = append(m.lost, p.lost[:min(len(p.lost), maxLost-len(m.lost))]...)
}

// maxLost bounds the list of lost units.
const maxLost = 100

func (m *measure) done(s *stream) *Analysis {
	a := m.a
	a.energies = m.meter.Energies()
	a.Loudness, a.TruePeak = m.meter.Integrated(), m.meter.TruePeak()
	a.Clipped = m.clip.total
	a.Envelope = m.env.values
	a.Duration = lasting(int64(s.own()), a.SampleRate)
	a.Problems = append(s.problems[:len(s.problems):len(s.problems)], m.lost...)
	if a.edges = s.edges; a.edges.silent {
		a.Silent = true
		return a
	}
	own := func(n int) time.Duration { return lasting(int64(n-s.delay()), a.SampleRate) }
	a.Sound = Span{own(a.edges.first), own(min(a.edges.last+1, s.raw()))}
	return a
}

// errLoudness is returned where a part that is to be levelled cannot be decoded.
var errLoudness = errors.New("loudness cannot be measured")
