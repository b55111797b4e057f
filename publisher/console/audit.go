package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"lector"
	"lector/publisher/access"
)

// do notes in the audit what a person is about to do, and does it. What cannot be noted
// is not done; what fails is noted again. An entry whose confirmation was lost may be in
// the audit: then another one says, as soon as that is possible, that nothing was done.
func (k *console) do(r *http.Request, e lector.AuditEntry, act func(context.Context) error) error {
	who := access.Who(r.Context())
	e.Time, e.Who, e.Way, e.Target, e.Detail = k.Now().UTC(), who.Name, who.Way, brief(e.Target), brief(e.Detail)
	if err := k.Audit.RecordAudit(r.Context(), e); err != nil {
		e.Failed = "nothing was done, for NATS did not confirm that it was noted"
		k.corrections.add(e)
		return lector.Hint(fmt.Errorf("nothing was done, for it cannot be noted who did it: %w", err),
			"lector doctor says what is wrong with NATS")
	}
	k.Log.Info("done in the console", "who", who.Name, "action", e.Action, "target", e.Target)
	err := act(r.Context())
	if err == nil {
		return nil
	}
	e.Failed = brief(failure(err))
	if lost := k.Audit.RecordAudit(context.WithoutCancel(r.Context()), e); lost != nil {
		k.Log.Error("audit entry not written yet", "action", e.Action, "failed", e.Failed, "error", lost)
		k.corrections.add(e)
	}
	return err
}

// failure says why something was not done, or that nobody knows whether it was: its
// request went out, and no answer came.
func failure(err error) string {
	unanswered := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
	if unanswered || lector.ClassOf(err) == lector.ClassStorage {
		return "nobody knows whether it was done: " + err.Error()
	}
	return err.Error()
}

// maxCorrections bounds the entries that wait for NATS. Who cannot write them has no
// audit, and the first of an outage tell the most.
const maxCorrections = 100

// corrections are entries of the audit that could not be written when they were due, in
// their order. What a process has when it ends is lost.
type corrections struct {
	mu      sync.Mutex
	waiting []lector.AuditEntry
	next    time.Time // no try before it; only writeCorrections uses it
}

// Times of a try to write what waits.
const (
	correctionTimeout = 2 * time.Second
	correctionPause   = 10 * time.Second // after one that failed
)

func (c *corrections) add(e lector.AuditEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) < maxCorrections {
		c.waiting = append(c.waiting, e)
	}
}

// first returns the entry that waits longest.
func (c *corrections) first() (lector.AuditEntry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		return lector.AuditEntry{}, false
	}
	return c.waiting[0], true
}

func (c *corrections) dropFirst() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = c.waiting[1:]
}

// writeCorrections writes what waits, until one cannot be written. It is not called twice
// at once.
func (k *console) writeCorrections(ctx context.Context) {
	if k.Now().Before(k.corrections.next) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, correctionTimeout)
	defer cancel()
	for e, waits := k.corrections.first(); waits; e, waits = k.corrections.first() {
		if err := k.Audit.RecordAudit(ctx, e); err != nil {
			k.Log.Debug("audit entry not written yet", "action", e.Action, "error", err)
			k.corrections.next = k.Now().Add(correctionPause)
			return
		}
		k.corrections.dropFirst()
	}
}

func (k *console) audit(r *http.Request) (view, error) {
	names := r.URL.Query()
	if err := checkNames(names, slices.Concat(places, []string{"who", "action"})...); err != nil {
		return view{}, err
	}
	w, err := newWindow[lector.AuditEntry](names)
	if err != nil {
		return view{}, err
	}
	q := lector.AuditQuery{Who: names.Get("who"), Action: names.Get("action")}
	for e, err := range k.Audit.AuditEntries(r.Context(), q) {
		if err != nil {
			return view{}, err
		}
		w.add(e.Sequence, e)
	}
	pages := w.pager(r.URL)
	return view{name: "audit", title: "Audit", goTo: pages.anew, data: struct {
		Query   lector.AuditQuery
		Entries []lector.AuditEntry
		Pager   pager
	}{q, w.page(), pages}}, nil
}
