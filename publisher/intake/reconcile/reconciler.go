package reconcile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"lector"
)

// Reconciler keeps the audio of one site in line with what its source says. One of a
// site works at a time: who runs it holds a lease. The zero value of what may be
// missing is fine.
type Reconciler struct {
	Site   string
	Source Source
	Jobs   Jobs
	Events Events
	Places Places
	Log    *slog.Logger
	// Limit bounds the requests to the source; nil is a NewLimiter.
	Limit *rate.Limiter
	// Backfill is how long ago an article may have been published that nobody has
	// announced and that is read; 0 is any.
	Backfill time.Duration
	// Teasers says that the site reads the free part of what is not public.
	Teasers bool
	// DryRun publishes nothing.
	DryRun bool
	// OnReport is called after each look with what is known then, and OnPass after each
	// pass over all articles with its error. Both may be nil.
	OnReport func(Report)
	OnPass   func(err error)
	Now      func() time.Time // nil is time.Now

	lacking        map[string]Entry   // published articles without correct audio, by their keys
	failed         map[string]failure // articles that could not be fetched from the source, by their keys
	gone           map[string]sighting
	undated        undated
	loaded         bool
	mark, keptMark string
	held           bool   // more is gone than is withdrawn without being asked
	kept           []byte // the list of lacking as it was kept last
	summary        Summary
}

// failure is an article that could not be fetched from the source.
type failure struct {
	item   Item
	state  string // that was asked for
	tries  int
	again  time.Time // zero: not before it changes
	reason string
}

// waits reports whether the article is not asked for at that time.
func (f failure) waits(at time.Time) bool { return f.again.IsZero() || at.Before(f.again) }

// sighting is an article with audio that was not there.
type sighting struct {
	ID    string    `json:"id"`
	URL   string    `json:"url,omitempty"`
	First time.Time `json:"first"`
}

func (r *Reconciler) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}

// requestsPerSecond is how often a source is asked, where nothing else is said.
const requestsPerSecond = 5

// NewLimiter bounds the requests to one source.
func NewLimiter() *rate.Limiter { return rate.NewLimiter(requestsPerSecond, requestsPerSecond) }

// load reads what an earlier process has left.
func (r *Reconciler) load(ctx context.Context) error {
	if r.loaded {
		return nil
	}
	if r.Limit == nil {
		r.Limit = NewLimiter()
	}
	r.lacking, r.failed, r.gone = map[string]Entry{}, map[string]failure{}, map[string]sighting{}
	if err := r.read(ctx, "mark", &r.mark); err != nil {
		return err
	}
	r.keptMark = r.mark
	if err := r.read(ctx, "gone", &r.gone); err != nil {
		return err
	}
	if err := r.read(ctx, "summary", &r.summary); err != nil {
		return err
	}
	if err := r.loadUndated(ctx); err != nil {
		return err
	}
	var lacking []Item
	if err := r.read(ctx, "lacking", &lacking); err != nil {
		return err
	}
	for _, i := range lacking { // the first look at it says what is wrong
		key := lector.Key(r.Site, i.ID)
		r.lacking[key] = Entry{ID: i.ID, URL: i.URL, Title: i.Title, Job: key, Finding: Waiting, Reason: "not looked at yet", item: i}
	}
	r.loaded = true
	return nil
}

// maxKept bounds how many articles without audio are kept for the next process.
const maxKept = 1000

// keepLacking keeps the list of what is without correct audio, when it has changed.
func (r *Reconciler) keepLacking(ctx context.Context) error {
	items := []Item{}
	for _, key := range slices.Sorted(maps.Keys(r.lacking)) {
		items = append(items, r.lacking[key].item)
	}
	data, err := json.Marshal(items[:min(len(items), maxKept)])
	if err != nil || bytes.Equal(data, r.kept) {
		return err
	}
	r.kept = data
	return r.Places.SetPlace(ctx, r.Site+".lacking", data)
}

// read reads a place; one that is not there, or not readable, leaves what it is read
// into.
func (r *Reconciler) read(ctx context.Context, name string, into any) error {
	data, err := r.Places.Place(ctx, r.Site+"."+name)
	if errors.Is(err, lector.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		r.Log.Warn("position of the comparison cannot be read: it starts from the beginning", "site", r.Site, "place", name, "error", err)
	}
	return nil
}

func (r *Reconciler) write(ctx context.Context, name string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return r.Places.SetPlace(ctx, r.Site+"."+name, data)
}

// visit looks at an article that the source lists, and heals what can be.
func (r *Reconciler) visit(ctx context.Context, i Item) (Finding, error) {
	key := lector.Key(r.Site, i.ID)
	found, reason, k, err := r.look(ctx, i)
	if err != nil {
		return found, err
	}
	if found.heals() && !r.DryRun {
		found, reason, err = r.heal(ctx, i, k, found, reason)
	}
	r.note(key, i, k, found, reason)
	return found, err
}

