package console

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"lector"
)

// Explanation says why an article has audio, or none.
type Explanation struct {
	Site    string `json:"site"`
	Article string `json:"article"`       // the CMS's id, or the address that was asked for
	Job     string `json:"job,omitempty"` // its id; empty: there is none
	State   string `json:"state"`         // of the job; or waiting, dead_letter, never_seen
	Reason  string `json:"reason"`        // in a sentence
	Remedy  string `json:"mend"`          // what to do; empty: nothing
	Steps   []Step `json:"steps"`         // what happened, in order
}

// Step is one thing that happened to an article.
type Step struct {
	At     time.Time `json:"at,omitzero"` // zero: not known
	What   string    `json:"what"`        // event, dead letter, job, attempt 1, audio event, listener
	Detail string    `json:"detail"`
}

// The states beside those of jobs.
const (
	stateWaiting    = "waiting"
	stateDeadLetter = "dead_letter"
	stateNeverSeen  = "never_seen"
)

// Evidence is what is known of an article, by where it was found. What is not there
// is nil or zero.
type Evidence struct {
	Site, Article string // as asked for; Article may be an address
	Job           *lector.Job
	Event         *lector.Delivery // the newest that the broker holds
	Letter        *lector.DeadLetter
	Announcement  *lector.AudioEvent
	Pauses        []lector.Pause
	Queue         *lector.QueueState // nil: the consumer that delivers events is gone
	Embed         string             // address of the embed page
	SiteGone      bool               // the settings do not have the site any more
}

// Explain draws the conclusion from what is known of an article.
func Explain(e Evidence) Explanation {
	x := Explanation{Site: e.Site, Article: e.Article, Steps: e.steps()}
	if e.Job != nil {
		x.Job = e.Job.ID
	}
	switch {
	case e.refusedLast():
		x.State, x.Reason = stateDeadLetter, "nobody could work on its last event: "+e.Letter.Reason
		x.Remedy = mendLetter(*e.Letter)
	case e.waits():
		x.State = stateWaiting
		x.Reason, x.Remedy = e.whyWaiting()
	case e.Job != nil:
		x.State = string(e.Job.State)
		x.Reason, x.Remedy = e.whyJob(*e.Job)
		if e.SiteGone {
			x.Reason += "; its site is not in the settings any more: it has no player, and new events of it fail"
			x.Remedy = fmt.Sprintf("add sites.%s to lector.yaml again; or lector unpublish -site %s %s takes its audio away", e.Job.Site, e.Job.Site, e.Job.Article)
		}
	default:
		x.State = stateNeverSeen
		x.Reason = "no event of this article has ever come, or it is no longer kept"
		x.Remedy = "have the CMS publish it again, or: lector publish; lector event check FILE says whether its event is good"
	}
	return x
}

// Waits reports whether the article has no audio yet for something outside of the work
// on it: no worker has begun, or its job is parked.
func (x Explanation) Waits() bool {
	return x.State == stateWaiting || x.State == string(lector.Parked)
}

// NeverSeen reports whether nothing is known of the article.
func (x Explanation) NeverSeen() bool { return x.State == stateNeverSeen }

// refusedLast reports whether the last that is known of the article is a dead letter.
func (e Evidence) refusedLast() bool {
	if e.Letter == nil {
		return false
	}
	newerJob := e.Job != nil && e.Job.Changed.After(e.Letter.Time)
	newerEvent := e.Event != nil && e.Event.Err == nil && e.Event.Stored.After(e.Letter.Time)
	return !newerJob && !newerEvent
}

// waits reports whether the newest event is one that no worker has begun.
func (e Evidence) waits() bool {
	if e.Event == nil {
		return false
	}
	var j lector.Job
	if e.Job != nil {
		j = *e.Job
	}
	return e.Event.Sequence != j.Sequence && j.Disposition(e.Event.Event, e.Event.Sequence) == lector.Due
}

func mendLetter(l lector.DeadLetter) string {
	if l.Unusable != nil {
		return fmt.Sprintf("mend what the CMS sends and publish the article anew; lector deadletters show %d has the event", l.ID)
	}
	return fmt.Sprintf("lector deadletters replay %d", l.ID)
}

func (e Evidence) whyWaiting() (reason, mend string) {
	if p, paused := e.paused(e.Event.Event.Lane); paused {
		return p.String(), fmt.Sprintf("lector resume %s %s", p.Kind, p.Name)
	}
	if e.Queue == nil {
		return "the consumer that delivers events to workers is gone from NATS; its event is kept",
			"a running worker makes the consumer again within a minute; lector setup does at once"
	}
	if e.Event.Sequence <= e.Queue.Delivered {
		return "a worker has its event, and has not begun it: it waits for a slot, or for more edits of a moment ago", ""
	}
	return fmt.Sprintf("no worker has taken its event yet; waiting: %s", lector.Plural(e.Queue.Waiting, "event")),
		"lector doctor, if that does not change: is a worker running?"
}

