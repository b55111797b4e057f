package jobindex

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lector"
	"lector/worker/growthtest"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// record is a record as a newsroom makes it: nine of ten are ready.
func record(i int) lector.Job {
	j := lector.Job{
		Site: fmt.Sprint("site", i%3), Article: fmt.Sprintf("/news/2026/11/%d", i), Section: []string{"Sport", "City", "World"}[i%3],
		Title:    fmt.Sprintf("The council of town number %d has decided about the bridge", i),
		Revision: fmt.Sprintf("%016x", i), Sequence: uint64(i + 1), State: lector.Ready, Stage: lector.StageDone, Voice: "amy", Lane: lector.Backfill,
		URL: fmt.Sprintf("https://reader.example/%d", i), Fallback: "the first voice is down", Generation: "replay-1",
		Usage: lector.Usage{Billed: 4000 + i%100, Reused: 80, Unknown: 7}, Cost: 0.064, Created: noon, Changed: noon.Add(time.Duration(i) * time.Second),
	}
	j.ID = lector.Key(j.Site, j.Article)
	if i%10 == 0 {
		j.State, j.Class, j.Voice = lector.Failed, lector.Classes()[i/10%8], ""
		j.Reason = fmt.Sprintf("chunk %d of 12: the voice answered that the text is not allowed (see its console)", i%12)
	}
	for range 12 {
		j.Chunks = append(j.Chunks, lector.ChunkState{Hash: strings.Repeat("0123456789abcdef", 4), Characters: 340, State: "synthesized"})
	}
	j.Attempts = []lector.Attempt{{Number: 1, Worker: "host-1-abcd", Started: j.Changed.Add(-9 * time.Second), Ended: j.Changed}}
	return j
}

func TestIndex(t *testing.T) {
	t.Parallel()
	x := New()
	for i := range 100 {
		x.Set(record(i))
	}
	n, found := x.Find(lector.JobFilter{State: lector.Failed, Section: "city"})
	var got []string
	for e := range found {
		got = append(got, e.Job.Article)
	}
	if want := []string{"/news/2026/11/70", "/news/2026/11/40", "/news/2026/11/10"}; n != 3 || !slices.Equal(got, want) {
		t.Errorf("%d found: %v", n, got)
	}
	j := record(10)
	e, ok := x.Job(j.ID)
	if !ok || e.Characters != 12*340 || e.Took != 9*time.Second || !e.Waiting.Equal(j.Changed) {
		t.Errorf("entry %+v, %v", e, ok)
	}
	j.Attempts, j.Chunks, j.UpdatedAt = nil, nil, time.Time{}
	if fmt.Sprint(e.Job) != fmt.Sprint(j) {
		t.Errorf("the index holds %+v\n of %+v", e.Job, j)
	}
	if _, ok := x.Job("nobody"); ok {
		t.Error("a job that is not there")
	}
	if n, _ := x.Find(lector.JobFilter{Text: "nothing"}); n != 0 {
		t.Errorf("%d found", n)
	}
}

// TestCountsFollowEachChange compares the counts with a scan of all jobs, while
// these change at random.
func TestCountsFollowEachChange(t *testing.T) {
	t.Parallel()
	x, random, now := New(), rand.New(rand.NewPCG(1, 2)), map[string]lector.Job{}
	for range 3000 {
		i := random.IntN(60)
		j := record(i)
		j.State = lector.States()[random.IntN(8)]
		j.Changed = noon.Add(time.Duration(random.IntN(1000)) * time.Second)
		j.Attempts[0].Started = j.Changed.Add(-time.Duration(random.IntN(100)) * time.Second)
		x.Set(j)
		now[j.ID] = j
	}
	want := map[Group]Count{}
	for _, j := range now {
		g := Group{j.Site, j.State, j.Lane, j.Class}
		since := j.Changed
		if !j.State.Terminal() {
			since = j.Attempts[0].Started
		}
		c := want[g]
		if c.Jobs++; c.Oldest.IsZero() || since.Before(c.Oldest) {
			c.Oldest = since
		}
		want[g] = c
	}
	counts := x.Counts()
	for _, c := range counts {
		if w := want[c.Group]; c.Jobs != w.Jobs || !c.Oldest.Equal(w.Oldest) {
			t.Errorf("%+v: %d since %v, want %d since %v", c.Group, c.Jobs, c.Oldest, w.Jobs, w.Oldest)
		}
	}
	if len(counts) != len(want) {
		t.Errorf("%d groups, want %d", len(counts), len(want))
	}
}

