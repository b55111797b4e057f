package lector

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// Names of the fields of W3C Trace Context, as headers of HTTP and NATS.
const (
	TraceParent = "traceparent"
	TraceState  = "tracestate"
)

// TraceContext names a span of a distributed trace (W3C Trace Context, level 2). The zero
// one names none.
type TraceContext struct {
	TraceID [16]byte
	SpanID  [8]byte
	Flags   byte   // traceSampled and traceRandom; others are not passed on
	State   string // tracestate, as it came
}

// Flags of a trace context.
const (
	traceSampled = 1 // whoever sent it records its trace
	traceRandom  = 2 // its trace id is random
)

// IsZero reports whether t names no span.
func (t TraceContext) IsZero() bool { return t.TraceID == [16]byte{} }

// Sampled reports whether the trace is recorded.
func (t TraceContext) Sampled() bool { return t.Flags&traceSampled != 0 }

// ID returns the id of the trace in hex; of none it is "".
func (t TraceContext) ID() string {
	if t.IsZero() {
		return ""
	}
	return hex.EncodeToString(t.TraceID[:])
}

// Parent returns the traceparent field; of none it is "".
func (t TraceContext) Parent() string {
	if t.IsZero() {
		return ""
	}
	return "00-" + t.ID() + "-" + hex.EncodeToString(t.SpanID[:]) + "-" + hex.EncodeToString([]byte{t.Flags})
}

// parentLength is the length of a traceparent field of version 00. Later versions may add
// to it behind a dash.
const parentLength = 55

// ParseTraceContext reads the fields traceparent and tracestate. A traceparent that is
// wrong names none; a tracestate that is wrong is left out, as the recommendation has it.
func ParseTraceContext(parent, state string) (t TraceContext) {
	if !validParent(parent) {
		return TraceContext{}
	}
	_, _ = hex.Decode(t.TraceID[:], []byte(parent[3:35]))
	_, _ = hex.Decode(t.SpanID[:], []byte(parent[36:52]))
	var flags [1]byte
	_, _ = hex.Decode(flags[:], []byte(parent[53:55]))
	t.Flags = flags[0] & (traceSampled | traceRandom)
	if t.IsZero() || t.SpanID == [8]byte{} {
		return TraceContext{}
	}
	if validState(state) {
		t.State = state
	}
	return t
}

// validParent reports whether a traceparent has its form: version, trace id, span id and
// flags in small hex digits.
func validParent(parent string) bool {
	if len(parent) < parentLength || parent[:2] == "ff" {
		return false
	}
	if rest := parent[parentLength:]; rest != "" && (parent[:2] == "00" || rest[0] != '-') {
		return false
	}
	for i, c := range []byte(parent[:parentLength]) {
		if dash := i == 2 || i == 35 || i == 52; dash != (c == '-') {
			return false
		} else if !dash && !strings.ContainsRune("0123456789abcdef", rune(c)) {
			return false
		}
	}
	return true
}

// Bounds of a tracestate: what everybody must pass on.
const (
	maxStateLength  = 512
	maxStateMembers = 32
)

// validState reports whether a tracestate can be passed on: printable ASCII, and members
// of a name and a value.
func validState(state string) bool {
	if len(state) > maxStateLength || strings.Count(state, ",") >= maxStateMembers {
		return false
	}
	for member := range strings.SplitSeq(state, ",") {
		member = strings.Trim(member, " \t")
		name, value, _ := strings.Cut(member, "=")
		if member != "" && (name == "" || value == "") {
			return false
		}
	}
	return strings.IndexFunc(state, func(r rune) bool { return r != '\t' && (r < ' ' || r > '~') }) < 0
}

// traceKey is the key of a context's traced.
type traceKey struct{}

// traced is what a context knows of its trace.
type traced struct {
	trace TraceContext
	span  *Span // that records; nil: nobody does
}

func tracedOf(ctx context.Context) traced {
	t, _ := ctx.Value(traceKey{}).(*traced)
	if t == nil {
		return traced{}
	}
	return *t
}

// TraceOf returns the span that ctx belongs to.
func TraceOf(ctx context.Context) TraceContext { return tracedOf(ctx).trace }

// newSpanID returns a random id that is not zero.
func newSpanID() (id [8]byte) {
	for id == [8]byte{} {
		putRandom(id[:])
	}
	return id
}

func newTraceID() (id [16]byte) {
	for id == [16]byte{} {
		putRandom(id[:])
	}
	return id
}

// putRandom fills b with random bytes. Ids of spans are no secrets.
func putRandom(b []byte) {
	for i := 0; i < len(b); i += 8 {
		v := rand.Uint64()
		for j := i; j < min(i+8, len(b)); j++ {
			b[j], v = byte(v), v>>8
		}
	}
}

// SpanKind is what a span does for others, by the numbers of OpenTelemetry.
type SpanKind int

// The kinds of spans.
const (
	SpanInternal SpanKind = 1 // work of this process
	SpanServer   SpanKind = 2 // an answer to a request
	SpanClient   SpanKind = 3 // a request to somebody else
	SpanProducer SpanKind = 4 // a message that is stored
	SpanConsumer SpanKind = 5 // a message that is worked on
)

