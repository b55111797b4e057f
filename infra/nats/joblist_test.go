package nats

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"lector"
	"lector/infra/limittest"
)

// jobList is an index with the given number of jobs; it is complete if it has any.
type jobList int

func (n jobList) Complete() bool { return n > 0 }

func (n jobList) Select(f lector.JobFilter, limit int) (int, iter.Seq[lector.Job]) {
	found := int(n)
	if limit > 0 {
		found = min(found, limit)
	}
	return int(n), func(yield func(lector.Job) bool) {
		for i := range found {
			if !yield(lector.Job{ID: fmt.Sprint(i), Reason: f.Text + strings.Repeat("reason ", 300)}) {
				return
			}
		}
	}
}

func answering(t *testing.T, s *testServer, index JobIndex) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.AnswerJobs(ctx, index) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestFindJobs has lists of many messages.
func TestFindJobs(t *testing.T) {
	t.Parallel()
	s := setup(t)
	if _, _, err := s.FindJobs(t.Context(), lector.JobFilter{}, 0); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("nobody is there: %v", err)
	}
	answering(t, s, jobList(1234))
	limittest.Until(t, "somebody answers", func() bool {
		_, _, err := s.FindJobs(t.Context(), lector.JobFilter{}, 1)
		return err == nil
	})
	for limit, want := range map[int]int{0: 1234, 1: 1, 500: 500, 1234: 1234, 9999: 1234} {
		total, jobs, err := s.FindJobs(limittest.Context(t), lector.JobFilter{Text: "no "}, limit)
		if err != nil || total != 1234 || len(jobs) != want {
			t.Fatalf("limit %d: %d of %d jobs, %v", limit, len(jobs), total, err)
		}
		for i, j := range jobs {
			if j.ID != fmt.Sprint(i) || !strings.HasPrefix(j.Reason, "no reason") {
				t.Fatalf("limit %d: job %d is %+v", limit, i, j)
			}
		}
	}
}

// lossyList says that it has more jobs than it sends, as where a message is lost.
type lossyList struct{ jobList }

func (l lossyList) Select(f lector.JobFilter, limit int) (int, iter.Seq[lector.Job]) {
	n, jobs := l.jobList.Select(f, limit)
	return n + 1, jobs
}

// TestLostPartOfAListIsFound: a list that is too short is no list.
func TestLostPartOfAListIsFound(t *testing.T) {
	t.Parallel()
	s := setup(t)
	answering(t, s, lossyList{3})
	limittest.Until(t, "somebody answers", func() bool {
		_, jobs, err := s.FindJobs(t.Context(), lector.JobFilter{}, 2)
		return err == nil && len(jobs) == 2
	})
	for _, limit := range []int{0, 4} {
		if _, _, err := s.FindJobs(t.Context(), lector.JobFilter{}, limit); !errors.Is(err, errPartLost) {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
}

// TestIncompleteIndexIsNotAsked: its list would be too short.
func TestIncompleteIndexIsNotAsked(t *testing.T) {
	t.Parallel()
	s := setup(t)
	answering(t, s, jobList(0))
	limittest.Until(t, "somebody says no", func() bool {
		_, _, err := s.FindJobs(t.Context(), lector.JobFilter{}, 0)
		return errors.Is(err, ErrNoAnswer) && strings.Contains(err.Error(), "not complete")
	})
}
