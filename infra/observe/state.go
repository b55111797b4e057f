package observe

import (
	"time"

	"lector"
)

// JobCount is how many jobs stand alike.
type JobCount struct {
	Site   string
	State  lector.State
	Lane   lector.Lane
	Class  lector.Class
	Jobs   int
	Oldest time.Time // since when the oldest stands so
}

// SetJobs shows how the jobs stand. Counts of the same labels are added up.
func (m *Metrics) SetJobs(counts []JobCount) {
	now := m.now()
	m.jobs.replace(true, func(add func(float64, ...string)) {
		for _, c := range counts {
			add(float64(c.Jobs), c.labels()...)
		}
	})
	m.oldestJob.replace(false, func(add func(float64, ...string)) {
		for _, c := range counts {
			if !c.State.Terminal() && !c.Oldest.IsZero() {
				add(max(0, now.Sub(c.Oldest).Seconds()), c.labels()...)
			}
		}
	})
}

func (c JobCount) labels() []string {
	return []string{c.Site, string(c.State), c.Lane.String(), string(c.Class)}
}

// SetQueue shows how far the queue has come; nil: nobody knows.
func (m *Metrics) SetQueue(q *lector.QueueState) {
	if q == nil {
		m.eventsWaiting.clear()
		m.eventsUnsettled.clear()
		m.oldestEvent.clear()
		return
	}
	m.eventsWaiting.set(float64(q.Waiting))
	m.eventsUnsettled.set(float64(q.Unsettled))
	age := 0.0
	if !q.Oldest.IsZero() {
		age = max(0, m.now().Sub(q.Oldest).Seconds())
	}
	m.oldestEvent.set(age)
}

// SetDeadLetters shows how many dead letters there are of each kind. Counts of the same
// labels are added up.
func (m *Metrics) SetDeadLetters(kinds map[lector.DeadLetterKind]int) {
	m.deadLetters.replace(true, func(add func(float64, ...string)) {
		for kind, n := range kinds {
			add(float64(n), kind.Site, kind.Class)
		}
	})
}

// LackingCount is how many published articles have no correct audio, for one reason.
type LackingCount struct {
	Site, Finding string
	Articles      int
}

// SetLacking shows these. Counts of the same labels are added up.
func (m *Metrics) SetLacking(counts []LackingCount) {
	m.lacking.replace(true, func(add func(float64, ...string)) {
		for _, c := range counts {
			add(float64(c.Articles), c.Site, c.Finding)
		}
	})
}

// SetLackingFiles shows how many ready articles are known to lack files, by site; nil:
// another worker looks for them.
func (m *Metrics) SetLackingFiles(bySite map[string]int) {
	m.lackingFiles.replace(true, func(add func(float64, ...string)) {
		for site, n := range bySite {
			add(float64(n), site)
		}
	})
}

// SetBreakers shows which voices are not called because their calls failed.
func (m *Metrics) SetBreakers(open map[string]bool) { flags(m.breakers, open) }

// SetReady shows what the process needs and what of it is there.
func (m *Metrics) SetReady(checks map[string]bool) { flags(m.ready, checks) }

func flags(s *states, set map[string]bool) {
	s.replace(false, func(add func(float64, ...string)) {
		for name, is := range set {
			value := 0.0
			if is {
				value = 1
			}
			add(value, name)
		}
	})
}

// SetPaused shows what is paused, each as kind and name.
func (m *Metrics) SetPaused(all [][2]string) {
	m.paused.replace(false, func(add func(float64, ...string)) {
		for _, p := range all {
			add(1, p[0], p[1])
		}
	})
}

// SetNotificationsWaiting shows how many notifications have not arrived.
func (m *Metrics) SetNotificationsWaiting(n int) { m.notificationsWaiting.set(float64(n)) }

// SetReplays shows how many replays there are, by state.
func (m *Metrics) SetReplays(byState map[lector.ReplayState]int) {
	m.replays.replace(false, func(add func(float64, ...string)) {
		for state, n := range byState {
			add(float64(n), string(state))
		}
	})
}

// BudgetUse is what a site has spent of a bound.
type BudgetUse struct {
	Site, Period string
	Used         lector.Period
	Characters   int // the bound; 0 is none
	Dollars      float64
}

// SetBudgets shows what is spent where it is bounded.
func (m *Metrics) SetBudgets(all []BudgetUse) {
	show := func(s *states, value func(BudgetUse) float64, bounded func(BudgetUse) bool) {
		s.replace(false, func(add func(float64, ...string)) {
			for _, b := range all {
				if bounded(b) {
					add(value(b), b.Site, b.Period)
				}
			}
		})
	}
	characters := func(b BudgetUse) bool { return b.Characters > 0 }
	dollars := func(b BudgetUse) bool { return b.Dollars > 0 }
	show(m.charactersUsed, func(b BudgetUse) float64 { return float64(b.Used.Characters) }, characters)
	show(m.charactersLimit, func(b BudgetUse) float64 { return float64(b.Characters) }, characters)
	show(m.dollarsUsed, func(b BudgetUse) float64 { return b.Used.Dollars }, dollars)
	show(m.dollarsLimit, func(b BudgetUse) float64 { return b.Dollars }, dollars)
}
