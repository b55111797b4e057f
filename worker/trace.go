package worker

import (
	"context"
	"errors"
	"time"

	"lector"
)

// startSpan begins the span of a delivery, under the span that published the event. A replay
// begins a trace of its own, which names the one before: days may lie between them.
func (w *Worker) startSpan(ctx context.Context, d lector.Delivery) (context.Context, *lector.Span) {
	e := d.Event
	sender, replayed := e.Trace, lector.TraceContext{}
	if e.Replay != "" && w.Tracer != nil {
		sender, replayed = lector.TraceContext{}, e.Trace
	}
	ctx, span := w.Tracer.Start(ctx, "process article", lector.SpanConsumer, sender)
	if span == nil {
		return ctx, nil
	}
	span.AddLink(replayed)
	span.SetString("messaging.system", "nats")
	span.SetString("messaging.operation.type", "process")
	span.SetString("messaging.operation.name", "process")
	span.SetString("messaging.destination.name", lector.ArticleSubject(e.Article.Site, e.Article.Key()))
	span.SetString("messaging.message.id", e.ID)
	span.SetInt("lector.event.sequence", int(d.Sequence))
	span.SetInt("lector.event.deliveries", d.Count)
	span.SetString("lector.event.type", string(e.Type))
	span.SetString("lector.replay", e.Replay)
	span.SetString("lector.site", e.Article.Site)
	span.SetString("lector.article", e.Article.ID)
	span.SetString("lector.revision", e.Article.Revision)
	return ctx, span
}

// traceClaim notes on the span of a delivery that an attempt begins, how long its event has
// waited for it, and which attempt was the first.
func traceClaim(ctx context.Context, d lector.Delivery, j lector.Job) {
	span := lector.SpanOf(ctx)
	if span == nil {
		return
	}
	span.SetString("lector.job", j.ID)
	span.SetString("lector.lane", j.Lane.String())
	span.SetInt("lector.attempt", lastAttempt(j).Number)
	since := d.Stored
	if n := len(j.Attempts); n > 1 {
		span.AddLink(lector.ParseTraceContext(j.Attempts[0].Trace, ""))
		since = j.Attempts[n-2].Ended
	}
	traceWait(ctx, since)
}

// traceWait makes a span of the time since something happened; nobody knows when that was:
// none.
func traceWait(ctx context.Context, since time.Time) {
	if since.IsZero() || since.After(time.Now()) {
		return
	}
	_, span := lector.StartSpan(ctx, "wait", lector.SpanInternal)
	span.StartedAt(since)
	span.End(nil)
}

// endSpan ends the span of a delivery with what became of the job.
func endSpan(s *lector.Span, r *record, err error) {
	if s == nil {
		return
	}
	s.SetString("lector.job.state", string(r.job.State))
	s.SetString("lector.attempt.outcome", lastAttempt(r.job).Outcome)
	s.SetInt("lector.characters.billed", r.job.Usage.Billed)
	s.SetInt("lector.characters.reused", r.job.Usage.Reused)
	if isNoFailure(err) {
		err = nil
	}
	s.End(err)
}

// isNoFailure reports whether an attempt ended so because somebody else does the work, or
// it is to be done later.
func isNoFailure(err error) bool {
	var later notYet
	taken := errors.Is(err, errSuperseded) || errors.Is(err, errTakenMeanwhile)
	return taken || errors.Is(err, errMerged) || errors.As(err, &later)
}

// inSpan does a step of an attempt in a span of its own.
func inSpan(ctx context.Context, name string, do func(ctx context.Context) error) error {
	ctx, span := lector.StartSpan(ctx, name, lector.SpanInternal)
	err := do(ctx)
	span.End(err)
	return err
}
