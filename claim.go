package lector

import "time"

// Disposition is what is to be done with a delivered event, by the job's record.
type Disposition int

// The dispositions. A stale event is older than the record's; an applied one has
// had its effect; of an unannounced one only the audio event is missing; a due one
// must be processed.
const (
	Stale Disposition = iota
	Applied
	Unannounced
	Due
)

// Disposition compares an event with the record. Events are ordered by the article's
// updated_at where both state one, then by their place in the stream; so the
// newest revision wins in whatever order the events come.
func (j Job) Disposition(e ArticleEvent, sequence uint64) Disposition {
	switch at := e.Article.UpdatedAt; {
	case j.Sequence == 0:
		return Due
	case sequence == j.Sequence && !j.State.Terminal():
		return Due
	case sequence == j.Sequence && j.Announced:
		return Applied
	case sequence == j.Sequence:
		return Unannounced
	case !at.IsZero() && !j.UpdatedAt.IsZero() && !at.Equal(j.UpdatedAt):
		return dueIf(at.After(j.UpdatedAt))
	default:
		return dueIf(sequence > j.Sequence)
	}
}

func dueIf(newer bool) Disposition {
	if newer {
		return Due
	}
	return Stale
}

// Accept makes the event the one that the job works on. What an earlier
// revision left in the record and still holds, its public rendition, stays.
func (j *Job) Accept(e ArticleEvent, sequence uint64, now time.Time) {
	a := e.Article
	if j.Created.IsZero() {
		j.Created = now
	}
	if sequence != j.Sequence {
		j.Attempts, j.Chunks, j.Usage, j.Cost = nil, nil, Usage{}, 0
	}
	j.ID, j.Site, j.Article, j.Sequence = a.Key(), a.Site, a.ID, sequence
	j.Revision = a.Revision
	if a.Title != "" {
		j.Title = a.Title
	}
	if !a.UpdatedAt.IsZero() {
		j.UpdatedAt = a.UpdatedAt
	}
	j.State, j.Stage, j.Lane, j.Reason, j.Announced = Running, StageTake, "", "", false
	j.Changed = now
}
