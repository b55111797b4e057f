package otlp

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"lector"
)

// The body of a request, by the JSON mapping of opentelemetry-proto 1.x: ids in hex,
// 64-bit numbers as strings, enumerations as numbers.
type (
	request struct {
		ResourceSpans []resourceSpans `json:"resourceSpans"`
	}
	resourceSpans struct {
		Resource   resource     `json:"resource"`
		ScopeSpans []scopeSpans `json:"scopeSpans"`
	}
	resource struct {
		Attributes []keyValue `json:"attributes"`
	}
	scopeSpans struct {
		Scope scope  `json:"scope"`
		Spans []span `json:"spans"`
	}
	scope struct {
		Name    string `json:"name"`
		Version string `json:"version,omitempty"`
	}
	span struct {
		linked
		ParentSpanID      string     `json:"parentSpanId,omitempty"`
		Name              string     `json:"name"`
		Kind              int        `json:"kind"`
		StartTimeUnixNano nanos      `json:"startTimeUnixNano"`
		EndTimeUnixNano   nanos      `json:"endTimeUnixNano"`
		Attributes        []keyValue `json:"attributes,omitempty"`
		Events            []event    `json:"events,omitempty"`
		Links             []linked   `json:"links,omitempty"`
		Status            *status    `json:"status,omitempty"`
	}
	linked struct {
		TraceID    string `json:"traceId"`
		SpanID     string `json:"spanId"`
		TraceState string `json:"traceState,omitempty"`
		Flags      byte   `json:"flags,omitempty"`
	}
	event struct {
		TimeUnixNano nanos      `json:"timeUnixNano"`
		Name         string     `json:"name"`
		Attributes   []keyValue `json:"attributes,omitempty"`
	}
	status struct {
		Message string `json:"message,omitempty"`
		Code    int    `json:"code"`
	}
	keyValue struct {
		Key   string         `json:"key"`
		Value map[string]any `json:"value"`
	}
	nanos time.Time
)

// statusError is the code of a span that failed. Of others no status is set.
const statusError = 2

// MarshalJSON writes nanoseconds since 1970 as a string.
func (n nanos) MarshalJSON() ([]byte, error) {
	return strconv.AppendQuote(nil, strconv.FormatInt(time.Time(n).UnixNano(), 10)), nil
}

// encode makes the body of a request.
func encode(service Service, records []lector.SpanRecord) ([]byte, error) {
	spans := make([]span, len(records))
	for i, r := range records {
		spans[i] = encodeSpan(r)
	}
	return json.Marshal(request{[]resourceSpans{{
		Resource:   resource{encodeAttributes(service.attributes())},
		ScopeSpans: []scopeSpans{{scope{"lector", service.Version}, spans}},
	}}})
}

func encodeSpan(r lector.SpanRecord) span {
	s := span{
		linked: encodeTrace(r.Trace), Name: r.Name, Kind: int(r.Kind),
		StartTimeUnixNano: nanos(r.Start), EndTimeUnixNano: nanos(r.End),
	}
	if r.Parent != [8]byte{} {
		s.ParentSpanID = hex.EncodeToString(r.Parent[:])
	}
	attributes := r.Attributes
	if r.Err != nil {
		s.Status = &status{shorten(r.Err.Error()), statusError}
		attributes = append(slices.Clip(attributes), lector.SpanAttribute{Key: "error.type", Value: errorType(r.Err)})
	}
	s.Attributes = encodeAttributes(attributes)
	for _, e := range r.Events {
		s.Events = append(s.Events, event{nanos(e.Time), e.Name, encodeAttributes(e.Attributes)})
	}
	for _, l := range r.Links {
		s.Links = append(s.Links, encodeTrace(l))
	}
	return s
}

func encodeTrace(t lector.TraceContext) linked {
	return linked{t.ID(), hex.EncodeToString(t.SpanID[:]), t.State, t.Flags}
}

// errorType is the class of an error, and _OTHER where it has none.
func errorType(err error) string {
	if class := lector.ClassOf(err); class != "" {
		return string(class)
	}
	return "_OTHER"
}

func encodeAttributes(all []lector.SpanAttribute) (encoded []keyValue) {
	for _, a := range all {
		encoded = append(encoded, keyValue{a.Key, encodeValue(a.Value)})
	}
	return encoded
}

func encodeValue(value any) map[string]any {
	switch v := value.(type) {
	case int64:
		return map[string]any{"intValue": strconv.FormatInt(v, 10)}
	case float64:
		return map[string]any{"doubleValue": v}
	case bool:
		return map[string]any{"boolValue": v}
	case string:
		return map[string]any{"stringValue": shorten(v)}
	}
	return map[string]any{}
}

// maxText is how many bytes of a text are sent.
const maxText = 1024

// shorten returns the beginning of a long text.
func shorten(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "…"
}
