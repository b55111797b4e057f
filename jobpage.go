package lector

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// JobPlace is a place in the list of jobs: that of a job as it was when it was listed. The
// list has the last changed first, and of those that changed at one time the lower id.
type JobPlace struct {
	Changed time.Time
	ID      string
}

// Place is where the job stands in the list of jobs.
func (j Job) Place() JobPlace { return JobPlace{j.Changed, j.ID} }

// String is the place in an address.
func (p JobPlace) String() string { return fmt.Sprintf("%d-%s", p.Changed.UnixNano(), p.ID) }

// ParseJobPlace reads what String has written.
func ParseJobPlace(text string) (JobPlace, error) {
	number, id, _ := strings.Cut(text, "-")
	changed, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id == "" {
		return JobPlace{}, Permanent(fmt.Errorf("%.80q is no place in the list of jobs", text))
	}
	return JobPlace{time.Unix(0, changed).UTC(), id}, nil
}

// JobRange selects a part of the list of jobs: at most Limit jobs behind a place, or with
// Back before it. Without a place it is the beginning of the list, or with Back its end.
type JobRange struct {
	From  JobPlace
	Back  bool
	Limit int
}

// JobPage is a part of the list of the jobs that a filter selects.
type JobPage struct {
	Total int   // jobs in the list
	Ahead int   // of them before the first of these
	Jobs  []Job // without attempts and chunks
}
