package console

import (
	"context"
	"errors"
	"net/http"

	"lector"
)

// workerState is a worker and what it reads now.
type workerState struct {
	lector.WorkerPresence
	Gone bool // it reads something, and does not say that it is there
	Jobs []attemptState
}

// attemptState is a job and its attempt that has not ended.
type attemptState struct {
	Job     lector.Job
	Attempt lector.Attempt
}

// workerList shows the workers that are there, and which articles they read now.
func (k *console) workerList(r *http.Request) (view, error) {
	present, err := k.Workers(r.Context())
	if err != nil {
		return view{}, err
	}
	running, total, err := k.runningJobs(r.Context())
	if err != nil {
		return view{}, err
	}
	return view{name: "workers", title: "Workers", topics: []string{TopicJobs}, data: struct {
		Workers []workerState
		Shown   int // jobs
		Total   int // jobs that run
	}{assign(present, running), len(running), total}}, nil
}

// runningJobs returns the jobs that run, of many those that have changed last, each with
// its attempt, and how many there are.
func (k *console) runningJobs(ctx context.Context) (all []attemptState, total int, err error) {
	page, err := k.Jobs.FindJobs(ctx, lector.JobFilter{State: lector.Running}, lector.JobRange{Limit: listed})
	if err != nil {
		return nil, 0, err
	}
	for _, j := range page.Jobs {
		j, _, err := k.Jobs.Job(ctx, j.Site, j.ID)
		if errors.Is(err, lector.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		if n := len(j.Attempts); n > 0 && j.State == lector.Running {
			all = append(all, attemptState{j, j.Attempts[n-1]})
		}
	}
	return all, page.Total, nil
}

// assign gives each worker its jobs. Workers that have some and are not present come last.
func assign(present []lector.WorkerPresence, running []attemptState) (all []workerState) {
	at := map[string]int{}
	for _, w := range present {
		at[w.Name] = len(all)
		all = append(all, workerState{WorkerPresence: w})
	}
	for _, a := range running {
		name := a.Attempt.Worker
		i, known := at[name]
		if !known {
			i, at[name] = len(all), len(all)
			all = append(all, workerState{WorkerPresence: lector.WorkerPresence{Name: name}, Gone: true})
		}
		all[i].Jobs = append(all[i].Jobs, a)
	}
	return all
}
