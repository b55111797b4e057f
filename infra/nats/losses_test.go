package nats

import (
	"slices"
	"strings"
	"testing"

	"lector"
	"lector/infra/limittest"
)

// use writes something into every stream and bucket.
func use(t *testing.T, c *Conn) uint64 {
	t.Helper()
	var last uint64
	for _, id := range []string{"1", "2", "3"} {
		last = publish(t, c, event(id, "a"))
	}
	store, err := c.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Save(t.Context(), lector.Job{ID: lector.Key("havana", "3"), Site: "havana", Sequence: last}, 0); err != nil {
		t.Fatal(err)
	}
	return last
}

func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	losses := func() []Loss {
		t.Helper()
		all, err := b.Losses(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if got := losses(); len(got) > 0 || LossError(got) != nil {
		t.Errorf("after a setup: %v", got)
	}
	// A setup that was broken off.
	if err := b.js.DeleteStream(t.Context(), "KV_"+budgets); err != nil {
		t.Fatal(err)
	}
	if got := losses(); len(got) > 0 {
		t.Errorf("although nothing was ever written: %v", got)
	}
	if err := b.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	use(t, b.Conn)
	if got := losses(); len(got) > 0 {
		t.Errorf("while all is there: %v", got)
	}
}

func TestLosses(t *testing.T) {
	t.Parallel()
	for stream, what := range streamContents {
		t.Run(stream, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			use(t, b.Conn)
			if err := b.js.DeleteStream(t.Context(), stream); err != nil {
				t.Fatal(err)
			}
			got, err := b.Losses(t.Context())
			if err != nil || len(got) != 1 || got[0].Stream != stream {
				t.Fatalf("%v, %v", got, err)
			}
			if err := LossError(got); err == nil || !strings.Contains(err.Error(), what) || !strings.Contains(lector.HintOf(err), "-recreate") {
				t.Errorf("%v, hint %q", err, lector.HintOf(err))
			}
		})
	}
}

// TestContentsAreKnown holds the list to what a setup makes.
func TestContentsAreKnown(t *testing.T) {
	t.Parallel()
	names := durableStreams()
	for _, name := range names {
		newer := name == "KV_"+leases || name == "KV_"+pauses || name == "KV_"+replays // older builds made none on disk
		newer = newer || slices.Contains([]string{"KV_" + reconciling, "KV_" + access, "KV_" + listening, "KV_" + settings, audit, notifications}, name)
		if streamContents[name] == "" && !newer {
			t.Errorf("it is not said what is lost with %s", name)
		}
	}
}

// TestRecreate: new events must not be taken for older than those that the records
// name.
func TestRecreate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	last := use(t, b.Conn)
	if err := b.js.DeleteStream(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
	losses, err := b.Losses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Recreate(t.Context(), 1, losses); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := b.Setup(limittest.Context(t), 1); err != nil {
			t.Fatal(err)
		}
	}
	if n := publish(t, b.Conn, event("4", "a")); n <= last {
		t.Errorf("the first event has place %d, behind it is %d", n, last)
	}
	if got, err := b.Losses(t.Context()); err != nil || len(got) > 0 {
		t.Errorf("%v, %v", got, err)
	}
	if err := b.js.DeleteStream(t.Context(), audio); err != nil {
		t.Fatal(err)
	}
	if err := b.Recreate(t.Context(), 1, []Loss{{Stream: audio}}); err != nil {
		t.Error(err)
	}
}
