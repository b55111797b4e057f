// Package otlp sends spans to an OpenTelemetry collector: OTLP/HTTP 1.x with JSON bodies.
// The work never waits for it: spans wait in a bounded queue, and what does not fit is
// dropped and counted.
package otlp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"lector"
)

// Service is who sends, by the conventions of OpenTelemetry for resources.
type Service struct{ Name, Version, Instance string }

func (s Service) attributes() []lector.SpanAttribute {
	return []lector.SpanAttribute{
		{Key: "service.name", Value: s.Name}, {Key: "service.version", Value: s.Version}, {Key: "service.instance.id", Value: s.Instance},
	}
}

// Client makes a request.
type Client interface {
	Do(r *http.Request) (*http.Response, error)
}

// Config says where spans go.
type Config struct {
	Endpoint string                      // the base address of the collector; /v1/traces is added
	Headers  func() (http.Header, error) // of each request; nil: none
	Service  Service
	Client   Client // nil: one that follows no redirects
	Log      *slog.Logger
	Count    func(o Outcome, spans int) // called with what became of spans; may be nil
}

// Outcome is what became of spans, for the metrics.
type Outcome string

// The outcomes of spans.
const (
	exported Outcome = "exported" // the collector has them
	dropped  Outcome = "dropped"  // the queue was full, or the collector did not answer for too long
	refused  Outcome = "refused"  // the collector does not take them
)

// Outcomes are all of them.
var Outcomes = []Outcome{exported, dropped, refused}

// Bounds of what waits and of what is sent.
const (
	queueSpans   = 4096
	batchSpans   = 512
	batchWait    = 5 * time.Second // until a batch goes out that is not full
	requestLimit = 10 * time.Second
	closeLimit   = 5 * time.Second // for what is left at the end
	maxTries     = 5
	maxWait      = 30 * time.Second
	maxAnswer    = 64 << 10 // bytes that are read of an answer
)

// Exporter sends spans in batches.
type Exporter struct {
	Config
	queue  chan lector.SpanRecord
	stop   context.CancelFunc
	done   chan struct{}
	failed bool // the last batch was not taken: it was logged

	mu     sync.RWMutex
	closed bool
}

// Start returns an exporter at work. Close ends it.
func Start(c Config) *Exporter {
	if c.Client == nil {
		c.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	if c.Count == nil {
		c.Count = func(Outcome, int) {}
	}
	ctx, stop := context.WithCancel(context.Background())
	e := &Exporter{Config: c, queue: make(chan lector.SpanRecord, queueSpans), stop: stop, done: make(chan struct{})}
	go e.run(ctx)
	return e
}

// Record takes a span. It never waits.
func (e *Exporter) Record(r lector.SpanRecord) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.closed {
		e.Count(dropped, 1)
		return
	}
	select {
	case e.queue <- r:
	default:
		e.Count(dropped, 1)
	}
}

// Close sends what waits, for some seconds at most. What comes later is dropped.
func (e *Exporter) Close() error {
	e.mu.Lock()
	already := e.closed
	e.closed = true
	e.mu.Unlock()
	if !already {
		close(e.queue)
		defer time.AfterFunc(closeLimit, e.stop).Stop()
	}
	<-e.done
	e.stop()
	return nil
}

// run sends batches until the queue is closed and empty. When ctx ends, what is left is
// dropped.
func (e *Exporter) run(ctx context.Context) {
	defer close(e.done)
	for more := true; more; {
		var batch []lector.SpanRecord
		batch, more = e.collect()
		if len(batch) > 0 {
			e.send(ctx, batch)
		}
	}
}

// collect waits for a span, and then for further ones until there are enough of them or
// they have waited for long; false: the queue is closed.
func (e *Exporter) collect() (batch []lector.SpanRecord, more bool) {
	first, more := <-e.queue
	if !more {
		return nil, false
	}
	batch = append(batch, first)
	timer := time.NewTimer(batchWait)
	defer timer.Stop()
	for len(batch) < batchSpans {
		select {
		case r, more := <-e.queue:
			if !more {
				return batch, false
			}
			batch = append(batch, r)
		case <-timer.C:
			return batch, true
		}
	}
	return batch, true
}

