package worker

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"lector"
	"lector/audio/id3"
)

// oneEntry is a usage ledger with one open entry.
type oneEntry struct{ last lector.AttemptUsage }

func (l *oneEntry) Last(context.Context, string, string) (lector.AttemptUsage, error) {
	return l.last, nil
}

func (l *oneEntry) JobCalls(context.Context, string, string, time.Time) ([]lector.Call, error) {
	return l.last.Calls, nil
}

func (l *oneEntry) Write(_ context.Context, u lector.AttemptUsage) error {
	l.last = u
	return nil
}

// TestLostUsageCountsWhatTheAttemptPaid has three articles plan the same byline, of
// whose workers two died: only the attempt whose call made the clip has paid.
func TestLostUsageCountsWhatTheAttemptPaid(t *testing.T) {
	t.Parallel()
	payer := func(attempt string) []byte {
		tag := id3.Tag{Private: []id3.Private{{Owner: "lector payer 1", Data: []byte(attempt)}}}
		return append(tag.Bytes(), "frames"...)
	}
	m := newFakeServices()
	m.objects[lector.ClipKey("aa00")] = payer("lost")
	m.objects[lector.ClipKey("bb00")] = payer("of another article")
	m.objects[lector.ClipKey("cc00")] = []byte("frames of the build before")
	ledger := &oneEntry{lector.AttemptUsage{ID: "lost", Concurrency: 1, Calls: []lector.Call{
		{Chunk: "aa00"}, {Chunk: "bb00"}, {Chunk: "cc00"}, {Chunk: "dd00"},
	}}}
	w := &Worker{Store: m, UsageLedger: ledger, Log: slog.New(slog.DiscardHandler)}
	if err := w.recordLostUsage(t.Context(), lector.Job{}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range ledger.last.Calls {
		got = append(got, c.Chunk+" "+string(c.Outcome))
	}
	// bb00 may have been open at the voice too when the worker died.
	if want := []string{"aa00 paid", "bb00 unknown", "cc00 paid"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
