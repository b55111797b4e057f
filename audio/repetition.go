package audio

import (
	"math"
	"slices"
	"time"
)

// quantile returns the value that a share q of all is below; 0 of none.
func quantile(values []float32, q float64) float32 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// A voice that has lost its thread says the same syllables or sentence again and
// again, often to the end of the clip. Its envelope then repeats, far closer than
// any reading of two like phrases.
const (
	shortestPeriod = 30  // steps of 10 ms
	longestPeriod  = 800 // steps
	shortRepeats   = 5   // times a stretch must be heard: a text may say "merrily" four times
	longRepeats    = 3   // the same for a stretch of a second and a half or more
	longStretch    = 150 // steps
	likeness       = 0.97
	leastRepeated  = 200 // steps: what is repeated must add up to two seconds
)

// Where the text says nothing three times in a row, three times are too often. Of 75
// clips of texts that do not none is heard 2.2 times at any period, and of 699 none three
// times.
const (
	unwrittenRepeats = 3
	leastUnwritten   = 100 // steps
)

// repetition returns where the clip begins to repeat itself, the length of what
// it repeats and how often that is heard; zeros where it does not. The text may say
// the same words three times in a row if thrice is true.
func (a *Analysis) repetition(thrice bool) (at, period time.Duration, times int) {
	env := decibels(a.Envelope)
	for lag := shortestPeriod; lag <= min(longestPeriod, len(env)/longRepeats); lag++ {
		repeats, least := shortRepeats, leastRepeated
		if lag >= longStretch {
			repeats = longRepeats
		}
		if !thrice {
			repeats, least = unwrittenRepeats, leastUnwritten
		}
		from, to := longestAlike(env, lag)
		if to-from >= max((repeats-1)*lag, least) {
			return time.Duration(from) * a.Step, time.Duration(lag) * a.Step, (to-from)/lag + 1
		}
	}
	return 0, 0, 0
}

// A server that sends a piece of its answer twice ends as it ended before, to the
// sample; no reader does so for long.
const (
	longestTwice  = 12000 // steps, of a clip in which an end is sought that is heard twice
	shortestTwice = 200   // steps
	mostlyTwice   = 0.85  // of the lag; the rest is the pause between both
)

// endTwice returns where the end of the clip begins to be heard the second time, and
// how long it is; zeros where it is heard once.
func (a *Analysis) endTwice() (at, length time.Duration) {
	from, to := max(int(a.Sound.Start/a.Step), 0), min(int(a.Sound.End/a.Step), len(a.Envelope)) // sound may begin in the encoder's delay
	if to-from > longestTwice || to-from < 2*shortestTwice {
		return 0, 0
	}
	env := decibels(a.Envelope[from:to])
	for lag := shortestTwice; lag <= len(env)-shortestTwice; lag++ {
		n := min(lag, len(env)-lag)
		if float64(n) < mostlyTwice*float64(lag) {
			break
		}
		first := len(env) - lag - n
		if alike(env[first:first+n], env[len(env)-n:]) {
			return time.Duration(to-n) * a.Step, time.Duration(n) * a.Step
		}
	}
	return 0, 0
}

// decibels turns levels into decibels from −60 up, smoothed over 30 ms.
func decibels(env []float32) []float64 {
	db := make([]float64, len(env))
	for i, x := range env {
		db[i] = max(20*math.Log10(max(float64(x), 1e-6)), -60)
	}
	out := make([]float64, len(db))
	for i := range db {
		lo, hi := max(i-1, 0), min(i+2, len(db))
		for _, x := range db[lo:hi] {
			out[i] += x / float64(hi-lo)
		}
	}
	return out
}

// longestAlike returns the longest stretch in which the envelope is the same
// lag steps later, block by block of one lag.
func longestAlike(env []float64, lag int) (from, to int) {
	const hop = 10
	start := -1
	for i := 0; i+2*lag <= len(env); i += hop {
		if alike(env[i:i+lag], env[i+lag:i+2*lag]) {
			if start < 0 {
				start = i
			}
			if i+lag-start > to-from {
				from, to = start, i+lag
			}
			continue
		}
		start = -1
	}
	return from, to
}

// alike reports whether two stretches correlate and are neither flat nor of
// different level.
func alike(x, y []float64) bool {
	const flat = 9 // dB², below which there is nothing to compare
	n := float64(len(x))
	var sx, sy, sxx, syy, sxy float64
	for i := range x {
		sx, sy = sx+x[i], sy+y[i]
		sxx, syy, sxy = sxx+x[i]*x[i], syy+y[i]*y[i], sxy+x[i]*y[i]
	}
	vx, vy := sxx/n-sx/n*sx/n, syy/n-sy/n*sy/n
	if vx < flat || vy < flat || math.Abs(sx-sy)/n > 1.5 {
		return false
	}
	return sxy/n-sx/n*sy/n > likeness*math.Sqrt(vx*vy)
}
