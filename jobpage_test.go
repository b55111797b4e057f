package lector

import (
	"testing"
	"time"
)

// FuzzJobPlace reads each place as it was written, and nothing else.
func FuzzJobPlace(f *testing.F) {
	for _, text := range []string{
		JobPlace{time.Date(2026, 11, 29, 2, 0, 0, 7, time.UTC), "3kq"}.String(), "1-a-b", "-5-x", "", "1", "1-", "a-b", "01-x", "+1-x", "9223372036854775808-x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseJobPlace(text)
		if err != nil {
			if !IsPermanent(err) || p != (JobPlace{}) {
				t.Errorf("%q: %v, %v", text, p, err)
			}
			return
		}
		if again, err := ParseJobPlace(p.String()); err != nil || again != p || p.ID == "" {
			t.Errorf("%q is %v, and that is %v, %v", text, p, again, err)
		}
	})
}
