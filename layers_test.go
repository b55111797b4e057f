package lector_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// mayImport holds, for each top-level folder, what it may import of the others. ""
// is the root package.
var mayImport = map[string][]string{
	"":          {},
	"audio":     {},
	"worker":    {"", "audio"},
	"publisher": {"", "audio"},
	"infra":     {"", "audio/mpeg", "audio/id3", "audio/pcm"},
	"cmd":       {"", "audio", "worker", "publisher", "infra"},
}

// confined holds modules of others that only a few folders may import.
var confined = map[string][]string{
	"github.com/nats-io/nats.go":          {"infra/nats", "cmd/chaos"}, // which tries infra/nats, and so goes past it
	"github.com/nats-io/nats-server":      {"infra/nats", "infra/deploy", "cmd/chaos"},
	"github.com/aws":                      {"infra/store/s3", "infra/voice/polly"},
	"github.com/hajimehoshi/go-mp3":       {"audio"},
	"github.com/PuerkitoBio/goquery":      {"worker/extract"},
	"codeberg.org/readeck/go-readability": {"worker/extract"},
	"golang.org/x/net/html":               {"worker/extract"},
	"github.com/andybalholm/cascadia":     {"worker/extract"},
}

// TestLayers checks who imports whom. It reads the files and does not ask the go
// command, whose answers are cached.
func TestLayers(t *testing.T) {
	t.Parallel()
	breaches, files, err := layerBreaches(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, breach := range breaches {
		t.Error(breach)
	}
	if files < 20 {
		t.Errorf("read %d files only", files)
	}
}

// TestLayersCanFail gives the checker files that break the rules.
func TestLayersCanFail(t *testing.T) {
	t.Parallel()
	imports := func(paths ...string) *fstest.MapFile {
		return &fstest.MapFile{Data: fmt.Appendf(nil, "package x\nimport (%s)\n", `"`+strings.Join(paths, `";"`)+`"`)}
	}
	tree := fstest.MapFS{
		"go.mod":                       {Data: []byte("module lector\n")},
		"good.go":                      imports("encoding/json", "time"),
		"noun.go":                      imports("lector/audio"),
		"third.go":                     imports("golang.org/x/text/unicode/norm"),
		"io.go":                        imports("net/http"),
		"noun_test.go":                 imports("lector", "testing"),
		"audio/nouns.go":               imports("lector"),
		"audio/good.go":                imports("lector/audio/mpeg", "github.com/hajimehoshi/go-mp3"),
		"worker/good.go":               imports("lector", "lector/audio", "lector/worker/script"),
		"worker/infra.go":              imports("lector/infra/nats"),
		"worker/html.go":               imports("golang.org/x/net/html/atom"),
		"worker/extract/good.go":       imports("golang.org/x/net/html", "github.com/PuerkitoBio/goquery"),
		"worker/infra_test.go":         imports("lector/infra/nats"),
		"publisher/worker.go":          imports("lector/worker/script"),
		"infra/audio.go":               imports("lector/audio"),
		"infra/formats.go":             imports("lector/audio/mpeg", "lector/audio/id3", "lector/audio/pcm"),
		"infra/loud.go":                imports("lector/audio/loudness"),
		"infra/store/good.go":          imports("lector", "lector/infra/encode"),
		"infra/store/aws.go":           imports("github.com/aws/aws-sdk-go-v2/aws"),
		"infra/store/s3/good.go":       imports("github.com/aws/aws-sdk-go-v2/aws"),
		"infra/store/tested.go":        imports("lector/infra/store/storetest"),
		"infra/store/testing.go":       imports("testing"),
		"infra/store/storetest/s.go":   imports("lector", "testing"),
		"infra/cmd.go":                 imports("lector/cmd/lector"),
		"publisher/browsertest/go.mod": {Data: []byte("module lector/publisher/browsertest\n\nrequire lector v0.0.0\n")},
		"publisher/browsertest/bad.go": imports("lector/worker"),
		"infra/deploy/check/go.mod":    {Data: []byte("module check\n")},
		"infra/deploy/check/x.go":      imports("lector/worker"),
		"cmd/lector/good.go":           imports("lector/worker", "lector/publisher", "lector/infra/nats", "lector/audio"),
		"cmd/lector/nats.go":           imports("github.com/nats-io/nats.go/jetstream"),
		"attic/x.go":                   imports("lector"),
		"bin/x.go":                     imports("lector/worker"),
	}
	breaches, _, err := layerBreaches(tree)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, breach := range breaches {
		file, _, _ := strings.Cut(breach, ":")
		got = append(got, file)
	}
	want := []string{
		"attic/x.go", "audio/nouns.go", "cmd/lector/nats.go", "infra/audio.go", "infra/cmd.go", "infra/loud.go", "infra/store/aws.go",
		"infra/store/tested.go", "infra/store/testing.go", "io.go", "noun.go", "publisher/browsertest/bad.go", "publisher/worker.go", "third.go",
		"worker/html.go", "worker/infra.go", "worker/infra_test.go",
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("caught %q\n  want %q", got, want)
	}
}

// layerBreaches returns each import that the table forbids, as file: reason, and
// how many files it has read.
func layerBreaches(tree fs.FS) (breaches []string, files int, err error) {
	err = fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && foreign(tree, name):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		files++
		found, err := fileBreaches(tree, name)
		breaches = append(breaches, found...)
		return err
	})
	return breaches, files, err
}

