package lector_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// clockAllowed holds the functions of tests that may use the clock outside of
// a testing/synctest bubble, and why no result depends on the machine's speed.
var clockAllowed = map[string]string{
	"clock_test.go TestNoClockCanFail":                                "what the checker is shown",
	"infra/limittest/limit.go Context":                                "the limit of go test itself",
	"infra/limittest/limit.go Until":                                  "the pause between two looks at a condition",
	"infra/limittest/limit_test.go TestContext":                       "two times that are given",
	"publisher/browsertest/player/player_test.go untilLimit":          "the limit of go test itself",
	"infra/voice/voicetest/faults.go drip":                            "a server that sends a byte now and then",
	"infra/deploy/nats_test.go startNATS":                             "asked again until the server takes connections",
	"infra/nats/watchdog_test.go startOther":                          "asked again until the server takes connections",
	"infra/nats/sdktest/sdk_test.go startConfigured":                  "asked again until the server takes connections",
	"publisher/intake/wordpress/wordpresstest/wordpresstest.go await": "asked again until the servers take connections",

	"cmd/lector/ghost_test.go watch":              "how long an answer took is printed; nothing is judged by it",
	"cmd/lector/ghost_test.go live":               "by make ghost only, whose target is a time: heard within 2 s",
	"cmd/lector/ghost_outage_test.go run":         "how long it took is printed; nothing is judged by it",
	"cmd/lector/healing_test.go awaitHealing":     "by make ghost and make wordpress only, whose target is a time: healed within 2 minutes",
	"cmd/lector/wordpress_life_test.go live":      "how long it took is printed; nothing is judged by it",
	"cmd/lector/wordpress_outage_test.go compare": "how often a reader visits the site; nothing is judged by it",

	"publisher/intake/ghost/bench_test.go watchHeap": "how often a benchmark looks at the heap; nothing is judged by it",

	"publisher/browsertest/engine/pages_test.go bounded": "the limit of go test itself",
	"publisher/browsertest/engine/webkit.go listens":     "asked again until the driver takes connections",

	"infra/nats/leases_test.go arrive":                     "called in bubbles only",
	"infra/nats/leases_test.go over":                       "called in bubbles only",
	"infra/nats/leases_test.go arriveAll":                  "called in bubbles only",
	"infra/nats/leases_test.go TestLeaseFreedWhileRenewed": "when a lease is given up; nothing is judged by it",
	"worker/outcome_test.go Save":                          "called in bubbles only",
	"worker/answers_test.go Put":                           "called in bubbles only",
	"worker/dispatch_test.go Fetch":                        "called in bubbles only",
	"worker/dispatch_test.go nextDue":                      "called in bubbles only",
	"worker/dispatch_test.go slot":                         "called in bubbles only",
	"publisher/outbound/outbound_test.go run":              "called in bubbles only",
	"publisher/outbound/outbound_test.go take":             "called in bubbles only",
	"publisher/outbound/outbound_test.go sleep":            "called in bubbles only",
	"publisher/outbound/outbound_test.go Send":             "called in bubbles only",
	"publisher/console/live_test.go Write":                 "called in bubbles only",
	"publisher/tcp/conn_test.go trickle":                   "called in bubbles only",
	"publisher/tcp/server_test.go send":                    "called in bubbles only",
	"worker/answers_test.go PutUnsynced":                   "a fake store for bubbles only",
	"worker/replay/runner_test.go workUntil":               "called in bubbles only",
	"worker/replay/runner_test.go crashAndGoOn":            "called in bubbles only",
}

// clockCalls are the functions that wait for a time or measure one.
var clockCalls = map[string][]string{
	"time":    {"After", "AfterFunc", "NewTicker", "NewTimer", "Since", "Sleep", "Tick", "Until"},
	"context": {"WithDeadline", "WithDeadlineCause", "WithTimeout", "WithTimeoutCause"},
}

// clockMethods bound a wait by a time, or tell the time between two others.
var clockMethods = []string{"ReadyForConnections", "SetDeadline", "SetReadDeadline", "SetWriteDeadline", "Sub"}

// sleeps finds programs of tests that wait for a time.
var sleeps = regexp.MustCompile(`\bsleep +[\d.$]`)

