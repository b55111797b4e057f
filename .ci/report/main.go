// Command report prints what `go test -json` tells on its standard input as go
// test itself would, and then why tests were skipped and which took longest.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64 // seconds
}

// unit is a test, or a package where it names no test.
type unit struct{ Package, Test string }

// report is what is known of a run.
type report struct {
	to     io.Writer
	output map[unit][]string // of tests and packages that have not ended
	took   map[unit]float64  // seconds, of tests that have ended
	why    map[string]int    // reasons of skipped tests, and how many gave it
	failed bool
}

// run reads events until the end. Lines that are none are printed as they are.
func run(from io.Reader, to io.Writer) error {
	r := &report{to: to, output: map[unit][]string{}, took: map[unit]float64{}, why: map[string]int{}}
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadString('\n')
		var e event
		switch {
		case strings.TrimSpace(line) == "":
		case json.Unmarshal([]byte(line), &e) != nil:
			fmt.Fprint(to, line)
		default:
			r.take(e)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	r.skipped()
	r.slowest(10)
	if r.failed {
		return fmt.Errorf("there were failures")
	}
	return nil
}

func (r *report) take(e event) {
	u := unit{e.Package, e.Test}
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
	switch e.Action {
	case "fail":
		r.print(u)
	case "skip":
		r.why[reason(r.output[u])]++
	}
	delete(r.output, u)
}

// endPackage prints the line that go test prints, and all of a package that
// failed, with the tests that were running when it broke off.
func (r *report) endPackage(u unit, action string) {
	if action == "fail" {
		for _, open := range r.open(u.Package) {
			r.print(open)
		}
		r.print(u)
	} else {
		for _, line := range r.output[u] {
			if strings.HasPrefix(line, "ok ") || strings.HasPrefix(line, "? ") {
				fmt.Fprint(r.to, line)
			}
		}
	}
	for _, open := range append(r.open(u.Package), u) {
		delete(r.output, open)
	}
}

// open returns the tests of a package that have not ended, in order.
func (r *report) open(name string) (units []unit) {
	for u := range r.output {
		if u.Package == name && u.Test != "" {
			units = append(units, u)
		}
	}
	slices.SortFunc(units, func(a, b unit) int { return cmp.Compare(a.Test, b.Test) })
	return units
}

// print prints what a test has said, but for the marks of its coming and going.
func (r *report) print(u unit) {
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

// slowest prints the tests that took longest. The time of a test with
// subtests is that of its subtests, so only those count.
func (r *report) slowest(n int) {
	parents := map[unit]bool{}
	for u := range r.took {
		for i, c := range u.Test {
			if c == '/' {
				parents[unit{u.Package, u.Test[:i]}] = true
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
		return cmp.Or(cmp.Compare(r.took[b], r.took[a]), cmp.Compare(a.Package+a.Test, b.Package+b.Test))
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
