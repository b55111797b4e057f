package otlp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

// collector answers as it is told to, the last answer again and again, and decodes what it
// takes strictly.
type collector struct {
	t       *testing.T
	answers []answer

	mu     sync.Mutex
	at     []time.Time
	spans  []span
	header http.Header
	counts map[Outcome]int
}

type answer struct {
	status int // 0: none comes
	header http.Header
	body   string
}

// Do implements Client.
func (c *collector) Do(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = append(c.at, time.Now())
	c.header = r.Header
	if r.Method != http.MethodPost || r.URL.String() != "http://collector.test/base/v1/traces" {
		c.t.Errorf("%s %s", r.Method, r.URL)
	}
	var body request
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		c.t.Errorf("the body: %v", err)
	}
	a := c.answers[0]
	c.answers = c.answers[min(1, len(c.answers)-1):]
	switch a.status {
	case 0:
		return nil, errors.New("connection refused")
	case http.StatusOK:
		c.spans = append(c.spans, body.ResourceSpans[0].ScopeSpans[0].Spans...)
	}
	return &http.Response{StatusCode: a.status, Status: http.StatusText(a.status), Header: a.header, Body: io.NopCloser(strings.NewReader(a.body))}, nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *nanos) UnmarshalJSON(data []byte) error {
	var ns int64
	if _, err := fmt.Sscanf(string(data), `"%d"`, &ns); err != nil {
		return err
	}
	*n = nanos(time.Unix(0, ns))
	return nil
}

func (c *collector) start() *Exporter {
	c.counts = map[Outcome]int{}
	return Start(Config{
		Endpoint: "http://collector.test/base/", Service: Service{"lector", "v1", "me"}, Client: c, Log: slog.New(slog.DiscardHandler),
		Headers: func() (http.Header, error) { return http.Header{"Authorization": {"Bearer x"}}, nil },
		Count: func(o Outcome, n int) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.counts[o] += n
		},
	})
}

func (c *collector) check(want map[Outcome]int) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.counts, func(_ Outcome, n int) bool { return n == 0 })
	if !maps.Equal(c.counts, want) {
		c.t.Errorf("counted %v, want %v", c.counts, want)
	}
}

// received returns when requests came, and how many spans were taken.
func (c *collector) received() (at []time.Time, spans int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.at), len(c.spans)
}

func named(name string) lector.SpanRecord {
	trace := lector.ParseTraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "rojo=1")
	return lector.SpanRecord{Name: name, Kind: lector.SpanInternal, Trace: trace, Start: time.Unix(1, 5), End: time.Unix(2, 0)}
}

func TestBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &collector{t: t, answers: []answer{{status: http.StatusOK}}}
		e := c.start()
		began := time.Now()
		for range batchSpans + 1 {
			e.Record(named("a"))
		}
		synctest.Wait()
		if at, spans := c.received(); len(at) != 1 || spans != batchSpans {
			t.Errorf("a full batch: %d requests, %d spans", len(at), spans)
		}
		time.Sleep(batchWait)
		synctest.Wait()
		if at, _ := c.received(); len(at) != 2 || at[1].Sub(began) != batchWait {
			t.Errorf("the rest of a batch: %v", at)
		}
		e.Record(named("last"))
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		e.Record(named("late"))
		c.check(map[Outcome]int{exported: batchSpans + 2, dropped: 1})
		if c.header.Get("Authorization") != "Bearer x" || c.header.Get("Content-Type") != "application/json" {
			t.Errorf("headers %v", c.header)
		}
	})
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	ok := answer{status: http.StatusOK}
	for name, test := range map[string]struct {
		answers []answer
		wait    [2]time.Duration // until the last request
		want    map[Outcome]int
		tries   int
	}{
		"503, then taken": {[]answer{{status: 503}, ok}, [2]time.Duration{time.Second / 2, 2 * time.Second}, map[Outcome]int{exported: 1}, 2},
		"429 with a time": {[]answer{{status: 429, header: http.Header{"Retry-After": {"7"}}}, ok}, [2]time.Duration{7 * time.Second, 7 * time.Second}, map[Outcome]int{exported: 1}, 2},
		"no connection":   {[]answer{{}, {}, ok}, [2]time.Duration{time.Second, 5 * time.Second}, map[Outcome]int{exported: 1}, 3},
		"400":             {[]answer{{status: 400}, ok}, [2]time.Duration{}, map[Outcome]int{refused: 1}, 1},
		"500":             {[]answer{{status: 500}, ok}, [2]time.Duration{}, map[Outcome]int{refused: 1}, 1},
		"a redirect":      {[]answer{{status: 307}, ok}, [2]time.Duration{}, map[Outcome]int{refused: 1}, 1},
		"502 for ever":    {[]answer{{status: 502}}, [2]time.Duration{7 * time.Second, time.Minute}, map[Outcome]int{dropped: 1}, maxTries},
		"partial success": {[]answer{{status: 200, body: `{"partialSuccess":{"rejectedSpans":"1","errorMessage":"x"}}`}}, [2]time.Duration{}, map[Outcome]int{refused: 1}, 1},
		"empty answer":    {[]answer{{status: 202}}, [2]time.Duration{}, map[Outcome]int{exported: 1}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := &collector{t: t, answers: test.answers}
				e := c.start()
				e.Record(named("a"))
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				c.check(test.want)
				at, _ := c.received()
				if took := at[len(at)-1].Sub(at[0]); len(at) != test.tries || took < test.wait[0] || took > test.wait[1] {
					t.Errorf("%d tries in %v", len(at), took)
				}
				_ = e.Close()
			})
		})
	}
}

