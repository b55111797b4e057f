package extract_test

import (
	"bytes"
	"strings"
	"testing"

	"codeberg.org/readeck/go-readability/v2"

	"lector/worker/extract"
)

// BenchmarkPage reads whole pages, beside readability on the same: first the
// pages of this repository, then one of 720 kB that is nothing but text.
func BenchmarkPage(b *testing.B) {
	paragraph := "<p>" + strings.Repeat("The council met again on Tuesday, and again it could not agree on the bridge. ", 8) + "</p>\n"
	long := "<!doctype html><html><head><title>The bridge</title></head><body><article><h1>The bridge</h1>" +
		strings.Repeat(paragraph, 720<<10/len(paragraph)) + "</article></body></html>"
	sets := map[string][]annotated{"pages": ownPages(b), "text": {{File: "long.html", data: []byte(long)}}}
	for name, pages := range sets {
		b.Run(name+"/lector", func(b *testing.B) {
			for b.Loop() {
				for _, a := range pages {
					if _, err := extract.File(a.File, a.data, extract.Rules{}); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run(name+"/readability", func(b *testing.B) {
			for b.Loop() {
				for _, a := range pages {
					if _, err := readability.FromReader(bytes.NewReader(a.data), nil); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkRules is what it takes to read the rules, once in a process.
func BenchmarkRules(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := extract.LoadOwn(false); err != nil {
			b.Fatal(err)
		}
	}
}
