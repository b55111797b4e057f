package console_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"lector"
	"lector/publisher/browsertest"
	"lector/publisher/console"
)

// busyNewsroom has a hundred jobs, of which the oldest goes and a new one comes at each step.
type busyNewsroom struct {
	console.Jobs
	step atomic.Int64
	away atomic.Bool
}

var errAway = errors.New("NATS is away")

func (n *busyNewsroom) FindJobs(context.Context, lector.JobFilter, lector.JobRange) (p lector.JobPage, err error) {
	if n.away.Load() {
		return p, errAway
	}
	step := int(n.step.Load())
	p.Total = 1000 + step
	for i := step; i > step-100; i-- {
		p.Jobs = append(p.Jobs, lector.Job{ID: fmt.Sprint("job", i), Site: "havana", Title: fmt.Sprint("Article ", i), State: lector.Ready, Changed: time.Unix(int64(i), 0)})
	}
	return p, nil
}

// figures are what a page and the server behind it hold.
type figures struct{ heap, nodes, listeners, goroutines int }

// figuresOf counts after all that can be let go has been.
func figuresOf(t *testing.T, p *browsertest.Page) (f figures) {
	t.Helper()
	for range 2 {
		if _, err := chromedp.Call(p.Context, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := chromedp.Call(p.Context, performance.GetMetrics, cdp.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range got.Metrics {
		switch m.Name {
		case "JSHeapUsedSize":
			f.heap = int(m.Value)
		case "Nodes":
			f.nodes = int(m.Value)
		case "JSEventListeners":
			f.listeners = int(m.Value)
		}
	}
	f.goroutines = runtime.NumGoroutine()
	return f
}

// changes is how often a page is brought up to date, at most once a second. Who wants to know
// for longer sets LECTOR_TEST_LIVE_CHANGES=600.
func changes(t *testing.T) int {
	text := os.Getenv("LECTOR_TEST_LIVE_CHANGES")
	if text == "" {
		return 10
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestOpenPageIsKeptUpToDate has the list of jobs open while jobs come and go: what has the
// focus keeps it, what is marked is left alone, nothing piles up, and a time without
// answers is shown and heals.
func TestOpenPageIsKeptUpToDate(t *testing.T) {
	t.Parallel()
	b, err := browsertest.Start(t.Context())
	if errors.Is(err, browsertest.ErrNoBrowser) {
		t.Skip("SKIPPED, nobody has looked: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	config, live := openNewsroom(t).Config(), console.NewLive()
	n := &busyNewsroom{Jobs: config.Jobs}
	n.step.Store(1000)
	config.Jobs, config.Live = n, live
	config.RefreshAfter = time.Hour
	page, err := b.Open(serve(t, config)+"/jobs", browsertest.Look{})
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	if _, err := chromedp.Call(page.Context, performance.Enable, performance.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	run := func(script string) {
		t.Helper()
		if _, err := browsertest.Run[bool](page, "(() => {"+script+"; return true })()"); err != nil {
			t.Fatal(err)
		}
	}
	wait := func(condition string) {
		t.Helper()
		if err := page.Wait(condition); err != nil {
			t.Fatal(err)
		}
	}
	next := func() {
		t.Helper()
		live.Changed(console.TopicJobs)
		wait(fmt.Sprintf(`document.querySelector("#found tr[data-key] a").textContent === "Article %d"`, n.step.Add(1)))
	}

	run(`window.first = document.querySelector("tr[data-key=job990] a"); first.focus()`)
	next()
	wait(`document.activeElement === first && first.textContent === "Article 990"`)
	if _, err := browsertest.Run[bool](page, `document.querySelectorAll("tr[data-key]").length === 100 || Promise.reject("not a hundred rows")`); err != nil {
		t.Error(err)
	}

	live.SetFault(errAway)
	wait(`!document.getElementById("fault").hidden && document.getElementById("fault").textContent === "NATS is away"`)
	live.SetFault(nil)
	n.away.Store(true)
	live.Changed(console.TopicJobs)
	wait(`document.getElementById("fault").textContent.includes("could not be brought up to date: NATS is away")`)
	wait(`document.activeElement === first && document.querySelectorAll("tr[data-key]").length === 100`)
	n.away.Store(false)
	wait(`document.getElementById("fault").hidden`)

	for range 3 {
		next()
	}
	before, events := figuresOf(t, page), changes(t)
	for range events {
		next()
	}
	after := figuresOf(t, page)
	t.Logf("after %d more events: %+v, before %+v", events, after, before)
	if after.nodes > before.nodes+50 || after.listeners > before.listeners || after.heap > before.heap+256<<10 || after.goroutines > before.goroutines+5 {
		t.Errorf("it piles up: %+v, before %+v", after, before)
	}
}

// TestOpenPageIsAskedForAgain: also where nobody says that something has changed, for it says
// how long ago things were.
func TestOpenPageIsAskedForAgain(t *testing.T) {
	t.Parallel()
	b, err := browsertest.Start(t.Context())
	if errors.Is(err, browsertest.ErrNoBrowser) {
		t.Skip("SKIPPED, nobody has looked: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	config := openNewsroom(t).Config()
	n := &busyNewsroom{Jobs: config.Jobs}
	config.Jobs, config.RefreshAfter = n, 100*time.Millisecond
	page, err := b.Open(serve(t, config)+"/jobs", browsertest.Look{})
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	n.step.Store(7)
	if err := page.Wait(`document.querySelector("#found tr[data-key] a").textContent === "Article 7"`); err != nil {
		t.Error(err)
	}
}