// watched is a watch of a few records that breaks off at once, and then goes on.
type watched struct{ follows int }

func (w *watched) Follow(ctx context.Context, changed func(lector.Job), erased func(id string), complete func()) error {
	w.follows++
	for i := range 10 * w.follows {
		changed(record(i))
	}
	if w.follows == 1 {
		return errors.New("no answer")
	}
	complete()
	erased(record(7).ID)
	erased("nobody")
	<-ctx.Done()
	return ctx.Err()
}

func TestRunGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x, w := New(), &watched{}
		var complete atomic.Int32
		x.OnComplete = func() { complete.Add(1) }
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); x.Run(ctx, w, slog.New(slog.NewTextHandler(io.Discard, nil))) }()
		synctest.Wait()
		if n, _ := x.Find(lector.JobFilter{}); n != 10 || x.Complete() || complete.Load() != 0 {
			t.Errorf("%d jobs, complete %v, told %d times", n, x.Complete(), complete.Load())
		}
		time.Sleep(2 * time.Second)
		if n, _ := x.Find(lector.JobFilter{}); n != 19 || !x.Complete() || complete.Load() != 1 {
			t.Errorf("%d jobs, complete %v, told %d times", n, x.Complete(), complete.Load())
		}
		if _, known := x.Job(record(7).ID); known {
			t.Error("an erased record is in the index")
		}
		cancel()
		<-done
		if x.Complete() {
			t.Error("complete although nobody watches")
		}
	})
}

// TestGrowth: a change and the counts after it cost the same however many jobs there are.
func TestGrowth(t *testing.T) {
	t.Parallel()
	small := strings.Repeat("j", 1000)
	growthtest.Linear(t, small, strings.Repeat(small, 16), func(jobs string) {
		x := New()
		for i := range jobs {
			x.Set(record(i))
			x.Counts()
		}
	})
}

// TestSharedValuesAreBounded: an event may state any section.
func TestSharedValuesAreBounded(t *testing.T) {
	t.Parallel()
	x := New()
	for i := range 2 * maxShared {
		x.share(common{section: fmt.Sprint("section ", i)})
	}
	if len(x.shared) > maxShared {
		t.Errorf("%d values", len(x.shared))
	}
}

const many = 100_000

func filled(b *testing.B) *Index {
	x := New()
	for i := range many {
		x.Set(record(i))
	}
	b.ResetTimer()
	return x
}

// BenchmarkMemory prints what 100,000 jobs take.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		x := filled(b)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB")
		runtime.KeepAlive(x)
	}
}

func BenchmarkSet(b *testing.B) {
	x := filled(b)
	j := record(50)
	for b.Loop() {
		x.Set(j)
	}
}

func BenchmarkCounts(b *testing.B) {
	x := filled(b)
	for b.Loop() {
		x.Counts()
	}
}

func BenchmarkFind(b *testing.B) {
	x := filled(b)
	for name, f := range map[string]lector.JobFilter{
		"all": {}, "state": {State: lector.Failed}, "text": {Text: "NUMBER 777"}, "several": {Site: "site1", Section: "City", Text: "bridge", Since: noon.Add(time.Hour)},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, found := x.Find(f)
				for e := range found {
					_ = e
				}
			}
		})
	}
}

// TestReadyAfter goes through the ready jobs of an index in turn: each comes once in a round,
// and nothing else does.
func TestReadyAfter(t *testing.T) {
	t.Parallel()
	x, want := New(), []string{}
	for i := range 100 {
		j := record(i)
		if x.Set(j); j.State == lector.Ready {
			want = append(want, j.Site+"."+j.ID)
		}
	}
	slices.SortFunc(want, func(a, b string) int { return strings.Compare(a[strings.Index(a, "."):], b[strings.Index(b, "."):]) })
	got, id := []string{}, ""
	for refs := x.ReadyAfter(id, 7); len(refs) > 0; refs = x.ReadyAfter(id, 7) {
		for _, r := range refs {
			got, id = append(got, r.String()), r.ID
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d jobs in turn: %v\n%d are ready: %v", len(got), got, len(want), want)
	}
}
