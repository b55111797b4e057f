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
	units, err := s.units(0)
	if err != nil {
		return err
	}
	m := newMeasure(s, units)
	d := pcm.NewDecoder(m)
	for n := 0; d.Next(); n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		m.add(d.Samples(), n*s.spf())
		if d.Fault() != nil {
			m.a.Faults++
		}
	}
	s.analysis = m.done(s, units)
	s.edges = s.analysis.edges
	return nil
}

// measure takes all that is to be known from the samples as they pass.
type measure struct {
	pcm.Units
	a     *Analysis
	meter *loudness.Meter
	from  int // the samples that players play, all channels
	to    int
	env   envelope
	clip  clipMeter
}

func newMeasure(s *stream, units pcm.Units) *measure {
	a := &Analysis{
		SampleRate: s.first.SampleRate(), Channels: s.first.Channels(), Step: envelopeStep,
		gainLow: 256, gainHigh: -1,
		edges: edges{known: true, first: -1, last: -1, head: -1, tail: -1},
	}
	from, to := s.played()
	return &measure{
		Units: units, a: a, from: from * a.Channels, to: to * a.Channels,
		meter: loudness.NewMeter(a.SampleRate, a.Channels),
		env:   envelope{step: a.SampleRate / 100 * a.Channels, skip: s.delay() * a.Channels},
	}
}

// Next looks at the gains of each unit on its way to the decoder.
func (m *measure) Next() bool {
	if !m.Units.Next() {
		return false
	}
	low, high := m.Unit().SideInfo().GainRange()
	m.a.gainLow, m.a.gainHigh = min(m.a.gainLow, low), max(m.a.gainHigh, high)
	return true
}

func (m *measure) add(samples []int16, at int) {
	m.a.edges.note(samples, m.a.Channels, at)
	begin := at * m.a.Channels
	m.meter.Add(samples[min(max(m.from-begin, 0), len(samples)):min(max(m.to-begin, 0), len(samples))])
	m.env.add(samples)
	m.clip.add(samples, m.a.Channels)
	m.a.tone.add(samples, m.a.Channels, m.a.SampleRate)
}

func (m *measure) done(s *stream, units *mpeg.Reader) *Analysis {
	a := m.a
	a.energies = m.meter.Energies()
	a.Loudness, a.TruePeak = m.meter.Integrated(), m.meter.TruePeak()
	a.Clipped = m.clip.total
	a.Envelope = m.env.values
	a.Duration = lasting(int64(s.own()), a.SampleRate)
	lost, _ := units.Problems()
	a.Problems = append(s.problems[:len(s.problems):len(s.problems)], lost...)
	if a.edges.first < 0 {
		a.Silent, a.edges = true, edges{known: true, silent: true}
		return a
	}
	own := func(n int) time.Duration { return lasting(int64(n-s.delay()), a.SampleRate) }
	a.Sound = Span{own(a.edges.first), own(a.edges.last + 1)}
	return a
}

// ErrLoudness is returned where a part that is to be levelled cannot be decoded.
var ErrLoudness = errors.New("loudness cannot be measured")
