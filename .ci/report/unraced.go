package main

import (
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// forRace begins the reason of a test that skips with the race detector because
// it would take minutes and has nothing for it to find.
const forRace = "SKIPPED with the race detector"

// unraced returns the flags of go test that run what skipped so, and nothing
// else of these packages: none where nothing did.
func unraced(from io.Reader) ([]string, error) {
	said := map[unit]string{} // the reason, as far as it has been told
	tests, packages := map[string]bool{}, map[string]bool{}
	err := read(from, func(string) {}, func(e event) {
		u := unit{Package: e.Package, Test: e.Test}
		switch {
		case e.Action == "output" && strings.Contains(e.Output, forRace):
			said[u] = e.Output
		case e.Action == "skip" && said[u] != "":
			tests[pattern(e.Test)], packages[e.Package] = true, true
		}
	})
	if err != nil || len(tests) == 0 {
		return nil, err
	}
	run := strings.Join(slices.Sorted(maps.Keys(tests)), "|")
	return append([]string{"-run=" + run}, slices.Sorted(maps.Keys(packages))...), nil
}

// pattern is what go test -run knows a test or subtest by, and no other.
func pattern(test string) string {
	var parts []string
	for part := range strings.SplitSeq(test, "/") {
		parts = append(parts, "^"+regexp.QuoteMeta(part)+"$")
	}
	return strings.Join(parts, "/")
}
