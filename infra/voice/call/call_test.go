package call

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		" 7 ":                           7 * time.Second,
		"0.5":                           500 * time.Millisecond,
		"-3":                            0,
		"0":                             0,
		"NaN":                           0,
		"Inf":                           24 * time.Hour,
		"1e300":                         24 * time.Hour,
		"99999999999999999999":          24 * time.Hour,
		"soon":                          0,
		"Mon, 23 Nov 2026 12:01:30 GMT": 90 * time.Second,
		"Mon, 23 Nov 2026 11:00:00 GMT": 0,
		"Mon, 23 Nov 2096 12:00:00 GMT": 24 * time.Hour,
	} {
		if got := RetryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
	if got := RetryAfter(http.Header{"Retry-After-Ms": {"250"}, "Retry-After": {"9"}}, now); got != 250*time.Millisecond {
		t.Errorf("milliseconds: %v", got)
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("7")
	f.Add("Mon, 23 Nov 2026 12:01:30 GMT")
	f.Fuzz(func(t *testing.T, value string) {
		if got := RetryAfter(http.Header{"Retry-After": {value}}, time.Now()); got < 0 || got > maxRetryAfter {
			t.Errorf("%q: %v", value, got)
		}
	})
}

func TestSecret(t *testing.T) {
	t.Parallel()
	s := NewSecret(" the-key\n")
	if s.Reveal() != "the-key" || s.Empty() || !NewSecret(" \n").Empty() || (Secret{}).Reveal() != "" {
		t.Error("a secret is kept without the blanks around it")
	}
	type holder struct {
		Key    Secret
		hidden Secret
	}
	h := holder{s, s}
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", h, &h, h, s, s), string(data)} {
		if strings.Contains(text, "the-key") {
			t.Error(text)
		}
	}
}

func TestReasonIsOneLine(t *testing.T) {
	t.Parallel()
	got := oneLine("first\r\nsecond\x00 \xff" + strings.Repeat("x", 999))
	if strings.ContainsAny(got, "\r\n") || len([]rune(got)) > 301 || !strings.HasPrefix(got, "first second") {
		t.Errorf("%q", got)
	}
}
