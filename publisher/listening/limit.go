package listening

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// The bounds of what comes from one network and for one site. A whole play is eight
// reports or so; a class behind one address may begin at once.
const (
	perAddress = 240     // reports in a window
	perSite    = 200     // a second, in the long run
	siteBurst  = 2000    // reports at once
	slots      = 1 << 12 // networks that are told apart, or nearly so
	window     = time.Minute
)

// limiter bounds what comes from one network. It holds no addresses, but counts by a hash
// of them whose key is forgotten each minute with the counts; two networks may share one.
type limiter struct {
	mu     sync.Mutex
	began  time.Time
	seed   maphash.Seed
	counts [slots]uint16
}

// allow reports whether one more report may come from the network.
func (l *limiter) allow(from netip.Prefix, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if age := now.Sub(l.began); age >= window || age < 0 {
		l.began, l.seed, l.counts = now, maphash.MakeSeed(), [slots]uint16{}
	}
	count := &l.counts[maphash.Comparable(l.seed, from)%slots]
	if *count >= perAddress {
		return false
	}
	*count++
	return true
}
