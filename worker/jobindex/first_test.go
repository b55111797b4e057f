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
	}
}

func second[A, B any](_ A, b B) B { return b }
