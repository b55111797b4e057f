package main

import (
	"context"
	"io"
	"strings"
	"testing"

	"lector"
	"lector/worker"
	"lector/worker/synth"
)

// frozenStore is a store whose writer stands still before it stores a manifest, and
// then goes on as if nothing had happened.
type frozenStore struct {
	store
	reached, thaw chan struct{}
}

func (f frozenStore) Create(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	if strings.HasSuffix(o.Key, ".manifest.json") {
		close(f.reached)
		<-f.thaw
	}
	return f.store.Create(context.WithoutCancel(ctx), o, body)
}

// A worker that was frozen past its lease, and wakes up behind the takedown,
// brings nothing back.
func TestFrozenWorkerResurrectsNothing(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	late := h.worker
	ice := frozenStore{h.store, make(chan struct{}), make(chan struct{})}
	late.Store, late.Leases, late.ConcurrentJobs = ice, synth.LocalLeases{}, 1 // its lease is long lost
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	a := sampleArticle("1")
	h.publish(lector.Published, a)
	go func() { defer close(done); late.Run(ctx) }()
	<-ice.reached
	cancel() // it takes nothing more, but ends what it has
	h.addWorker("two")
	h.start()
	j := h.publishAndWait(lector.Unpublished, lector.Article{Site: a.Site, ID: a.ID})
	if j.State != lector.Removed {
		t.Fatalf("job %+v", j)
	}
	close(ice.thaw)
	<-done
	if left := h.files(a); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	now, _, err := h.jobs.Job(t.Context(), a.Site, a.Key())
	if err != nil || now.State != lector.Removed {
		t.Errorf("job %+v, %v", now, err)
	}
}

var _ worker.Store = frozenStore{}
