package otlptest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"lector"
	"lector/infra/otlp"
)

// client keeps the body of the last request.
type client struct{ body []byte }

// Do implements otlp.Client.
func (c *client) Do(r *http.Request) (*http.Response, error) {
	var err error
	c.body, err = io.ReadAll(r.Body)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("{}"))}, err
}

// sent returns the body of a request with these spans.
func sent(t *testing.T, records ...lector.SpanRecord) []byte {
	t.Helper()
	var c client
	e := otlp.Start(otlp.Config{
		Endpoint: "http://collector.test", Client: &c, Log: slog.New(slog.DiscardHandler),
		Service: otlp.Service{Name: "lector", Version: "v1", Instance: "me"},
	})
	for _, r := range records {
		e.Record(r)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return c.body
}

// decode reads a body by the types of the OpenTelemetry project. A field that these do not
// know is an error.
func decode(t *testing.T, body []byte) *tracepb.TracesData {
	t.Helper()
	var tree any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	inBase64(t, tree)
	body, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	var data tracepb.TracesData
	if err := (protojson.UnmarshalOptions{DiscardUnknown: false}).Unmarshal(body, &data); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return &data
}

// inBase64 writes ids as protojson wants them: OTLP has them in hex instead.
func inBase64(t *testing.T, tree any) {
	t.Helper()
	switch tree := tree.(type) {
	case []any:
		for _, v := range tree {
			inBase64(t, v)
		}
	case map[string]any:
		for key, v := range tree {
			if key != "traceId" && key != "spanId" && key != "parentSpanId" {
				inBase64(t, v)
				continue
			}
			id, err := hex.DecodeString(v.(string))
			if err != nil {
				t.Errorf("%s: %v", key, err)
			}
			tree[key] = base64.StdEncoding.EncodeToString(id)
		}
	}
}

func text(key, value string) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}}
}

// TestDecoded compares a span that has everything with what is read of it.
func TestDecoded(t *testing.T) {
	t.Parallel()
	trace := lector.ParseTraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "rojo=1")
	began := time.Unix(1_700_000_000, 123_456_789)
	data := decode(t, sent(t, lector.SpanRecord{
		Name: "call voice", Kind: lector.SpanClient, Trace: trace, Parent: [8]byte{7}, Start: began, End: began.Add(time.Second),
		Attributes: []lector.SpanAttribute{{Key: "s", Value: "x"}, {Key: "n", Value: int64(1) << 60}, {Key: "f", Value: 0.5}, {Key: "b", Value: true}},
		Events:     []lector.SpanEvent{{Time: began, Name: "retry", Attributes: []lector.SpanAttribute{{Key: "e", Value: "fault \xff"}}}},
		Links:      []lector.TraceContext{trace},
		Err:        lector.WithClass(errors.New("away"), lector.ClassVoiceDown),
	}, lector.SpanRecord{Name: "plain", Kind: lector.SpanInternal, Trace: trace, Start: began, End: began}))

	attributes := []*commonpb.KeyValue{
		text("s", "x"),
		{Key: "n", Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: 1 << 60}}},
		{Key: "f", Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: 0.5}}},
		{Key: "b", Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_BoolValue{BoolValue: true}}},
		text("error.type", "voice_down"),
	}
	nanos := uint64(began.UnixNano())
	want := []*tracepb.Span{{
		TraceId: trace.TraceID[:], SpanId: trace.SpanID[:], ParentSpanId: []byte{7, 0, 0, 0, 0, 0, 0, 0}, TraceState: "rojo=1", Flags: 1,
		Name: "call voice", Kind: tracepb.Span_SPAN_KIND_CLIENT, StartTimeUnixNano: nanos, EndTimeUnixNano: nanos + 1e9, Attributes: attributes,
		Events: []*tracepb.Span_Event{{TimeUnixNano: nanos, Name: "retry", Attributes: []*commonpb.KeyValue{text("e", "fault �")}}},
		Links:  []*tracepb.Span_Link{{TraceId: trace.TraceID[:], SpanId: trace.SpanID[:], TraceState: "rojo=1", Flags: 1}},
		Status: &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: "away"},
	}, {
		TraceId: trace.TraceID[:], SpanId: trace.SpanID[:], TraceState: "rojo=1", Flags: 1,
		Name: "plain", Kind: tracepb.Span_SPAN_KIND_INTERNAL, StartTimeUnixNano: nanos, EndTimeUnixNano: nanos,
	}}
	resource := data.GetResourceSpans()[0]
	got := resource.GetScopeSpans()[0].GetSpans()
	for i := range want {
		if len(got) != len(want) || !proto.Equal(got[i], want[i]) {
			t.Errorf("span %d is\n%v, want\n%v", i, got, want[i])
		}
	}
	if all := resource.GetResource().GetAttributes(); len(all) != 3 || !proto.Equal(all[0], text("service.name", "lector")) {
		t.Errorf("the service is %v", all)
	}
	if scope := resource.GetScopeSpans()[0].GetScope(); scope.GetName() != "lector" || scope.GetVersion() != "v1" {
		t.Errorf("the scope is %v", scope)
	}
}

// TestKinds holds that the numbers of the kinds are those of OpenTelemetry.
func TestKinds(t *testing.T) {
	t.Parallel()
	for ours, theirs := range map[lector.SpanKind]tracepb.Span_SpanKind{
		lector.SpanInternal: tracepb.Span_SPAN_KIND_INTERNAL, lector.SpanServer: tracepb.Span_SPAN_KIND_SERVER,
		lector.SpanClient: tracepb.Span_SPAN_KIND_CLIENT, lector.SpanProducer: tracepb.Span_SPAN_KIND_PRODUCER,
		lector.SpanConsumer: tracepb.Span_SPAN_KIND_CONSUMER,
	} {
		if int32(ours) != int32(theirs) {
			t.Errorf("%v is %d", theirs, ours)
		}
	}
}
