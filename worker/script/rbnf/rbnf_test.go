package rbnf

import (
	"errors"
	"strings"
	"testing"
)

// few counts as Ukrainian does for one and few, and marks ordinals.
type categories struct{}

func (categories) Cardinal(n Number) string {
	switch n.Whole {
	case 1:
		return "one"
	case 2, 3, 4:
		return "few"
	}
	return "other"
}

func (categories) Ordinal(Number) string { return "few" }

const english = `# a comment
%main:
-x: minus >>;
x.x: << point >>;
x,x: << comma >>;
0: zero;
1: one;
2: two;
3: three;
4: four;
5: five;
6: 'six;
7: seven;
8: eight;
9: nine;
10: ten;
11: eleven;
12: >>teen;
20: twenty[->>];
30: thirty[->>];
40: << ty[->>];
100: << hundred[ >>];
1000: << thousand[ >>];
100000/1000: << thousands[ >>];
%year:
0: =%main=;
1100/100: << >%%pair>;
2000: =%main=;
%%pair:
0: hundred;
1: oh =%main=;
10: =%main=;
%tens:
20>: << tens and >>;
%alternative:
20: [twenty >%main>|twentieth];
%roll:
100: <%main< hundreds;
101: <%main< hundred and >%main>;
%plural:
0: =%main= $(cardinal,one{tysiąc}few{tysiące}other{tysięcy})$;
1000: << $(ordinal,few{third}other{th})$;
%fraction:
x.x: [<%main< whole ]>%%denominator>;
0: =%main=;
%%denominator:
10: <%main< $(cardinal,one{tenth}other{tenths})$;
100: <%main<<;
%digits:
0: =#,##0=;
%loop:
0: =%loop=;
%%deep:
0: x;
1: >%%deep>;
%wide:
0: =%wide==%wide=;
%whole:
0: a;
`

func TestFormat(t *testing.T) {
	t.Parallel()
	rules, err := Parse(english)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ set, number, want string }{
		{"%main", "0", "zero"},
		{"%main", "6", "six"},
		{"%main", "13", "threeteen"},
		{"%main", "20", "twenty"},
		{"%main", "21", "twenty-one"},
		{"%main", "40", "four ty"},
		{"%main", "99", "nine ty-nine"},
		{"%main", "100", "one hundred"},
		{"%main", "101", "one hundred one"},
		{"%main", "2000", "two thousand"},
		{"%main", "123456", "one hundred twenty-three thousands four hundred five ty-six"},
		{"%main", "-7", "minus seven"},
		{"%main", "−0.50", "minus zero point five zero"},
		{"%main", "3,14", "three comma one four"},
		{"%year", "1905", "nineteen oh five"},
		{"%year", "1200", "twoteen hundred"},
		{"%year", "2026", "two thousand twenty-six"},
		{"%tens", "25", ""},
		{"%alternative", "20", "twentieth"},
		{"%alternative", "25", "twenty five"},
		{"%roll", "300", "three hundreds"},
		{"%roll", "301", "three hundred and one"},
		{"%plural", "1", "one tysiąc"},
		{"%plural", "2", "two tysiące"},
		{"%plural", "5", "five tysięcy"},
		{"%plural", "3000", "three tysiące third"},
		{"%fraction", "2.1", "two whole one tenth"},
		{"%fraction", "0.5", "five tenths"},
		{"%fraction", "0.05", "zero five"},
		{"%fraction", "7", "seven"},
	} {
		n, err := ParseNumber(c.number)
		if err != nil {
			t.Error(err)
		}
		if got, err := rules.Format(c.set, n, categories{}); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s %s: %q, %v; want %q", c.set, c.number, got, err, c.want)
		}
	}
}

