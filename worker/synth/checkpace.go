package synth

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"lector"
	"lector/audio"
)

// CheckPace returns a Checker that also knows the voice's own pace. Audio that c
// accepts and that is read much faster or slower than the median of the clips
// before is unfit: an answer may end too early at the very border of a frame,
// or say its text twice, and nothing else about it is wrong.
//
// The pace is of one voice and one language. The clips of a voice that gives
// the same bytes each time are not compared: they would be refused forever.
func CheckPace(c Checker) Checker {
	p := &paces{byLanguage: map[string]*pace{}}
	return func(ctx context.Context, mp3 []byte, r Request, caps lector.Capabilities) (*audio.Analysis, error) {
		a, err := c(ctx, mp3, r, caps)
		if err != nil || caps.Deterministic {
			return a, err
		}
		sound := Result{Analysis: a}.sound()
		if err := checkPart(r, speedOf(r.Utterance, caps), sound); err != nil {
			return a, err
		}
		return a, p.check(r.Utterance, speedOf(r.Utterance, caps), sound)
	}
}

// paces are the paces of one voice.
type paces struct {
	mu         sync.Mutex
	byLanguage map[string]*pace // primary language
}

// pace holds the letters a second of the last clips; n counts all clips.
type pace struct {
	last [48]float64
	n    int
}

// A pace is compared when there are enough clips to compare with, and the text
// is long enough to have one. Of 230 clips of flite and espeak-ng none was
// further than 1.15 times from the median of its voice; half a text is 2 times.
// With a few clips to compare with, only what is nearly half is refused.
const (
	few         = 3
	enough      = 12
	longEnough  = 60 // letters
	tooFast     = 1.6
	tooFastFew  = 1.8
	tooSlow     = 1.9
	fastestLong = 26 // characters a second; see audio.Expect for short texts
)

// check compares a sound with the pace so far, and adds it.
func (p *paces) check(u lector.Utterance, speed float64, sound time.Duration) error {
	now := paceOf(u, sound) / speed
	if now == 0 || lettersOf(u) < longEnough {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	voice := p.of(u.Language)
	usual, known := voice.median()
	if known && now > usual*voice.tooFast() {
		// It is not added to the pace: else a server that sends half of each
		// text for long enough would become the usual.
		return unfitError{unlike("too short", sound, lettersOf(u)/usual/speed), true}
	}
	voice.add(now) // also what is refused for its length: a voice may become slower for good
	if known && voice.n > enough && now < usual/tooSlow {
		return unfitError{Reason: unlike("too long", sound, lettersOf(u)/usual/speed)}
	}
	return nil
}

// of returns the pace in a language. The caller holds mu.
func (p *paces) of(language string) *pace {
	language = lector.Primary(language)
	if p.byLanguage[language] == nil {
		p.byLanguage[language] = &pace{}
	}
	return p.byLanguage[language]
}

// unlike says how a sound differs from what the voice usually takes.
func unlike(how string, sound time.Duration, usual float64) string {
	return fmt.Sprintf("%s: %.2f s of sound for a text that takes this voice %.2f s", how, sound.Seconds(), usual)
}

// lettersOf is how much there is to say in an utterance, in letters; see weights.
func lettersOf(u lector.Utterance) float64 {
	return weights(u.Text, []Extent{{0, len(u.Text)}})[0]
}

// paceOf is how many letters a second a sound has; 0: nobody analysed it.
func paceOf(u lector.Utterance, sound time.Duration) float64 {
	if sound <= 0 {
		return 0
	}
	return lettersOf(u) / sound.Seconds()
}

func (p *pace) tooFast() float64 {
	if p.n < enough {
		return tooFastFew
	}
	return tooFast
}

func (p *pace) add(v float64) {
	p.last[p.n%len(p.last)] = v
	p.n++
}

func (p *pace) median() (float64, bool) {
	if p.n < few {
		return 0, false
	}
	sorted := slices.Clone(p.last[:min(p.n, len(p.last))])
	slices.Sort(sorted)
	return sorted[len(sorted)/2], true
}

// speedOf is how fast a text is to be read; 1 is the voice's own pace.
func speedOf(u lector.Utterance, c lector.Capabilities) float64 {
	speed := 1.0
	for _, s := range []float64{u.Speed, c.Speed} {
		if s > 0 {
			speed *= s
		}
	}
	return speed
}
