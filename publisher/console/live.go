package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"lector"
	"lector/publisher/access"
)

// What open pages can be told of. JobTopic is of a single job.
const (
	TopicJobs        = "jobs"
	topicDeadLetters = "deadletters"
	TopicCoverage    = "coverage"
	topicPauses      = "pauses"
	topicVoices      = "voices"
)

// JobTopic is what the page of a job is told of.
func JobTopic(id string) string { return "job." + id }

// Times of streams.
const (
	streamPause     = 500 * time.Millisecond // between two events of one stream
	streamHeartbeat = 15 * time.Second       // until something is sent although nothing happens
	streamPatience  = 10 * time.Second       // for a client to take what is sent
	streamLifetime  = 10 * time.Minute       // then the browser asks again: who is gone for good does not
	faultInterval   = time.Second            // between two looks for what nobody reports
)

// maxStreams bounds how many pages are kept up to date at once.
const maxStreams = 200

// Live tells the pages that are open what has changed, and what is wrong. It keeps nothing
// for a page but what it is to be told next, however much happens.
type Live struct {
	mu      sync.Mutex
	place   uint64            // of the last change
	topics  map[string]uint64 // the place of the last change of those that have streams
	streams map[*stream]bool
	fault   string
	over    bool // no stream lives any longer

	whenUsable func(context.Context) // is called again and again while nothing is wrong; nil: nothing is
}

// stream is one page that is kept up to date.
type stream struct {
	topics []string
	wake   chan struct{} // holds one at most
	seen   uint64        // the place up to which the page knows everything
	fault  string        // as the page knows it
	told   bool          // the page knows of any fault
}

// NewLive returns one without streams. Places begin with the time: those of an earlier
// process are lower.
func NewLive() *Live {
	return &Live{place: uint64(time.Now().UnixMicro()), topics: map[string]uint64{}, streams: map[*stream]bool{}}
}

// Changed tells the open pages of these topics.
func (l *Live) Changed(topics ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.place++
	for s := range l.streams {
		if slices.ContainsFunc(topics, func(t string) bool { return slices.Contains(s.topics, t) }) {
			s.rouse()
		}
	}
	for _, t := range topics {
		if _, followed := l.topics[t]; followed {
			l.topics[t] = l.place
		}
	}
}

// rouse has a stream look what there is to send.
func (s *stream) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// currentPlace is where a page stands that is made now.
func (l *Live) currentPlace() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.place
}

// currentFault is what is wrong now, as the pages show it.
func (l *Live) currentFault() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fault
}

