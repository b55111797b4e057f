package reconcile_test

import (
	"net/http"
	"testing"
	"time"

	"lector/publisher/intake/reconcile"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": time.Minute, "soon": time.Minute, "-5": time.Minute, "0": time.Minute, "1.5": time.Minute,
		"5": 5 * time.Second, "120": 2 * time.Minute, "86400": time.Hour, "99999999999999999999": time.Minute,
		"Sat, 28 Nov 2026 12:05:00 GMT": 5 * time.Minute, "Saturday, 28-Nov-26 12:05:00 GMT": 5 * time.Minute,
		"Sat Nov 28 12:05:00 2026": 5 * time.Minute, "Sat, 28 Nov 2026 11:00:00 GMT": time.Minute, "Mon, 30 Nov 2026 12:00:00 GMT": time.Hour,
	} {
		if got := reconcile.RetryAfter(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
