package lector

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

const (
	parent  = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
)

func TestParseTraceContext(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ parent, want string }{
		"sampled":                    {parent, parent},
		"not sampled":                {parent[:53] + "00", parent[:53] + "00"},
		"random":                     {parent[:53] + "03", parent[:53] + "03"},
		"flags that nobody knows":    {parent[:53] + "ff", parent[:53] + "03"},
		"a later version":            {"cc" + parent[2:] + "-what.the.future", parent},
		"a later version, no more":   {"01" + parent[2:], parent},
		"a later version, malformed": {"01" + parent[2:] + ".x", ""},
		"version ff":                 {"ff" + parent[2:], ""},
		"version 00 with more":       {parent + "-x", ""},
		"capital letters":            {strings.ToUpper(parent), ""},
		"no trace":                   {"00-" + strings.Repeat("0", 32) + parent[35:], ""},
		"no span":                    {parent[:36] + strings.Repeat("0", 16) + "-01", ""},
		"too short":                  {parent[:54], ""},
		"dashes elsewhere":           {strings.Replace(parent, "6-00", "-600", 1), ""},
		"empty":                      {"", ""},
	} {
		if got := ParseTraceContext(test.parent, "").Parent(); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestParseTraceState(t *testing.T) {
	t.Parallel()
	for state, good := range map[string]bool{
		"rojo=00f067aa0ba902b7,congo=t61rcWkgMzE": true,
		"a=1, b=2 ,,c=3":       true,
		"no value":             false,
		"=1":                   false,
		"a=1\r\nSet-Cookie: x": false,
		"a=ü":                  false,
		"a=" + strings.Repeat("x", maxStateLength): false,
		strings.Repeat("a=1,", maxStateMembers):    false,
	} {
		want := ""
		if good {
			want = state
		}
		if got := ParseTraceContext(parent, state); got.State != want || got.ID() != traceID {
			t.Errorf("%q: %+v", state, got)
		}
	}
}

func FuzzParseTraceContext(f *testing.F) {
	f.Add(parent, "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")
	f.Add("cc-"+parent[3:]+"-more", "a=1")
	f.Add("00-"+strings.Repeat("0", 52), "=,")
	f.Fuzz(func(t *testing.T, parent, state string) {
		got := ParseTraceContext(parent, state)
		if got.IsZero() {
			if got != (TraceContext{}) {
				t.Fatalf("no trace, and %+v", got)
			}
			return
		}
		if again := ParseTraceContext(got.Parent(), got.State); again != got {
			t.Fatalf("%+v is read as %+v", got, again)
		}
		if !strings.HasPrefix(got.Parent()[2:], parent[2:53]) {
			t.Fatalf("%q is read as %q", parent, got.Parent())
		}
	})
}

// recorder keeps the spans of a tracer.
func recorder(ratio float64) (*Tracer, *[]SpanRecord) {
	var all []SpanRecord
	return &Tracer{Ratio: ratio, Record: func(r SpanRecord) { all = append(all, r) }}, &all
}

func TestSpans(t *testing.T) {
	t.Parallel()
	tracer, all := recorder(0)
	sender := ParseTraceContext(parent, "rojo=1")
	ctx, root := tracer.Start(t.Context(), "root", SpanServer, sender)
	inner, child := StartSpan(ctx, "child", SpanInternal)
	child.SetString("empty", "")
	child.SetInt("n", 7)
	child.AddEvent("retry", SpanAttribute{"try", int64(1)})
	child.AddLink(TraceContext{})
	child.AddLink(sender)
	failure := errors.New("fault")
	child.End(failure)
	child.End(nil)
	root.End(nil)
	if TraceOf(inner) != child.Trace() || SpanOf(inner) != child || len(*all) != 2 {
		t.Fatalf("%+v", *all)
	}
	c, r := (*all)[0], (*all)[1]
	if r.Parent != sender.SpanID || c.Parent != r.Trace.SpanID || r.Trace.SpanID == sender.SpanID {
		t.Errorf("the parents are %x of %x of %x", c.Parent, r.Parent, sender.SpanID)
	}
	if c.Trace.ID() != traceID || c.Trace.State != "rojo=1" || !c.Trace.Sampled() {
		t.Errorf("the trace is %+v", c.Trace)
	}
	if !slices.Equal(c.Attributes, []SpanAttribute{{"n", int64(7)}}) || len(c.Events) != 1 || len(c.Links) != 1 || !errors.Is(c.Err, failure) {
		t.Errorf("%+v", c)
	}
}

func TestSampling(t *testing.T) {
	t.Parallel()
	for ratio, want := range map[float64][2]int{0: {0, 0}, 0.25: {150, 350}, 1: {1000, 1000}} {
		tracer, all := recorder(ratio)
		for range 1000 {
			ctx, span := tracer.Start(t.Context(), "root", SpanServer, TraceContext{})
			if trace := TraceOf(ctx); trace.IsZero() || trace.Sampled() != (span != nil) || ParseTraceContext(trace.Parent(), "") != trace {
				t.Fatalf("%v: %+v", ratio, trace)
			}
			span.End(nil)
		}
		if n := len(*all); n < want[0] || n > want[1] {
			t.Errorf("%v: %d of 1000 are recorded", ratio, n)
		}
	}
	tracer, all := recorder(1)
	_, span := tracer.Start(t.Context(), "root", SpanServer, ParseTraceContext(parent[:53]+"00", ""))
	span.End(nil)
	if len(*all) != 0 {
		t.Error("a trace is recorded whose sender wants none")
	}
}

// step does what each step of a job does.
func step(ctx context.Context) {
	ctx, span := StartSpan(ctx, "step", SpanInternal)
	span.SetString("key", "value")
	span.SetInt("n", 1)
	span.AddLink(TraceOf(ctx))
	span.End(nil)
}

func TestNoTracer(t *testing.T) { //nolint:paralleltest // allocations are counted for the whole process
	var tracer *Tracer
	ctx := context.Background()
	if n := testing.AllocsPerRun(100, func() {
		ctx, span := tracer.Start(ctx, "root", SpanServer, TraceContext{})
		step(ctx)
		span.End(nil)
	}); n != 0 {
		t.Errorf("without a tracer a span takes %v allocations", n)
	}
	passed, span := tracer.Start(ctx, "root", SpanServer, ParseTraceContext(parent, ""))
	if TraceOf(passed).Parent() != parent || span != nil {
		t.Errorf("what came in is passed on as %q", TraceOf(passed).Parent())
	}
	if n := testing.AllocsPerRun(100, func() { step(passed) }); n != 0 {
		t.Errorf("without a tracer a step of a traced event takes %v allocations", n)
	}
}
