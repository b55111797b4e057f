package worker

import (
	"testing"
	"time"

	"lector"
)

// TestParkedJobsWaitWithoutATrace has a job that waits for its voices: while all are
// out of order its event goes back, and nothing is written.
func TestParkedJobsWaitWithoutATrace(t *testing.T) {
	t.Parallel()
	out := func(d time.Duration) func() time.Duration { return func() time.Duration { return d } }
	for name, test := range map[string]struct {
		class  lector.Class
		voices []func() time.Duration
		tried  bool
	}{
		"all are down":       {lector.ClassVoiceDown, []func() time.Duration{out(time.Minute), out(time.Second)}, false},
		"refused":            {lector.ClassVoiceRefused, []func() time.Duration{out(time.Minute)}, false},
		"one is well":        {lector.ClassVoiceDown, []func() time.Duration{out(time.Minute), out(0)}, true},
		"one is always well": {lector.ClassVoiceDown, []func() time.Duration{out(time.Minute), nil}, true},
		"waits for money":    {lector.ClassBudget, []func() time.Duration{out(time.Minute)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newFakeServices()
			m.set(lector.Job{Sequence: 1, State: lector.Parked, Class: test.class, Attempts: []lector.Attempt{{Number: 1, Outcome: snoozed}}})
			w := m.worker()
			w.Narrator = &Narrator{Sites: map[string]Site{"havana": {Language: "en"}}}
			for _, f := range test.voices {
				w.Narrator.Voices = append(w.Narrator.Voices, Voice{Unavailable: f})
			}
			d, s := newDelivery(lector.Published, 1)
			before := m.versions[m.job().ID]
			w.handle(t.Context(), d)
			if tried := m.versions[m.job().ID] != before; tried != test.tried || !tried && s.how != "later" {
				t.Errorf("tried %t, %s, job %+v", tried, s, m.job())
			}
		})
	}
}
