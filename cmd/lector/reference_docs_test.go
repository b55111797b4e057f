package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// docs is what the comments of some packages say, by package and name.
type docs struct {
	types   map[string]string     // of types and functions
	fields  map[string][]fieldDoc // of structs, in their order
	values  map[string][]valueDoc // of constants, by their type or, where they have none, the first one's name
	metrics []metricDoc
}

type fieldDoc struct{ name, json, kind, doc string }

type valueDoc struct{ name, value, doc, group string }

type metricDoc struct {
	name, kind, help string
	labels           []string
}

// documentation reads the packages that the reference is about.
func documentation(t *testing.T) docs {
	t.Helper()
	d := docs{types: map[string]string{}, fields: map[string][]fieldDoc{}, values: map[string][]valueDoc{}}
	for pkg, dir := range map[string]string{
		"lector": "../..", "lector/cmd/lector": ".", "lector/worker": "../../worker", "lector/worker/extract": "../../worker/extract",
		"lector/worker/synth": "../../worker/synth", "lector/infra/observe": "../../infra/observe",
	} {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f.Name(), ".go") && !strings.HasSuffix(f.Name(), "_test.go") {
				d.read(t, pkg, filepath.Join(dir, f.Name()))
			}
		}
	}
	return d
}

func (d *docs) read(t *testing.T, pkg, name string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range f.Decls {
		switch x := decl.(type) {
		case *ast.FuncDecl:
			if x.Recv == nil {
				d.types[pkg+"."+x.Name.Name] = text(x.Doc)
			}
		case *ast.GenDecl:
			d.declared(pkg, x)
		}
	}
	if pkg == "lector/infra/observe" {
		ast.Inspect(f, d.metric)
	}
}

func (d *docs) declared(pkg string, decl *ast.GenDecl) {
	group := ""
	for _, s := range decl.Specs {
		switch x := s.(type) {
		case *ast.TypeSpec:
			d.types[pkg+"."+x.Name.Name] = text(decl.Doc, x.Doc)
			if s, ok := x.Type.(*ast.StructType); ok {
				d.fields[pkg+"."+x.Name.Name] = fieldsOf(s)
			}
		case *ast.ValueSpec:
			if group == "" {
				group = groupOf(x)
			}
			d.constant(pkg+"."+group, decl, x)
		}
	}
}

// groupOf names a group of constants: by their type, by Audio for the types of
// audio events, else by the first one.
func groupOf(x *ast.ValueSpec) string {
	if x.Type != nil {
		return types.ExprString(x.Type)
	}
	if x.Names[0].Name == "AudioReady" {
		return "Audio"
	}
	return x.Names[0].Name
}

func (d *docs) constant(key string, decl *ast.GenDecl, x *ast.ValueSpec) {
	if decl.Tok != token.CONST || len(x.Values) != 1 {
		return
	}
	if l, ok := x.Values[0].(*ast.BasicLit); ok && l.Kind == token.STRING {
		value, _ := strconv.Unquote(l.Value) // it was parsed
		d.values[key] = append(d.values[key], valueDoc{x.Names[0].Name, value, text(x.Doc, x.Comment), text(decl.Doc)})
	}
}

func fieldsOf(s *ast.StructType) (all []fieldDoc) {
	for _, f := range s.Fields.List {
		tag := ""
		if f.Tag != nil {
			unquoted, _ := strconv.Unquote(f.Tag.Value) // it was parsed
			tag, _, _ = strings.Cut(reflect.StructTag(unquoted).Get("json"), ",")
		}
		if tag == "-" {
			tag = ""
		}
		for _, n := range f.Names {
			all = append(all, fieldDoc{n.Name, tag, jsonKind(types.ExprString(f.Type)), text(f.Doc, f.Comment)})
		}
	}
	return all
}

// field is the comment of a field.
func (d *docs) field(pkg, in, name string) string {
	if pkg == "main" {
		pkg = "lector/cmd/lector"
	}
	for _, f := range d.fields[pkg+"."+in] {
		if f.name == name {
			return f.doc
		}
	}
	return ""
}

// jsonKind names a Go type as it stands in JSON.
func jsonKind(name string) string {
	name = strings.TrimPrefix(name, "*")
	if rest, list := strings.CutPrefix(name, "[]"); list {
		return "list of " + jsonKind(rest)
	}
	switch name {
	case "int", "int64", "uint64", "float64":
		return "number"
	case "time.Time":
		return "time"
	}
	return name
}

// metric notes a figure where it is made, by a call such as r.counter(name, help,
// labels...).
func (d *docs) metric(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return true
	}
	made, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"counter", "gauge", "histogram"}, made.Sel.Name) {
		return true
	}
	m := metricDoc{kind: made.Sel.Name, name: literal(call.Args[0]), help: literal(call.Args[1])}
	for _, e := range call.Args[2:] {
		if label := literal(e); label != "" { // else the buckets of a histogram
			m.labels = append(m.labels, label)
		}
	}
	d.metrics = append(d.metrics, m)
	return true
}

// literal is a text that stands in the code, in one or more pieces.
func literal(e ast.Expr) string {
	if sum, ok := e.(*ast.BinaryExpr); ok {
		return literal(sum.X) + literal(sum.Y)
	}
	l, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	value, _ := strconv.Unquote(l.Value) // it was parsed
	return value
}

// text is the first comment that says something, on one line.
func text(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if s := strings.Join(strings.Fields(g.Text()), " "); s != "" {
			return s
		}
	}
	return ""
}
