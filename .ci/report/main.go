// Command report prints what `go test -json` tells as go test itself would, and
// then why tests were skipped and which took longest.
//
//	report FILE...            of runs that go on side by side, each with its file or pipe
//	report -unraced <FILE     the tests that skipped for the race detector's sake,
//	                          as flags of go test: -run=PATTERN PACKAGE...
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
)

func main() {
	if err := command(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func command(args []string) error {
	if len(args) == 1 && args[0] == "-unraced" {
		flags, err := unraced(os.Stdin)
		if err == nil && len(flags) > 0 {
			fmt.Fprintln(os.Stdout, strings.Join(flags, "\n"))
		}
		return err
	}
	var runs []io.Reader
	for _, name := range args {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }() // it is only read
		runs = append(runs, file)
	}
	return run(os.Stdout, runs...)
}

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64 // seconds
}

// unit is a test of a run, or a package where it names no test.
type unit struct {
	Run           int
	Package, Test string
}

// report is what is known of the runs.
type report struct {
	mu     sync.Mutex
	to     io.Writer
	output map[unit][]string // of tests and packages that have not ended
	took   map[unit]float64  // seconds, of tests that have ended
	why    map[string]int    // reasons of skipped tests, and how many gave it
	left   map[unit]bool     // tests, of no run, that skipped for the race detector's sake and have not run since
	failed bool
}

// run reads runs until the end of each. Lines that are no events are printed as
// they are.
func run(to io.Writer, runs ...io.Reader) error {
	r := &report{to: to, output: map[unit][]string{}, took: map[unit]float64{}, why: map[string]int{}, left: map[unit]bool{}}
	errs := make(chan error)
	for n, from := range runs {
		go func() {
			errs <- read(from, func(line string) { r.print(line) }, func(e event) { r.take(n, e) })
		}()
	}
	var err error
	for range runs {
		err = errors.Join(err, <-errs)
	}
	r.skipped()
	r.neverRun()
	r.slowest(10)
	if err == nil && r.failed {
		return errors.New("there were failures")
	}
	return err
}

// read calls one function for each event and another for each line that is none.
func read(from io.Reader, line func(string), take func(event)) error {
	lines := bufio.NewReader(from)
	for {
		text, err := lines.ReadString('\n')
		var e event
		switch {
		case strings.TrimSpace(text) == "":
		case json.Unmarshal([]byte(text), &e) != nil:
			line(text)
		default:
			take(e)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// print prints a line that is no event.
func (r *report) print(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprint(r.to, line)
}

func (r *report) take(run int, e event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	u := unit{run, e.Package, e.Test}
	switch e.Action {
	case "output":
		r.output[u] = append(r.output[u], e.Output)
		return
	case "build-output":
		fmt.Fprint(r.to, e.Output)
		return
	case "fail", "build-fail":
		r.failed = true
	case "pass", "skip":
	default:
		return
	}
	if e.Test == "" {
		r.endPackage(u, e.Action)
		return
	}
	r.endTest(u, e)
}

func (r *report) endTest(u unit, e event) {
	r.took[u] = e.Elapsed
	test := unit{Package: u.Package, Test: u.Test}
	delete(r.left, test)
	switch e.Action {
	case "fail":
		r.tell(u)
	case "skip":
		why := reason(r.output[u])
		r.why[why]++
		if strings.HasPrefix(why, forRace) {
			r.left[test] = true
		}
	}
	delete(r.output, u)
}

// endPackage prints the line that go test prints, and all of a package that
// failed, with the tests that were running when it broke off.
func (r *report) endPackage(u unit, action string) {
	if action == "fail" {
		for _, open := range r.open(u) {
			r.tell(open)
		}
		r.tell(u)
	} else {
		for _, line := range r.output[u] {
			if strings.HasPrefix(line, "ok ") || strings.HasPrefix(line, "? ") {
				fmt.Fprint(r.to, line)
			}
		}
	}
	for _, open := range append(r.open(u), u) {
		delete(r.output, open)
	}
}

// open returns the tests of a package that have not ended, in order.
func (r *report) open(of unit) (units []unit) {
	for u := range r.output {
		if u.Run == of.Run && u.Package == of.Package && u.Test != "" {
			units = append(units, u)
		}
	}
	slices.SortFunc(units, func(a, b unit) int { return cmp.Compare(a.Test, b.Test) })
	return units
}

// tell prints what a test has said, but for the marks of its coming and going.
func (r *report) tell(u unit) {
	for _, line := range r.output[u] {
		if !strings.HasPrefix(line, "=== ") {
			fmt.Fprint(r.to, line)
		}
	}
}

// reason is the last thing a skipped test said, without the place.
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "--- ") || strings.HasPrefix(line, "=== ") {
			continue
		}
		if place, text, ok := strings.Cut(line, ": "); ok && strings.Contains(place, ".go:") {
			return text
		}
		return line
	}
	return "no reason given"
}

func (r *report) skipped() {
	if len(r.why) == 0 {
		return
	}
	fmt.Fprintln(r.to, "\nskipped:")
	for _, why := range sorted(r.why) {
		fmt.Fprintf(r.to, "%6d  %s\n", r.why[why], why)
	}
}

// neverRun is a failure: what skips with the race detector runs without it.
func (r *report) neverRun() {
	for u := range r.left {
		r.failed = true
		fmt.Fprintf(r.to, "\n%s %s skipped with the race detector and was not run without\n", u.Package, u.Test)
	}
}

// slowest prints the tests that took longest. The time of a test with
// subtests is that of its subtests, so only those count.
func (r *report) slowest(n int) {
	parents := map[unit]bool{}
	for u := range r.took {
		for i, c := range u.Test {
			if c == '/' {
				parents[unit{u.Run, u.Package, u.Test[:i]}] = true
			}
		}
	}
	var leaves []unit
	for u := range r.took {
		if !parents[u] {
			leaves = append(leaves, u)
		}
	}
	slices.SortFunc(leaves, func(a, b unit) int {
		return cmp.Or(cmp.Compare(r.took[b], r.took[a]), cmp.Compare(a.Package+a.Test, b.Package+b.Test), cmp.Compare(a.Run, b.Run))
	})
	if len(leaves) == 0 {
		return
	}
	fmt.Fprintf(r.to, "\nslowest of %d tests:\n", len(leaves))
	for _, u := range leaves[:min(n, len(leaves))] {
		fmt.Fprintf(r.to, "%6.1f s  %s %s\n", r.took[u], u.Package, u.Test)
	}
}

// sorted returns the keys by count, the most frequent first, then by name.
func sorted(counts map[string]int) []string {
	var keys []string
	for key := range counts {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return keys
}