// TestNeverBlocks holds that spans are dropped while the collector does not answer.
func TestNeverBlocks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &collector{t: t, answers: []answer{{status: 503}}}
		e := c.start()
		for range batchSpans {
			e.Record(named("first"))
		}
		synctest.Wait() // the first batch waits for its second try
		began := time.Now()
		for range queueSpans + 3 {
			e.Record(named("more"))
		}
		if time.Since(began) != 0 {
			t.Error("a span had to wait")
		}
		c.check(map[Outcome]int{dropped: 3})
		_ = e.Close()
		if took := time.Since(began); took > closeLimit {
			t.Errorf("it took %v to end", took)
		}
		c.check(map[Outcome]int{dropped: batchSpans + queueSpans + 3})
	})
}

func TestBody(t *testing.T) {
	t.Parallel()
	first := named("first")
	first.Parent = [8]byte{1}
	first.Attributes = []lector.SpanAttribute{{Key: "s", Value: "x"}, {Key: "n", Value: int64(7)}, {Key: "f", Value: 1.5}, {Key: "b", Value: true}}
	first.Events = []lector.SpanEvent{{Time: time.Unix(1, 7), Name: "retry", Attributes: []lector.SpanAttribute{{Key: "try", Value: int64(1)}}}}
	first.Links = []lector.TraceContext{first.Trace}
	first.Err = lector.Permanent(errors.New(strings.Repeat("ü", maxText)))
	body, err := encode(Service{"lector", "v1", "me"}, []lector.SpanRecord{first})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"resourceSpans":[{"resource":{"attributes":[
		{"key":"service.name","value":{"stringValue":"lector"}},{"key":"service.version","value":{"stringValue":"v1"}},
		{"key":"service.instance.id","value":{"stringValue":"me"}}]},
		"scopeSpans":[{"scope":{"name":"lector","version":"v1"},"spans":[{
		"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","traceState":"rojo=1","flags":1,"parentSpanId":"0100000000000000",
		"name":"first","kind":1,"startTimeUnixNano":"1000000005","endTimeUnixNano":"2000000000",
		"attributes":[{"key":"s","value":{"stringValue":"x"}},{"key":"n","value":{"intValue":"7"}},{"key":"f","value":{"doubleValue":1.5}},
		{"key":"b","value":{"boolValue":true}},{"key":"error.type","value":{"stringValue":"input"}}],
		"events":[{"timeUnixNano":"1000000007","name":"retry","attributes":[{"key":"try","value":{"intValue":"1"}}]}],
		"links":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","traceState":"rojo=1","flags":1}],
		"status":{"message":"` + strings.Repeat("ü", maxText/2) + `…","code":2}}]}]}]}`
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(want)); err != nil {
		t.Fatal(err)
	}
	if compact.String() != string(body) {
		t.Errorf("the body is %s\nwant %s", body, compact.String())
	}
}
