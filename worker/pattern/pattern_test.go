package pattern_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestAllCompile finds each pattern.New of the text rules in its
// source and compiles what it is given.
func TestAllCompile(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"../script"} {
		files := parse(t, dir)
		constants := constantsOf(files)
		found := 0
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || !isNew(call) {
					return true
				}
				found++
				source, err := value(call.Args[0], constants)
				if err == "" {
					if _, bad := regexp.Compile(source); bad != nil {
						err = bad.Error()
					}
				}
				if err != "" {
					t.Errorf("%s: pattern %d of %s: %s", dir, found, f.Name, err)
				}
				return true
			})
		}
		if found == 0 {
			t.Errorf("%s: no pattern is made there", dir)
		}
	}
}

func parse(t *testing.T, dir string) (files []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// constantsOf returns the constants of a package by their names.
func constantsOf(files []*ast.File) map[string]ast.Expr {
	all := map[string]ast.Expr{}
	for _, f := range files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				for i := range v.Values {
					all[v.Names[i].Name] = v.Values[i]
				}
			}
		}
	}
	return all
}

func isNew(call *ast.CallExpr) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != "New" || len(call.Args) != 1 {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == "pattern"
}

// value is what a constant string expression amounts to, or why it is none.
func value(e ast.Expr, constants map[string]ast.Expr) (text, fault string) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		if err != nil {
			return "", err.Error()
		}
		return s, ""
	case *ast.ParenExpr:
		return value(e.X, constants)
	case *ast.BinaryExpr:
		left, fault := value(e.X, constants)
		if fault != "" {
			return "", fault
		}
		right, fault := value(e.Y, constants)
		return strings.Join([]string{left, right}, ""), fault
	case *ast.Ident:
		if c := constants[e.Name]; c != nil {
			return value(c, constants)
		}
		return "", e.Name + " is no constant"
	}
	return "", "not a constant"
}
