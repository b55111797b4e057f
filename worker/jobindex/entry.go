package jobindex

import (
	"strings"
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
	*common
	texts                               string           // all texts one behind the other
	ends                                [textCount]int32 // of each of them, in bytes
	sequence                            uint64
	created, changed, waiting           int64 // nanoseconds since 1970; 0 is no time
	cost                                float64
	billed, reused, unknown, characters int32
	took                                float32 // seconds
	place                               int32   // in the heap of its group
}

// common is what many records have alike; they share it.
type common struct {
	Group
	stage                                lector.Stage
	section, voice, fallback, generation string
}

// The texts of an entry.
const (
	textID = iota
	textArticle
	textURL
	textTitle
	textRevision
	textReason
	textCount
)

// newEntry keeps of a record what is asked for, and of what many records have alike
// what share returns.
func newEntry(j lector.Job, share func(common) *common) *entry {
	e := &entry{
		common: share(common{
			Group: Group{Site: j.Site, State: j.State, Lane: j.Lane, Class: j.Class}, stage: j.Stage,
			section: j.Section, voice: j.Voice, fallback: j.Fallback, generation: j.Generation,
		}),
		sequence: j.Sequence, created: nanoseconds(j.Created), changed: nanoseconds(j.Changed), cost: j.Cost,
		billed: int32(j.Usage.Billed), reused: int32(j.Usage.Reused), unknown: int32(j.Usage.Unknown),
	}
	e.setTexts(j.ID, j.Article, j.URL, j.Title, j.Revision, j.Reason)
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

// setTexts keeps the texts in the order of their constants.
func (e *entry) setTexts(texts ...string) {
	e.texts = strings.Join(texts, "")
	end := 0
	for i, text := range texts {
		end += len(text)
		e.ends[i] = int32(end)
	}
}

func (e *entry) text(i int) string {
	if i == 0 {
		return e.texts[:e.ends[0]]
	}
	return e.texts[e.ends[i-1]:e.ends[i]]
}

func (e *entry) id() string { return e.text(textID) }

func (e *entry) job() lector.Job {
	return lector.Job{
		ID: e.id(), Site: e.Site, Article: e.text(textArticle), URL: e.text(textURL), Title: e.text(textTitle), Section: e.section,
		Revision: e.text(textRevision), Sequence: e.sequence,
		State: e.State, Stage: e.stage, Lane: e.Lane, Class: e.Class, Reason: e.text(textReason),
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
