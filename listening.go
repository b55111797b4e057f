package lector

import (
	"maps"
	"slices"
	"time"
)

// ListeningParts is into how many parts of one length an audio is divided, to count which
// of them were heard.
const ListeningParts = 20

// Listening counts how an article was listened to. It is made of sums only: nothing in it
// belongs to one listener.
type Listening struct {
	Plays int `json:"plays"` // in how many views of a page the audio has sounded
	// Quarters are the plays of which more than a quarter, a half and three quarters of the
	// parts were heard, and those of which all were.
	Quarters [4]int `json:"quarters"`
	// Parts are the plays in which each part has sounded. What was heard twice in one play
	// counts once.
	Parts [ListeningParts]int `json:"parts"`
}

// Add adds the counts of another.
func (l *Listening) Add(o Listening) {
	l.Plays += o.Plays
	for i, n := range o.Quarters {
		l.Quarters[i] += n
	}
	for i, n := range o.Parts {
		l.Parts[i] += n
	}
}

// NewListening counts what a player tells: parts that have sounded in a play, and how
// many of it were told before. The caller has checked that the parts differ and are
// numbers of parts.
func NewListening(before int, parts []int) (l Listening) {
	for _, part := range parts {
		l.Parts[part]++
	}
	if before == 0 && len(parts) > 0 {
		l.Plays = 1
	}
	after := before + len(parts)
	for i, needed := range quarters {
		if before < needed && needed <= after {
			l.Quarters[i] = 1
		}
	}
	return l
}

// quarters is how many parts have begun where a quarter, a half, three quarters and all of
// an audio were heard.
var quarters = [4]int{ListeningParts/4 + 1, ListeningParts/2 + 1, ListeningParts*3/4 + 1, ListeningParts}

// LeftMost returns the part in which the most listeners left, and how many these were: so
// many fewer have heard the next one. Nobody leaves in the last.
func (l Listening) LeftMost() (part, left int) {
	for i := range ListeningParts - 1 {
		if n := l.Parts[i] - l.Parts[i+1]; n > left {
			part, left = i, n
		}
	}
	return part, left
}

// ArticleListening is how one article was listened to.
type ArticleListening struct {
	Site string `json:"site"` // the publication
	Key  string `json:"key"`  // the article's key
	// Days are the counts of each day in UTC, as 2026-11-23.
	Days map[string]Listening `json:"days"`
	// Older are those of the days that are not kept one by one any more.
	Older Listening `json:"older,omitzero"`
}

// listeningDays is for how many days counts are kept day by day.
const listeningDays = 90

// Count adds counts of a day, and puts days that are too many to the older ones.
func (a *ArticleListening) Count(day string, l Listening) {
	if a.Days == nil {
		a.Days = map[string]Listening{}
	}
	sum := a.Days[day]
	sum.Add(l)
	a.Days[day] = sum
	for _, old := range slices.Sorted(maps.Keys(a.Days)) {
		if len(a.Days) <= listeningDays {
			return
		}
		a.Older.Add(a.Days[old])
		delete(a.Days, old)
	}
}

// Since returns the counts from the day of a moment on; of a zero one all there are.
func (a ArticleListening) Since(from time.Time) (sum Listening) {
	if from.IsZero() {
		sum.Add(a.Older)
	}
	first := from.UTC().Format(time.DateOnly)
	for day, l := range a.Days {
		if from.IsZero() || day >= first {
			sum.Add(l)
		}
	}
	return sum
}
