package nats

import (
	"context"
	"slices"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
)

// TestWorkersThatAreThere names each worker from when it says so until it ends, also over a
// restart of the server, which forgets all leases.
func TestWorkersThatAreThere(t *testing.T) {
	t.Parallel()
	c := setup(t)
	names := func() (all []string) {
		found, err := c.Workers(t.Context())
		if err != nil {
			return []string{err.Error()}
		}
		for _, w := range found {
			all = append(all, w.Name)
		}
		return all
	}
	if got := names(); len(got) != 0 {
		t.Errorf("before any is there: %q", got)
	}
	begun := time.Date(2026, 11, 29, 2, 0, 0, 0, time.UTC)
	leave := func(name string) (end func()) {
		l, err := c.Leases(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.Present(ctx, lector.WorkerPresence{Name: name, Version: "v1", Started: begun}) }()
		return func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	first, second := leave("host.example-1-abcd"), leave("host.example-2-efgh")
	limittest.Until(t, "both are there", func() bool { return slices.Equal(names(), []string{"host.example-1-abcd", "host.example-2-efgh"}) })
	found, err := c.Workers(t.Context())
	if err != nil || found[1] != (lector.WorkerPresence{Name: "host.example-2-efgh", Version: "v1", Started: begun}) {
		t.Errorf("the second is %+v, %v", found[1], err)
	}
	first()
	if got := names(); !slices.Equal(got, []string{"host.example-2-efgh"}) {
		t.Errorf("when the first has ended: %q", got)
	}
	second()
	if got := names(); len(got) != 0 {
		t.Errorf("when both have ended: %q", got)
	}
}

// TestPresenceComesBack: a bucket that is gone is made again, and the worker is in it.
func TestPresenceComesBack(t *testing.T) {
	t.Parallel()
	c := setup(t)
	l, err := c.Leases(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	l.ttl = 2 * time.Second
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Present(ctx, lector.WorkerPresence{Name: "one", Started: time.Now().UTC()}) }()
	there := func() bool { all, err := c.Workers(t.Context()); return err == nil && len(all) == 1 }
	limittest.Until(t, "it is there", there)
	if err := c.js.DeleteStream(t.Context(), "KV_"+leases); err != nil {
		t.Fatal(err)
	}
	limittest.Until(t, "it is there again", there)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
