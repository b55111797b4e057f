package main

import (
	"fmt"
	"strconv"

	"lector"
	"lector/worker"
)

// loudness is a site's setting: LUFS, off, or nothing for the default.
type loudness string

// The softest and the loudest that speech is levelled to anywhere: what lies
// outside is a slip of the pen.
const (
	minLoudness = -40.0
	maxLoudness = -5.0
)

// check refuses what is neither off nor a level of speech.
func (l loudness) check(key string) error {
	if l == "" || l == "off" {
		return nil
	}
	if n, err := strconv.ParseFloat(string(l), 64); err == nil && n >= minLoudness && n <= maxLoudness {
		return nil
	}
	return lector.Hint(fmt.Errorf("%s.loudness: %q is neither off nor a figure from %g to %g LUFS", key, string(l), minLoudness,
		maxLoudness),
		"-19 is usual for speech in mono, -16 in stereo")
}

// worker returns a setting that was checked as the worker takes it.
func (l loudness) worker() worker.Loudness {
	target, _ := strconv.ParseFloat(string(l), 64) // 0 for the default, as checked
	return worker.Loudness{Off: l == "off", Target: target}
}
