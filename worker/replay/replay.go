// Package replay runs many jobs again: it plans what that takes and carries it out, a
// few at a time, in the backfill lane.
package replay

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"lector"
)

// Source is what a replay's events are sent as.
const source = "lector-replay"

// NewID returns a name for a replay.
func NewID() string { return "replay-" + strings.ToLower(rand.Text()[:8]) }

// Jobs are the job records.
type Jobs interface {
	Job(ctx context.Context, site, key string) (j lector.Job, version uint64, err error)
}

// Events are the article events. NewestEvent and Event return lector.ErrNotFound for
// what the stream does not have any more. PublishAfter publishes an event of an
// article whose newest one is at the given place; it is lector.ErrConflict when that
// is not so.
type Events interface {
	NewestEvent(ctx context.Context, j lector.JobRef) (lector.ArticleEvent, uint64, error)
	Event(ctx context.Context, sequence uint64) (lector.ArticleEvent, error)
	PublishAfter(ctx context.Context, e lector.ArticleEvent, newest uint64) (uint64, error)
}

// leftOut is why an article is not replayed.
type leftOut string

// Error implements error.
func (l leftOut) Error() string { return string(l) }

// Reasons why an article is left out.
const (
	noRecord  leftOut = "there is no such job any more"
	withdrawn leftOut = "withdrawn by the CMS"
	atWork    leftOut = "it is at work or about to be"
	changed   leftOut = "it has changed since the plan, and is not selected any more"
	gone      leftOut = "its article event is no longer kept: publish the article again"
	unusable  leftOut = "its newest event cannot be read"
	overForce leftOut = "it would need more characters than are left to be synthesised again"
)

// reasonOf reports whether an article is left out, and why.
func reasonOf(err error) (string, bool) {
	var why leftOut
	return string(why), errors.As(err, &why)
}

// check returns why a job is not replayed by its record, or nil.
func check(j lector.Job, f lector.JobFilter) error {
	switch {
	case j.State == lector.Removed:
		return withdrawn
	case j.State == lector.Running, j.State == lector.Queued:
		return atWork
	case !f.Matches(j):
		return changed
	}
	return nil
}

// publisher publishes the replay of single articles. What it does is done once,
// however often it is called for an article of the same replay.
type publisher struct {
	jobs      Jobs
	events    Events
	estimator Estimator
	now       func() time.Time
}

// published is the event of a replay: its place, and the characters that it may have
// synthesised again.
type published struct {
	sequence uint64
	force    int
}

// publish returns the article's event of the replay, or why the article is left out.
func (p publisher) publish(ctx context.Context, r lector.Replay, ref lector.JobRef) (published, error) {
	for range 5 {
		newest, sequence, err := p.events.NewestEvent(ctx, ref)
		switch {
		case errors.Is(err, lector.ErrNotFound):
			return published{}, gone
		case err != nil && lector.IsPermanent(err):
			return published{}, unusable
		case err != nil:
			return published{}, err
		case newest.Replay == r.ID: // published before the progress could be noted
			return published{sequence, newest.Force}, nil
		}
		e, err := p.wanted(ctx, r, ref, newest, sequence)
		if err != nil {
			return published{}, err
		}
		at, err := p.events.PublishAfter(ctx, e, sequence)
		if !errors.Is(err, lector.ErrConflict) {
			return published{at, e.Force}, err
		}
	}
	return published{}, fmt.Errorf("replay of %s: %w", ref, lector.ErrConflict)
}

// wanted returns the event that is to be published: a copy of the one that the
// job's record is about.
func (p publisher) wanted(ctx context.Context, r lector.Replay, ref lector.JobRef, newest lector.ArticleEvent,
	sequence uint64) (lector.ArticleEvent, error) {
	j, _, err := p.jobs.Job(ctx, ref.Site, ref.ID)
	if errors.Is(err, lector.ErrNotFound) {
		return newest, noRecord
	}
	if err != nil {
		return newest, err
	}
	if err := check(j, r.Filter); err != nil {
		return newest, err
	}
	e, err := p.accepted(ctx, j, newest, sequence)
	if err != nil {
		return e, err
	}
	if e.Type.Withdraws() {
		return e, withdrawn
	}
	e.ID, e.Source, e.Time, e.Replay, e.Lane = r.ID+"-"+ref.ID, source, p.now(), r.ID, lector.Backfill
	e.Force = 0
	if r.Force > 0 {
		e.Force, err = p.allot(ctx, e.Article, r.Force-r.Forced)
	}
	return e, err
}

// allot returns how many characters of an article are to be synthesised again, if so
// many are left.
func (p publisher) allot(ctx context.Context, a lector.Article, left int) (int, error) {
	need, err := p.estimator.Estimate(ctx, a, newGeneration)
	switch {
	case err != nil && lector.IsPermanent(err):
		return 0, leftOut("it cannot be read: " + err.Error())
	case err != nil:
		return 0, err
	case need.Billed > left:
		return 0, overForce
	}
	return need.Billed, nil
}

// accepted returns the event that the record is about, which is the newest unless
// that had no effect, being stale.
func (p publisher) accepted(ctx context.Context, j lector.Job, newest lector.ArticleEvent, sequence uint64) (lector.ArticleEvent, error) {
	if sequence == j.Sequence {
		return newest, nil
	}
	if j.Ignored == nil || j.Ignored.Sequence < sequence {
		return newest, atWork // a newer event is on its way
	}
	e, err := p.events.Event(ctx, j.Sequence)
	switch {
	case errors.Is(err, lector.ErrNotFound):
		return e, gone
	case err != nil && lector.IsPermanent(err):
		return e, unusable
	}
	return e, err
}
