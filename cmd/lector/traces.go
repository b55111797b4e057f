package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"lector"
	"lector/infra/nats"
	"lector/infra/otlp"
	"lector/publisher"
)

// tracesConfig says where traces go, by OTLP over HTTP. Without an endpoint nothing is
// recorded.
type tracesConfig struct {
	// Endpoint is the base address of an OpenTelemetry collector, as
	// http://127.0.0.1:4318; spans go to /v1/traces below it. Empty is that of
	// OTEL_EXPORTER_OTLP_ENDPOINT, unless OTEL_EXPORTER_OTLP_PROTOCOL is grpc.
	Endpoint string `yaml:"endpoint,omitempty" env:"ENDPOINT"`
	// Headers are sent with each request: each is {env: NAME} or {file: PATH}, which holds
	// all of its value. Files are read again each time.
	Headers map[string]secretSource `yaml:"headers,omitempty"`
	// SampleRatio is how many of the traces that begin in Lector are recorded, from 0 to 1.
	// Of a trace that began elsewhere its sender decides.
	SampleRatio float64 `yaml:"sample_ratio" env:"SAMPLE_RATIO"`
}

// otlpEndpoint is the collector that the environment names for all programs.
func (a *app) otlpEndpoint() string {
	if a.getenv("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc" || a.getenv("OTEL_SDK_DISABLED") == "true" {
		return ""
	}
	return a.getenv("OTEL_EXPORTER_OTLP_ENDPOINT")
}

// checkTraces refuses settings by which no trace could be sent.
func (c *config) checkTraces() error {
	t := c.Traces
	if !(t.SampleRatio >= 0 && t.SampleRatio <= 1) { // nor NaN
		return fmt.Errorf("traces.sample_ratio: %v is not from 0 to 1", t.SampleRatio)
	}
	if t.Endpoint == "" && len(t.Headers) > 0 {
		return lector.Hint(fmt.Errorf("traces.endpoint: is missing"), "give the address of a collector, as http://127.0.0.1:4318")
	}
	if err := checkServer("traces.endpoint", t.Endpoint, "a key goes into headers, by {env: NAME}"); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(t.Headers)) {
		if err := t.Headers[name].check("traces.headers." + name); err != nil {
			return err
		}
	}
	return nil
}

// openTracer begins to send what is recorded from now on, where the settings say where to.
// It is sent to its end when the resources are closed.
func (h *resources) openTracer(count func(otlp.Outcome, int)) error {
	t := h.config.Traces
	if t.Endpoint == "" {
		return nil
	}
	headers := func() (http.Header, error) { return h.app.secretHeaders(t.Headers) }
	if _, err := headers(); err != nil {
		return usageError{fmt.Errorf("settings: traces.headers: %w", err)}
	}
	e := otlp.Start(otlp.Config{
		Endpoint: t.Endpoint, Headers: headers, Log: h.log, Count: count,
		Service: otlp.Service{Name: "lector", Version: release(), Instance: workerName()},
	})
	h.onClose(e.Close)
	h.tracer = &lector.Tracer{Ratio: t.SampleRatio, Record: e.Record}
	return nil
}

// openTraces readies the traces of a process that runs, and counts what becomes of them.
func (s *server) openTraces(context.Context, roles) error {
	err := s.openTracer(func(o otlp.Outcome, n int) { s.metrics.Spans(string(o), n) })
	if err != nil || s.tracer == nil {
		return err
	}
	for _, o := range otlp.Outcomes {
		s.metrics.Spans(string(o), 0)
	}
	s.requests = publisher.NewRequestTracer(s.tracer)
	return nil
}

// publishTraced publishes an event in a span, under the one that the environment names in
// TRACEPARENT, as programs that are called by others do.
func (h *resources) publishTraced(ctx context.Context, conn *nats.Conn, e lector.ArticleEvent) (sequence uint64, err error) {
	if err := h.openTracer(nil); err != nil {
		return 0, err
	}
	sender := lector.ParseTraceContext(h.app.getenv("TRACEPARENT"), h.app.getenv("TRACESTATE"))
	ctx, span := h.tracer.Start(ctx, "lector publish", lector.SpanInternal, sender)
	sequence, err = h.eventPublisher(conn).Publish(ctx, e)
	span.End(err)
	return sequence, err
}
