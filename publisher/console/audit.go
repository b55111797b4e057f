package console

import (
	"context"
	"fmt"
	"net/http"

	"lector"
	"lector/publisher/access"
)

// do notes in the audit what a person is about to do, and does it. What cannot be noted
// is not done; what fails is noted again.
func (k *console) do(r *http.Request, e lector.AuditEntry, act func(context.Context) error) error {
	who := access.Who(r.Context())
	e.Time, e.Who, e.Way, e.Target, e.Detail = k.Now().UTC(), who.Name, who.Way, brief(e.Target), brief(e.Detail)
	if err := k.Audit.RecordAudit(r.Context(), e); err != nil {
		return lector.Hint(fmt.Errorf("nothing was done, for it cannot be noted who did it: %w", err),
			"lector doctor says what is wrong with NATS")
	}
	k.Log.Info("done in the console", "who", who.Name, "action", e.Action, "target", e.Target)
	err := act(r.Context())
	if err == nil {
		return nil
	}
	e.Failed = brief(err.Error())
	if lost := k.Audit.RecordAudit(context.WithoutCancel(r.Context()), e); lost != nil {
		k.Log.Error("audit entry not written", "action", e.Action, "failed", e.Failed, "error", lost)
	}
	return err
}

func (k *console) audit(r *http.Request) (view, error) {
	q := lector.AuditQuery{Who: r.URL.Query().Get("who"), Action: r.URL.Query().Get("action"), Limit: listed}
	entries, err := k.Audit.AuditEntries(r.Context(), q)
	return view{name: "audit", title: "Audit", data: struct {
		Query   lector.AuditQuery
		Entries []lector.AuditEntry
	}{q, entries}}, err
}
