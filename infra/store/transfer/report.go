package transfer

import (
	"lector"
)

// Report is what a copy did, and how the stores stand at its end.
type Report struct {
	Clips      Tally     `json:"clips"`
	Answers    Tally     `json:"answers"` // of voices, whose clips are not made yet
	Claims     Tally     `json:"claims"`  // articles that were too large for an event
	Lexicon    Tally     `json:"lexicon"`
	Withdrawn  Tally     `json:"withdrawn"` // names of files that are gone
	Renditions Tally     `json:"renditions"`
	Rounds     int       `json:"rounds"`
	Settled    bool      `json:"settled"` // the last round found nothing to do
	Problems   []Problem `json:"problems"`
}

// Tally counts objects of one part. Objects, Bytes and Kept are of the last
// round, the others of all.
type Tally struct {
	Objects     int   `json:"objects"` // that the source has
	Bytes       int64 `json:"bytes"`
	Copied      int   `json:"copied"`
	CopiedBytes int64 `json:"copied_bytes"`
	Deleted     int   `json:"deleted"` // in the target, since the source has them no more
	Kept        int   `json:"kept"`    // in the target, which alone has them or has them newer
}

// Problem is an object that could not be copied. Only those of the last round are
// reported, since earlier ones may have been copied since.
type Problem struct {
	Key   string `json:"key"` // of an object, or the prefix of an article
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}

// begin starts a round and returns how much was changed before it.
func (r *Report) begin() (changes int) {
	r.Rounds++
	r.Settled, r.Problems = false, nil
	for _, t := range r.tallies() {
		t.Objects, t.Bytes, t.Kept = 0, 0, 0
		changes += t.Copied + t.Deleted
	}
	return changes
}

// changed ends a round and reports whether another one is worth it.
func (r *Report) changed(before int) bool {
	after := 0
	for _, t := range r.tallies() {
		after += t.Copied + t.Deleted
	}
	r.Settled = after == before
	return !r.Settled
}

func (r *Report) tallies() []*Tally {
	return []*Tally{&r.Clips, &r.Answers, &r.Claims, &r.Lexicon, &r.Withdrawn, &r.Renditions}
}

func (r *Report) tally(part string) *Tally {
	switch part {
	case clips:
		return &r.Clips
	case answers:
		return &r.Answers
	case claims:
		return &r.Claims
	case lexicon:
		return &r.Lexicon
	case withdrawn:
		return &r.Withdrawn
	}
	return &r.Renditions
}

// count changes the tally of a part and tells who watches.
func (c *Copy) count(part string, change func(*Tally)) {
	s := &c.state
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s.report.tally(part))
	if c.OnStep == nil {
		return
	}
	step := Step{Part: part, Seen: s.report.tally(part).Objects}
	for _, t := range s.report.tallies() {
		step.Copied += t.Copied
		step.Bytes += t.CopiedBytes
	}
	c.OnStep(step)
}

// addProblem notes a problem.
func (c *Copy) addProblem(key string, err error) {
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	c.state.report.Problems = append(c.state.report.Problems, Problem{key, err.Error(), lector.HintOf(err)})
}
