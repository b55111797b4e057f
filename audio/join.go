package audio

import "math"

// cut is what a plan does to a part: frames dropped at both ends, frames of
// silence put behind it.
type cut struct{ head, tail, gap int }

// join decides how parts a and b meet. The cut of a is given its tail and gap,
// that of b its head.
func join(a, b *stream, ca, cb *cut, opt Options) {
	if !opt.Trim && !opt.Pauses {
		return
	}
	_, last := a.bounds()
	first, _ := b.bounds()
	natural := a.raw() - 1 - last + first
	n := roundDiv(wanted(a, b, last, first, opt)-natural, a.spf())
	if n < 0 && opt.Trim {
		_, tail := a.droppable()
		head, _ := b.droppable()
		ca.tail = min(-n, max(0, tail))
		if !opt.keepHeads {
			cb.head = min(-n-ca.tail, head)
		}
	}
	ca.gap = max(n, 0)
	if b.edges.known && !b.edges.silent && b.edges.head-cb.head*b.spf() < history {
		ca.gap = max(ca.gap, guard/b.first.Granules())
	}
}

// history is how many samples of a decoder's output depend on what it decoded
// before: one granule of overlap and the filter bank's 480. A part that sounds
// earlier than that needs silence in front, or the part before would alter it.
const history = granule + 480

// wanted returns the gap in samples that a join should have.
func wanted(a, b *stream, last, first int, opt Options) int {
	if opt.Pauses {
		return int(math.Round(a.part.Pause.Seconds() * float64(a.first.SampleRate())))
	}
	behind := a.raw() - a.trail() - 1 - last
	front := first - b.delay()
	return max(0, behind) + max(0, front)
}

// roundDiv divides and rounds to the nearest whole number.
func roundDiv(n, d int) int { return int(math.Round(float64(n) / float64(d))) }