// SetFault tells all pages what is wrong; nil is nothing.
func (l *Live) SetFault(err error) {
	text := ""
	if err != nil {
		text = brief(strings.Join(strings.Fields(err.Error()), " "))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault == text {
		return
	}
	l.fault = text
	for s := range l.streams {
		s.rouse()
	}
}

// Watched is what Run looks for itself.
type Watched struct {
	// Fault is what is wrong. It answers at once.
	Fault func() error
	// DeadLetters names what dead letters there are, while a page shows them.
	DeadLetters func(ctx context.Context) (string, error)
}

// Run looks for what nobody reports, and ends all streams when ctx ends.
func (l *Live) Run(ctx context.Context, w Watched) {
	defer l.end()
	tick := time.NewTicker(faultInterval)
	defer tick.Stop()
	letters := ""
	for {
		fault := w.Fault()
		l.SetFault(fault)
		if fault == nil {
			letters = l.whileUsable(ctx, w, letters)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// whileUsable does what needs NATS, and names the dead letters there are.
func (l *Live) whileUsable(ctx context.Context, w Watched, letters string) string {
	if l.whenUsable != nil {
		l.whenUsable(ctx)
	}
	if l.followed(topicDeadLetters) {
		return l.lookAtLetters(ctx, w, letters)
	}
	return letters
}

// lookAtLetters tells of dead letters that have come or gone, and names those there are.
func (l *Live) lookAtLetters(ctx context.Context, w Watched, before string) string {
	ctx, cancel := context.WithTimeout(ctx, 3*faultInterval)
	defer cancel()
	now, err := w.DeadLetters(ctx)
	if err != nil {
		return before
	}
	if now != before {
		l.Changed(topicDeadLetters)
	}
	return now
}

// followed reports whether a page of a topic is open.
func (l *Live) followed(topic string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, yes := l.topics[topic]
	return yes
}

func (l *Live) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	for s := range l.streams {
		s.rouse()
	}
}

var errTooMany = errors.New("too many pages are open")

// open begins a stream for a page that knows everything up to a place.
func (l *Live) open(topics []string, seen uint64) (*stream, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over || len(l.streams) >= maxStreams {
		return nil, errTooMany
	}
	s := &stream{topics: topics, wake: make(chan struct{}, 1), seen: seen}
	l.streams[s] = true
	for _, t := range topics {
		if _, known := l.topics[t]; !known {
			l.topics[t] = l.place // any change until now may be of it
		}
	}
	s.rouse()
	return s, nil
}

func (l *Live) close(s *stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.streams, s)
	for topic := range l.topics {
		used := false
		for other := range l.streams {
			used = used || slices.Contains(other.topics, topic)
		}
		if !used {
			delete(l.topics, topic)
		}
	}
}

// next returns the events that a stream is to send now, and whether it goes on.
func (l *Live) next(s *stream) (events string, goesOn bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !s.told || s.fault != l.fault {
		s.told, s.fault = true, l.fault
		events = "event: fault\ndata: " + l.fault + "\n\n"
	}
	for _, t := range s.topics {
		if l.topics[t] > s.seen {
			events += fmt.Sprintf("event: changed\nid: %d\ndata: %s\n\n", l.place, t)
		}
	}
	s.seen = l.place
	return events, !l.over
}

// ServeHTTP sends server-sent events to a page until it is closed.
func (l *Live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if who := access.Who(r.Context()); !who.Role.May(lector.RoleView) {
		http.Error(w, "this needs the role "+string(lector.RoleView), http.StatusForbidden)
		return
	}
	topics := r.URL.Query()["topic"]
	if len(topics) == 0 || len(topics) > 4 {
		http.Error(w, "name one to four topics", http.StatusBadRequest)
		return
	}
	s, err := l.open(topics, place(r))
	if err != nil {
		w.Header().Set("Retry-After", "10")
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	defer l.close(s)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy is not to keep events back
	// The server's bound on reading a request would end the stream.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	l.send(r.Context(), w, s)
}

// place is up to where a page knows everything: a browser that asks again says it itself.
func place(r *http.Request) uint64 {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		text = r.URL.Query().Get("since")
	}
	n, _ := strconv.ParseUint(text, 10, 64) // 0: it knows nothing
	return n
}

// send writes events as they come. A client that does not take one in time is let go.
func (l *Live) send(ctx context.Context, w http.ResponseWriter, s *stream) {
	ctx, cancel := context.WithTimeout(ctx, streamLifetime)
	defer cancel()
	heartbeat := time.NewTicker(streamHeartbeat)
	defer heartbeat.Stop()
	if !write(w, "retry: 2000\n\n") {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-heartbeat.C:
			if !write(w, ": still here\n\n") {
				return
			}
			continue
		case <-s.wake:
		}
		events, goesOn := l.next(s)
		if events != "" && !write(w, events) || !goesOn {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(streamPause): // what happens meanwhile is one event
		}
	}
}

// write sends a text at once, and reports whether the client took it.
func write(w http.ResponseWriter, text string) bool {
	c := http.NewResponseController(w)
	_ = c.SetWriteDeadline(time.Now().Add(streamPatience)) // without it the connection has one of its own
	_, err := fmt.Fprint(w, text)
	return err == nil && c.Flush() == nil
}
