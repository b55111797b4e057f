package audio

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"lector/audio/mpeg"
)

// Expect is what a clip should be. Zero fields are not checked.
type Expect struct {
	Characters int // of the text that was to be spoken
	SampleRate int // Hz
	Channels   int
	// Slowest and Fastest bound the characters a second of sound. Zero means 5
	// and 32, which no voice of any language leaves that reads at its own pace.
	Slowest, Fastest float64
	// EndsTwice says that the text itself ends with the same words twice, and NeverThrice
	// that it nowhere says the same three times in a row.
	EndsTwice, NeverThrice bool
}

// Fault says what is wrong with a clip, such as "damaged", "too long" or
// "clipping": words that reports print.
type Fault string

// The faults of a clip.
const (
	NotAudio    Fault = "not audio"    // HTML, JSON, text or nothing at all
	damaged     Fault = "damaged"      // truncated, garbage inside, or undecodable
	WrongFormat Fault = "wrong format" // sample rate or channels
	TooShort    Fault = "too short"    // for its text
	tooLong     Fault = "too long"     // for its text
	noSound     Fault = "no sound"     // nothing above −60 dBFS
	tooQuiet    Fault = "too quiet"    // below −45 LUFS
	clipping    Fault = "clipping"     // flattened waves
	longSilence Fault = "long silence" // inside or at an end
	repetition  Fault = "repetition"   // the same sound again and again
	tone        Fault = "tone"         // a sound that does not change
	noise       Fault = "noise"        // bytes that are no samples, heard as such
	offset      Fault = "offset"       // all of the wave is above zero, or below (DC)
	click       Fault = "click"        // a bang that is no speech
)

// Finding is one thing that is wrong with a clip.
type Finding struct {
	Fault  Fault         `json:"fault"`
	At     time.Duration `json:"at"`
	Detail string        `json:"detail"`
}

// String returns the finding in one line.
func (f Finding) String() string { return string(f.Fault) + ": " + f.Detail }

// Verdict is what Check thinks of a clip.
type Verdict struct {
	Analysis *Analysis // nil where nothing could be decoded
	Findings []Finding
}

// Err returns nil for a good clip and a CheckError else.
func (v Verdict) Err() error {
	if v.Findings == nil {
		return nil
	}
	return &CheckError{v.Findings}
}

// CheckError is a clip that must not be used.
type CheckError struct{ Findings []Finding }

// Error lists the findings.
func (e *CheckError) Error() string {
	all := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		all[i] = f.String()
	}
	return strings.Join(all, "; ")
}

// Has reports whether f is among the findings.
func (e *CheckError) Has(f Fault) bool {
	for _, x := range e.Findings {
		if x.Fault == f {
			return true
		}
	}
	return false
}

// Check decodes a clip whole and judges it. Its error is that of ctx; what is
// wrong with the clip stands in the verdict.
func Check(ctx context.Context, mp3 []byte, want Expect) (Verdict, error) {
	a, err := Analyze(ctx, bytes.NewReader(mp3), int64(len(mp3)))
	switch {
	case ctx.Err() != nil:
		return Verdict{}, ctx.Err()
	case err != nil:
		return Verdict{Findings: []Finding{{NotAudio, 0, describe(mp3, err)}}}, nil
	}
	v := Verdict{Analysis: a}
	v.Findings = append(v.Findings, a.whole()...)
	v.Findings = append(v.Findings, a.format(want)...)
	v.Findings = append(v.Findings, a.level()...)
	v.Findings = append(v.Findings, a.pace(want)...)
	v.Findings = append(v.Findings, a.monotony(want)...)
	v.Findings = append(v.Findings, a.twice(want)...)
	return v, nil
}

// describe quotes what came in place of audio.
func describe(b []byte, err error) string {
	head := strings.Join(strings.Fields(strings.ToValidUTF8(string(b[:min(len(b), 80)]), "?")), " ")
	if sniff(b[:min(len(b), 64)]) == "" {
		return err.Error()
	}
	return fmt.Sprintf("%v: %q", err, head)
}

// mostDamage is how many places of damage are told one by one.
const mostDamage = 10

// whole finds damage. A tag at either end is none.
func (a *Analysis) whole() []Finding {
	var all []Finding
	for _, p := range a.Problems {
		if p.Kind != mpeg.TagInside && p.Kind != mpeg.BadTag {
			all = append(all, Finding{damaged, 0, p.String()})
		}
	}
	if n := len(all) - mostDamage; n > 0 {
		all = append(all[:mostDamage], Finding{damaged, 0, fmt.Sprintf("… and %d places more", n)})
	}
	if a.Faults > 0 {
		all = append(all, Finding{damaged, 0, fmt.Sprintf("%d frames do not decode", a.Faults)})
	}
	return all
}

