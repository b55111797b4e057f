package nats

import (
	"errors"
	"testing"

	"lector"
)

// TestWildcardsNameNothing asks for records by names that stand for any: it is an answer of
// somebody's address, and would be another's record.
func TestWildcardsNameNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	jobs, err := b.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ref := lector.JobRef{Site: "havana", ID: keyOf("a")}
	if _, err := jobs.Save(t.Context(), lector.Job{ID: ref.ID, Site: ref.Site, Article: "a"}, 0); err != nil {
		t.Fatal(err)
	}
	publish(t, b.Conn, event("a", "1"))
	for _, of := range []lector.JobRef{{Site: "havana", ID: "*"}, {Site: "havana", ID: ">"}, {Site: "*", ID: ref.ID}, {Site: "*", ID: "*"}} {
		if j, _, err := jobs.Job(t.Context(), of.Site, of.ID); !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("%v is the job %+v, %v", of, j, err)
		}
		if e, _, err := b.NewestEvent(t.Context(), of); !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("%v is the event %+v, %v", of, e, err)
		}
	}
	if _, _, err := jobs.Job(t.Context(), ref.Site, ref.ID); err != nil {
		t.Error(err)
	}
}