// look compares an article with what is known of it. The newest event is asked for
// where the record alone does not tell.
func (r *Reconciler) look(ctx context.Context, i Item) (Finding, string, known, error) {
	k := known{teasers: r.Teasers}
	if r.Backfill > 0 {
		k.since = r.now().Add(-r.Backfill)
	}
	key := lector.Key(r.Site, i.ID)
	j, _, err := r.Jobs.Job(ctx, r.Site, key)
	if err != nil && !errors.Is(err, lector.ErrNotFound) {
		return "", "", k, err
	}
	k.job, k.found = j, err == nil
	found, reason := compare(i, k)
	if found == Old && r.appeared(i) {
		k.isNew = true
		found, reason = compare(i, k)
	}
	if !found.heals() && !found.lacks() {
		return found, reason, k, nil
	}
	e, place, err := r.Events.NewestEvent(ctx, lector.JobRef{Site: r.Site, ID: key})
	switch {
	case errors.Is(err, lector.ErrNotFound):
	case err != nil:
		return "", "", k, err
	default:
		k.newest, k.ours, k.waiting = e.ID, e.Source == eventSource, place > handled(k.job)
	}
	found, reason = compare(i, k)
	return found, reason, k, nil
}

// handled is the place of the newest event that a worker has taken.
func handled(j lector.Job) uint64 {
	if j.Ignored != nil {
		return max(j.Sequence, j.Ignored.Sequence)
	}
	return j.Sequence
}

// heal publishes what an article lacks, and returns what is left.
func (r *Reconciler) heal(ctx context.Context, i Item, k known, found Finding, reason string) (Finding, string, error) {
	key := lector.Key(r.Site, i.ID)
	if f, failed := r.failed[key]; failed && f.state == eventID(i) && f.waits(r.now()) {
		return unread, f.reason, nil
	}
	a := lector.Article{Site: r.Site, ID: i.ID, URL: i.URL, Title: i.Title, UpdatedAt: i.UpdatedAt, Revision: i.Revision,
		Visibility: i.Visibility}
	if found != exposed {
		if err := r.Limit.Wait(ctx); err != nil {
			return found, reason, err
		}
		var err error
		a, err = r.Source.Article(ctx, i)
		if err != nil {
			return r.fail(ctx, key, i, k, err)
		}
		a.Site, a.ID = r.Site, i.ID
		if i.Revision != "" {
			a.Revision = i.Revision
		}
	}
	delete(r.failed, key)
	if _, err := r.Events.Publish(ctx, r.event(i, k, found, a)); err != nil {
		if lector.IsPermanent(err) {
			return r.fail(ctx, key, i, k, err)
		}
		return found, reason, err
	}
	r.Log.Info("announced: "+reason, "site", r.Site, "article", i.ID, "url", i.URL)
	if found == exposed {
		return Private, reason, nil
	}
	return Waiting, "announced just now: " + reason, nil
}

// backfillAge is how old an article is that need not be read before the others.
const backfillAge = 24 * time.Hour

// event announces the state of an article. One that was withdrawn in between gets a
// new event: the broker takes the same one once.
func (r *Reconciler) event(i Item, k known, found Finding, a lector.Article) lector.ArticleEvent {
	e := lector.ArticleEvent{ID: eventID(i), Source: eventSource, Type: lector.Updated, Time: r.now().UTC(), Article: a}
	if !k.found || found == Missing {
		e.Type = lector.Published
	}
	if k.found && k.job.State == lector.Removed {
		e.ID += fmt.Sprintf("-%d", k.job.Sequence)
	}
	if at := i.PublishedAt; !at.IsZero() && r.now().Sub(at) > backfillAge && found == Missing {
		e.Lane = lector.Backfill
	}
	return e
}

// The waits before an article that could not be fetched is asked for again.
const (
	firstRetry   = time.Minute
	longestRetry = time.Hour
)

// fail notes that an article could not be fetched. The error is returned where it
// concerns the whole source.
func (r *Reconciler) fail(ctx context.Context, key string, i Item, k known, err error) (Finding, string, error) {
	if ctx.Err() != nil {
		return unread, "", ctx.Err()
	}
	if _, throttled := lector.IsThrottled(err); throttled {
		return unread, err.Error(), err
	}
	f := r.failed[key]
	if f.state != eventID(i) {
		f = failure{item: i, state: eventID(i)}
	}
	f.reason = err.Error()
	found := unread
	switch {
	case errors.Is(err, lector.ErrNotFound):
		found, f.reason = Gone, "it is listed, but it is not there"
		f.again = r.now().Add(longestRetry)
		if k.found && k.job.Rendition != "" {
			r.missed(key, i)
		}
	case !lector.IsPermanent(err):
		f.again = r.now().Add(min(firstRetry<<min(f.tries, 10), longestRetry))
	}
	f.tries++
	r.failed[key] = f
	r.Log.Warn("article not read", "site", r.Site, "article", i.ID, "url", i.URL, "error", err, "again", f.again)
	return found, f.reason, nil
}

// note keeps the list of what is without correct audio.
func (r *Reconciler) note(key string, i Item, k known, found Finding, reason string) {
	if !found.lacks() {
		delete(r.lacking, key)
		return
	}
	e := Entry{ID: i.ID, URL: i.URL, Title: i.Title, Job: key, Finding: found, Reason: reason, item: i}
	if k.job.Title != "" {
		e.Title = k.job.Title
	}
	r.lacking[key] = e
}

// missed notes that an article with audio was not there.
func (r *Reconciler) missed(key string, i Item) {
	if _, known := r.gone[key]; !known {
		r.gone[key] = sighting{ID: i.ID, URL: i.URL, First: r.now()}
	}
}