func (a *Analysis) format(want Expect) []Finding {
	wrong := func(want, got int) bool { return want > 0 && want != got }
	if !wrong(want.SampleRate, a.SampleRate) && !wrong(want.Channels, a.Channels) {
		return nil
	}
	return []Finding{{WrongFormat, 0, fmt.Sprintf("%d Hz, %d channels, not %d Hz, %d channels",
		a.SampleRate, a.Channels, want.SampleRate, want.Channels)}}
}

const (
	quietest   = -45.0 // LUFS
	clippedMax = 0.001 // of all samples
)

func (a *Analysis) level() []Finding {
	if a.Silent {
		return []Finding{{noSound, 0, "no sample is above −60 dBFS"}}
	}
	var all []Finding
	if len(a.energies) >= 4 && a.Loudness < quietest {
		all = append(all, Finding{tooQuiet, 0, fmt.Sprintf("%.1f LUFS", a.Loudness)})
	}
	samples := a.Duration.Seconds() * float64(a.SampleRate*a.Channels)
	if o := a.noise.offset(); math.Abs(o) > mostOffset {
		all = append(all, Finding{offset, 0, fmt.Sprintf("the wave's middle is at %+.1f %% of full scale (DC)", 100*o)})
	}
	if at, ok := a.click(); ok {
		all = append(all, Finding{click, at, fmt.Sprintf("a bang at %.2f s, louder than the speech", at.Seconds())})
	}
	if float64(a.Clipped) > clippedMax*samples {
		all = append(all, Finding{clipping, 0, fmt.Sprintf("%d samples in runs at full scale", a.Clipped)})
	}
	return all
}

// The band of characters a second, and what a clip may have besides its text: a
// breath, a slow first word.
const (
	slowest, fastest = 5.0, 32.0
	slackShort       = 300 * time.Millisecond
	slackLong        = 2 * time.Second
)

// pace compares the sound's length with the text's.
func (a *Analysis) pace(want Expect) []Finding {
	if want.Characters <= 0 || a.Silent {
		return nil
	}
	slow, fast := want.Slowest, want.Fastest
	if slow <= 0 {
		slow = slowest
	}
	if fast <= 0 {
		fast = fastest
	}
	sound := a.Sound.End - a.Sound.Start
	seconds := func(rate float64) time.Duration {
		return time.Duration(float64(want.Characters) / rate * float64(time.Second))
	}
	detail := fmt.Sprintf("%.2f s of sound for %d characters", sound.Seconds(), want.Characters)
	switch {
	case sound+slackShort < seconds(fast):
		return []Finding{{TooShort, a.Sound.End, detail}}
	case sound-slackLong > seconds(slow):
		return []Finding{{tooLong, a.Sound.Start, detail}}
	}
	return nil
}

// What no reader does: a pause inside of more than three seconds, an end of more
// than three, a held sound of more than 1.2.
const (
	longestSilence = 3 * time.Second
	longestTone    = 1200 * time.Millisecond
)

// monotony finds stretches in which nothing happens, or the same over and over.
func (a *Analysis) monotony(want Expect) []Finding {
	if a.Silent {
		return nil
	}
	var all []Finding
	for _, s := range a.Quiet(longestSilence) {
		all = append(all, Finding{longSilence, s.Start, fmt.Sprintf("%.1f s of silence", (s.End - s.Start).Seconds())})
	}
	if a.noise.white(a.SampleRate) {
		all = append(all, Finding{noise, a.Sound.Start, "as loud at the highest frequencies as at the lowest: are these samples of the stated form?"})
	}
	if at, n := a.tone.span(); n > longestTone {
		all = append(all, Finding{tone, at, fmt.Sprintf("%.1f s of unchanged sound", n.Seconds())})
	}
	if at, period, times := a.repetition(!want.NeverThrice); times > 0 {
		all = append(all, Finding{repetition, at, fmt.Sprintf("the same %.2f s %d times", period.Seconds(), times)})
	}
	return all
}

// twice finds an end that is heard twice and written once.
func (a *Analysis) twice(want Expect) []Finding {
	if a.Silent || want.EndsTwice {
		return nil
	}
	at, n := a.endTwice()
	if n == 0 {
		return nil
	}
	return []Finding{{repetition, at, fmt.Sprintf("the last %.2f s are heard twice", n.Seconds())}}
}

// Quiet returns the stretches of at least the given length, ends included, that
// stay 40 dB below the clip's loud parts: the pauses of a reader.
func (a *Analysis) Quiet(atLeast time.Duration) []Span {
	floor := max(a.loudStep()/100, 0.001)
	var all []Span
	from := 0
	for i := range len(a.Envelope) + 1 {
		if i < len(a.Envelope) && a.Envelope[i] < floor {
			continue
		}
		if s := (Span{time.Duration(from) * a.Step, time.Duration(i) * a.Step}); s.End-s.Start >= atLeast {
			all = append(all, s)
		}
		from = i + 1
	}
	return all
}

// loudStep returns the level that a twentieth of the steps exceeds.
func (a *Analysis) loudStep() float32 {
	return quantile(a.Envelope, 0.95)
}
