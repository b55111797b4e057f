package lector_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"
)

// mostTerms is how many operands of && and || a condition has at most.
const mostTerms = 3

// TestConditions finds conditions that are too long to be read at once.
func TestConditions(t *testing.T) {
	t.Parallel()
	found, lines, err := longConditions(os.DirFS("."), ".")
	if err != nil || lines < 50_000 {
		t.Errorf("read %d lines, %v", lines, err)
	}
	if len(found) > 0 {
		t.Errorf("%d conditions of more than %d terms:\n%s", len(found), mostTerms, strings.Join(found, "\n"))
	}
}

// TestConditionsCanFail gives the checker conditions of known length.
func TestConditionsCanFail(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]int{
		"a && b && c":                     0,
		"a && !(b || c && !d)":            1,
		"(a || b) && (c || d)":            1,
		"f(a && b) && c && g(d || e)":     0,
		"f(a && b && c && d) && b && !a":  1,
		"(a || b || c || d) && f(a || b)": 1,
	} {
		files := fstest.MapFS{"p/x.go": {Data: []byte("package p\n\nvar x = " + condition + "\n")}, "p/x_test.go": {Data: []byte("package p\n\nvar y = a && b && c && d\n")}}
		if found, lines, err := longConditions(files, "p"); err != nil || len(found) != want || lines != 3 {
			t.Errorf("%s: found %v in %d lines, %v; want %d", condition, found, lines, err, want)
		}
	}
}

// longConditions returns where the Go files below a folder, without tests, have conditions
// of more than mostTerms terms, and how many lines they have.
func longConditions(files fs.FS, folder string) (found []string, lines int, err error) {
	err = fs.WalkDir(files, folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, data, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		lines += set.File(file.Pos()).LineCount()
		inside := map[ast.Node]bool{} // the operands of a condition that was counted
		ast.Inspect(file, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok || inside[n] {
				return true
			}
			if terms(e, inside) > mostTerms {
				found = append(found, set.Position(n.Pos()).String())
			}
			return true
		})
		return nil
	})
	return found, lines, err
}

// terms counts the operands that && and || join, and notes what it went through.
func terms(e ast.Expr, inside map[ast.Node]bool) int {
	inside[e] = true
	switch x := e.(type) {
	case *ast.ParenExpr:
		return terms(x.X, inside)
	case *ast.UnaryExpr:
		if x.Op == token.NOT {
			return terms(x.X, inside)
		}
	case *ast.BinaryExpr:
		if x.Op == token.LAND || x.Op == token.LOR {
			return terms(x.X, inside) + terms(x.Y, inside)
		}
	}
	return 1
}
