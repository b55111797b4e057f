package lector

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// State is the state of a job.
type State string

// The states of a job. Queued and running jobs move on by themselves, a parked
// one when its reason is gone; the others are terminal.
const (
	Queued    State = "queued"    // waits for a worker
	Running   State = "running"   // a worker has it
	Parked    State = "parked"    // waits for a budget, a voice or a person
	Ready     State = "ready"     // its audio is public
	Failed    State = "failed"    // a person must look at it
	Removed   State = "removed"   // withdrawn by the CMS
	Refused   State = "refused"   // rightly without audio: not public, nothing to read
	Cancelled State = "cancelled" // ended by an operator
)

// Terminal reports whether nothing more happens without a new event or a replay.
func (s State) Terminal() bool {
	switch s {
	case Ready, Failed, Removed, Refused, Cancelled:
		return true
	}
	return false
}

// Stage is where in the pipeline a job is.
type Stage string

// The stages, in the order of the work.
const (
	StageTake     Stage = "take"     // the event becomes the one that the record wants
	StageExtract  Stage = "extract"  // what is read
	StageScript   Stage = "script"   // how it is said
	StageSynth    Stage = "synth"    // the clips
	StageStitch   Stage = "stitch"   // the MP3
	StageStore    Stage = "store"    // the files
	StageCommit   Stage = "commit"   // the rendition becomes the article's
	StageAnnounce Stage = "announce" // the pointer and the audio event
	StageDone     Stage = "done"     // nothing is left to do
)

// Attempt is one try at a job, by one worker.
type Attempt struct {
	Number  int       `json:"number"`            // from 1
	Worker  string    `json:"worker"`            // host and process
	Started time.Time `json:"started"`           // when the worker took it
	Ended   time.Time `json:"ended,omitzero"`    // absent while it runs, and where its worker died
	Replay  string    `json:"replay,omitempty"`  // names the replay that asked for it
	Stage   Stage     `json:"stage"`             // the last one reached
	Outcome string    `json:"outcome,omitempty"` // the state reached, or what became of it
	Error   string    `json:"error,omitempty"`   // why it reached no end
	Trace   string    `json:"trace,omitempty"`   // the traceparent of its span, where its event is traced
}

// ChunkState is one chunk of a job: reused or synthesized, and what all calls
// for it used, in characters.
type ChunkState struct {
	Hash       string `json:"hash"`              // of its clip
	Characters int    `json:"characters"`        // of its text
	State      string `json:"state"`             // reused or synthesized
	Billed     int    `json:"billed,omitempty"`  // characters that all calls for it were billed
	Unknown    int    `json:"unknown,omitempty"` // of calls whose outcome nobody knows
}

// IgnoredEvent is an event that had no effect, for the CMS says that it is older
// than what is known.
type IgnoredEvent struct {
	Sequence uint64    `json:"sequence"` // in the ARTICLES stream
	Type     EventType `json:"type"`     // of the event
	Revision string    `json:"revision"` // that it states
	Reason   string    `json:"reason"`   // in words
	At       time.Time `json:"at"`       // when it was found
}

