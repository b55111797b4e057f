package audio

import "math"

// cut is what a plan does to a part: frames dropped at both ends, frames of
// silence put behind it. Of the frames that could go at the head, held stay
// because their slots are needed; and of those that stay, silent ones are replaced
// by silent frames without data.
type cut struct{ head, tail, gap, held, silent int }

// from returns the first frame of the part that is in the output.
func (c cut) from() int { return c.head + c.silent }

// keepHead keeps n more frames at the head.
func (c *cut) keepHead(n int) {
	c.head -= n
	c.held += n
}

// join decides how parts a and b meet. The cut of a is given its tail and gap,
// that of b its head. What must be put in as silence is dropped elsewhere, if
// there is silence to give.
func join(a, b *stream, ca, cb *cut, opt Options) {
	if !opt.Trim && !opt.Pauses {
		return
	}
	_, last := a.bounds()
	first, _ := b.bounds()
	natural := a.raw() - 1 - last + first
	n := roundDiv(wanted(a, b, last, first, opt)-natural, a.spf())
	ca.gap = max(n, b.lead())
	if opt.Trim {
		_, tail := a.droppable()
		head, _ := b.droppable()
		ca.tail = min(ca.gap-n, tail)
		cb.head = min(ca.gap-n-ca.tail, head)
	}
}

// lead returns how many silent frames a part needs in front, lest the part
// before alter its sound.
func (s *stream) lead() int {
	if s.edges.known && !s.edges.silent && s.edges.head < history {
		return margin / s.first.Granules()
	}
	return 0
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
