package intake_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"lector"
	"lector/publisher/intake"
)

// traces is a broker that keeps the trace of each event.
type traces struct {
	broker
	seen []lector.TraceContext
}

func (b *traces) Publish(ctx context.Context, e lector.ArticleEvent) (uint64, error) {
	b.seen = append(b.seen, lector.TraceOf(ctx))
	return b.broker.Publish(ctx, e)
}

// TestTraces holds that a webhook has a span if its signature is right, and no other has.
func TestTraces(t *testing.T) {
	t.Parallel()
	const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	const body = `{"event":"post.published","post":{"current":{"id":"1","status":"published","visibility":"public","title":"T","html":"<p>x</p>","updated_at":"2026-11-28T12:00:00Z"}}}`
	var spans []lector.SpanRecord
	b := &traces{}
	d := newDoors(t, func(c *intake.Config) {
		c.Publisher = b
		c.Tracer = &lector.Tracer{Record: func(r lector.SpanRecord) { spans = append(spans, r) }}
	})
	post := func(secret string, header http.Header) int {
		for name, values := range signedByGhost(secret, body, noon) {
			header[name] = values
		}
		return d.post("/hooks/ghost/havana", strings.NewReader(body), header).Code
	}
	stated := func() http.Header {
		return http.Header{"Traceparent": {"00-" + trace + "-00f067aa0ba902b7-01"}, "Tracestate": {"a=1", "b=2"}}
	}
	if status := post("wrong", stated()); status != http.StatusUnauthorized || len(spans) != 0 {
		t.Errorf("unsigned: %d, %+v", status, spans)
	}
	if status := post(newSecret, http.Header{}); status != http.StatusAccepted || len(spans) != 0 {
		t.Errorf("without a trace, where none is begun: %d, %+v", status, spans)
	}
	if status := post(newSecret, stated()); status != http.StatusAccepted || len(spans) != 1 {
		t.Fatalf("%d, %+v", status, spans)
	}
	s := spans[0]
	if s.Trace.ID() != trace || s.Trace.State != "a=1,b=2" || !s.Start.Equal(noon) || s.Err != nil || b.seen[len(b.seen)-1] != s.Trace {
		t.Errorf("the span is %+v, the event is published in %+v", s, b.seen)
	}
	b.err = errors.New("away")
	if status := post(newSecret, stated()); status != http.StatusServiceUnavailable || len(spans) != 2 || spans[1].Err == nil {
		t.Errorf("not stored: %d, %+v", status, spans)
	}
}
