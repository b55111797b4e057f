package main

import (
	"fmt"
	"slices"
	"time"

	"lector"
)

// explanation says why an article has audio, or none.
type explanation struct {
	Site    string            `json:"site"`
	Article string            `json:"article"` // the CMS's id, or the address that was asked for
	State   string            `json:"state"`   // of the job; or waiting, dead_letter, never_seen
	Reason  string            `json:"reason"`  // in a sentence
	Remedy  string            `json:"mend"`    // what to do; empty: nothing
	Steps   []explanationStep `json:"steps"`   // what happened, in order
}

// explanationStep is one thing that happened to an article.
type explanationStep struct {
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

// explain draws the conclusion from what is known of an article.
func explain(e evidence) explanation {
	x := explanation{Site: e.site, Article: firstNonEmpty(e.id, e.url), Steps: e.steps()}
	switch {
	case e.refusedLast():
		x.State, x.Reason = stateDeadLetter, "nobody could work on its last event: "+e.letter.Reason
		x.Remedy = mendLetter(*e.letter)
	case e.waits():
		x.State = stateWaiting
		x.Reason, x.Remedy = e.whyWaiting()
	case e.job != nil:
		x.State = string(e.job.State)
		x.Reason, x.Remedy = e.whyJob(*e.job)
	default:
		x.State = stateNeverSeen
		x.Reason = "no event of this article has ever come, or it is no longer kept"
		x.Remedy = "have the CMS publish it again, or: lector publish; lector event check FILE says whether its event is good"
	}
	return x
}

// refusedLast reports whether the last that is known of the article is a dead letter.
func (e evidence) refusedLast() bool {
	if e.letter == nil {
		return false
	}
	newerJob := e.job != nil && e.job.Changed.After(e.letter.Time)
	newerEvent := e.event != nil && e.event.Err == nil && e.event.Stored.After(e.letter.Time)
	return !newerJob && !newerEvent
}

// waits reports whether the newest event is one that no worker has begun.
func (e evidence) waits() bool {
	if e.event == nil {
		return false
	}
	var j lector.Job
	if e.job != nil {
		j = *e.job
	}
	return e.event.Sequence != j.Sequence && j.Disposition(e.event.Event, e.event.Sequence) == lector.Due
}

func mendLetter(l lector.DeadLetter) string {
	if l.Unusable != nil {
		return fmt.Sprintf("mend what the CMS sends and publish the article anew; lector deadletters show %d has the event", l.ID)
	}
	return fmt.Sprintf("lector deadletters replay %d", l.ID)
}

func (e evidence) whyWaiting() (reason, mend string) {
	if p, paused := e.paused(e.event.Event.Lane); paused {
		return p.String(), fmt.Sprintf("lector resume %s %s", p.Kind, p.Name)
	}
	if e.event.Sequence <= e.queue.Delivered {
		return "a worker has its event, and has not begun it: it waits for a slot, or for more edits of a moment ago", ""
	}
	return fmt.Sprintf("no worker has taken its event yet; %d events wait", e.queue.Waiting), "lector doctor, if that does not change: is a worker running?"
}

// whyJob explains a job whose record is the last that is known.
func (e evidence) whyJob(j lector.Job) (reason, mend string) {
	switch j.State {
	case lector.Ready:
		return e.whyReady(j)
	case lector.Queued, lector.Running:
		return "a worker is at it: stage " + string(j.Stage), ""
	case lector.Parked:
		return j.Reason, mendParked(j)
	case lector.Removed:
		return firstNonEmpty(j.Reason, "the CMS has withdrawn it"), "publish it again in the CMS, if it should be heard"
	case lector.Refused:
		return j.Reason, "nothing is wrong if that is right; lector script URL shows what would be read, and which rule drops the rest"
	case lector.Failed:
		return j.Reason, mendFailed(j)
	}
	return firstNonEmpty(j.Reason, "it was cancelled"), "lector replay " + j.ID[:min(10, len(j.ID))]
}

func (e evidence) whyReady(j lector.Job) (reason, mend string) {
	reason = "its audio is public"
	if j.Ignored != nil && j.Ignored.Sequence > j.Sequence {
		reason += "; a later event was ignored: " + j.Ignored.Reason
		mend = "if that event was right: mend updated_at in the CMS and publish it again"
	}
	if j.Fallback != "" {
		reason += ", read by another voice: " + j.Fallback
		mend = firstNonEmpty(mend, "lector replay "+j.ID[:min(10, len(j.ID))]+", once that voice works")
	}
	return reason, mend
}

// mendParked says what a parked job waits for.
func mendParked(j lector.Job) string {
	byItself := "; it goes on by itself"
	switch j.Class {
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
	replay := "lector replay " + j.ID[:min(10, len(j.ID))]
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
func (e evidence) steps() []explanationStep {
	steps := []explanationStep{}
	if e.event != nil {
		steps = append(steps, eventStep(*e.event))
	}
	if e.letter != nil {
		steps = append(steps, explanationStep{e.letter.Time, "dead letter", fmt.Sprintf("%d: %s", e.letter.ID, e.letter.Reason)})
	}
	if e.job != nil {
		steps = append(steps, jobSteps(*e.job)...)
	}
	if e.announcement != nil {
		detail := firstNonEmpty(e.announcement.Reason, e.announcement.MP3)
		steps = append(steps, explanationStep{e.announcement.Time, "audio event", e.announcement.Type + " " + detail})
	}
	slices.SortStableFunc(steps, func(x, y explanationStep) int { return x.At.Compare(y.At) })
	if e.job != nil && e.job.Rendition != "" {
		steps = append(steps, explanationStep{What: "listener", Detail: e.embed})
	}
	return steps
}

func eventStep(d lector.Delivery) explanationStep {
	detail := fmt.Sprintf("%d in the stream: %s", d.Sequence, d.Event.Type)
	if d.Err != nil {
		detail = fmt.Sprintf("%d in the stream cannot be read: %v", d.Sequence, d.Err)
	}
	return explanationStep{d.Stored, "event", detail}
}

func jobSteps(j lector.Job) (steps []explanationStep) {
	for _, t := range j.Attempts {
		detail := fmt.Sprintf("%s, stage %s", t.Worker, t.Stage)
		if t.Outcome != "" {
			detail += ": " + t.Outcome
		}
		if t.Error != "" {
			detail += ": " + t.Error
		}
		steps = append(steps, explanationStep{t.Started, fmt.Sprintf("attempt %d", t.Number), detail})
	}
	if j.Ignored != nil {
		steps = append(steps, explanationStep{j.Ignored.At, "event ignored", j.Ignored.Reason})
	}
	detail := fmt.Sprintf("%s, revision %s, %s", stateText(j), j.Revision, usageText(j.Usage))
	return append(steps, explanationStep{j.Changed, "job", detail})
}
