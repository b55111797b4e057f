package nats

import (
	"github.com/nats-io/nats.go"

	"lector"
)

// traceFields returns traceparent and tracestate of a message: its own headers, or else the
// CloudEvents extension for distributed tracing.
func traceFields(h nats.Header) (parent, state string) {
	for _, prefix := range []string{"", "ce-"} {
		if parent = header(h, prefix+lector.TraceParent); parent != "" {
			return parent, header(h, prefix+lector.TraceState)
		}
	}
	return "", ""
}

// setTrace puts a trace context into the headers of a message.
func setTrace(h nats.Header, t lector.TraceContext) {
	if t.IsZero() {
		return
	}
	h[lector.TraceParent] = []string{t.Parent()}
	if t.State != "" {
		h[lector.TraceState] = []string{t.State}
	}
}

// describeSend says on a span which message is sent, by the conventions for messaging.
func describeSend(s *lector.Span, stream, subject, id string) {
	s.SetString("messaging.system", "nats")
	s.SetString("messaging.operation.type", "send")
	s.SetString("messaging.operation.name", "publish")
	s.SetString("messaging.destination.template", stream)
	s.SetString("messaging.destination.name", subject)
	s.SetString("messaging.message.id", id)
}