func TestFormatRefuses(t *testing.T) {
	t.Parallel()
	rules, err := Parse(english)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		set, number string
		want        error
	}{
		{"%digits", "12", errDigits},
		{"%loop", "1", errTooFar},
		{"%wide", "1", errTooFar},
		{"%alternative", "5", errNoRule},
		{"%fraction", "0.123", errNoRule},
		{"%whole", "-1", errNoRule},
		{"%whole", "1.5", errNoRule},
		{"%fraction", "0.00000000000000000000001", errNoRule},
	} {
		n, _ := ParseNumber(c.number)
		if got, err := rules.Format(c.set, n, categories{}); got != "" || !errors.Is(err, c.want) {
			t.Errorf("%s %s: %q, %v; want %v", c.set, c.number, got, err, c.want)
		}
	}
	if _, err := rules.Format("%none", Int(1), categories{}); err == nil {
		t.Error("a set that is not there has formatted a number")
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"1: one;", "line 1"},
		{"%a:\n1 one;", "line 2"},
		{"%a:\n1: one", "line 2"},
		{"%a:\nx: one;", "base value"},
		{"%a:\n1/z: one;", "radix"},
		{"%a:\n5/1: one;", "radix below two"},
		{"%a:\n1: [one;", "brackets"},
		{"%a:\n1: one];", "brackets"},
		{"%a:\n1: [one] [two];", "brackets"},
		{"%a:\n1: <%b;", "without its end"},
		{"%a:\n1: <%b<;", "no rule set %b"},
		{"%a:\n1: ==;", "by itself"},
		{"%a:\n100: >>>;", "not supported"},
		{"%a:\n1: $(cardinal,one{a};", "without its end"},
		{"%a:\n1: $(cardinal)$;", "without its end"},
		{"%a:\n1: $(dual,other{a})$;", "kind"},
		{"%a:\n1: $(cardinal,other{a)$;", "braces"},
		{"%a:\n1: $(cardinal,one{a})$;", "without other"},
		{"%a:\n10: a[b];\n11: c;", "two rules for 11"},
	} {
		if _, err := Parse(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}

// TestParseTwo lets a second text replace a set, change rules of another and
// add a third.
func TestParseTwo(t *testing.T) {
	t.Parallel()
	rules, err := Parse("%a:\n0: a;\n5: five;\n%b:\n0: old;\n1: older;", "%a: +\n5: FIVE;\n3: three;\n%b:\n0: new;\n%c:\n0: =%a=;")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		set  string
		n    int64
		want string
	}{{"%a", 2, "a"}, {"%a", 4, "three"}, {"%c", 9, "FIVE"}, {"%b", 7, "new"}} {
		if got, err := rules.Format(c.set, Int(c.n), categories{}); got != c.want || err != nil {
			t.Errorf("%s %d: %q, %v", c.set, c.n, got, err)
		}
	}
	if rules.Has("%d") || !rules.Has("%c") {
		t.Error("Has")
	}
}

func TestParseNumberRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "-", ".", "1.", ".5", "1.2.3", "1,2,3", "1e5", "١", "--1", "99999999999999999999"} {
		if n, err := ParseNumber(text); err == nil {
			t.Errorf("%q: %+v", text, n)
		}
	}
	if n := Int(-1 << 63); !n.Negative || n.Whole != 1<<63 {
		t.Errorf("%+v", n)
	}
}

func FuzzFormat(f *testing.F) {
	f.Add(english, "%main", int64(123), "05")
	f.Add("%a:\n0: =%a=>%a><%a<;\n10: [<%b< >>|x];\n%b:\nx.x: << >%a>;\n0: $(cardinal,other{y})$;", "%a", int64(-1<<63), "")
	f.Add("%a:\n1100/100: <<>>;\n-x: <<;\nx,x: >%a>;", "%a", int64(1150), "1")
	f.Fuzz(func(t *testing.T, text, set string, whole int64, fraction string) {
		rules, err := Parse(text)
		if err != nil {
			return
		}
		n := Int(whole)
		if onlyDigits(fraction) {
			n.Fraction = fraction
		}
		out, err := rules.Format(set, n, categories{})
		if err != nil && out != "" {
			t.Errorf("%q and %v", out, err)
		}
		if limit := (mostSteps + 1) * (len(text) + 1); len(out) > limit {
			t.Errorf("%d bytes of %d of rules", len(out), len(text))
		}
	})
}

func FuzzParseNumber(f *testing.F) {
	f.Add("-12,50")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseNumber(text)
		if err == nil && len(n.Fraction) > len(text) {
			t.Errorf("%q: %+v", text, n)
		}
	})
}
