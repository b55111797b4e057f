package nats

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
	"lector/infra/limittest"
)

func saveJob(t *testing.T, l *JobStore, id string, state lector.State) {
	t.Helper()
	_, version, err := l.Job(t.Context(), "havana", id)
	if err != nil && !errors.Is(err, lector.ErrNotFound) {
		t.Fatal(err)
	}
	if _, err := l.Save(t.Context(), lector.Job{ID: id, Site: "havana", State: state}, version); err != nil {
		t.Fatal(err)
	}
}

func TestFollowJobs(t *testing.T) {
	t.Parallel()
	s := setup(t)
	l, err := s.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		saveJob(t, l, fmt.Sprint("job", i), lector.Queued)
	}
	saveJob(t, l, "job3", lector.Ready)
	ctx, cancel := context.WithCancel(limittest.Context(t))
	defer cancel()
	var told []lector.Job
	before := 0
	err = l.Follow(ctx, func(j lector.Job) {
		if told = append(told, j); before > 0 {
			cancel()
		}
	}, func(id string) { t.Errorf("%s is gone", id) }, func() {
		before = len(told)
		saveJob(t, l, "job4", lector.Failed)
	})
	if !errors.Is(err, context.Canceled) || before != 20 || len(told) != 21 {
		t.Fatalf("%d jobs, then %d: %v", before, len(told)-before, err)
	}
	if last := told[20]; last.ID != "job4" || last.State != lector.Failed {
		t.Errorf("then %+v", last)
	}
	for _, j := range told[:20] {
		if (j.State == lector.Ready) != (j.ID == "job3") {
			t.Errorf("told %+v", j)
		}
	}
}

// TestStalledWatch has a watch that gets nothing of what is written.
func TestStalledWatch(t *testing.T) {
	t.Parallel()
	s := setup(t)
	l, err := s.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	saveJob(t, l, "job1", lector.Queued)
	err = l.bucket.follow(limittest.Context(t), "nobody.>", 10*time.Millisecond, func(jetstream.KeyValueEntry) { t.Error("a key of nobody") }, func() {})
	if !errors.Is(err, errStalled) {
		t.Error(err)
	}
}
