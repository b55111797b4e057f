package audio

import (
	"math"

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

// Levels is what levelling found and did.
type Levels struct {
	Before, After float64 // LUFS of the stitch; After is reckoned, not measured
	Peak          float64 // dBTP of the loudest part, reckoned likewise
	Limited       []Limit // parts that got less than they should
}

// Limit is a part that could not be levelled as far as wanted.
type Limit struct {
	Part        string
	Want, Got   int    // steps of 1.5 dB
	Explanation string // ceiling, or the range of global_gain
}

// minBlocks is how many loud blocks of 400 ms a part must have to be levelled by
// its own loudness: about three seconds of speech. Shorter ones follow the whole.
const minBlocks = 25

// Levels returns what was done about loudness; nil where nothing was asked.
func (p *Plan) Levels() *Levels { return p.levels }

// level decides each part's gain: to the target by its own loudness, so that
// voices are even; then all parts by the same step, should the whole have
// missed the target; then back as far as ceiling and global_gain demand.
func (p *Plan) level() error {
	if p.opt.Loudness == nil {
		return nil
	}
	for i, s := range p.streams {
		if s.analysis == nil {
			return p.partError(i, s.part.Name, ErrLoudness)
		}
	}
	whole := p.loudness(nil)
	p.levels = &Levels{Before: whole, After: whole, Peak: p.peak(nil)}
	if math.IsInf(whole, -1) {
		return nil
	}
	p.gains = make([]int, len(p.streams))
	for i, s := range p.streams {
		own := whole
		if loudness.Blocks(s.analysis.energies) >= minBlocks {
			own = s.analysis.Loudness
		}
		p.gains[i] = p.limit(i, steps(p.opt.Loudness.Target-own))
	}
	if rest := steps(p.opt.Loudness.Target - p.loudness(p.gains)); rest != 0 {
		for i := range p.gains {
			p.gains[i] = p.limit(i, p.gains[i]+rest)
		}
	}
	p.levels.After, p.levels.Peak = p.loudness(p.gains), p.peak(p.gains)
	return nil
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
// global_gain, where a step could not be undone.
func (p *Plan) limit(i, want int) int {
	a := p.streams[i].analysis
	got, why := want, ""
	if room := math.Floor((p.opt.Loudness.Ceiling - a.TruePeak) / GainStep); float64(got) > room {
		got, why = int(room), "the true peak would break the ceiling"
	}
	if a.gainHigh >= 0 {
		if in := max(min(got, 255-a.gainHigh), -a.gainLow); in != got {
			got, why = in, "global_gain would leave its range"
		}
	}
	if got != want {
		p.note(Limit{p.streams[i].part.Name, want, got, why})
	}
	return got
}

// note keeps the last limit of each part.
func (p *Plan) note(l Limit) {
	for i := range p.levels.Limited {
		if p.levels.Limited[i].Part == l.Part {
			p.levels.Limited[i] = l
			return
		}
	}
	p.levels.Limited = append(p.levels.Limited, l)
}
