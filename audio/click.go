package audio

import "time"

// A click is a peak that stands alone: louder than the loud steps of the speech, and far
// above all that is near it on either side. The loudest sound of speech, a vowel, lasts for
// five steps and more; the burst of a t or a k is followed by one. Of 700 clips of
// espeak-ng and of five voices of flite, the peak of a step that is so loud is nowhere
// more than 9 dB above both sides; bangs of one sample to 10 ms are 18 dB and more above.
const (
	clickLeast = 0.03 // of full scale
	clickLoud  = 1.25 // times the peak that a twentieth of the steps exceeds: 2 dB
	clickAlone = 5.0  // times all peaks near it: 14 dB
	clickSpan  = 4    // steps that are near
)

// click returns where a bang is heard that is no speech.
func (a *Analysis) click() (at time.Duration, heard bool) {
	loud := max(clickLoud*quantile(a.peaks, 0.95), clickLeast)
	for i, peak := range a.peaks {
		if peak > loud && peak > clickAlone*a.near(i) {
			return time.Duration(i) * a.Step, true
		}
	}
	return 0, false
}

// near returns the highest peak around a step, less those beside it, which a bang may
// reach into.
func (a *Analysis) near(i int) float32 {
	top := float32(0)
	for n := 2; n < 2+clickSpan; n++ {
		for _, k := range []int{i - n, i + n} {
			if k >= 0 && k < len(a.peaks) {
				top = max(top, a.peaks[k])
			}
		}
	}
	return top
}