// Job is the authoritative record of one article: the newest revision to be read
// and the rendition that is public. It is changed by compare-and-set only.
type Job struct {
	ID                 string        `json:"id"`                            // the article's key
	Site               string        `json:"site"`                          // the publication
	Article            string        `json:"article"`                       // the CMS's id of the article
	Title              string        `json:"title,omitempty"`               // the headline
	Section            string        `json:"section,omitempty"`             // as the CMS states it
	URL                string        `json:"url,omitempty"`                 // of the article; records of older builds have none
	Revision           string        `json:"revision"`                      // the wanted one
	UpdatedAt          time.Time     `json:"updated_at,omitzero"`           // of the wanted revision, as the CMS states it
	Sequence           uint64        `json:"sequence"`                      // of the event in the ARTICLES stream
	Arrived            uint64        `json:"arrived,omitempty"`             // where that event came in, under another key; absent is where it stands
	Withdrawal         uint64        `json:"withdrawal,omitempty"`          // where the newest withdrawal came into the ARTICLES stream: no event before it counts
	State              State         `json:"state"`                         // how it stands
	Stage              Stage         `json:"stage"`                         // how far the work has come
	Lane               Lane          `json:"lane,omitempty"`                // the queue; absent is normal
	Class              Class         `json:"class,omitempty"`               // of the error that is the reason
	Reason             string        `json:"reason,omitempty"`              // why it failed, is parked or was refused
	PublicAt           time.Time     `json:"public_at,omitzero"`            // of an embargo that holds: when the article becomes public
	Attempts           []Attempt     `json:"attempts"`                      // the tries at this revision
	Chunks             []ChunkState  `json:"chunks"`                        // of the last attempt that reached an end
	Usage              Usage         `json:"usage"`                         // characters of all attempts
	Cost               float64       `json:"cost"`                          // US dollars
	Rendition          string        `json:"rendition,omitempty"`           // hash of the public one
	Teaser             bool          `json:"teaser,omitempty"`              // the public rendition is of the free part of an article that is not public
	Manifest           string        `json:"manifest,omitempty"`            // its address, as it was when the record was written
	Voice              string        `json:"voice,omitempty"`               // that reads the public rendition, as configured; not the voices by role
	Fallback           string        `json:"fallback,omitempty"`            // why a better voice did not read it
	Generation         string        `json:"generation,omitempty"`          // names the replay that had all of it synthesised again; its clips have addresses of their own
	Announced          bool          `json:"announced,omitempty"`           // nothing is to be announced, or an older build has; else the AUDIO stream tells
	AnnouncedRendition string        `json:"announced_rendition,omitempty"` // by an older build: the rendition that its last audio event said is ready
	Ignored            *IgnoredEvent `json:"ignored,omitempty"`             // the last event that had no effect
	Created            time.Time     `json:"created"`                       // when the article was first announced
	Changed            time.Time     `json:"changed"`                       // when the record was last written

	Unknown map[string]json.RawMessage `json:"-"` // fields of its record that a newer build has written, to be kept
}

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
// newest revision wins in whatever order the events come. A withdrawal obeys no
// clock: the place in the stream alone decides, and what stands before it is stale
// whatever time it states. The place is where an event came in, under whatever key.
func (j Job) Disposition(e ArticleEvent, sequence uint64) Disposition {
	at, arrived := e.Article.UpdatedAt, cmp.Or(e.Arrived, sequence)
	undated := at.IsZero() || j.UpdatedAt.IsZero()
	switch {
	case j.Sequence == 0:
		return Due
	case arrived < j.Withdrawal:
		return Stale
	case sequence == j.Sequence && !j.State.Terminal():
		return Due
	case sequence == j.Sequence && j.Announced:
		return Applied
	case sequence == j.Sequence:
		return Unannounced
	case undated, e.Type.Withdraws(), at.Equal(j.UpdatedAt):
		return dueIf(arrived > cmp.Or(j.Arrived, j.Sequence))
	default:
		return dueIf(at.After(j.UpdatedAt))
	}
}

// Outdates reports whether an event that came in at a place, and had no effect then, must
// have none any more: its article was withdrawn since, or a newer event of it was taken.
// Place 0 is not known: then a withdrawal alone outdates it.
func (j Job) Outdates(e ArticleEvent, place uint64) bool {
	if place == 0 {
		return j.State == Removed
	}
	e.Arrived = place
	itself := place == cmp.Or(j.Arrived, j.Sequence)
	return !itself && j.Disposition(e, math.MaxUint64) == Stale
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
		j.Attempts, j.Usage, j.Cost = nil, Usage{}, 0
		if !e.Type.Withdraws() { // a withdrawal has none of its own
			j.Chunks = nil
		}
	}
	j.ID, j.Site, j.Article, j.Sequence, j.Arrived = a.Key(), a.Site, a.ID, sequence, e.Arrived
	j.Revision = a.Revision
	if e.Type.Withdraws() {
		j.Withdrawal = max(j.Withdrawal, cmp.Or(e.Arrived, sequence))
	}
	if a.Title != "" {
		j.Title = DecodeReferences(a.Title)
	}
	if a.Section != "" {
		j.Section = a.Section
	}
	if a.URL != "" {
		j.URL = a.URL
	}
	if !a.UpdatedAt.IsZero() {
		j.UpdatedAt = a.UpdatedAt
	}
	j.State, j.Stage, j.Lane, j.Class, j.Reason, j.Announced = Running, StageTake, e.Lane, "", "", false
	j.Changed = now
}

