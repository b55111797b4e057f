package synth

import (
	"context"
	"time"

	"lector"
)

// endCallSpan ends the span of a call with what it was billed. Where there was no call, the
// error says why.
func endCallSpan(s *lector.Span, res Result, err error) {
	for _, c := range res.Calls {
		s.SetString("lector.voice", c.Voice)
		s.SetString("lector.voice.backend", c.Backend)
		s.SetString("lector.voice.request_id", c.RequestID)
		s.SetString("lector.call.outcome", string(c.Outcome))
		s.SetInt("lector.characters", c.Characters)
	}
	s.End(err)
}

// traceRetry notes that a call will be made again after a wait, and why.
func traceRetry(ctx context.Context, try int, wait time.Duration, why error) {
	if s := lector.SpanOf(ctx); s != nil {
		s.AddEvent("retry",
			lector.SpanAttribute{Key: "lector.try", Value: int64(try)},
			lector.SpanAttribute{Key: "lector.wait", Value: wait.Seconds()},
			lector.SpanAttribute{Key: "exception.message", Value: why.Error()})
	}
}
