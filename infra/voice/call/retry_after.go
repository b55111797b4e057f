package call

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds the wait that a server may ask for.
const maxRetryAfter = 24 * time.Hour

// RetryAfter reads how long a server asks to wait (RFC 9110, 10.2.3: seconds
// or a date; and the Retry-After-Ms of the OpenAI dialect). Absent, negative,
// past or garbage is 0; more than a day is a day.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	if d, ok := parseSeconds(h.Get("Retry-After-Ms"), time.Millisecond); ok {
		return d
	}
	value := h.Get("Retry-After")
	if d, ok := parseSeconds(value, time.Second); ok {
		return d
	}
	if t, err := http.ParseTime(value); err == nil {
		return min(max(t.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

func parseSeconds(s string, unit time.Duration) (time.Duration, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	switch {
	case err != nil || n != n:
		return 0, false
	case n <= 0:
		return 0, true
	case n*float64(unit) >= float64(maxRetryAfter):
		return maxRetryAfter, true
	}
	return time.Duration(n * float64(unit)), true
}
