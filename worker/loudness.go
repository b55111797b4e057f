package worker

import (
	"fmt"
	"math"

	"lector/audio"
)

// Loudness is how loud a site's renditions are made. The zero value levels them
// as audio.SpeechLevel says.
type Loudness struct {
	Off    bool
	Target float64 // LUFS; 0 is −19 in mono and −16 in stereo
}

// level returns what the stitch is asked for; nil where nothing is levelled.
func (l Loudness) level(channels int) *audio.Level {
	if l.Off {
		return nil
	}
	level := audio.SpeechLevel(channels)
	if l.Target != 0 {
		level.Target = l.Target
	}
	return &level
}

// channels returns how many the first part has; the others have as many.
func channels(parts []audio.Part) int {
	if len(parts) == 0 {
		return 1
	}
	return parts[0].Known.Channels
}

// String names the setting in a rendition's hash; what is not levelled has none.
func (l Loudness) String() string {
	switch {
	case l.Off:
		return ""
	case l.Target == 0:
		return fmt.Sprintf("%g/%g", audio.SpeechLevel(1).Target, audio.SpeechLevel(2).Target)
	}
	return fmt.Sprintf("%g", l.Target)
}

// setLoudness writes into the manifest how loud the rendition is; silence has no
// figure.
func (n *Narration) setLoudness(l *audio.Levels) {
	if l != nil {
		n.Manifest.Loudness, n.Manifest.TruePeak = audio.Finite(l.After), audio.Finite(l.Peak)
	}
}

// levelWarning says why a rendition is not as loud as it should be, or nothing.
func levelWarning(l *audio.Levels, want *audio.Level) string {
	if l == nil || want == nil || len(l.Limited) == 0 {
		return ""
	}
	if math.Abs(l.After-want.Target) <= audio.GainStep {
		return ""
	}
	return fmt.Sprintf("levelled to %.1f LUFS and not to %g: the peaks of %d clips leave no room below %g dBTP",
		l.After, want.Target, len(l.Limited), want.Ceiling)
}
