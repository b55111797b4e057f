package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
	"lector/infra/nats"
)

// terminal is a program of the test and what it printed.
type terminal struct {
	t        *testing.T
	dir      string
	stdin    io.Reader
	out, err strings.Builder
}

// run runs a command on the directory and returns its exit code.
func (c *terminal) run(args ...string) int {
	c.t.Helper()
	c.out.Reset()
	c.err.Reset()
	if c.stdin == nil {
		c.stdin = strings.NewReader("")
	}
	a := &app{stdin: c.stdin, stdout: &c.out, stderr: &c.err, getenv: func(string) string { return "" }}
	return a.run(c.t.Context(), append(args, "-data", c.dir))
}

// brokerOf starts the embedded server of a directory and connects to it.
func brokerOf(t *testing.T, dir string) *nats.Conn {
	t.Helper()
	h := (&app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: testLog{t}, getenv: func(string) string { return "" }}).resources(testConfig(dir))
	t.Cleanup(func() {
		var err error
		if h.close(&err); err != nil {
			t.Error(err)
		}
	})
	if err := h.embedded(t.Context()); err != nil {
		t.Fatal(err)
	}
	conn, err := h.nats("worker")
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// giveUp publishes articles and gives them up.
func giveUp(t *testing.T, conn *nats.Conn, ids ...string) {
	t.Helper()
	queue, err := conn.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if _, err := conn.Publish(t.Context(), newEvent(lector.Published, sampleArticle(id))); err != nil {
			t.Fatal(err)
		}
		d, err := queue.Next(limittest.Context(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Term(lector.ClassInput, "the voice of "+id+" is unknown"); err != nil {
			t.Fatal(err)
		}
	}
}

func (c *terminal) listed(args ...string) (ids []uint64) {
	c.t.Helper()
	if code := c.run(append([]string{"deadletters", "list", "-json"}, args...)...); code != 0 {
		c.t.Fatalf("exit code %d: %s", code, &c.err)
	}
	for d := json.NewDecoder(strings.NewReader(c.out.String())); d.More(); {
		var l lector.DeadLetter
		if err := d.Decode(&l); err != nil {
			c.t.Fatal(err)
		}
		ids = append(ids, l.ID)
	}
	return ids
}

func TestDeadLettersAtTheTerminal(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	conn := brokerOf(t, c.dir)
	if code := c.run("deadletters"); code != 0 || c.out.String() != "no dead letters\n" {
		t.Fatalf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	giveUp(t, conn, "one", "two", "three")
	if ids := c.listed(); !slices.Equal(ids, []uint64{3, 2, 1}) {
		t.Fatalf("listed %v", ids)
	}
	if ids := c.listed("-text", "OF TWO", "-site", defaultSite, "-since", "1h"); !slices.Equal(ids, []uint64{2}) {
		t.Errorf("with filters: %v", ids)
	}
	if ids := c.listed("-until", "2001-01-01"); len(ids) != 0 {
		t.Errorf("before all of them: %v", ids)
	}
	if code := c.run("deadletters", "show", "1"); code != 0 || !strings.Contains(c.out.String(), "the voice of one is unknown") || !strings.Contains(c.out.String(), "ce-type") {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	shown := struct {
		Data      string
		Headers   map[string][]string
		Truncated int
	}{}
	if code := c.run("deadletters", "show", "1", "-json"); code != 0 || json.Unmarshal([]byte(c.out.String()), &shown) != nil {
		t.Fatalf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	if len(shown.Headers) == 0 || !strings.Contains(shown.Data, "The bridge is open") || shown.Truncated != 0 {
		t.Errorf("shown %+v", shown)
	}
	// Without a person and without -yes nothing happens.
	if code := c.run("deadletters", "replay", "1"); code != 2 || !strings.Contains(c.err.String(), "-yes") {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	var plan letterPlan
	if code := c.run("deadletters", "replay", "1", "2", "-plan", "-json"); code != 0 || json.Unmarshal([]byte(c.out.String()), &plan) != nil {
		t.Fatalf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	if plan.Articles != 2 || !slices.Equal(plan.IDs, []uint64{1, 2}) {
		t.Errorf("plan %+v", plan)
	}
	if ids := c.listed(); len(ids) != 3 {
		t.Errorf("after a plan: %v", ids)
	}
	if code := c.run("deadletters", "replay", "1", "-yes"); code != 0 || !strings.Contains(c.err.String(), "1 of 1 dead letter replayed") {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	if code := c.run("deadletters", "drop", "-text", "of two", "-yes"); code != 0 || !strings.Contains(c.out.String(), "drop 1 of 1") {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	if ids := c.listed(); !slices.Equal(ids, []uint64{3}) {
		t.Errorf("left %v", ids)
	}
	if code := c.run("deadletters", "show", "1"); code != 1 || !strings.Contains(c.err.String(), "hint:") {
		t.Errorf("one that is gone: exit code %d: %s", code, &c.err)
	}
}

// TestSettledDeadLetters: of two letters the article of one is ready by a later event. That
// one is shown as settled, is not replayed by a filter, and can be dropped by one.
func TestSettledDeadLetters(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	conn := brokerOf(t, c.dir)
	giveUp(t, conn, "one", "two")
	jobs, err := conn.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for id, place := range map[string]uint64{"one": 3, "two": 2} { // of two the record is that of the letter's own event
		e := newEvent(lector.Updated, sampleArticle(id))
		var j lector.Job
		j.Accept(e, place, time.Now())
		j.State = lector.Ready
		if _, err := jobs.Save(t.Context(), j, 0); err != nil {
			t.Fatal(err)
		}
	}
	for filter, want := range map[string][]uint64{"-open": {2}, "-settled": {1}, "-text=": {2, 1}} {
		if ids := c.listed(filter); !slices.Equal(ids, want) {
			t.Errorf("%s: %v", filter, ids)
		}
	}
	if code := c.run("deadletters"); code != 0 || strings.Count(c.out.String(), "settled") != 1 || strings.Count(c.out.String(), "open") != 1 {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	if code := c.run("deadletters", "show", "1"); code != 0 || !strings.Contains(c.out.String(), "not needed: a later event") {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	var plan letterPlan
	if code := c.run("deadletters", "replay", "-all", "-plan", "-json"); code != 0 || json.Unmarshal([]byte(c.out.String()), &plan) != nil {
		t.Fatalf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	if !slices.Equal(plan.IDs, []uint64{2}) || !slices.Equal(plan.Settled, []uint64{1}) {
		t.Errorf("plan %+v", plan)
	}
	if code := c.run("deadletters", "drop", "-settled", "-yes"); code != 0 || !strings.Contains(c.out.String(), "drop 1 of 1") {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
	if ids := c.listed(); !slices.Equal(ids, []uint64{2}) {
		t.Errorf("left %v", ids)
	}
}

// TestDeadLettersAreReplayedAFewAtATime has letters whose events nobody works on: only
// so many are published at once, in the lane for what nothing else waits for, until one
// comes to its end.
func TestDeadLettersAreReplayedAFewAtATime(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	conn := brokerOf(t, c.dir)
	giveUp(t, conn, "one", "two", "three")
	queue, err := conn.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := conn.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan int, 1)
	go func() { done <- c.run("deadletters", "replay", "-all", "-yes", "-at-once", "1") }()
	for i, id := range []string{"one", "two", "three"} {
		d, err := queue.Next(limittest.Context(t))
		if err != nil {
			t.Fatal(err)
		}
		if d.Event.Article.ID != id || d.Event.Lane != lector.Backfill || d.Event.Replay == "" {
			t.Errorf("event %+v, want that of %s", d.Event, id)
		}
		if q, err := conn.QueueState(t.Context()); err != nil || q.Waiting > 0 {
			t.Errorf("beside %s: %+v, %v", id, q, err)
		}
		var j lector.Job
		j.Accept(d.Event, d.Sequence, time.Now())
		if j.State = lector.Ready; i == 1 {
			j.State = lector.Parked
		}
		if _, err := jobs.Save(t.Context(), j, 0); err != nil {
			t.Fatal(err)
		}
	}
	if code := <-done; code != 0 || !strings.Contains(c.err.String(), "3 of 3 dead letters replayed") {
		t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
	}
}

func TestDeadLettersMisused(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	for _, args := range [][]string{
		{"show"}, {"show", "x"}, {"show", "0"}, {"list", "7"}, {"burn"}, {"replay"}, {"drop"}, {"drop", "-all", "7"},
		{"replay", "-site", "havana", "7"}, {"list", "-class", "typo"}, {"list", "-since", "yesterday"}, {"list", "-until", "-4h"}, {"list", "-open", "-settled"},
	} {
		if code := c.run(append([]string{"deadletters"}, args...)...); code != 2 || c.out.Len() > 0 {
			t.Errorf("%q: exit code %d: %s", args, code, &c.err)
		}
	}
}

// TestUnreadableLettersStay: a replay of what would be refused again is planned
// as what it is.
func TestUnreadableLettersStay(t *testing.T) {
	t.Parallel()
	all := []lector.DeadLetter{
		{ID: 1, Site: "havana", Article: "1", Job: lector.JobRef{Site: "havana", ID: "a"}}, {ID: 2, Unusable: errors.New("garbage")},
		{ID: 3, Site: "havana", Article: "1", Job: lector.JobRef{Site: "havana", ID: "a"}},
	}
	p := planLetters(all, true)
	if !slices.Equal(p.IDs, []uint64{1, 3}) || p.Articles != 1 || len(p.Refused) != 1 {
		t.Errorf("replay: %+v", p)
	}
	if err := p.leftError(false, letterAction{past: "replayed"}); err == nil || lector.HintOf(err) == "" {
		t.Errorf("%v", err)
	}
	if p = planLetters(all, false); !slices.Equal(p.IDs, []uint64{1, 2, 3}) || len(p.Refused) != 0 {
		t.Errorf("drop: %+v", p)
	}
}

func TestMoment(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"": {}, "2026-11-23": time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), "2026-11-23T08:00:00+01:00": time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC),
		"90m": now.Add(-90 * time.Minute), "7d": now.AddDate(0, 0, -7),
	} {
		if got, err := moment("since", text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"yesterday", "-1h", "-7d", "23.11.2026", "7"} {
		if _, err := moment("since", text, now); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]error{
		"y\n": nil, "Yes\n": nil, " yes \r\n": nil, "n\n": errDeclined, "\n": errDeclined, "yesterday\n": errDeclined, "y": nil, "": errUnasked,
	} {
		a := &app{stdin: strings.NewReader(answer), stderr: io.Discard}
		if err := a.ask("Really?"); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", answer, err, want)
		}
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for name, stdin := range map[string]io.Reader{"a pipe": strings.NewReader("y\n"), "nothing": null} {
		if err := (&app{stdin: stdin, stderr: io.Discard}).confirm("Really?"); !errors.Is(err, errUnasked) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
