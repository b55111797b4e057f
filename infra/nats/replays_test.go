package nats

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"lector"
)

func TestReplayRecords(t *testing.T) {
	t.Parallel()
	s := setup(t)
	records, err := s.Replays(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := records.Replay(t.Context(), "nobody"); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("a replay that is not there: %v", err)
	}
	if all, err := records.All(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d replays, %v", len(all), err)
	}
	var refs []lector.JobRef
	for i := range 2*refsPerPage + 1 {
		refs = append(refs, lector.JobRef{Site: "havana", ID: fmt.Sprint(i)})
	}
	if err := records.Create(t.Context(), lector.Replay{ID: "r", State: lector.ReplayRunning, Force: 7}, refs); err != nil {
		t.Fatal(err)
	}
	for _, from := range []int{0, 1, refsPerPage - 1, refsPerPage, 2 * refsPerPage, len(refs), len(refs) + refsPerPage} {
		var got []lector.JobRef
		for ref, err := range records.List(t.Context(), "r", from) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, ref)
		}
		if want := refs[min(from, len(refs)):]; !slices.Equal(got, want) {
			t.Errorf("from %d: %d articles, want %d", from, len(got), len(want))
		}
	}
	r, version, err := records.Replay(t.Context(), "r")
	if err != nil || r.Force != 7 {
		t.Fatalf("%+v, %v", r, err)
	}
	r.State = lector.ReplayPaused
	if _, err := records.Save(t.Context(), r, version); err != nil {
		t.Fatal(err)
	}
	r.State = lector.ReplayCancelled
	if _, err := records.Save(t.Context(), r, version); !errors.Is(err, lector.ErrConflict) {
		t.Errorf("written over another's: %v", err)
	}
	if all, err := records.All(t.Context()); err != nil || len(all) != 1 || all[0].State != lector.ReplayPaused {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestPublishAfter: a replay never comes behind an event that nobody has looked at.
func TestPublishAfter(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ref := lector.JobRef{Site: "havana", ID: lector.Key("havana", "a")}
	if _, _, err := s.NewestEvent(t.Context(), ref); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("an event that is not there: %v", err)
	}
	first := publish(t, s.Conn, event("a", "1"))
	again := event("a", "1")
	again.ID, again.Replay, again.Force, again.Lane = "again", "r", 42, lector.Backfill
	n, err := s.PublishAfter(t.Context(), again, first)
	if err != nil {
		t.Fatal(err)
	}
	e, at, err := s.NewestEvent(t.Context(), ref)
	if err != nil || at != n || e.Replay != "r" || e.Force != 42 || e.Lane != lector.Backfill {
		t.Errorf("event %d is %+v, %v", at, e, err)
	}
	if _, err := s.PublishAfter(t.Context(), again, first); !errors.Is(err, lector.ErrConflict) {
		t.Errorf("published twice: %v", err)
	}
	e, err = s.Event(t.Context(), first)
	if err != nil || e.Replay != "" {
		t.Errorf("%+v, %v", e, err)
	}
	// Nobody but a replay may force anything.
	plain := event("b", "1")
	plain.Force = 42
	publish(t, s.Conn, plain)
	m, err := s.encodeArticle(plain)
	if err != nil {
		t.Fatal(err)
	}
	m.Header.Set(forceHeader, "42")
	if e, err := decodeArticle(m.Subject, m.Header, m.Data); err != nil || e.Force != 0 {
		t.Errorf("%+v, %v", e, err)
	}
	m.Header.Set(replayHeader, "r")
	m.Header.Set(forceHeader, "much")
	if e, err := decodeArticle(m.Subject, m.Header, m.Data); err != nil || e.Force != 0 {
		t.Errorf("%+v, %v", e, err)
	}
}

// TestPlanReplay has a list of more than one message.
func TestPlanReplay(t *testing.T) {
	t.Parallel()
	s := setup(t)
	if _, _, err := s.PlanReplay(t.Context(), lector.ReplayRequest{}); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("nobody is there: %v", err)
	}
}
