package nats

import (
	"fmt"
	"testing"

	"github.com/nats-io/nats.go"

	"lector"
)

// TestTraceOfEvent reads the trace of an event from where a CMS may have put it.
func TestTraceOfEvent(t *testing.T) {
	t.Parallel()
	const first, second = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
	const data = `{"site":"havana","id":"1","body":{"content_type":"text/plain","content":"x"},"visibility":"public","updated_at":"2026-11-28T12:00:00Z"}`
	binary := func(more nats.Header) nats.Header {
		h := nats.Header{ceVersion: {"1.0"}, ceID: {"1"}, ceSource: {"cms"}, ceType: {string(lector.Published)}}
		for name, values := range more {
			h[name] = values
		}
		return h
	}
	structured := fmt.Sprintf(`{"specversion":"1.0","id":"1","source":"cms","type":%q,"traceparent":%q,"tracestate":"a=1","data":%s}`, lector.Published, first, data)
	for name, test := range map[string]struct {
		header      nats.Header
		data        string
		want, state string
	}{
		"none":                  {binary(nil), data, "", ""},
		"a header":              {binary(nats.Header{"traceparent": {first}, "tracestate": {"a=1"}}), data, first, "a=1"},
		"a header in capitals":  {binary(nats.Header{"Traceparent": {first}}), data, first, ""},
		"the extension":         {binary(nats.Header{"ce-traceparent": {first}, "ce-tracestate": {"a=1"}}), data, first, "a=1"},
		"both":                  {binary(nats.Header{"ce-traceparent": {second}, "ce-tracestate": {"b=1"}, "traceparent": {first}}), data, first, ""},
		"structured":            {nil, structured, first, "a=1"},
		"structured, a header":  {nats.Header{"traceparent": {second}}, structured, second, ""},
		"malformed":             {binary(nats.Header{"traceparent": {first + "x"}}), data, "", ""},
		"an event of no use":    {binary(nats.Header{"traceparent": {first}}), `{"site":"havana"}`, first, ""},
		"what was there before": {binary(nats.Header{"traceparent": {first}, reasonHeader: {"x"}}), data, first, ""},
	} {
		e, _ := decodeArticle("article.v1.havana.k", test.header, []byte(test.data))
		if e.Trace.Parent() != test.want || e.Trace.State != test.state {
			t.Errorf("%s: %q %q, want %q", name, e.Trace.Parent(), e.Trace.State, test.want)
		}
		if kept := originalHeaders(test.header); kept[lector.TraceParent] == nil && test.header[lector.TraceParent] != nil {
			t.Errorf("%s: a dead letter loses it", name)
		}
	}
}

// TestNoTrace holds that an event without a trace costs nothing more.
func TestNoTrace(t *testing.T) { //nolint:paralleltest // allocations are counted for the whole process
	h := nats.Header{ceVersion: {"1.0"}, ceID: {"1"}, ceSource: {"cms"}}
	if n := testing.AllocsPerRun(100, func() {
		setTrace(h, lector.ParseTraceContext(traceFields(h)))
	}); n != 0 || len(h) != 3 {
		t.Errorf("%v allocations, %v", n, h)
	}
}
