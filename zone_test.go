package lector_test

import (
	"testing"
	"time"

	"lector"
)

func TestZonesByName(t *testing.T) {
	t.Parallel()
	for zone, hour := range map[string]int{"GMT": 14, "UTC": 14, "EST": 19, "PDT": 21, "CET": 13, "EEST": 11, "XYZ": 14} {
		got, err := lector.ParseZoned(time.RFC1123, "Sun, 29 Nov 2026 14:00:00 "+zone)
		if want := time.Date(2026, 11, 29, hour, 0, 0, 0, time.UTC); err != nil || !got.Equal(want) || got.Hour() != 14 {
			t.Errorf("%s: %v, %v", zone, got, err)
		}
	}
	for text, layout := range map[string]string{"2026-11-29T14:00:00-05:00": time.RFC3339, "Sun, 29 Nov 2026 14:00:00 -0500": time.RFC1123Z} {
		if got, err := lector.ParseZoned(layout, text); err != nil || got.UTC().Hour() != 19 {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	if _, err := lector.ParseZoned(time.RFC1123, "yesterday"); err == nil {
		t.Error("yesterday is a time")
	}
}
