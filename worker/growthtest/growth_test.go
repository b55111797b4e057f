package growthtest

import (
	"strings"
	"testing"
)

// TestJudgesGrowth shows work of several kinds of growth to the judge.
func TestJudgesGrowth(t *testing.T) {
	t.Parallel()
	if racing {
		t.Skip("SKIPPED with the race detector; make test runs it without, too")
	}
	unit := strings.Repeat("x", 1500)
	for name, c := range map[string]struct {
		work func(string)
		good bool
	}{
		"linear":    {func(s string) { spin(len(s) * 100) }, true},
		"a little":  {func(s string) { spin(len(s) * 10); _ = strings.Repeat(s, 8) }, true},
		"quadratic": {func(s string) { spin(len(s) * len(s) / 4) }, false},
		"mixed":     {func(s string) { spin(len(s)*100 + len(s)*len(s)/20) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if ratio, _, _ := compare(t, unit, strings.Repeat(unit, pieces), c.work); (ratio <= most) != c.good {
				t.Errorf("%.1f times", ratio)
			}
		})
	}
}

// spin does n steps of work.
func spin(n int) {
	x := uint32(1)
	for range n {
		x = x*1664525 + 1013904223
	}
	if x == 0 {
		panic("never")
	}
}
