package worker

import (
	"fmt"
	"io"
	"testing"
	"time"

	"lector"
)

// tracing returns a tracer and the spans that it has recorded.
func tracing() (*lector.Tracer, *[]lector.SpanRecord) {
	var all []lector.SpanRecord
	return &lector.Tracer{Ratio: 1, Record: func(r lector.SpanRecord) { all = append(all, r) }}, &all
}

const (
	cmsSpan   = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	firstSpan = "00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-01"
)

// TestSpanOfDelivery holds which span a delivery is under, what it names and how it ends.
func TestSpanOfDelivery(t *testing.T) {
	t.Parallel()
	stored := time.Now().Add(-time.Hour)
	first := lector.Attempt{Number: 1, Ended: stored.Add(time.Minute), Outcome: snoozed, Trace: firstSpan}
	for name, test := range map[string]struct {
		attempts []lector.Attempt
		replay   string
		err      error
		links    []string
		since    time.Time
		failed   bool
	}{
		"first":        {[]lector.Attempt{{Number: 1}}, "", nil, nil, stored, false},
		"second":       {[]lector.Attempt{first, {Number: 2}}, "", io.EOF, []string{firstSpan}, first.Ended, true},
		"replay":       {[]lector.Attempt{{Number: 1}}, "r-1", nil, []string{cmsSpan}, stored, false},
		"superseded":   {[]lector.Attempt{{Number: 1}}, "", fmt.Errorf("claim: %w", errSuperseded), nil, stored, false},
		"merged":       {[]lector.Attempt{{Number: 1}}, "", errMerged, nil, stored, false},
		"later":        {[]lector.Attempt{{Number: 1}}, "", notYet{time.Second, "for edits"}, nil, stored, false},
		"lost attempt": {[]lector.Attempt{{Number: 1, Trace: firstSpan}, {Number: 2}}, "", nil, []string{firstSpan}, time.Time{}, false},
	} {
		tracer, all := tracing()
		w := &Worker{Tracer: tracer}
		d := lector.Delivery{Event: lector.ArticleEvent{Replay: test.replay, Trace: lector.ParseTraceContext(cmsSpan, "")}, Stored: stored}
		ctx, span := w.startSpan(t.Context(), d)
		traceClaim(ctx, d, lector.Job{Attempts: test.attempts})
		endSpan(span, &record{job: lector.Job{State: lector.Ready}}, test.err)
		got := (*all)[len(*all)-1]
		if inTrace := got.Trace.ID() == cmsSpan[3:35]; inTrace != (test.replay == "") || inTrace == (got.Parent == [8]byte{}) {
			t.Errorf("%s: it is %s below %x", name, got.Trace.Parent(), got.Parent)
		}
		var links []string
		for _, l := range got.Links {
			links = append(links, l.Parent())
		}
		if fmt.Sprint(links) != fmt.Sprint(test.links) || (got.Err != nil) != test.failed {
			t.Errorf("%s: links %v, error %v", name, links, got.Err)
		}
		waits := (*all)[:len(*all)-1]
		if known := !test.since.IsZero(); known != (len(waits) == 1) || known && !waits[0].Start.Equal(test.since) {
			t.Errorf("%s: waits %+v, want since %v", name, waits, test.since)
		}
	}
}
