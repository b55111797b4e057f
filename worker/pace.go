package worker

import (
	"math"
	"time"
)

// pace spreads in time when events come back that were given back because too many
// wait before them: one after the other, never all at once, and no more of them than
// the broker bears. Where events are worked on quickly they come back as quickly.
type pace struct {
	after    time.Duration // until the next one comes back, at least
	interval time.Duration // between two, at most
	next     time.Time     // when the last one comes back
	rate     float64       // events begun a second, averaged over rateSpan
	at       time.Time     // of the rate
}

// longestReturn bounds how long an event is given back for.
const longestReturn = 15 * time.Minute

// rateSpan is the time over which the rate is averaged.
const rateSpan = 10 * time.Second

// began notes that an event was begun.
func (p *pace) began(now time.Time) {
	p.rate, p.at = p.rateAt(now)+1/rateSpan.Seconds(), now
}

func (p *pace) rateAt(now time.Time) float64 {
	return p.rate * math.Exp(-now.Sub(p.at).Seconds()/rateSpan.Seconds())
}

// delay returns for how long one more event is given back.
func (p *pace) delay(now time.Time) time.Duration {
	p.next = p.next.Add(p.spacing(now))
	if first := now.Add(p.after); p.next.Before(first) {
		p.next = first
	}
	return min(p.next.Sub(now), longestReturn)
}

// spacing lets twice as many come back as are begun.
func (p *pace) spacing(now time.Time) time.Duration {
	if rate := p.rateAt(now); rate > 0 {
		return min(p.interval, time.Duration(float64(time.Second)/(2*rate)))
	}
	return p.interval
}
