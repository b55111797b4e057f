package feed

import (
	"strings"
	"time"
)

// rfc822Zones are the zones that RFC 822, 5.1 names, as offsets. The letters of the
// military are left out: RFC 1123 says that they mean nothing.
var rfc822Zones = map[string]string{
	"UT": "+0000", "GMT": "+0000", "UTC": "+0000", "Z": "+0000", "EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500",
	"MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700",
}

// rfc822Forms are the forms of a date in RFC 822, without the day of the week.
var rfc822Forms = []string{"2 Jan 06 15:04:05 -0700", "2 Jan 06 15:04 -0700", "2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04 -0700"}

// rfc822Time reads a date of RFC 822, also with the years of two digits that it has; zero
// where it is none.
func rfc822Time(text string) time.Time {
	if _, rest, found := strings.Cut(text, ","); found {
		text = rest
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return time.Time{}
	}
	last := len(words) - 1
	if offset, known := rfc822Zones[strings.ToUpper(words[last])]; known {
		words[last] = offset
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
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
