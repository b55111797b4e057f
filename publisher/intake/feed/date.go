package feed

import (
	"strings"
	"time"

	"lector"
)

// rfc822Forms are the forms of a date in RFC 822, without the day of the week.
var rfc822Forms = []string{
	"2 Jan 06 15:04:05 -0700", "2 Jan 06 15:04 -0700", "2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04 -0700",
	"2 Jan 06 15:04:05 MST", "2 Jan 06 15:04 MST", "2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04 MST",
}

// rfc822Time reads a date of RFC 822, also with the years of two digits that it has; zero
// where it is none. The letters of the military are no zones: RFC 1123 says that they
// mean nothing.
func rfc822Time(text string) time.Time {
	if _, rest, found := strings.Cut(text, ","); found {
		text = rest
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return time.Time{}
	}
	last := len(words) - 1
	words[last] = strings.ToUpper(words[last])
	if zone := words[last]; zone == "UT" || zone == "Z" {
		words[last] = "UTC"
	}
	return timeIn(rfc822Forms, strings.Join(words, " "))
}

// w3cForms are the forms of a time in a sitemap, and what sites write instead.
var w3cForms = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05", "2006-01-02",
	"2006-01-02T15:04:05-0700", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "2006-01", "2006", time.RFC1123, time.RFC1123Z,
}

// w3cTime reads a time; zero where it is none.
func w3cTime(text string) time.Time {
	return timeIn(w3cForms, strings.ToUpper(strings.TrimSpace(text))) // RFC 3339 allows t and z
}

// timeIn reads a time in the first of the forms that it has; zero where it has none.
func timeIn(forms []string, text string) time.Time {
	for _, form := range forms {
		if t, err := lector.ParseZoned(form, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
