package lector

import (
	"strings"
	"time"
)

// DeadLetter is a message that nobody could work on: an article event that could
// not be read, or one whose job has failed.
type DeadLetter struct {
	ID      uint64    `json:"id"`      // its place among the dead letters
	Time    time.Time `json:"time"`    // when it was found that nobody can work on it
	Class   string    `json:"class"`   // of the error; empty where its worker did not say
	Reason  string    `json:"reason"`  // why nobody can work on it
	Subject string    `json:"subject"` // that the message had
	Site    string    `json:"site"`    // the publication; empty where it cannot be read
	Article string    `json:"article"` // the CMS's id of the article; empty where it cannot be read
	Size    int       `json:"size"`    // bytes of its data

	Headers  map[string][]string `json:"-"` // that the message had
	Data     []byte              `json:"-"` // that the message had
	Unusable error               `json:"-"` // why it would be refused again; nil: it can be read now
}

// DeadLetterQuery selects dead letters. What is zero selects any.
type DeadLetterQuery struct {
	Site, Class  string
	Text         string    // in the reason, the article's id or the data, in any case
	Since, Until time.Time // [Since, Until)
}

// Matches reports whether the query selects the letter.
func (q DeadLetterQuery) Matches(l DeadLetter) bool {
	switch {
	case q.Site != "" && q.Site != l.Site, q.Class != "" && q.Class != l.Class:
		return false
	case !q.Since.IsZero() && l.Time.Before(q.Since), !q.Until.IsZero() && !l.Time.Before(q.Until):
		return false
	}
	return q.Text == "" || l.contains(strings.ToLower(q.Text))
}

// contains reports whether the letter holds a text that is in lower case.
func (l DeadLetter) contains(text string) bool {
	for _, s := range []string{l.Reason, l.Article, string(l.Data)} {
		if strings.Contains(strings.ToLower(s), text) {
			return true
		}
	}
	return false
}