// TestNoClock holds that no test judges by the clock or sleeps: beside other
// work it would fail. worker/growthtest judges growth, infra/limittest waits
// for events, and in testing/synctest time passes without a clock.
func TestNoClock(t *testing.T) {
	t.Parallel()
	breaches, files, err := clockBreaches(os.DirFS("."), clockAllowed)
	if err != nil {
		t.Fatal(err)
	}
	for _, breach := range breaches {
		t.Error(breach)
	}
	if files < 100 {
		t.Errorf("read %d files only", files)
	}
}

// TestNoClockCanFail shows tests with and without a clock to the checker.
func TestNoClockCanFail(t *testing.T) {
	t.Parallel()
	body := func(lines string) *fstest.MapFile {
		const imports = `import ("context"; "net/http"; "testing"; "testing/synctest"; "time"; clock "time")`
		return &fstest.MapFile{Data: []byte("package x\n" + imports + "\nfunc TestX(t *testing.T) {\n" + lines + "\n}\n")}
	}
	tree := fstest.MapFS{
		"since_test.go":       body(`began := time.Now(); work(); if time.Since(began) > time.Second { t.Error() }`),
		"renamed_test.go":     body(`clock.Sleep(1)`),
		"value_test.go":       body(`wait := time.After; <-wait(1)`),
		"sub_test.go":         body(`if time.Now().Sub(began) > 1 { t.Error() }`),
		"poll_test.go":        body(`for end := time.Now().Add(1); ; { if time.Now().After(end) { t.Fatal() } }`),
		"before_test.go":      body(`for end.Before(time.Now()) {}`),
		"context_test.go":     body(`ctx, cancel := context.WithTimeout(t.Context(), 1)`),
		"client_test.go":      body(`c := http.Client{Timeout: 1}`),
		"shell_test.go":       body("run(\"sh\", \"-c\", `sleep 0.2; echo`)"),
		"helper_test.go":      {Data: []byte("package x\nimport \"time\"\nvar f = func() { time.Sleep(1) }\n")},
		"roomtest/x.go":       body(`<-time.After(1)`),
		"testdata/a_test.go":  body(`time.Sleep(1)`),
		"x/testdata/s.txtar":  {Data: []byte("exec sh -c 'sleep 1'\n")},
		"product.go":          body(`time.Sleep(1)`),
		"bubble_test.go":      body(`synctest.Test(t, func(t *testing.T) { time.Sleep(1); _ = time.Since(began) })`),
		"date_test.go":        body(`a.Time = time.Now(); past := time.Now().Add(-time.Hour); if a.Time.Before(b.Time) { t.Error() }`),
		"text_test.go":        body(`say("they sleep well")`),
		"bench_test.go":       {Data: []byte("package x\nimport \"time\"\nfunc BenchmarkX(b *testing.B) { _ = time.Since(time.Now()) }\n")},
		"allowed_test.go":     body(`time.Sleep(1)`),
		"unnecessary_test.go": body(`t.Log()`),
	}
	breaches, _, err := clockBreaches(tree, map[string]string{
		"allowed_test.go TestX": "a reason", "unnecessary_test.go TestX": "another",
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, breach := range breaches {
		file, _, _ := strings.Cut(breach, ":")
		got = append(got, file)
	}
	slices.Sort(got)
	want := []string{
		"before_test.go", "client_test.go", "context_test.go", "helper_test.go", "poll_test.go", "renamed_test.go", "roomtest/x.go",
		"shell_test.go", "since_test.go", "sub_test.go", "unnecessary_test.go TestX", "value_test.go", "x/testdata/s.txtar",
	}
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("caught %q\n  want %q", got, want)
	}
}

// clockBreaches returns each use of the clock in tests that is not allowed, as
// file:line: what, and how many files it has read. An allowance that nobody
// needs is a breach, too.
func clockBreaches(tree fs.FS, allowed map[string]string) (breaches []string, files int, err error) {
	unused := maps.Clone(allowed)
	err = fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && strings.HasPrefix(path.Base(name), "."):
			return fs.SkipDir
		case d.IsDir():
			return nil
		case path.Ext(name) == ".txtar":
			breaches = append(breaches, sleepingLines(tree, name)...)
			return nil
		case !ofTests(name):
			return nil
		}
		files++
		found, err := clockUses(tree, name)
		for _, use := range found {
			key := name + " " + use.function
			if delete(unused, key); allowed[key] == "" {
				breaches = append(breaches, fmt.Sprintf("%s:%d: %s in %s", name, use.line, use.what, use.function))
			}
		}
		return err
	})
	for key := range unused {
		breaches = append(breaches, key+": is allowed the clock and does not use it")
	}
	return breaches, files, err
}

