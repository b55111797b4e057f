package reconcile

import (
	"fmt"
	"strings"
	"time"

	"lector"
)

// Finding is the result of comparing an article of the source with its audio.
type Finding string

// The findings.
const (
	Correct   Finding = "correct"   // its newest state is public as audio
	Refused   Finding = "refused"   // rightly without audio, for a stated reason
	Private   Finding = "private"   // not public, and without audio
	Old       Finding = "old"       // never announced, and from before the time that is read
	Waiting   Finding = "waiting"   // its job is not at its end
	stuck     Finding = "stuck"     // its job has failed, or was ended by an operator
	withdrawn Finding = "withdrawn" // withdrawn by somebody else, and not changed since
	Missing   Finding = "missing"   // no event of it came
	stale     Finding = "stale"     // the audio is of an earlier state
	exposed   Finding = "exposed"   // not public any more, but its audio is
	Gone      Finding = "gone"      // listed, or with audio, and nobody can read it there
	unread    Finding = "unread"    // the source does not hand it out
)

// heals reports whether an event mends the finding.
func (f Finding) heals() bool { return f == Missing || f == stale || f == exposed }

// lacks reports whether a published article has no correct audio.
func (f Finding) lacks() bool {
	switch f {
	case Waiting, stuck, withdrawn, Missing, stale, unread:
		return true
	}
	return false
}

// known is what the job's record and the newest event say of an article.
type known struct {
	job     lector.Job
	found   bool
	ours    bool      // the newest event is of this package
	newest  string    // the id of the newest event
	waiting bool      // the newest event is not the one that the record is about
	since   time.Time // articles that were published before are not begun; zero: all are
	teasers bool      // the free part of an article that is not public may be heard
	isNew   bool      // it states no date, and appeared after all were compared
}

// compare says how an article stands, and why. It is all of the decision.
func compare(i Item, k known) (Finding, string) {
	gated := k.teasers && (i.Visibility == lector.Members || i.Visibility == lector.Paid)
	public := i.Visibility == lector.Public || gated
	switch {
	case !public && k.found && k.job.Rendition != "":
		return exposed, fmt.Sprintf("its visibility is %q now", i.Visibility)
	case !public:
		return Private, fmt.Sprintf("its visibility is %q", i.Visibility)
	case strings.HasPrefix(k.newest, eventID(i)):
		return byState(k)
	case gated && k.job.Rendition != "" && !k.job.Teaser:
		return stale, fmt.Sprintf("its visibility is %q now: only its free part may be heard", i.Visibility)
	case !k.found && k.waiting:
		return Waiting, "no worker has taken its event yet"
	case !k.found:
		return unknown(i, k)
	case k.job.State == lector.Removed:
		return removed(i, k)
	case changed(i, k.job):
		return stale, "it has changed since it was last announced"
	}
	return byState(k)
}

// unknown is for an article that nobody has announced.
func unknown(i Item, k known) (Finding, string) {
	at := i.PublishedAt
	if at.IsZero() {
		at = i.UpdatedAt
	}
	switch {
	case k.since.IsZero(), k.isNew:
	case at.IsZero():
		return Old, "nobody says when it was published, and it was there when all articles were compared first"
	case at.Before(k.since):
		return Old, "it was published before " + k.since.UTC().Format(time.DateOnly)
	}
	return Missing, "no event of it came"
}

// removed is for an article that was withdrawn and that the source lists. What was
// withdrawn by hand comes back only when it changes.
func removed(i Item, k known) (Finding, string) {
	if k.ours || i.UpdatedAt.After(k.job.Changed) || i.PublishedAt.After(k.job.Changed) {
		return Missing, "it was withdrawn and is there again"
	}
	return withdrawn, "it was withdrawn and has not changed since"
}

// changed reports whether a source knows a later state than the record.
func changed(i Item, j lector.Job) bool {
	if i.Revision != "" {
		return i.Revision != j.Revision
	}
	return i.UpdatedAt.Truncate(time.Second).After(j.UpdatedAt)
}

// byState is for an article of which the newest state was announced.
func byState(k known) (Finding, string) {
	switch {
	case k.waiting || !k.found:
		return Waiting, "no worker has taken its event yet"
	case k.job.State == lector.Ready:
		return Correct, ""
	case k.job.State == lector.Refused:
		return Refused, k.job.Reason
	case k.job.State == lector.Failed, k.job.State == lector.Cancelled, k.job.State == lector.Removed:
		return stuck, string(k.job.State) + ": " + k.job.Reason
	}
	return Waiting, string(k.job.State) + ": " + k.job.Reason
}

// eventID is the id of the event that announces the state of an article, so that the
// same state announced twice is one event.
func eventID(i Item) string {
	state := i.Revision
	if state == "" {
		state = i.UpdatedAt.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("%s-%s-%s", i.ID, state, i.Visibility)
}
