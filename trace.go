package lector

import (
	"context"
	"encoding/hex"
	"math/rand/v2"
	"strings"
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
		name, value, found := strings.Cut(member, "=")
		if member != "" && (!found || name == "" || value == "") {
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