// ofTests reports whether a file is Go of tests and of this module.
func ofTests(name string) bool {
	dir := path.Dir(name)
	own := !strings.Contains("/"+dir+"/", "/testdata/") && !slices.Contains([]string{"bin", "data", "out"}, strings.Split(dir, "/")[0])
	if !own || path.Ext(name) != ".go" {
		return false
	}
	return strings.HasSuffix(name, "_test.go") || forTests(dir)
}

// sleepingLines returns the lines of a script that sleep.
func sleepingLines(tree fs.FS, name string) (breaches []string) {
	script, err := fs.ReadFile(tree, name)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", name, err)}
	}
	n := 0
	for line := range strings.Lines(string(script)) {
		if n++; sleeps.MatchString(line) {
			breaches = append(breaches, fmt.Sprintf("%s:%d: sleeps", name, n))
		}
	}
	return breaches
}

// clockUse is one use of the clock.
type clockUse struct {
	function, what string
	line           int
}

// clockUses returns the uses of the clock in one file, outside of benchmarks
// and of synctest bubbles.
func clockUses(tree fs.FS, name string) (uses []clockUse, err error) {
	source, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	packages := importNames(file)
	for _, decl := range file.Decls {
		function := "a declaration"
		if f, ok := decl.(*ast.FuncDecl); ok {
			function = f.Name.Name
		}
		if strings.HasPrefix(function, "Benchmark") {
			continue
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && selects(packages, call.Fun, "testing/synctest") == "Test" {
				return false
			}
			if what := clockOf(packages, n); what != "" {
				uses = append(uses, clockUse{function, what, set.Position(n.Pos()).Line})
			}
			return true
		})
	}
	return uses, nil
}

// importNames maps the names under which a file knows packages to their paths.
func importNames(file *ast.File) map[string]string {
	names := map[string]string{}
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value) // the parser has seen to it
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = imported
	}
	return names
}

// selects returns what an expression takes of a package, or "".
func selects(packages map[string]string, e ast.Expr, imported string) string {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if x, ok := s.X.(*ast.Ident); ok && packages[x.Name] == imported {
		return s.Sel.Name
	}
	return ""
}

// clockOf says what of the clock a node uses, or "".
func clockOf(packages map[string]string, n ast.Node) string {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		for imported, names := range clockCalls {
			if name := selects(packages, n, imported); slices.Contains(names, name) {
				return imported + "." + name
			}
		}
	case *ast.CallExpr:
		return clockMethod(packages, n)
	case *ast.CompositeLit:
		return clientTimeout(packages, n)
	case *ast.BasicLit:
		if n.Kind == token.STRING && sleeps.MatchString(n.Value) {
			return "a program that sleeps"
		}
	}
	return ""
}

// clockMethod finds methods that measure or bound a time: t.Sub(u),
// time.Now().After(t), t.Before(time.Now()).
func clockMethod(packages map[string]string, call *ast.CallExpr) string {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) != 1 {
		return ""
	}
	name := method.Sel.Name
	now := isNow(packages, method.X) || isNow(packages, call.Args[0])
	if slices.Contains(clockMethods, name) || now && slices.Contains([]string{"After", "Before", "Compare"}, name) {
		return "a clock's ." + name
	}
	return ""
}

func isNow(packages map[string]string, e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	return ok && selects(packages, call.Fun, "time") == "Now"
}

// clientTimeout finds http.Client{Timeout: …}.
func clientTimeout(packages map[string]string, lit *ast.CompositeLit) string {
	if lit.Type == nil || selects(packages, lit.Type, "net/http") != "Client" {
		return ""
	}
	for _, element := range lit.Elts {
		if kv, ok := element.(*ast.KeyValueExpr); ok && fmt.Sprint(kv.Key) == "Timeout" {
			return "a client with a time limit"
		}
	}
	return ""
}
