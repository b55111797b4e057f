package lector_test

import (
	"testing"
	"time"

	"lector"
)

func TestDisposition(t *testing.T) {
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
				t.Errorf("disposition %d, want %d", got, tt.want)
			}
		})
	}
}

// TestOutdates: an event that had no effect may have one later, unless something newer is
// known of its article.
func TestOutdates(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		job   lector.Job
		place uint64
		at    time.Time
		want  bool
	}{
		"no record":                          {lector.Job{}, 5, noon, false},
		"its own":                            {lector.Job{Sequence: 5, State: lector.Failed, UpdatedAt: noon}, 5, noon, false},
		"its own, under another key":         {lector.Job{Sequence: 7, Arrived: 5, State: lector.Failed, UpdatedAt: noon}, 5, noon, false},
		"behind the known one":               {lector.Job{Sequence: 4, State: lector.Ready, UpdatedAt: noon}, 5, noon, false},
		"a newer one, without a time":        {lector.Job{Sequence: 6, State: lector.Ready}, 5, time.Time{}, true},
		"a newer one of the same time":       {lector.Job{Sequence: 6, State: lector.Failed, UpdatedAt: noon}, 5, noon, true},
		"behind, but older by the clock":     {lector.Job{Sequence: 4, State: lector.Ready, UpdatedAt: noon}, 5, noon.Add(-time.Hour), true},
		"before, but newer by the clock":     {lector.Job{Sequence: 6, State: lector.Ready, UpdatedAt: noon}, 5, noon.Add(time.Hour), false},
		"withdrawn":                          {lector.Job{Sequence: 6, Withdrawal: 6, State: lector.Removed}, 5, noon, true},
		"withdrawn, newer by the clock":      {lector.Job{Sequence: 6, Withdrawal: 6, State: lector.Removed, UpdatedAt: noon}, 5, noon.Add(time.Hour), true},
		"published again after a withdrawal": {lector.Job{Sequence: 7, Withdrawal: 6, State: lector.Ready, UpdatedAt: noon}, 5, noon.Add(time.Hour), true},
		"nobody knows where, withdrawn":      {lector.Job{Sequence: 6, Withdrawal: 6, State: lector.Removed}, 0, noon, true},
		"nobody knows where, read since":     {lector.Job{Sequence: 6, State: lector.Ready, UpdatedAt: noon}, 0, noon, false},
	} {
		e := lector.ArticleEvent{Type: lector.Published, Article: lector.Article{UpdatedAt: test.at}}
		if got := test.job.Outdates(e, test.place); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAcceptKeepsWhatIsPublic(t *testing.T) {
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

// TestNothingBeforeAWithdrawalCounts: a CMS whose clock went back states an older time
// for its withdrawal than for the publication before it, which may be delivered
// again, or for the first time, behind it. Also while the withdrawal is worked on, and
// after a later publication.
func TestNothingBeforeAWithdrawalCounts(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	event := func(kind lector.EventType, at time.Time) lector.ArticleEvent {
		return lector.ArticleEvent{Type: kind, Article: lector.Article{Site: "havana", ID: "1", UpdatedAt: at}}
	}
	published, withdrawn := event(lector.Published, noon), event(lector.Unpublished, noon.Add(-time.Hour))
	var j lector.Job
	j.Accept(published, 5, noon)
	if got := j.Disposition(withdrawn, 6); got != lector.Due {
		t.Fatalf("the withdrawal is %d", got)
	}
	j.Accept(withdrawn, 6, noon)
	again := event(lector.Published, noon.Add(-time.Minute))
	for _, state := range []lector.State{lector.Running, lector.Removed, lector.Cancelled} {
		j.State = state
		for sequence, want := range map[uint64]lector.Disposition{4: lector.Stale, 5: lector.Stale, 7: lector.Due} {
			if got := j.Disposition(again, sequence); got != want {
				t.Errorf("%s: a publication at %d is %d, want %d", state, sequence, got, want)
			}
		}
	}
	j.Accept(again, 7, noon)
	if got := j.Disposition(published, 5); got != lector.Stale {
		t.Errorf("published again after it, the event before the withdrawal is %d", got)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	if got := (lector.Job{State: lector.Ready}).Status(); got != "ready" {
		t.Error(got)
	}
	if got := (lector.Job{State: lector.Parked, Class: lector.ClassBudget}).Status(); got != "parked (budget)" {
		t.Error(got)
	}
}

func TestLettersAreSettledByLaterEvents(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		event, job uint64
		state      lector.State
		want       bool
	}{
		{5, 6, lector.Ready, true},
		{5, 6, lector.Removed, true},
		{5, 6, lector.Refused, true},
		{5, 6, lector.Failed, false},
		{5, 6, lector.Running, false},
		{5, 6, lector.Parked, false},
		{5, 5, lector.Ready, false}, // its own event has come to its end since
		{5, 4, lector.Ready, false}, // the letter is of a later one
		{0, 6, lector.Ready, false}, // nobody knows of which
	} {
		if got := (lector.DeadLetter{Arrived: c.event}).SettledBy(lector.Job{Sequence: c.job, State: c.state}); got != c.want {
			t.Errorf("letter of event %d, job at %d is %s: %t", c.event, c.job, c.state, got)
		}
	}
	moved := lector.Job{Sequence: 9, Arrived: 5, State: lector.Ready} // the event is stored again under another key
	if (lector.DeadLetter{Arrived: 5}).SettledBy(moved) {
		t.Error("a letter is settled by its own event")
	}
}
