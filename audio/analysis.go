package audio

import (
	"context"
	"io"
	"time"

	"lector/audio/loudness"
	"lector/audio/mpeg"
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
	noise    noiseMeter
	peaks    []float32 // the highest sample of each Step, 1 is full scale
}

// Analyze decodes an MP3 once and measures it. It returns mpeg.ErrNoAudio or
// mpeg.ErrFreeFormat for what cannot be read, or not be joined, at all.
func Analyze(ctx context.Context, r io.ReaderAt, size int64) (*Analysis, error) {
	l := listeners.Get().(*listener)
	s, err := scan(ctx, Part{Source: r, Size: size}, &l.frames)
	listeners.Put(l)
	if err == nil {
		err = s.stated()
	}
	if err != nil {
		return nil, err
	}
	err = s.analyze(ctx)
	return s.analysis, err
}

// analyze decodes the whole part, once.
func (s *stream) analyze(ctx context.Context) error {
	m := newMeasure(s)
	if err := s.decodeAll(ctx, m.add); err != nil {
		return err
	}
	s.edges = m.edges.found()
	s.refineEdges(m.env.values)
	s.analysis = m.done(s)
	return nil
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
	edges edges
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
		meter: loudness.NewMeter(a.SampleRate, a.Channels), edges: noEdges,
		env: envelope{
			step: a.SampleRate / 100 * a.Channels, skip: s.delay() * a.Channels,
			values: make([]float32, 0, s.raw()/(a.SampleRate/100)),
			peaks:  make([]float32, 0, s.raw()/(a.SampleRate/100)),
		},
	}
}

// add measures a piece. Loudness is that of what players play.
func (m *measure) add(p *piece) {
	a, ch := m.a, m.a.Channels
	begin, n := p.from*m.spf, len(p.samples)
	m.meter.Add(p.samples[min(max(m.from-begin*ch, 0), n):min(max(m.to-begin*ch, 0), n)])
	m.env.add(p.samples)
	m.clip.add(p.samples, ch)
	a.tone.add(p.samples, ch, a.SampleRate)
	a.noise.add(p.samples, ch)
	m.edges.note(p.samples, ch, begin)
	m.edges.note(p.fade, ch, begin+n/ch)
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
	a.Envelope, a.peaks = m.env.values, m.env.peaks
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