// whyJob explains a job whose record is the last that is known.
func (e Evidence) whyJob(j lector.Job) (reason, mend string) {
	switch j.State {
	case lector.Ready:
		return e.whyReady(j)
	case lector.Queued:
		return whyQueued(j)
	case lector.Running:
		return "a worker is at it: stage " + string(j.Stage), ""
	case lector.Parked:
		return j.Reason, mendWaiting(j)
	case lector.Removed:
		return cmp.Or(j.Reason, "the CMS has withdrawn it"), "publish it again in the CMS, if it should be heard"
	case lector.Refused:
		return j.Reason, "nothing is wrong if that is right; lector script URL shows what would be read, and which rule drops the rest"
	case lector.Failed:
		return j.Reason, mendFailed(j)
	}
	return cmp.Or(j.Reason, "it was cancelled"), "lector replay " + shortID(j.ID)
}

func (e Evidence) whyReady(j lector.Job) (reason, mend string) {
	reason = "its audio is public"
	if j.Ignored != nil && j.Ignored.Sequence > j.Sequence {
		reason += "; a later event was ignored: " + j.Ignored.Reason
		mend = "if that event was right: mend updated_at in the CMS and publish it again"
	}
	if j.Fallback != "" {
		reason += ", read by another voice: " + j.Fallback
		mend = cmp.Or(mend, "lector replay "+shortID(j.ID)+", once that voice works")
	}
	return reason, mend
}

// whyQueued explains a job that was begun, and waits for its next attempt.
func whyQueued(j lector.Job) (reason, mend string) {
	if j.Reason == "" {
		return "it waits for a worker", ""
	}
	return "it is tried again after a while, for the last attempt did not reach its end: " + j.Reason, mendWaiting(j)
}

// mendWaiting says what a job waits for.
func mendWaiting(j lector.Job) string {
	byItself := "; it goes on by itself"
	switch j.Class {
	case lector.ClassEmbargo:
		return "nothing is wrong if that time is right; else mend published_at in the CMS and publish it again" + byItself
	case lector.ClassBudget:
		return "raise sites." + j.Site + ".budget, or wait for the next day or month" + byItself
	case lector.ClassQuota:
		return "ask the voice's provider for more, or wait" + byItself
	case lector.ClassVoiceRefused:
		return "mend the account, key or settings of the voice; lector voices test NAME tries it" + byItself
	case lector.ClassVoiceDown:
		return "lector voices test NAME tries the voice" + byItself
	}
	return "lector doctor says what is wrong here" + byItself
}

func mendFailed(j lector.Job) string {
	replay := "lector replay " + shortID(j.ID)
	switch j.Class {
	case lector.ClassInput:
		return "mend the article in the CMS and publish it again; once the cause is gone: " + replay
	case lector.ClassPoison:
		return "its workers were lost at it: look at their logs, then " + replay
	case lector.ClassBug:
		return "please report this; then " + replay
	}
	return replay
}

// steps is what happened to the article, in order.
func (e Evidence) steps() []Step {
	steps := []Step{}
	if e.Event != nil {
		steps = append(steps, eventStep(*e.Event))
	}
	if e.Letter != nil {
		steps = append(steps, Step{e.Letter.Time, "dead letter", fmt.Sprintf("%d: %s", e.Letter.ID, e.Letter.Reason)})
	}
	if e.Job != nil {
		steps = append(steps, jobSteps(*e.Job)...)
	}
	if e.Announcement != nil {
		detail := cmp.Or(e.Announcement.Reason, e.Announcement.MP3)
		steps = append(steps, Step{e.Announcement.Time, "audio event", e.Announcement.Type + " " + detail})
	}
	slices.SortStableFunc(steps, func(x, y Step) int { return x.At.Compare(y.At) })
	if e.Job != nil && e.Job.Rendition != "" {
		steps = append(steps, Step{What: "listener", Detail: e.Embed})
	}
	return steps
}

func eventStep(d lector.Delivery) Step {
	detail := fmt.Sprintf("%d in the stream: %s", d.Sequence, d.Event.Type)
	if d.Err != nil {
		detail = fmt.Sprintf("%d in the stream cannot be read: %v", d.Sequence, d.Err)
	}
	if d.Event.NoLane != "" {
		detail += fmt.Sprintf("; it asks for the lane %q, which does not exist, and counts as normal", d.Event.NoLane)
	}
	return Step{d.Stored, "event", detail}
}

func jobSteps(j lector.Job) (steps []Step) {
	for _, t := range j.Attempts {
		detail := fmt.Sprintf("%s, stage %s", t.Worker, t.Stage)
		if t.Outcome != "" {
			detail += ": " + t.Outcome
		}
		if t.Error != "" {
			detail += ": " + t.Error
		}
		steps = append(steps, Step{t.Started, fmt.Sprintf("attempt %d", t.Number), detail})
	}
	if j.Ignored != nil {
		steps = append(steps, Step{j.Ignored.At, "event ignored", j.Ignored.Reason})
	}
	detail := fmt.Sprintf("%s, revision %s, %s", j.Status(), j.Revision, j.Usage)
	return append(steps, Step{j.Changed, "job", detail})
}

// shortID is as much of a job's id as a command needs.
func shortID(id string) string { return id[:min(10, len(id))] }

// paused returns the pause that holds back what is of the article's site and a lane.
func (e Evidence) paused(lane lector.Lane) (lector.Pause, bool) {
	at := slices.IndexFunc(e.Pauses, func(p lector.Pause) bool {
		switch p.Kind {
		case lector.PauseSite:
			return p.Name == e.Site
		case lector.PauseLane:
			return p.Name == lane.String()
		}
		return false
	})
	if at < 0 {
		return lector.Pause{}, false
	}
	return e.Pauses[at], true
}
