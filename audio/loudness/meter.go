package loudness

import "math"

// fullScale is the level of samples that counts as 0 dBFS.
const fullScale = 32768

// Meter measures samples, of which 32768 is full scale, as they come. It keeps one
// number for every 100 ms.
type Meter struct {
	channels int
	step     int // samples a channel in 100 ms
	shelf    biquad
	highpass biquad
	first    [2]state
	second   [2]state
	sum      float64
	filled   int
	energies []float64
	peak     peakMeter
}

// NewMeter returns a meter of one or two channels.
func NewMeter(rate, channels int) *Meter {
	return &Meter{
		channels: channels, step: rate / 10,
		shelf: shelf(rate), highpass: highpass(rate),
	}
}

// Add measures samples, channels interleaved.
func (m *Meter) Add(samples []float32) {
	m.peak.add(samples, m.channels)
	for len(samples) > 0 {
		n := min((m.step-m.filled)*m.channels, len(samples))
		for c := range m.channels {
			m.sum += m.weigh(samples[:n], c)
		}
		samples = samples[n:]
		if m.filled += n / m.channels; m.filled == m.step {
			m.energies = append(m.energies, m.sum/float64(m.step)/(fullScale*fullScale))
			m.sum, m.filled = 0, 0
		}
	}
}

// weigh returns the energy of one channel behind both filters.
func (m *Meter) weigh(samples []float32, c int) float64 {
	s, h := m.shelf, m.highpass
	p, q := m.first[c], m.second[c]
	sum := 0.0
	for i := c; i < len(samples); i += m.channels {
		// The sums are in an order in which the processor waits least for the sample before.
		x := float64(samples[i])
		y := s.b0*x + p.z1
		p.z1 = s.b1*x + p.z2 - s.a1*y
		p.z2 = s.b2*x - s.a2*y
		z := y + q.z1
		q.z1 = q.z2 - 2*y - h.a1*z
		q.z2 = y - h.a2*z
		sum += z * z
	}
	m.first[c], m.second[c] = p.settled(), q.settled()
	return sum
}

// settled returns the state without values so small that they only cost time.
func (s state) settled() state {
	const tiny = 1e-30
	if math.Abs(s.z1) < tiny && math.Abs(s.z2) < tiny {
		return state{}
	}
	return s
}

// Energies returns the K-weighted energy of each full 100 ms so far, summed
// over the channels.
func (m *Meter) Energies() []float64 { return m.energies }

// Integrated returns the loudness of everything so far in LUFS, −Inf where
// nothing is above the gate.
func (m *Meter) Integrated() float64 { return Integrated(m.energies) }

// TruePeak returns the highest value between the samples so far in dBTP, −Inf
// for silence.
func (m *Meter) TruePeak() float64 { return m.peak.level() }

// absoluteGate is the energy of −70 LUFS.
var absoluteGate = math.Pow(10, (-70+0.691)/10)

// Integrated returns the gated loudness of energies of 100 ms each, in LUFS
// (BS.1770-4, annex 1: blocks of 400 ms that overlap by 75 %, gates at −70 LUFS
// and 10 LU below the mean).
func Integrated(energies []float64) float64 {
	mean := gated(energies, absoluteGate)
	if mean == 0 {
		return math.Inf(-1)
	}
	return lufs(gated(energies, max(absoluteGate, mean/10)))
}

// gated returns the mean of the blocks above the gate, 0 if there are none.
func gated(energies []float64, gate float64) float64 {
	sum, n := 0.0, 0
	for i := 3; i < len(energies); i++ {
		block := (energies[i] + energies[i-1] + energies[i-2] + energies[i-3]) / 4
		if block > gate {
			sum += block
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// Blocks returns how many blocks of 400 ms are above the gates: the weight of a
// measurement.
func Blocks(energies []float64) int {
	gate := max(absoluteGate, gated(energies, absoluteGate)/10)
	n := 0
	for i := 3; i < len(energies); i++ {
		if (energies[i]+energies[i-1]+energies[i-2]+energies[i-3])/4 > gate {
			n++
		}
	}
	return n
}

func lufs(energy float64) float64 { return -0.691 + 10*math.Log10(energy) }
