package lector_test

import (
	"testing"
	"time"

	"lector"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	job := func(sequence uint64, at time.Time, state lector.State, announced bool) lector.Job {
		return lector.Job{Sequence: sequence, UpdatedAt: at, State: state, Announced: announced}
	}
	tests := []struct {
		name     string
		job      lector.Job
		sequence uint64
		at       time.Time
		want     lector.Disposition
	}{
		{"first event", lector.Job{}, 5, noon, lector.Due},
		{"redelivered while running", job(5, noon, lector.Running, false), 5, noon, lector.Due},
		{"redelivered while queued for another try", job(5, noon, lector.Queued, false), 5, noon, lector.Due},
		{"redelivered when all is done", job(5, noon, lector.Ready, true), 5, noon, lector.Applied},
		{"redelivered after a death before the announcement", job(5, noon, lector.Ready, false), 5, noon, lector.Unannounced},
		{"newer revision", job(5, noon, lector.Ready, true), 6, noon.Add(time.Second), lector.Due},
		{"older revision, delivered later", job(5, noon, lector.Ready, true), 6, noon.Add(-time.Second), lector.Stale},
		{"newer revision that lies before in the stream", job(5, noon, lector.Ready, true), 4, noon.Add(time.Second), lector.Due},
		{"same time, later in the stream", job(5, noon, lector.Ready, true), 6, noon, lector.Due},
		{"same time, earlier in the stream", job(5, noon, lector.Ready, true), 4, noon, lector.Stale},
		{"deletion that states no time", job(5, noon, lector.Ready, true), 6, time.Time{}, lector.Due},
		{"publication from before the deletion", job(6, noon, lector.Removed, true), 5, noon, lector.Stale},
		{"record without a time", job(5, time.Time{}, lector.Ready, true), 4, noon, lector.Stale},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := lector.ArticleEvent{Article: lector.Article{UpdatedAt: tt.at}}
			if got := tt.job.Disposition(e, tt.sequence); got != tt.want {
				t.Errorf("claim %d, want %d", got, tt.want)
			}
		})
	}
}

func TestWantKeepsWhatIsPublic(t *testing.T) {
	t.Parallel()
	now := time.Now()
	j := lector.Job{Sequence: 5, Rendition: "r", Manifest: "m", Title: "Old", Attempts: make([]lector.Attempt, 3), Created: now}
	j.Accept(lector.ArticleEvent{Article: lector.Article{Site: "havana", ID: "1", Revision: "b"}}, 6, now)
	if j.Rendition != "r" || j.Manifest != "m" || j.Title != "Old" {
		t.Errorf("lost what is public: %+v", j)
	}
	if j.Attempts != nil || j.Sequence != 6 || j.State != lector.Running || j.ID != lector.Key("havana", "1") {
		t.Errorf("job %+v", j)
	}
	j.Attempts = make([]lector.Attempt, 2)
	j.Accept(lector.ArticleEvent{Article: lector.Article{Site: "havana", ID: "1"}}, 6, now)
	if len(j.Attempts) != 2 {
		t.Error("a redelivery lost the attempts")
	}
}
