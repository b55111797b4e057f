package main

import (
	"context"
	"iter"
	"strconv"
	"testing"

	"lector"
)

// listedJobs are job records that are only listed.
type listedJobs struct {
	jobStore
	jobs []lector.Job
}

func (l listedJobs) Jobs(context.Context) iter.Seq2[lector.Job, error] {
	return func(yield func(lector.Job, error) bool) {
		for _, j := range l.jobs {
			if !yield(j, nil) {
				return
			}
		}
	}
}

// TestSampleReady: doctor looks for a bounded number of articles, and no article is
// never among them.
func TestSampleReady(t *testing.T) {
	t.Parallel()
	l := listedJobs{jobs: []lector.Job{{State: lector.Parked}, {State: lector.Ready}}} // without a rendition: nothing to read
	for n := range 30 {
		l.jobs = append(l.jobs, lector.Job{ID: strconv.Itoa(n), State: lector.Ready, Rendition: "r"})
	}
	chosen := map[string]bool{}
	for range 1000 {
		sample, ready, err := sampleReady(t.Context(), l, 10)
		if len(sample) != 10 || ready != 30 || err != nil {
			t.Fatalf("%d of %d, %v", len(sample), ready, err)
		}
		distinct := map[string]bool{}
		for _, j := range sample {
			distinct[j.ID], chosen[j.ID] = true, true
		}
		if len(distinct) != 10 {
			t.Fatalf("an article is there twice: %v", distinct)
		}
	}
	if len(chosen) != 30 {
		t.Errorf("%d of 30 articles were ever chosen", len(chosen))
	}
	if sample, ready, err := sampleReady(t.Context(), l, 31); len(sample) != 30 || ready != 30 || err != nil {
		t.Errorf("all: %d of %d, %v", len(sample), ready, err)
	}
}
