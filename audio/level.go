package audio

import (
	"math"
	"slices"

	"lector/audio/loudness"
)

// Level says how loud a stitch should be.
type Level struct {
	Target  float64 // LUFS
	Ceiling float64 // dBTP that no part's true peak may exceed; 0 is full scale
}

// SpeechLevel returns what podcasts are levelled to: −19 LUFS in mono, −16 in
// stereo, which sound alike, with a ceiling of −1 dBTP.
func SpeechLevel(channels int) Level {
	if channels == 1 {
		return Level{-19, -1}
	}
	return Level{-16, -1}
}

// GainStep is what one step of global_gain is in dB: 20 log 2^(1/4).
const GainStep = 1.5051499783199058

// Levels is what is known of the loudness of a stitch, and what levelling did.
// Both figures are reckoned from the parts and not measured on the output.
type Levels struct {
	Before, After float64 // LUFS of the stitch; −Inf for silence
	Peak          float64 // dBTP of the loudest part
	Limited       []Limit // parts that got less than they should
}

// Limit is a part that could not be levelled as far as wanted.
type Limit struct {
	Part        string
	Want, Got   int    // steps of 1.5 dB
	Explanation string // ceiling, or the range of global_gain
}

// How many loud blocks of 400 ms a part must have to be levelled by its own
// loudness, about three seconds of speech, and a group by its own, about one.
// Shorter parts follow their group, and shorter groups the whole.
const (
	minBlocks      = 25
	minGroupBlocks = 6
)

// Levels returns the loudness of the stitch; nil where not all parts have been
// listened to, because neither Options.Loudness nor Part.Known asked for it.
func (p *Plan) Levels() *Levels { return p.levels }

// level decides each part's gain.
func (p *Plan) level() {
	if slices.ContainsFunc(p.streams, func(s *stream) bool { return s.analysis == nil }) {
		return // nobody asked for the loudness
	}
	whole := p.loudness(nil)
	p.levels = &Levels{Before: whole, After: whole, Peak: p.peak(nil)}
	if p.opt.Loudness == nil || math.IsInf(whole, -1) {
		return
	}
	want := p.distances(whole)
	shift := p.shift(want)
	p.gains = p.raised(want, shift)
	p.noteLimits(want, shift)
	p.levels.After, p.levels.Peak = p.loudness(p.gains), p.peak(p.gains)
}

// distances returns how far each part is from the target, in dB.
func (p *Plan) distances(whole float64) []float64 {
	groups := map[string][]float64{}
	for _, s := range p.streams {
		groups[s.part.Group] = append(groups[s.part.Group], s.analysis.energies...)
	}
	all := make([]float64, len(p.streams))
	for i, s := range p.streams {
		own := whole
		if group := groups[s.part.Group]; loudness.Blocks(s.analysis.energies) >= minBlocks {
			own = s.analysis.Loudness
		} else if loudness.Blocks(group) >= minGroupBlocks {
			own = loudness.Integrated(group)
		}
		all[i] = p.opt.Loudness.Target - own
	}
	return all
}

// shift returns by how many dB, half a step at most, all parts are shifted before
// their gains are rounded to steps, so that the whole comes as near to the target
// as it can. Without it, errors of rounding to the same side would add up to half a
// step, and a ceiling that holds some parts back would make the whole too soft.
func (p *Plan) shift(want []float64) float64 {
	miss := func(shift float64) float64 { return p.loudness(p.raised(want, shift)) - p.opt.Loudness.Target }
	best, least := 0.0, math.Abs(miss(0))
	low, high := -GainStep/2, GainStep/2
	for range 12 { // to a thousandth of a step
		middle := (low + high) / 2
		m := miss(middle)
		if math.Abs(m) < least {
			best, least = middle, math.Abs(m)
		}
		if m > 0 {
			high = middle
		} else {
			low = middle
		}
	}
	return best
}

// raised returns the gains, in steps, that bring the parts nearest to where they
// should be, as far as ceiling and global_gain allow.
func (p *Plan) raised(want []float64, shift float64) []int {
	gains := make([]int, len(want))
	for i := range gains {
		gains[i], _ = p.limit(i, steps(want[i]+shift))
	}
	return gains
}

// noteLimits writes down which parts got less than they should.
func (p *Plan) noteLimits(want []float64, shift float64) {
	for i, s := range p.streams {
		asked := steps(want[i] + shift)
		if got, why := p.limit(i, asked); why != "" {
			p.levels.Limited = append(p.levels.Limited, Limit{s.part.Name, asked, got, why})
		}
	}
}

func steps(db float64) int { return int(math.Round(db / GainStep)) }

// loudness returns the loudness of all parts one behind the other.
func (p *Plan) loudness(gains []int) float64 {
	var all []float64
	for i, s := range p.streams {
		f := 1.0
		if gains != nil {
			f = math.Pow(2, float64(gains[i])/2)
		}
		for _, e := range s.analysis.energies {
			all = append(all, e*f)
		}
	}
	return loudness.Integrated(all)
}

func (p *Plan) peak(gains []int) float64 {
	top := math.Inf(-1)
	for i, s := range p.streams {
		g := 0
		if gains != nil {
			g = gains[i]
		}
		top = max(top, s.analysis.TruePeak+float64(g)*GainStep)
	}
	return top
}

// limit takes steps back that would break the ceiling or the range of
// global_gain, where a step could not be undone, and says which of the two it was.
func (p *Plan) limit(i, want int) (got int, why string) {
	a := p.streams[i].analysis
	got = want
	if room := math.Floor((p.opt.Loudness.Ceiling - a.TruePeak) / GainStep); float64(got) > room {
		got, why = int(room), "the true peak would break the ceiling"
	}
	if a.gainHigh >= 0 {
		if in := max(min(got, 255-a.gainHigh), -a.gainLow); in != got {
			got, why = in, "global_gain would leave its range"
		}
	}
	return got, why
}
