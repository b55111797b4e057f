package publisher

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"golang.org/x/time/rate"

	"lector"
)

// tracesPerSecond is how many requests of listeners get a span because they state a
// trace: anybody may state one.
const tracesPerSecond = 50

// objectRoute is the route of the files of renditions.
const objectRoute = "/a/{site}/{key}/{file}"

// RequestTracer makes spans of requests for the files of renditions.
type RequestTracer struct {
	tracer *lector.Tracer
	limit  *rate.Limiter // of requests that state a trace
}

// NewRequestTracer returns nil where there is no tracer: nothing is recorded.
func NewRequestTracer(t *lector.Tracer) *RequestTracer {
	if t == nil {
		return nil
	}
	return &RequestTracer{t, rate.NewLimiter(tracesPerSecond, tracesPerSecond)}
}

// handler returns h with a span for each request; of a nil t it is h itself.
func (t *RequestTracer) handler(h http.Handler) http.Handler {
	if t == nil {
		return h
	}
	return tracedHandler{h, t}
}

type tracedHandler struct {
	handler http.Handler
	*RequestTracer
}

// ServeHTTP implements http.Handler.
func (t tracedHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, span := t.tracer.Start(r.Context(), "GET "+objectRoute, lector.SpanServer, t.sender(r))
	if span == nil {
		t.handler.ServeHTTP(w, r)
		return
	}
	answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	t.handler.ServeHTTP(answer, r.WithContext(ctx))
	span.SetString("http.request.method", r.Method)
	span.SetString("http.route", objectRoute)
	span.SetString("url.path", r.URL.Path)
	span.SetInt("http.response.status_code", answer.status)
	if answer.status >= http.StatusInternalServerError {
		span.End(errors.New(http.StatusText(answer.status)))
		return
	}
	span.End(nil)
}

// sender is the trace that a request states, so long as not too many do.
func (t *RequestTracer) sender(r *http.Request) lector.TraceContext {
	parent := r.Header.Get(lector.TraceParent)
	if parent == "" || !t.limit.Allow() {
		return lector.TraceContext{}
	}
	return lector.ParseTraceContext(parent, strings.Join(r.Header.Values(lector.TraceState), ","))
}

// statusWriter notes the status of an answer. It sends files as the one below does.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (s *statusWriter) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// ReadFrom implements io.ReaderFrom.
func (s *statusWriter) ReadFrom(src io.Reader) (int64, error) {
	if to, ok := s.ResponseWriter.(io.ReaderFrom); ok {
		return to.ReadFrom(src)
	}
	return io.Copy(s.ResponseWriter, src)
}

// Flush implements http.Flusher.
func (s *statusWriter) Flush() {
	if f, ok := s.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// Unwrap is for http.ResponseController.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
