package jobindex

import (
	"time"

	"lector"
)

// Entry is what the index keeps of a job.
type Entry struct {
	// Job is the record without its attempts, its chunks and what only the work on it
	// needs.
	Job        lector.Job
	Characters int       // of the chunks; 0: no attempt has reached an end yet
	Waiting    time.Time // since when it is in its state; of a running job, when its first attempt at the revision began
	// Took is how long the last attempt took that has ended.
	Took time.Duration
}

// entry is an Entry as it is kept: a hundred thousand of them must be small. It is
// not changed once it is in the index, but for its place in the heap of its group.
type entry struct {
	id, article, url, title, revision, reason, fallback string
	generation                                          string // likewise shared
	site, section, voice                                string // shared with other entries
	state                                               lector.State
	class                                               lector.Class
	stage                                               lector.Stage
	lane                                                lector.Lane
	sequence                                            uint64
	created, changed, waiting                           int64 // nanoseconds since 1970; 0 is no time
	cost                                                float64
	billed, reused, unknown, characters                 int32
	took                                                float32 // seconds
	place                                               int32   // in the heap of its group
}

// newEntry keeps of a record what is asked for. Texts that many records share are
// kept once.
func newEntry(j lector.Job, shared func(string) string) *entry {
	e := &entry{
		id: j.ID, article: j.Article, url: j.URL, title: j.Title, revision: j.Revision, reason: j.Reason,
		fallback: shared(j.Fallback), generation: shared(j.Generation),
		site: shared(j.Site), section: shared(j.Section), voice: shared(j.Voice),
		state: lector.State(shared(string(j.State))), class: lector.Class(shared(string(j.Class))),
		stage: lector.Stage(shared(string(j.Stage))), lane: lector.Lane(shared(string(j.Lane))),
		sequence: j.Sequence, created: nanoseconds(j.Created), changed: nanoseconds(j.Changed), cost: j.Cost,
		billed: int32(j.Usage.Billed), reused: int32(j.Usage.Reused), unknown: int32(j.Usage.Unknown),
	}
	for _, c := range j.Chunks {
		e.characters += int32(c.Characters)
	}
	e.waiting = e.changed
	if n := len(j.Attempts); n > 0 {
		if !j.State.Terminal() {
			e.waiting = nanoseconds(j.Attempts[0].Started)
		}
		if last := j.Attempts[n-1]; !last.Ended.IsZero() {
			e.took = float32(last.Ended.Sub(last.Started).Seconds())
		}
	}
	return e
}

func (e *entry) job() lector.Job {
	return lector.Job{
		ID: e.id, Site: e.site, Article: e.article, URL: e.url, Title: e.title, Section: e.section,
		Revision: e.revision, Sequence: e.sequence,
		State: e.state, Stage: e.stage, Lane: e.lane, Class: e.class, Reason: e.reason,
		Usage: lector.Usage{Billed: int(e.billed), Reused: int(e.reused), Unknown: int(e.unknown)}, Cost: e.cost,
		Voice: e.voice, Fallback: e.fallback, Generation: e.generation, Created: moment(e.created), Changed: moment(e.changed),
	}
}

func (e *entry) export() Entry {
	return Entry{
		Job: e.job(), Characters: int(e.characters), Waiting: moment(e.waiting),
		Took: time.Duration(float64(e.took) * float64(time.Second)),
	}
}

func nanoseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func moment(nanoseconds int64) time.Time {
	if nanoseconds == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanoseconds).UTC()
}
