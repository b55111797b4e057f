package lector_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// retired are names that were given up for the standard terms of the field.
// ARCHITECTURE.md has the words that are used instead.
var retired = strings.Fields(`
	purse pocket shop till door equip misuse complain Shelf beat guarded owe tidy tell rehearse
	Books Flight errand Fuse Patience InTurn Mend seal unseal Earlier Told Money putOff givenBack
	Settler Spent Spending AtRest Judge house wing secondOpinion SecondOpinion
	lookBatch looksPerSecond urgentConsumer placeBucket httpDoer adminSite`)

// TestRetiredWords looks at what is declared, but for worker/script, whose readers of
// text have words of their own.
func TestRetiredWords(t *testing.T) {
	t.Parallel()
	seen := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (foreign(os.DirFS("."), name) || name == "worker/script"):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		seen++
		for word, at := range declared(t, name) {
			if slices.Contains(retired, word) {
				t.Errorf("%s: %s is a retired word", at, word)
			}
		}
		return nil
	})
	if err != nil || seen < 100 {
		t.Errorf("read %d files, %v", seen, err)
	}
}

// declared returns the functions, types, fields, constants and variables that a
// file declares outside of functions, and where.
func declared(t *testing.T, name string) map[string]token.Position {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]token.Position{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			all[n.Name.Name] = files.Position(n.Pos())
			return false
		case *ast.TypeSpec:
			all[n.Name.Name] = files.Position(n.Pos())
		case *ast.Field:
			for _, id := range n.Names {
				all[id.Name] = files.Position(id.Pos())
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				all[id.Name] = files.Position(id.Pos())
			}
		}
		return true
	})
	return all
}

// section returns the lines of a table of ARCHITECTURE.md as cells.
func section(t *testing.T, title string) (rows [][]string) {
	t.Helper()
	page, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "\n## "+title+"\n")
	if !found {
		t.Fatalf("ARCHITECTURE.md has no section %s", title)
	}
	text, _, _ := strings.Cut(rest, "\n## ")
	for line := range strings.Lines(text) {
		if cells := strings.Split(strings.TrimSpace(line), "|"); len(cells) > 2 && !strings.HasPrefix(cells[1], "--") {
			row := cells[1 : len(cells)-1]
			for i := range row {
				row[i] = strings.TrimSpace(row[i])
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// TestGlossary holds the glossary to one page of words, each once.
func TestGlossary(t *testing.T) {
	t.Parallel()
	rows := section(t, "Words")
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		if seen[row[0]] || row[1] == "" {
			t.Errorf("%q stands twice or means nothing", row[0])
		}
		seen[row[0]] = true
	}
	if len(seen) < 20 || len(seen) > 40 {
		t.Errorf("%d words", len(seen))
	}
}

var code = regexp.MustCompile("`([^`]+)`")

// TestImportTable compares the table of ARCHITECTURE.md with mayImport.
func TestImportTable(t *testing.T) {
	t.Parallel()
	rows := section(t, "What may import what")
	got := map[string][]string{}
	for _, row := range rows[1:] {
		from := strings.TrimPrefix(row[0], "root")
		got[from] = []string{}
		for i, cell := range row[1:] {
			to := strings.TrimPrefix(rows[0][i+1], "root")
			if cell == "yes" {
				got[from] = append(got[from], to)
			}
			for _, m := range code.FindAllStringSubmatch(cell, -1) {
				got[from] = append(got[from], m[1])
			}
		}
	}
	if !maps.EqualFunc(got, mayImport, slices.Equal[[]string]) {
		t.Errorf("the table says %v\n   the test %v", got, mayImport)
	}
}
