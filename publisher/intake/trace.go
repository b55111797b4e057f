package intake

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"lector"
)

// startSpan begins the span of a request that came at a moment, under that of its sender if
// it states one. The signature is known to be right: what anybody sends has no span.
func (h *handler) startSpan(d *endpoint, r *http.Request, began time.Time) (context.Context, *lector.Span) {
	sender := lector.ParseTraceContext(r.Header.Get(lector.TraceParent), strings.Join(r.Header.Values(lector.TraceState), ","))
	ctx, span := h.Tracer.Start(r.Context(), "POST /hooks/{source}/{site}", lector.SpanServer, sender)
	span.StartedAt(began)
	span.SetString("http.request.method", http.MethodPost)
	span.SetString("http.route", "/hooks/{source}/{site}")
	span.SetString("lector.site", d.site)
	span.SetString("lector.source", d.name)
	return ctx, span
}

// endSpan ends it with the answer. Only a fault of ours is an error of the span.
func endSpan(s *lector.Span, a answer) {
	s.SetInt("http.response.status_code", a.status)
	s.SetString("lector.webhook.outcome", string(a.outcome))
	if a.status >= http.StatusInternalServerError {
		s.End(errors.New(a.text))
		return
	}
	s.End(nil)
}