// send sends a batch and counts what came of it.
func (e *Exporter) send(ctx context.Context, batch []lector.SpanRecord) {
	rejected, err := e.deliver(ctx, batch)
	e.note(err)
	switch {
	case lector.IsPermanent(err):
		e.Count(refused, len(batch))
	case err != nil:
		e.Count(dropped, len(batch))
	default:
		e.Count(exported, len(batch)-rejected)
		e.Count(refused, rejected)
	}
}

// deliver makes the request with a batch, again where that may help. It returns how many
// spans of a batch that was taken were not.
func (e *Exporter) deliver(ctx context.Context, batch []lector.SpanRecord) (rejected int, err error) {
	body, err := encode(e.Service, batch)
	if err != nil { // a number that JSON has not, as NaN
		return 0, lector.Permanent(err)
	}
	for try := 1; ; try++ {
		rejected, err = e.post(ctx, body)
		again := err != nil && !lector.IsPermanent(err) && try < maxTries
		if !again || !pause(ctx, waitFor(try, err)) {
			return rejected, err
		}
	}
}

// note logs the first failure, and that it is over.
func (e *Exporter) note(err error) {
	switch {
	case err != nil && !e.failed:
		e.Log.Warn("traces are not taken", "endpoint", lector.MaskAddress(e.Endpoint), "error", err)
	case err == nil && e.failed:
		e.Log.Info("traces are taken again")
	}
	e.failed = err != nil
}

// waitFor is how long after so many tries the next is made: what the collector asks for,
// and else twice as long each time, with a spread of a half.
func waitFor(try int, err error) time.Duration {
	wait := time.Second << min(try-1, 5)
	wait = wait/2 + rand.N(wait)
	if after, throttled := lector.IsThrottled(err); throttled && after > 0 {
		wait = after
	}
	return min(wait, maxWait)
}

// pause waits; false: ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// post makes one request. It returns how many spans the collector took not, though it took
// the batch. Its errors are permanent where the same request would be refused again.
func (e *Exporter) post(ctx context.Context, body []byte) (rejected int, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(e.Endpoint, "/")+"/v1/traces", bytes.NewReader(body))
	if err != nil {
		return 0, lector.Permanent(errors.New("the endpoint cannot be read"))
	}
	if e.Headers != nil {
		if r.Header, err = e.Headers(); err != nil {
			return 0, err
		}
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := e.Client.Do(r)
	if err != nil {
		return 0, fmt.Errorf("no answer: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if answer.StatusCode/100 == 2 {
		return partialSuccess(text), nil
	}
	return 0, errors.Join(statusFault(answer), err)
}

// statusFault is the error of an answer that is no success. Four statuses say that the
// request may be made again.
func statusFault(answer *http.Response) error {
	err := fmt.Errorf("it answered %s", answer.Status)
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return lector.Throttled(err, retryAfter(answer.Header.Get("Retry-After"), time.Now()))
	}
	return lector.Permanent(err)
}

// retryAfter reads the header of that name: seconds or a date. Anything else is 0.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// partialSuccess reads how many spans of a batch were refused. What is no answer of a
// collector in JSON names none.
func partialSuccess(text []byte) (rejected int) {
	var answer struct {
		PartialSuccess struct {
			RejectedSpans json.Number `json:"rejectedSpans"` // a string, as all 64-bit numbers; some send a number
		} `json:"partialSuccess"`
	}
	if json.Unmarshal(text, &answer) != nil {
		return 0
	}
	rejected, _ = strconv.Atoi(answer.PartialSuccess.RejectedSpans.String())
	return max(0, rejected)
}
