package jobindex

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lector"
)

// TestFirstIsTheBeginningOfFind compares both, of jobs that have changed in any order and
// many at one time.
func TestFirstIsTheBeginningOfFind(t *testing.T) {
	t.Parallel()
	x, lot := New(), rand.New(rand.NewPCG(1, 2))
	for i := range 2000 {
		j := record(i)
		j.Changed = noon.Add(time.Duration(lot.IntN(300)) * time.Second)
		x.Set(j)
	}
	for _, f := range []lector.JobFilter{{}, {State: lector.Failed}, {Section: "city", Text: "bridge"}, {Text: "nothing like it"}} {
		want := []string{}
		total, all := x.Find(f)
		for e := range all {
			want = append(want, e.Job.ID)
		}
		for _, limit := range []int{0, 1, 7, 100, 5000} {
			n, found := x.First(f, limit)
			got := []string{}
			for _, j := range found {
				got = append(got, j.ID)
			}
			if n != total || !slices.Equal(got, want[:min(limit, total)]) {
				t.Errorf("%+v, the first %d: %d of %d jobs in all, %.3v, want %.3v", f, limit, n, total, got, want)
			}
		}
	}
	for limit, want := range map[int]int{0: 2000, 5: 5} {
		total, jobs := x.Select(lector.JobFilter{}, limit)
		if n := len(slices.Collect(jobs)); total != 2000 || n != want {
			t.Errorf("limit %d: %d of %d", limit, n, total)
		}
	}
}

// TestPagesAreTheWholeList goes through the list from either end, by the places of the jobs at
// the edges of each page, of which many have changed at one time.
func TestPagesAreTheWholeList(t *testing.T) {
	t.Parallel()
	x, lot := New(), rand.New(rand.NewPCG(3, 4))
	for i := range 1003 {
		j := record(i)
		j.Changed = noon.Add(time.Duration(lot.IntN(50)) * time.Second)
		x.Set(j)
	}
	for _, f := range []lector.JobFilter{{}, {State: lector.Failed}, {Text: "nothing like it"}} {
		total, want := x.First(f, 5000)
		for _, back := range []bool{false, true} {
			var got []lector.Job
			r := lector.JobRange{Back: back, Limit: 10}
			for {
				p := x.Page(f, r)
				ahead := len(got)
				if back {
					ahead = total - len(got) - len(p.Jobs)
				}
				if p.Total != total || p.Ahead != ahead {
					t.Fatalf("%+v, %+v: %d jobs before it of %d, want %d of %d", f, r, p.Ahead, p.Total, ahead, total)
				}
				if len(p.Jobs) == 0 {
					break
				}
				if back {
					got, r.From = slices.Concat(p.Jobs, got), p.Jobs[0].Place()
				} else {
					got, r.From = slices.Concat(got, p.Jobs), p.Jobs[len(p.Jobs)-1].Place()
				}
			}
			if !slices.EqualFunc(got, want, func(a, b lector.Job) bool { return a.ID == b.ID }) {
				t.Errorf("%+v, back: %v: %d jobs in another order, want %d", f, back, len(got), len(want))
			}
		}
	}
}

// BenchmarkFirst finds the first page of 100,000 jobs, beside a sort of all that are
// selected.
func BenchmarkFirst(b *testing.B) {
	x := filled(b)
	const page = 100
	for name, f := range map[string]lector.JobFilter{
		"all": {}, "state": {State: lector.Ready}, "text": {Text: "bridge", Site: "site1"},
	} {
		b.Run(name+"/sorted", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for range second(x.Find(f)) {
					if n++; n == page {
						break
					}
				}
			}
		})
		b.Run(name+"/first", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.First(f, page)
			}
		})
		b.Run(name+"/middle", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.Page(f, lector.JobRange{From: record(many / 2).Place(), Limit: page})
			}
		})
	}
}

func second[A, B any](_ A, b B) B { return b }