// FirstEvent reports whether no event of the article came before the one that the job works
// on: the record was made when its first attempt began.
func (j Job) FirstEvent() bool {
	return len(j.Attempts) > 0 && j.Attempts[0].Started.Equal(j.Created)
}

// Status is the state, with the class of the error that is its reason: "parked (budget)".
func (j Job) Status() string {
	if j.Class == "" {
		return string(j.State)
	}
	return fmt.Sprintf("%s (%s)", j.State, j.Class)
}

// Cancel ends the job without a result. What is public stays so, and nothing is
// announced. A new event or a replay makes it live again.
func (j *Job) Cancel(now time.Time, reason string) {
	j.State, j.Stage, j.Class, j.Reason, j.Announced = Cancelled, StageDone, "", reason, true
	j.Changed = now
	attempts := slices.Clone(j.Attempts)
	if n := len(attempts); n > 0 && attempts[n-1].Outcome == "" {
		attempts[n-1].Ended, attempts[n-1].Outcome = now, string(Cancelled)
	}
	j.Attempts = attempts
}

// States returns all states of jobs.
func States() []State {
	return []State{Queued, Running, Parked, Ready, Failed, Removed, Refused, Cancelled}
}

// Classes returns all classes of errors.
func Classes() []Class {
	return []Class{
		ClassInput, ClassVoiceRefused, ClassVoiceDown, ClassQuota, ClassBudget, ClassEmbargo, ClassStorage, ClassPoison, ClassBug,
	}
}

// JobFilter selects jobs. What is zero selects any.
type JobFilter struct {
	ID       string    `json:"id,omitempty"`       // of the job, or the beginning of one; or the CMS's id of the article
	State    State     `json:"state,omitempty"`    // how the job stands
	Class    Class     `json:"class,omitempty"`    // of the error that is the reason
	Site     string    `json:"site,omitempty"`     // the publication
	Section  string    `json:"section,omitempty"`  // as the CMS states it, in any case
	URL      string    `json:"url,omitempty"`      // of the article, compared by SameArticle
	Voice    string    `json:"voice,omitempty"`    // that reads the public rendition, as configured
	Lane     string    `json:"lane,omitempty"`     // by its name: that of Normal is normal
	Text     string    `json:"text,omitempty"`     // in the title or the reason, in any case
	Since    time.Time `json:"since,omitzero"`     // changed in [Since, Until)
	Until    time.Time `json:"until,omitzero"`     //
	Fallback bool      `json:"fallback,omitempty"` // public, but not read by the preferred voice
}

// Matches reports whether the filter selects the job.
func (f JobFilter) Matches(j Job) bool {
	if f.ID != "" && !j.Named(f.ID) {
		return false
	}
	if !f.matchesState(&j) || !f.matchesPlace(&j) {
		return false
	}
	return f.matchesTime(j.Changed) && f.matchesText(&j)
}

// minPrefix is how much of a job's id names it at least.
const minPrefix = 4

// Named reports whether an id that a person gives may mean the job: it is the job's
// id, the beginning of one, or the CMS's id of the article.
func (j Job) Named(id string) bool {
	begins := len(id) >= minPrefix && strings.HasPrefix(j.ID, id)
	return begins || j.ID == id || j.Article == id
}

func (f JobFilter) matchesState(j *Job) bool {
	switch {
	case f.State != "" && f.State != j.State, f.Class != "" && f.Class != j.Class:
		return false
	case f.Lane != "" && f.Lane != j.Lane.String():
		return false
	}
	return !f.Fallback || j.Fallback != "" && j.State == Ready
}

