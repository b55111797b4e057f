package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector/publisher/access"
)

// client is a browser that takes events, or takes nothing any more.
type client struct {
	*httptest.ResponseRecorder
	stuck    bool
	writes   int
	deadline time.Time
}

// SetWriteDeadline implements what http.ResponseController looks for.
func (c *client) SetWriteDeadline(t time.Time) error {
	c.deadline = t
	return nil
}

func (c *client) Write(p []byte) (int, error) {
	c.writes++
	if c.stuck {
		time.Sleep(time.Until(c.deadline))
		return 0, os.ErrDeadlineExceeded
	}
	return c.ResponseRecorder.Write(p)
}

// follow opens a stream as somebody who may look, and returns what closes it and what
// says whether it is over.
func follow(t *testing.T, l *Live, c *client, query string) (leave func(), over chan struct{}) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	over = make(chan struct{})
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1/live?"+query, nil)
	go func() {
		defer close(over)
		access.Guard{}.Handler(l).ServeHTTP(c, r)
	}()
	return leave, over
}

func newClient() *client { return &client{ResponseRecorder: httptest.NewRecorder()} }

// TestManyChangesAreFewEvents changes a hundred thousand jobs within five seconds: no page
// is told more than twice a second, and none of what it does not show.
func TestManyChangesAreFewEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLive()
		list, job, other := newClient(), newClient(), newClient()
		query := fmt.Sprintf("&since=%d", l.currentPlace())
		for c, topic := range map[*client]string{list: TopicJobs, job: JobTopic("a7"), other: TopicCoverage} {
			leave, over := follow(t, l, c, "topic="+topic+query)
			defer func() { leave(); <-over }()
		}
		synctest.Wait()
		for range 100 {
			for i := range 1000 {
				l.Changed(TopicJobs, JobTopic(fmt.Sprint("a", i)))
			}
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(2 * streamPause)
		synctest.Wait()
		for name, c := range map[string]struct {
			*client
			least, most int
		}{"list": {list, 9, 11}, "job": {job, 9, 11}, "other": {other, 0, 0}} {
			if n := strings.Count(c.Body.String(), "event: changed"); n < c.least || n > c.most {
				t.Errorf("%s: %d events", name, n)
			}
		}
		if n := len(l.topics); n != 3 {
			t.Errorf("%d topics are kept for three pages", n)
		}
	})
}

// TestNothingIsMissed asks for what has changed between the page and its stream, as a
// browser does that has lost its connection.
func TestNothingIsMissed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLive()
		before := l.currentPlace()
		l.Changed(TopicJobs)
		for query, told := range map[string]bool{
			fmt.Sprintf("topic=jobs&since=%d", before): true, fmt.Sprintf("topic=jobs&since=%d", l.currentPlace()): false,
			"topic=jobs": true, "topic=jobs&since=x": true,
		} {
			c := newClient()
			leave, over := follow(t, l, c, query)
			synctest.Wait()
			leave()
			<-over
			if got := strings.Contains(c.Body.String(), "event: changed"); got != told {
				t.Errorf("%s: told %t", query, got)
			}
		}
	})
}

// TestClientThatTakesNothing is let go, and so is one that is there for ever.
func TestClientThatTakesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLive()
		stuck, quiet := newClient(), newClient()
		stuck.stuck = true
		_, gone := follow(t, l, stuck, "topic=jobs")
		began := time.Now()
		<-gone
		if took := time.Since(began); took > 2*streamPatience {
			t.Errorf("let go after %v", took)
		}
		_, gone = follow(t, l, quiet, "topic=jobs")
		<-gone
		if took := time.Since(began); took > streamLifetime+2*streamPatience || quiet.writes < 10 {
			t.Errorf("let go after %v with %d signs of life", took, quiet.writes)
		}
		if len(l.streams)+len(l.topics) > 0 {
			t.Errorf("left: %v %v", l.streams, l.topics)
		}
	})
}

func TestStreamsEndWithTheServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLive()
		_, over := follow(t, l, newClient(), "topic=jobs")
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { l.Run(ctx, Watched{Fault: func() error { return nil }}); close(ended) }()
		synctest.Wait()
		stop()
		<-ended
		<-over
		late := newClient()
		_, over = follow(t, l, late, "topic=jobs")
		<-over
		if late.Code != http.StatusServiceUnavailable {
			t.Errorf("after the end: %d", late.Code)
		}
	})
}

// TestFaultIsShownAndHeals takes what a minute without NATS looks like: pages are told
// once that it is away and once that it is back, and are then asked to look again.
func TestFaultIsShownAndHeals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, c := NewLive(), newClient()
		var mu sync.Mutex
		var away error
		letters, asked := 0, 0
		set := func(err error, more int) {
			mu.Lock()
			defer mu.Unlock()
			away, letters = err, letters+more
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go l.Run(ctx, Watched{
			Fault: func() error {
				mu.Lock()
				defer mu.Unlock()
				return away
			},
			DeadLetters: func(context.Context) (string, error) {
				mu.Lock()
				defer mu.Unlock()
				asked++
				return fmt.Sprint(letters), away
			},
		})
		time.Sleep(time.Minute)
		synctest.Wait()
		if asked > 0 {
			t.Errorf("%d questions for a page that nobody has open", asked)
		}
		leave, over := follow(t, l, c, fmt.Sprintf("topic=deadletters&since=%d", l.currentPlace()))
		time.Sleep(5 * time.Second)
		set(errors.New("NATS is\naway"), 0)
		time.Sleep(time.Minute)
		set(nil, 1)
		time.Sleep(5 * time.Second)
		leave()
		<-over
		got := c.Body.String()
		if !healed.MatchString(got) {
			t.Errorf("told: %q", got)
		}
		if n := strings.Count(got, "event: fault"); n != 3 || l.currentFault() != "" {
			t.Errorf("%d states, %q", n, l.currentFault())
		}
	})
}

var healed = regexp.MustCompile(`event: fault\ndata: NATS is away\n\n(: still here\n\n)+event: fault\ndata: \n\nevent: changed\nid: \d+\ndata: deadletters\n\n$`)

func TestStreamsThatAreRefused(t *testing.T) {
	t.Parallel()
	_, h := open(t)
	for target, want := range map[string]int{
		"/live": http.StatusBadRequest, "/live?topic=a&topic=b&topic=c&topic=d&topic=e": http.StatusBadRequest,
	} {
		if w := ask(h, http.MethodGet, target, nil); w.Code != want {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1/live?topic=jobs", nil)); w.Code != http.StatusForbidden {
		t.Errorf("behind no guard: %d", w.Code)
	}
	l := NewLive()
	for range maxStreams {
		if _, err := l.open([]string{TopicJobs}, 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.open([]string{TopicJobs}, 0); !errors.Is(err, errTooMany) {
		t.Errorf("one more than there may be: %v", err)
	}
}

// TestStreamOutlivesTheBoundOnRequests asks over a real connection whose server bounds how
// long a request may take to be read.
func TestStreamOutlivesTheBoundOnRequests(t *testing.T) {
	t.Parallel()
	l := NewLive()
	h, err := New(Config{Log: slog.New(slog.DiscardHandler), Live: l})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(access.Guard{}.Handler(h))
	s.Config.ReadTimeout = time.Millisecond * 300
	s.Start()
	defer s.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/live?topic="+JobTopic("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %v", answer.StatusCode, answer.Header)
	}
	read := bufio.NewReader(answer.Body)
	for heard := 0; heard < 4; { // each half a second after the one before
		line, err := read.ReadString('\n')
		if errors.Is(err, io.EOF) || err != nil {
			t.Fatalf("it ended after %d events: %v", heard, err)
		}
		if strings.HasPrefix(line, "event: ") {
			heard++
			l.Changed(JobTopic("x"))
		}
	}
}
