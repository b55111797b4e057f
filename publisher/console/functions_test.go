package console

import (
	"testing"
	"time"
)

func TestNumbersForPeople(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 118204: "118,204", 1234567: "1,234,567", -999: "-999", -1000: "-1,000", -123456: "-123,456"} {
		if got := count(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
	for n, want := range map[int]string{0: "0 bytes", 1023: "1023 bytes", 1024: "1.0 KB", 1<<20 - 1: "1024.0 KB", 1 << 20: "1.0 MB", 5 << 19: "2.5 MB"} {
		if got := size(n); got != want {
			t.Errorf("%d bytes are %s", n, got)
		}
	}
	for d, want := range map[time.Duration]string{
		-time.Hour: "just now", 59 * time.Second: "just now", time.Minute: "1 min ago", 100*time.Minute - 1: "99 min ago", 100 * time.Minute: "1 h ago",
		48*time.Hour - 1: "47 h ago", 48 * time.Hour: "2 days ago",
	} {
		if got := ago(d); got != want {
			t.Errorf("%s is %s", d, got)
		}
	}
	for n, want := range map[float64]string{0: "0 s", 99: "99 s", 190: "3 min", 7200: "2 h"} {
		if got := about(n); got != want {
			t.Errorf("%v seconds are %s", n, got)
		}
	}
}