// foreign reports whether a directory holds none of Lector's packages. A nested
// module that requires Lector is held to its import table, too.
func foreign(tree fs.FS, dir string) bool {
	base := path.Base(dir)
	if strings.HasPrefix(base, ".") || base == "testdata" || slices.Contains([]string{"bin", "data", "out", "node_modules"}, dir) {
		return true
	}
	module, err := fs.ReadFile(tree, dir+"/go.mod") // a module of its own
	return err == nil && !strings.Contains(string(module), "lector v0.0.0")
}

func fileBreaches(tree fs.FS, name string) (breaches []string, err error) {
	source, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if reason := breach(name, imported); reason != "" {
			breaches = append(breaches, fmt.Sprintf("%s: imports %s: %s", name, imported, reason))
		}
	}
	return breaches, nil
}

// breach says why a file may not import a package, or "".
func breach(file, imported string) string {
	top, test := topOf(file), strings.HasSuffix(file, "_test.go")
	allowed, known := mayImport[top]
	own, ours := strings.CutPrefix(imported+"/", "lector/")
	switch {
	case !known:
		return "there is no top-level folder " + top
	case ours:
		return topBreach(file, top, strings.TrimSuffix(own, "/"), allowed)
	case imported == "testing" && !test && !forTests(path.Dir(file)):
		return "only tests import testing"
	case top == "" && !test && (strings.Contains(imported, ".") || slices.Contains([]string{"net/http", "os", "net"}, imported)):
		return "the root package imports the standard library only, and does no I/O"
	}
	for code, folders := range confined {
		if within(imported, code) && !slices.ContainsFunc(folders, func(folder string) bool { return within(path.Dir(file), folder) }) {
			return "only these import it: " + strings.Join(folders, ", ")
		}
	}
	return ""
}

func topBreach(file, top, own string, allowed []string) string {
	test := strings.HasSuffix(file, "_test.go")
	other, _, _ := strings.Cut(own, "/")
	switch {
	case other != top && !slices.ContainsFunc(allowed, func(path string) bool { return path == other || path == own }),
		top == "cmd" && other == "cmd":
		return fmt.Sprintf("%q may not import %q", top, own)
	case forTests(own) && !test && !forTests(path.Dir(file)):
		return "only tests import it"
	}
	return ""
}

// topOf returns the top-level folder of a file, "" for the root package.
func topOf(file string) string {
	top, _, below := strings.Cut(file, "/")
	if !below {
		return ""
	}
	return top
}

// forTests reports whether a directory is there for tests: …test or below it.
func forTests(dir string) bool {
	return slices.ContainsFunc(strings.Split(dir, "/"), func(part string) bool { return strings.HasSuffix(part, "test") })
}

func within(name, folder string) bool { return name == folder || strings.HasPrefix(name, folder+"/") }