// SpanAttribute is a property of a span. Value is a string, an int64, a float64 or a bool.
type SpanAttribute struct {
	Key   string
	Value any
}

// SpanEvent is something that happened during a span.
type SpanEvent struct {
	Time       time.Time
	Name       string
	Attributes []SpanAttribute
}

// SpanRecord is a span that has ended.
type SpanRecord struct {
	Name       string
	Kind       SpanKind
	Trace      TraceContext // the span itself
	Parent     [8]byte      // zero: it is the first of its trace
	Start, End time.Time
	Attributes []SpanAttribute
	Events     []SpanEvent
	Links      []TraceContext // spans that it has to do with
	Err        error          // how it failed
}

// Span is a span under way. All methods of a nil one do nothing: nobody records it. It is
// safe for use by many goroutines.
type Span struct {
	tracer *Tracer

	mu     sync.Mutex
	record SpanRecord
	ended  bool
}

// Tracer begins spans and hands on those that have ended. A nil one records nothing, but
// passes on the trace of what came in.
type Tracer struct {
	Ratio  float64          // of the traces that begin here, so many are recorded: 0 to 1
	Record func(SpanRecord) // it must return quickly
}

// Start begins a span under the span that sent what is worked on now. Where that is none,
// a trace begins, which is recorded by Ratio; else the sender has decided.
func (t *Tracer) Start(ctx context.Context, name string, kind SpanKind, sender TraceContext) (context.Context, *Span) {
	if t == nil {
		return withTrace(ctx, sender, nil)
	}
	trace := sender
	if sender.IsZero() {
		trace = t.newTrace()
	}
	if !trace.Sampled() {
		return withTrace(ctx, trace, nil)
	}
	return t.start(ctx, name, kind, trace, sender.SpanID)
}

// newTrace begins a trace, which is recorded if its id is among the first of all by Ratio.
func (t *Tracer) newTrace() TraceContext {
	trace := TraceContext{TraceID: newTraceID(), SpanID: newSpanID(), Flags: traceRandom}
	const most = 1 << 56 // the random part has seven bytes
	if random := binary.BigEndian.Uint64(trace.TraceID[8:]) % most; float64(random) < t.Ratio*most {
		trace.Flags |= traceSampled
	}
	return trace
}

func (t *Tracer) start(ctx context.Context, name string, kind SpanKind, trace TraceContext, parent [8]byte) (context.Context, *Span) {
	trace.SpanID = newSpanID()
	s := &Span{tracer: t, record: SpanRecord{Name: name, Kind: kind, Trace: trace, Parent: parent, Start: time.Now()}}
	return withTrace(ctx, trace, s)
}

func withTrace(ctx context.Context, trace TraceContext, s *Span) (context.Context, *Span) {
	if trace.IsZero() {
		return ctx, nil
	}
	return context.WithValue(ctx, traceKey{}, &traced{trace, s}), s
}

// StartSpan begins a span under the one of ctx. Where nobody records that, it returns ctx
// and nil.
func StartSpan(ctx context.Context, name string, kind SpanKind) (context.Context, *Span) {
	t := tracedOf(ctx)
	if t.span == nil {
		return ctx, nil
	}
	return t.span.tracer.start(ctx, name, kind, t.trace, t.trace.SpanID)
}

// SpanOf returns the span that ctx belongs to; nil: nobody records it.
func SpanOf(ctx context.Context) *Span { return tracedOf(ctx).span }

// Trace returns the context of the span; of nil it is zero.
func (s *Span) Trace() TraceContext {
	if s == nil {
		return TraceContext{}
	}
	return s.record.Trace
}

// SetString adds an attribute, unless its value is empty.
func (s *Span) SetString(key, value string) {
	if s != nil && value != "" {
		s.set(SpanAttribute{key, value})
	}
}

// SetInt adds an attribute.
func (s *Span) SetInt(key string, value int) {
	if s != nil {
		s.set(SpanAttribute{key, int64(value)})
	}
}

func (s *Span) set(a SpanAttribute) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record.Attributes = append(s.record.Attributes, a)
}

// AddEvent notes what has happened just now.
func (s *Span) AddEvent(name string, attributes ...SpanAttribute) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record.Events = append(s.record.Events, SpanEvent{time.Now(), name, attributes})
}

// AddLink names another span that this one has to do with. The zero one is none.
func (s *Span) AddLink(other TraceContext) {
	if s == nil || other.IsZero() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record.Links = append(s.record.Links, other)
}

// StartedAt moves the begin of the span to what happened before, as when a message was
// stored.
func (s *Span) StartedAt(at time.Time) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record.Start = at
}

// End ends the span, with the error by which it failed or nil. The second end counts for
// nothing, and so does what is set after the first.
func (s *Span) End(err error) {
	if s == nil {
		return
	}
	s.mu.Lock()
	ended, record := s.ended, s.record
	s.ended, record.End, record.Err = true, time.Now(), err
	s.mu.Unlock()
	if !ended {
		s.tracer.Record(record)
	}
}