func (f JobFilter) matchesPlace(j *Job) bool {
	switch {
	case f.Site != "" && f.Site != j.Site, f.Voice != "" && f.Voice != j.Voice:
		return false
	case f.Section != "" && !strings.EqualFold(f.Section, j.Section):
		return false
	}
	return f.URL == "" || SameArticle(f.URL, j.URL)
}

func (f JobFilter) matchesTime(changed time.Time) bool {
	early := !f.Since.IsZero() && changed.Before(f.Since)
	late := !f.Until.IsZero() && !changed.Before(f.Until)
	return !early && !late
}

func (f JobFilter) matchesText(j *Job) bool {
	if f.Text == "" {
		return true
	}
	text := strings.ToLower(f.Text)
	return strings.Contains(strings.ToLower(j.Title), text) || strings.Contains(strings.ToLower(j.Reason), text)
}

// EventPlace is where an article event stands in its stream.
type EventPlace struct {
	Site     string    // the publication
	Key      string    // of the article
	Sequence uint64    // the place
	Stored   time.Time // when the broker stored the event, by its clock; zero where nobody asked
}

// QueueState is how far the queue of article events has come.
type QueueState struct {
	Settled   uint64    // all events up to this place are acknowledged
	Delivered uint64    // the last place that was handed to a worker
	Unsettled int       // events that were handed to a worker and are not acknowledged, also those that come again later
	Waiting   int       // events that were never handed to a worker
	Oldest    time.Time // when the oldest of those that wait was stored; zero: none waits
}

// Settles reports whether nothing is left to do for an event of the article at a
// place in the stream: it or a newer one has come to its end, or it was ignored
// and what it was ignored for has come to its end.
func (j Job) Settles(sequence uint64) bool {
	return j.State.Terminal() && j.SettledThrough() >= sequence
}

// SettledThrough returns the last place in the stream that the job settles; 0: none.
func (j Job) SettledThrough() uint64 {
	switch {
	case !j.State.Terminal():
		return 0
	case j.Ignored != nil:
		return max(j.Sequence, j.Ignored.Sequence)
	}
	return j.Sequence
}

// PauseKind is what can be paused.
type PauseKind string

// The kinds of what can be paused.
const (
	PauseLane  PauseKind = "lane"  // no event of it is begun
	PauseSite  PauseKind = "site"  // no article of it is begun
	PauseVoice PauseKind = "voice" // it is not called; other voices of a site read
)

// Pause is what an operator has paused, until it is resumed. Withdrawals are never
// paused.
type Pause struct {
	Kind   PauseKind `json:"kind"`             // lane, site or voice
	Name   string    `json:"name"`             // which of them
	Reason string    `json:"reason,omitempty"` // as the operator stated it
	Who    string    `json:"who,omitempty"`    // paused it; records of older builds do not say
	Since  time.Time `json:"since"`            // when it was paused
}

// String says what is paused, by whom, and why.
func (p Pause) String() string {
	text := fmt.Sprintf("%s %s is paused", p.Kind, p.Name)
	if p.Who != "" {
		text += " by " + p.Who
	}
	if p.Reason != "" {
		text += ": " + p.Reason
	}
	return text
}

// JobLog is what each log line of a job says of it.
type JobLog struct {
	Site, Job, Article, Revision string
	Attempt                      int // the number of the attempt that is under way; 0: none has begun
}

type jobLogKey struct{}

// WithJobLog returns a context whose log lines are of a job.
func WithJobLog(ctx context.Context, l JobLog) context.Context {
	return context.WithValue(ctx, jobLogKey{}, l)
}

// WithAttempt returns a context whose log lines name an attempt at the job of ctx, too.
func WithAttempt(ctx context.Context, attempt int) context.Context {
	l, _ := JobLogOf(ctx)
	l.Attempt = attempt
	return WithJobLog(ctx, l)
}

// JobLogOf returns the job that ctx works on; found is false where there is none.
func JobLogOf(ctx context.Context) (l JobLog, found bool) {
	l, found = ctx.Value(jobLogKey{}).(JobLog)
	return l, found
}
