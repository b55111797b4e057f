package main

import (
	"io"
	"strings"
	"testing"
)

// stream is what go test -json says of four packages: one is good, one fails,
// one breaks off in the middle of a test, one cannot be built.
const stream = `{"Action":"start","Package":"good"}
{"Action":"run","Package":"good","Test":"TestA"}
{"Action":"output","Package":"good","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"good","Test":"TestA","Output":"    a_test.go:3: said in vain\n"}
{"Action":"run","Package":"good","Test":"TestA/part"}
{"Action":"pass","Package":"good","Test":"TestA/part","Elapsed":2.5}
{"Action":"pass","Package":"good","Test":"TestA","Elapsed":2.5}
{"Action":"output","Package":"good","Test":"TestS","Output":"    a_test.go:9: SKIPPED: no browser: install it\n"}
{"Action":"output","Package":"good","Test":"TestS","Output":"--- SKIP: TestS (0.00s)\n"}
{"Action":"skip","Package":"good","Test":"TestS","Elapsed":0}
{"Action":"output","Package":"good","Output":"PASS\n"}
{"Action":"output","Package":"good","Output":"ok  \tgood\t2.6s\n"}
{"Action":"pass","Package":"good","Elapsed":2.6}
{"Action":"output","Package":"bad","Test":"TestB","Output":"=== RUN   TestB\n"}
{"Action":"output","Package":"bad","Test":"TestB","Output":"    b_test.go:7: got 1\n"}
{"Action":"output","Package":"bad","Test":"TestB","Output":"--- FAIL: TestB (0.10s)\n"}
{"Action":"fail","Package":"bad","Test":"TestB","Elapsed":0.1}
{"Action":"output","Package":"bad","Output":"FAIL\n"}
{"Action":"output","Package":"bad","Output":"FAIL\tbad\t0.2s\n"}
{"Action":"fail","Package":"bad","Elapsed":0.2}
{"Action":"output","Package":"late","Test":"TestC","Output":"panic: test timed out after 1s\n"}
{"Action":"output","Package":"late","Output":"FAIL\tlate\t1.0s\n"}
{"Action":"fail","Package":"late","Elapsed":1}
a line of another program
{"ImportPath":"wrong","Action":"build-output","Output":"wrong.go:1: no such thing\n"}
{"ImportPath":"wrong","Action":"build-fail"}
{"Action":"output","Package":"wrong","Output":"FAIL\twrong [build failed]\n"}
{"Action":"fail","Package":"wrong","Elapsed":0}
`

const printed = "ok  \tgood\t2.6s\n" +
	"    b_test.go:7: got 1\n--- FAIL: TestB (0.10s)\nFAIL\nFAIL\tbad\t0.2s\n" +
	"panic: test timed out after 1s\nFAIL\tlate\t1.0s\n" +
	"a line of another program\nwrong.go:1: no such thing\nFAIL\twrong [build failed]\n" +
	"\nskipped:\n     1  SKIPPED: no browser: install it\n" +
	"\nslowest of 3 tests:\n   2.5 s  good TestA/part\n   0.1 s  bad TestB\n   0.0 s  good TestS\n"

func TestReport(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(&out, strings.NewReader(stream)); err == nil {
		t.Error("a run with failures is good")
	}
	if out.String() != printed {
		t.Errorf("printed:\n%s\nwant:\n%s", out.String(), printed)
	}
	good, _, _ := strings.Cut(stream, `{"Action":"output","Package":"bad"`)
	if err := run(&out, strings.NewReader(good)); err != nil {
		t.Error(err)
	}
	for _, fatal := range []string{`{"Action":"build-fail"}`, `{"Action":"fail","Package":"x"}`} {
		if err := run(&out, strings.NewReader(good+fatal)); err == nil {
			t.Errorf("%s is good", fatal)
		}
	}
}

// TestRunsSideBySide tells of two runs of one package at the same time: what one
// says is not told as the other's, and one that fails makes the whole fail.
func TestRunsSideBySide(t *testing.T) {
	t.Parallel()
	talk := `{"Action":"output","Package":"p","Test":"TestA","Output":"said in vain\n"}
`
	bad, tell := io.Pipe()
	good, pass := io.Pipe()
	go func() { // one line of each in turn
		_, _ = io.WriteString(pass, talk)
		_, _ = io.WriteString(tell, strings.ReplaceAll(talk, "in vain", "before it failed"))
		_, _ = io.WriteString(tell, `{"Action":"fail","Package":"p","Test":"TestA","Elapsed":2}`+"\n")
		_, _ = io.WriteString(pass, `{"Action":"pass","Package":"p","Test":"TestA","Elapsed":1}`+"\n")
		_, _ = pass.Close(), tell.Close()
	}()
	var out strings.Builder
	if err := run(&out, good, bad); err == nil {
		t.Error("a failure in one of two runs is good")
	}
	const want = "said before it failed\n\nslowest of 2 tests:\n   2.0 s  p TestA\n   1.0 s  p TestA\n"
	if out.String() != want {
		t.Errorf("printed:\n%s\nwant:\n%s", out.String(), want)
	}
}

// TestNeverRun has a test skip for the race detector's sake.
func TestNeverRun(t *testing.T) {
	t.Parallel()
	skip := `{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:1: ` + forRace + `; why\n"}
{"Action":"skip","Package":"p","Test":"TestA"}
`
	var out strings.Builder
	if err := run(&out, strings.NewReader(skip)); err == nil || !strings.Contains(out.String(), "p TestA skipped with the race detector and was not run without") {
		t.Errorf("%v:\n%s", err, out.String())
	}
	if err := run(&out, strings.NewReader(skip+`{"Action":"pass","Package":"p","Test":"TestA"}`)); err != nil {
		t.Errorf("it has run since: %v", err)
	}
}
