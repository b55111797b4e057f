package observe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"lector"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func newTestMetrics() *Metrics {
	m := NewMetrics()
	m.now = func() time.Time { return noon }
	return m
}

// compare holds the named figures to what is expected.
func compare(t *testing.T, m *Metrics, want string, names ...string) {
	t.Helper()
	if err := testutil.GatherAndCompare(m.Registry, strings.NewReader(withoutIndent(want)), names...); err != nil {
		t.Error(err)
	}
}

func withoutIndent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimLeft(line, "\t"))
	}
	return b.String()
}

func TestNamesAndHelp(t *testing.T) {
	t.Parallel()
	m := newTestMetrics()
	m.Call("v", 0, nil, time.Second)
	m.SetQueue(&lector.QueueState{Waiting: 1})
	problems, err := testutil.GatherAndLint(m.Registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestJob(t *testing.T) {
	t.Parallel()
	m := newTestMetrics()
	j := lector.Job{
		Site: "havana", State: lector.Ready, Usage: lector.Usage{Billed: 300, Reused: 40, Unknown: 7},
		Chunks: []lector.ChunkState{{Characters: 100, Billed: 200}, {Characters: 100, Billed: 100}, {Characters: 40}},
	}
	m.Job(j, noon.Add(-3*time.Second))
	m.Job(lector.Job{Site: "havana", State: lector.Ready}, time.Time{}) // nothing audible changed
	m.Job(lector.Job{Site: "havana", State: lector.Failed, Class: lector.ClassInput}, noon)
	compare(t, m, `
		# HELP lector_jobs_total Jobs that came to rest, by state and class of the error.
		# TYPE lector_jobs_total counter
		lector_jobs_total{class="",site="havana",state="ready"} 2
		lector_jobs_total{class="input",site="havana",state="failed"} 1
		`, "lector_jobs_total")
	for disposition, want := range map[string]float64{"billed": 300, "reused": 40, "unknown": 7, "paid_twice": 100} {
		if got := testutil.ToFloat64(m.characters.WithLabelValues("havana", disposition)); got != want {
			t.Errorf("%s: %v, want %v", disposition, got, want)
		}
	}
	if got := listens(t, m); got != "3s of 1" {
		t.Errorf("time to listen %s", got)
	}
}

// listens is the sum and the number of what was observed of a site.
func listens(t *testing.T, m *Metrics) string {
	t.Helper()
	families, err := m.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "lector_time_to_listen_seconds" {
			h := f.GetMetric()[0].GetHistogram()
			return fmt.Sprintf("%vs of %d", h.GetSampleSum(), h.GetSampleCount())
		}
	}
	return "none"
}

func TestCallOutcomes(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused with status 401")
	for name, test := range map[string]struct {
		err    error
		billed int
		want   string
	}{
		"speech":          {nil, 12, "ok"},
		"429":             {lector.Throttled(refused, time.Second), 0, "throttled"},
		"401":             {lector.WithClass(lector.Permanent(refused), lector.ClassVoiceRefused), 0, "refused"},
		"402":             {lector.WithClass(lector.Throttled(refused, time.Hour), lector.ClassQuota), 0, "throttled"},
		"400":             {lector.Permanent(refused), 0, "rejected"},
		"503":             {lector.WithClass(refused, lector.ClassVoiceDown), 0, "down"},
		"503 and a while": {lector.WithClass(lector.Throttled(refused, time.Second), lector.ClassVoiceDown), 0, "down"},
		"no answer":       {lector.Unanswered(lector.WithClass(io.EOF, lector.ClassVoiceDown)), 0, "unanswered"},
		"half an answer":  {lector.WithClass(io.ErrUnexpectedEOF, lector.ClassVoiceDown), 12, "truncated"},
		"given up":        {lector.Unanswered(context.Canceled), 0, "cancelled"},
		"anything":        {io.EOF, 0, "down"},
	} {
		err := test.err
		if err != nil {
			err = fmt.Errorf("voice: %w", err)
		}
		if got := callOutcome(test.billed, err); got != test.want || !slices.Contains(callOutcomes, got) {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	m := newTestMetrics()
	m.SetJobs([]JobCount{
		{"unknown", lector.Parked, lector.Normal, lector.ClassVoiceDown, 2, noon.Add(-time.Minute)},
		{"unknown", lector.Parked, lector.Normal, lector.ClassVoiceDown, 3, noon.Add(-time.Hour)}, // another site without settings
		{"havana", lector.Failed, lector.Backfill, lector.ClassInput, 1, noon.Add(-time.Hour)},
	})
	compare(t, m, `
		# HELP lector_jobs Jobs as they stand, by state, lane and class of the error.
		# TYPE lector_jobs gauge
		lector_jobs{class="input",lane="backfill",site="havana",state="failed"} 1
		lector_jobs{class="voice_down",lane="normal",site="unknown",state="parked"} 5
		# HELP lector_jobs_oldest_age_seconds For how long the oldest job stands so that is not at rest.
		# TYPE lector_jobs_oldest_age_seconds gauge
		lector_jobs_oldest_age_seconds{class="voice_down",lane="normal",site="unknown",state="parked"} 3600
		`, "lector_jobs", "lector_jobs_oldest_age_seconds")
	m.SetJobs(nil)
	m.SetQueue(&lector.QueueState{Waiting: 3, Unsettled: 2, Oldest: noon.Add(-time.Minute)})
	compare(t, m, `
		# HELP lector_events_oldest_age_seconds For how long the oldest article event waits that no worker has taken yet; 0 where none waits.
		# TYPE lector_events_oldest_age_seconds gauge
		lector_events_oldest_age_seconds 60
		# HELP lector_events_unsettled Article events that a worker has, or that come again after a while.
		# TYPE lector_events_unsettled gauge
		lector_events_unsettled 2
		# HELP lector_events_waiting Article events that no worker has taken yet.
		# TYPE lector_events_waiting gauge
		lector_events_waiting 3
		`, "lector_jobs", "lector_events_waiting", "lector_events_unsettled", "lector_events_oldest_age_seconds")
	m.SetQueue(nil)
	m.SetDeadLetters(map[lector.DeadLetterKind]int{{Site: "havana"}: 0, {Site: "havana", Class: "poison"}: 3, {Site: "unknown", Class: "input"}: 4})
	m.SetBreakers(map[string]bool{"amy": true, "brian": false})
	m.SetReady(map[string]bool{"store": true, "streams": false})
	compare(t, m, `
		# HELP lector_dead_letters Dead letters that are kept, without those whose article has gone on by a later event, by class of the error.
		# TYPE lector_dead_letters gauge
		lector_dead_letters{class="",site="havana"} 0
		lector_dead_letters{class="input",site="unknown"} 4
		lector_dead_letters{class="poison",site="havana"} 3
		# HELP lector_ready Whether what the process needs is there, by what that is: store, store_writes, broker, nats, streams. 1, else 0.
		# TYPE lector_ready gauge
		lector_ready{check="store"} 1
		lector_ready{check="streams"} 0
		# HELP lector_voice_breaker_open Whether this process makes no calls to a voice because they failed: 1, else 0.
		# TYPE lector_voice_breaker_open gauge
		lector_voice_breaker_open{voice="amy"} 1
		lector_voice_breaker_open{voice="brian"} 0
		`, "lector_events_waiting", "lector_dead_letters", "lector_ready", "lector_voice_breaker_open")
}

func TestBudgets(t *testing.T) {
	t.Parallel()
	m := newTestMetrics()
	used := lector.Period{Characters: 900, Dollars: 1.5}
	m.SetBudgets([]BudgetUse{
		{Site: "havana", Period: "day", Used: used, Characters: 1000},
		{Site: "havana", Period: "month", Used: used, Dollars: 20},
		{Site: "havana", Period: "hour", Used: used},
	})
	compare(t, m, `
		# HELP lector_budget_characters_limit Characters that a site may spend in the hour, day or month.
		# TYPE lector_budget_characters_limit gauge
		lector_budget_characters_limit{period="day",site="havana"} 1000
		# HELP lector_budget_characters_used Characters that a site has spent in the hour, day or month, where these are bounded.
		# TYPE lector_budget_characters_used gauge
		lector_budget_characters_used{period="day",site="havana"} 900
		# HELP lector_budget_dollars_limit US dollars that a site may spend in the hour, day or month.
		# TYPE lector_budget_dollars_limit gauge
		lector_budget_dollars_limit{period="month",site="havana"} 20
		# HELP lector_budget_dollars_used US dollars that a site has spent in the hour, day or month, where these are bounded.
		# TYPE lector_budget_dollars_used gauge
		lector_budget_dollars_used{period="month",site="havana"} 1.5
		`, "lector_budget_characters_limit", "lector_budget_characters_used", "lector_budget_dollars_limit", "lector_budget_dollars_used")
}

func TestDeclared(t *testing.T) {
	t.Parallel()
	m := newTestMetrics()
	m.Declare([]string{"havana"}, []string{"amy"})
	m.DecodersDiffer("amy")
	compare(t, m, `
		# HELP lector_sweep_found_total Events that a sweep has found: the queue had lost them, or what became of them was not announced.
		# TYPE lector_sweep_found_total counter
		lector_sweep_found_total{site="havana"} 0
		# HELP lector_voice_decoders_differ_total Clips that our decoder and go-mp3 decode differently, among the first hundred of each voice since the process began. They are used as ours decodes them.
		# TYPE lector_voice_decoders_differ_total counter
		lector_voice_decoders_differ_total{voice="amy"} 1
		# HELP lector_voice_unfit_answers_total Answers of voices that are paid for and are not the text read in a steady voice.
		# TYPE lector_voice_unfit_answers_total counter
		lector_voice_unfit_answers_total{voice="amy"} 0
		`, "lector_sweep_found_total", "lector_voice_decoders_differ_total", "lector_voice_unfit_answers_total")
	if got := testutil.CollectAndCount(m.calls); got != len(callOutcomes) {
		t.Errorf("%d outcomes of calls", got)
	}
}

func TestPausedAndReplays(t *testing.T) {
	t.Parallel()
	m := newTestMetrics()
	m.SetPaused([][2]string{{"site", "unknown"}, {"site", "unknown"}, {"voice", "amy"}})
	m.SetReplays(map[lector.ReplayState]int{lector.ReplayRunning: 2, lector.ReplayPaused: 0})
	compare(t, m, `
		# HELP lector_paused What an operator has paused, by kind (lane, site or voice) and name: 1 while it is.
		# TYPE lector_paused gauge
		lector_paused{kind="site",name="unknown"} 1
		lector_paused{kind="voice",name="amy"} 1
		# HELP lector_replays Replays of several articles that are not at their end, by state: running or paused.
		# TYPE lector_replays gauge
		lector_replays{state="paused"} 0
		lector_replays{state="running"} 2
		`, "lector_paused", "lector_replays")
	m.SetPaused(nil)
	m.SetReplays(nil)
	compare(t, m, "", "lector_paused", "lector_replays")
}

func TestSweeps(t *testing.T) {
	t.Parallel()
	m := newTestMetrics()
	m.Sweep(time.Second, nil)
	m.Sweep(time.Second, io.EOF)
	m.Found("havana")
	compare(t, m, `
		# HELP lector_sweep_found_total Events that a sweep has found: the queue had lost them, or what became of them was not announced.
		# TYPE lector_sweep_found_total counter
		lector_sweep_found_total{site="havana"} 1
		# HELP lector_sweeps_total Sweeps for events that nobody has, by outcome: ok or failed. One worker sweeps for all.
		# TYPE lector_sweeps_total counter
		lector_sweeps_total{outcome="failed"} 1
		lector_sweeps_total{outcome="ok"} 1
		`, "lector_sweep_found_total", "lector_sweeps_total")
}
