package lector

import "testing"

func TestPlural(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		n    int
		noun string
	}{
		"1 article":  {1, "article"},
		"0 articles": {0, "article"},
		"2 articles": {2, "article"},
		"1 entry":    {1, "entry"},
		"2 entries":  {2, "entry"},
		"3 replays":  {3, "replay"},
		"2 ys":       {2, "y"},
	} {
		if got := Plural(c.n, c.noun); got != want {
			t.Errorf("%d %s: %q, want %q", c.n, c.noun, got, want)
		}
	}
}
