package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"lector"
)

// job is what lector jobs list says of one article. Fields that only some builds
// print are pointers or may be empty.
type job struct {
	ID        string       `json:"id"`
	State     lector.State `json:"state"`
	Stage     string       `json:"stage"`
	Revision  string       `json:"revision"`
	Class     lector.Class `json:"class"`
	Reason    string       `json:"reason"`
	Rendition string       `json:"rendition"`
	Announced *bool        `json:"announced"`
	Attempts  []attempt    `json:"attempts"`
}

// attempt is one attempt at a job. Worker is its host, its process and a random word,
// with hyphens; Outcome is empty where it never ended.
type attempt struct {
	Worker  string `json:"worker"`
	Outcome string `json:"outcome"`
}

// pid is the process that made the attempt, or 0.
func (a attempt) pid() int {
	words := strings.Split(a.Worker, "-")
	pid, _ := strconv.Atoi(words[max(0, len(words)-2)]) // 0 where it is none
	return pid
}

// atRest reports whether nothing more happens to the job by itself.
func (j job) atRest() bool { return j.State.Terminal() && (j.Announced == nil || *j.Announced) }

// String says how the job stands.
func (j job) String() string {
	if j.ID == "" {
		return "there is no job"
	}
	return fmt.Sprintf("the job is %s at stage %s: %s", j.State, j.Stage, j.Reason)
}

// jobs returns all records by their keys.
func (l *lab) jobs(ctx context.Context) (map[string]job, error) {
	out, err := l.lector(ctx, "jobs", "list", "-json")
	if err != nil {
		return nil, err
	}
	all, err := decodeAll[job](out)
	if err != nil {
		return nil, fmt.Errorf("lector jobs list: %w", err)
	}
	byKey := map[string]job{}
	for _, j := range all {
		byKey[j.ID] = j
	}
	return byKey, nil
}

// resting reports whether every article with a confirmed event has a job that is
// at rest and belongs to what is wanted.
func resting(histories []*history, jobs map[string]job) bool {
	for _, h := range histories {
		want, j := h.wanted(), jobs[h.key()]
		if h.count() == 0 {
			continue
		}
		outdated := want.public && j.Revision != want.revision
		if !want.settled || !j.atRest() || outdated {
			return false
		}
	}
	return true
}

// usage is the sum of the usage ledger, in characters.
type usage struct {
	Billed  int `json:"billed"`
	Unknown int `json:"unknown"`
}

// cost is the whole of the usage ledger.
func (l *lab) cost(ctx context.Context) (sum usage, err error) {
	yesterday := time.Now().UTC().Add(-24 * time.Hour).Format(time.DateOnly)
	out, err := l.lector(ctx, "cost", "-json", "-from", yesterday)
	if err != nil {
		return sum, err
	}
	all, err := decodeAll[usage](out)
	if err != nil {
		return sum, fmt.Errorf("lector cost: %w", err)
	}
	for _, u := range all {
		sum.Billed += u.Billed
		sum.Unknown += u.Unknown
	}
	return sum, nil
}
