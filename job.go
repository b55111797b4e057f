package lector

import "time"

// State is how a job stands.
type State string

// The states of a job. Queued and running jobs move on by themselves, a parked
// one when its reason is gone; the others are at rest.
const (
	Queued    State = "queued"
	Running   State = "running"
	Parked    State = "parked" // waits for a budget, a voice or a person
	Ready     State = "ready"
	Failed    State = "failed"
	Removed   State = "removed"
	Refused   State = "refused" // rightly without audio: not public, nothing to read
	Cancelled State = "cancelled"
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
	StageTake     Stage = "take"
	StageExtract  Stage = "extract"
	StageScript   Stage = "script"
	StageSynth    Stage = "synth"
	StageStitch   Stage = "stitch"
	StageStore    Stage = "store"
	StageCommit   Stage = "commit"
	StageAnnounce Stage = "announce"
	StageDone     Stage = "done"
)

// Lane is the queue a job stands in: breaking, normal or backfill. Empty is
// normal, the only one so far.
type Lane string

// Attempt is one try at a job, by one worker.
type Attempt struct {
	Number  int       `json:"number"`
	Worker  string    `json:"worker"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`
	Replay  string    `json:"replay,omitempty"`
	Stage   Stage     `json:"stage"`
	Outcome string    `json:"outcome,omitempty"`
	Error   string    `json:"error,omitempty"`
}

// ChunkState is one chunk of a job: reused or synthesized, and what all calls
// for it used, in characters.
type ChunkState struct {
	Hash       string `json:"hash"`
	Characters int    `json:"characters"`
	State      string `json:"state"`
	Billed     int    `json:"billed,omitempty"`
	Unknown    int    `json:"unknown,omitempty"` // of calls whose outcome nobody knows
}

// Job is the truth about one article: its newest wanted revision and the
// rendition that is public. It is changed by compare-and-set only.
type Job struct {
	ID                 string       `json:"id"` // the article's key
	Site               string       `json:"site"`
	Article            string       `json:"article"`
	Title              string       `json:"title,omitempty"`
	Revision           string       `json:"revision"`
	UpdatedAt          time.Time    `json:"updated_at,omitzero"` // of the wanted revision, as the CMS states it
	Sequence           uint64       `json:"sequence"`            // of the event in the ARTICLES stream
	State              State        `json:"state"`
	Stage              Stage        `json:"stage"`
	Lane               Lane         `json:"lane,omitempty"`
	Reason             string       `json:"reason,omitempty"` // why it failed, is parked or was refused
	Attempts           []Attempt    `json:"attempts"`
	Chunks             []ChunkState `json:"chunks"`
	Usage              Usage        `json:"usage"`
	Cost               float64      `json:"cost"`                          // US dollars
	Rendition          string       `json:"rendition,omitempty"`           // hash of the public one
	Manifest           string       `json:"manifest,omitempty"`            // its address, as it was when the record was written
	Fallback           string       `json:"fallback,omitempty"`            // why a better voice did not read it
	Announced          bool         `json:"announced"`                     // the audio event of this state is out
	AnnouncedRendition string       `json:"announced_rendition,omitempty"` // the rendition that the last audio event said is ready
	Created            time.Time    `json:"created"`
	Changed            time.Time    `json:"changed"`
}
