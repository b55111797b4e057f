package console

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// told is a difference as text: - removed, + added, = the same, a number of them hidden.
func (d difference) told() string {
	var out []string
	for _, r := range d.Rows {
		switch {
		case r.Same > 0:
			out = append(out, fmt.Sprint("=", r.Same))
		case r.Before == r.After:
			out = append(out, "="+r.Before)
		default:
			out = append(out, "-"+r.Before+"+"+r.After)
		}
	}
	return strings.Join(out, " ")
}

func TestCompareScripts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ before, after, want string }{
		{"", "", ""},
		{"a", "", "-a+"},
		{"", "a b", "-+a -+b"},
		{"a b c", "a b c", "=a =b =c"},
		{"a b c", "a x c", "=a -b+x =c"},
		{"a b c d", "b d e", "-a+ =b -c+ =d -+e"},
		{"a b a c", "a c a b", "=a -b+ -a+ =c -+a -+b"},
		{"1 2 3 4 5 6 7 8", "1 2 3 4 5 6 7 8 9", "=1 =2 =4 =7 =8 -+9"},
		{"1 2 3 4 5", "1 2 3 4 5", "=1 =2 =3 =4 =5"},
	} {
		if got := compareScripts(strings.Fields(c.before), strings.Fields(c.after)).told(); got != c.want {
			t.Errorf("%q to %q: %s, want %s", c.before, c.after, got, c.want)
		}
	}
	d := compareScripts([]string{"Відкрито."}, []string{"Закрито.", "So it is."})
	if d.NewCharacters != 17 || d.Added != 2 || d.Removed != 1 || d.Kept != 0 {
		t.Errorf("%+v", d)
	}
}

// TestCompareLongScripts: what is too long for the table is replaced as a whole between
// what both begin and end with, and the page does not grow without end.
func TestCompareLongScripts(t *testing.T) {
	t.Parallel()
	var before, after []string
	for i := range 5000 {
		before, after = append(before, fmt.Sprint("old ", i)), append(after, fmt.Sprint("new ", i))
	}
	before, after = append(before, "end"), append(after, "end")
	if d := compareScripts(before, after); d.Kept != 1 || d.Added != 5000 || len(d.Rows) != maxRows || d.LeftOut != 5001-maxRows {
		t.Errorf("kept %d, added %d, %d rows, %d left out", d.Kept, d.Added, len(d.Rows), d.LeftOut)
	}
}

// FuzzCommonSentences: both scripts come back from what is common and what is not, and
// nothing longer is common than the longest.
func FuzzCommonSentences(f *testing.F) {
	f.Add("abcabba", "cbabac")
	f.Add("", "a")
	f.Add("aaaa", "aa")
	f.Fuzz(func(t *testing.T, x, y string) {
		if len(x)*len(y) > 1<<16 {
			return // it would take too long
		}
		before, after := strings.Split(x, ""), strings.Split(y, "")
		n, b, a := 0, 0, 0
		for _, r := range commonSentences(before, after) {
			if r.before < b || r.after < a || !slices.Equal(before[r.before:r.before+r.length], after[r.after:r.after+r.length]) {
				t.Fatalf("run %+v of %q and %q", r, x, y)
			}
			n, b, a = n+r.length, r.before+r.length, r.after+r.length
		}
		if want := int(commonLengths(before, after)[0][0]); n != want {
			t.Errorf("%d sentences in common, want %d", n, want)
		}
	})
}
