package script

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp/syntax"
	"strings"
	"testing"
)

// TestConditions holds, on a small pack, what a shape may ask of what stands
// before and behind it, and of its numbers.
func TestConditions(t *testing.T) {
	t.Parallel()
	p := &pack{
		checked: true, types: map[string]*syntax.Regexp{}, kinds: map[string]*wordlist{},
		lists: map[string][]string{"kings": {"Charles"}}, settings: map[string]string{"decimal": "."},
	}
	tests := []struct {
		pattern, text, at string
		want              bool
	}{
		{"by|at << <a:/\\d+/>", "come at 5", "5", true},
		{"by|at << <a:/\\d+/>", "come at about 5", "5", false},
		{"!by|at << <a:/\\d+/>", "come at 5", "5", false},
		{"~odds << <a:/\\d+/>", "the odds were 5", "5", true},
		{"~odds << <a:/\\d+/>", "they were 5", "5", false},
		{"^@kings << <a:/V/>", "King Charles Philip V", "V", true},
		{"^@kings << <a:/V/>", "Charles met V", "V", false},
		{"/\\p{Lu} ?/ << <a:/\\d+/>", "Plan B 5", "5", true},
		{"/\\p{Lu} ?/ << <a:/\\d+/>", "plan b 5", "5", false},
		{"<a:/\\d+/> >> _men", "5 men", "5", true},
		{"<a:/\\d+/> >> _men", "5 women", "5", false},
		{"<a:/\\d+/> !> _men", "5 men", "5", false},
		{"<a:/\\d/>-<b:/\\d/> ?? a<b", "3-5", "3", true},
		{"<a:/\\d/>-<b:/\\d/> ?? a<b", "5-3", "5", false},
		{"<a:/\\d+/>-<b:/\\d+/> ?? a%100=b-1", "2023-24", "2023", true},
		{"<a:/\\d+/>-<b:/\\d+/> ?? a%100=b-1", "2023-25", "2023", false},
	}
	for _, tc := range tests {
		s, err := p.parseShape(row{columns: []string{"cardinal", "x", tc.pattern, "x"}})
		if err != nil {
			t.Errorf("%s: %v", tc.pattern, err)
			continue
		}
		p.shapes = shapes{first: map[*shape][]rune{}}
		p.shapes.add(s)
		r := &reader{src: tc.text, pos: strings.Index(tc.text, tc.at), language: &language{pack: p}, level: full, trial: &trial{}}
		if got := r.classify(nil) != nil; got != tc.want {
			t.Errorf("%s at %q of %q: %v", tc.pattern, tc.at, tc.text, got)
		}
	}
	for _, bad := range []string{"/(/ << x", "<a:/\\d/> ?? b<1", "<a:/\\d/> ?? a<c", "<a:/\\d/> !> (", "<a:@none>"} {
		if _, err := p.parseShape(row{columns: []string{"cardinal", "x", bad, "x"}}); err == nil {
			t.Errorf("%s is not refused", bad)
		}
	}
}

// TestPlainConditions holds that no condition of the package, or of those below
// it, has four or more terms.
func TestPlainConditions(t *testing.T) {
	t.Parallel()
	files := 0
	for _, pattern := range []string{"*.go", "*/*.go", "*/*/*/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				files++
				plainConditions(t, name)
			}
		}
	}
	if files < 30 {
		t.Errorf("only %d files were read", files)
	}
}

func plainConditions(t *testing.T, name string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok || terms(e) < 4 {
			return true
		}
		t.Errorf("%s: a condition of %d terms", set.Position(e.Pos()), terms(e))
		return false
	})
}

// terms returns how many terms a condition has, 0 for another expression.
func terms(e ast.Expr) int {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			return max(1, terms(e.X)) + max(1, terms(e.Y))
		}
	case *ast.ParenExpr:
		return terms(e.X)
	case *ast.UnaryExpr:
		return terms(e.X)
	}
	return 0
}
