package reconcile

import (
	"net/http"
	"strconv"
	"time"
)

// The waits after a source has said that it is asked too often.
const (
	unstatedWait = time.Minute
	longestWait  = time.Hour
)

// RetryAfter is how long a source wants to be left alone: what its Retry-After says (RFC
// 9110, 10.2.3: seconds or a date), an hour at most, or a minute where it says nothing
// that can be read.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil && seconds > 0 {
		return min(time.Duration(seconds)*time.Second, longestWait)
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return min(at.Sub(now), longestWait)
	}
	return unstatedWait
}
