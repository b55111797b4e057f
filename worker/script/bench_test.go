package script_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"lector/worker/extract"
	"lector/worker/script"
)

// article is a page of about the given number of words, made of the corpus.
func article(tb testing.TB, words int) []byte {
	tb.Helper()
	data, err := os.ReadFile("../extract/testdata/articles.txt")
	if err != nil {
		tb.Fatal(err)
	}
	english, _, _ := strings.Cut(string(data), "lang: uk")
	var paragraphs []string
	for line := range strings.Lines(english) {
		if p, ok := strings.CutPrefix(line, "p: "); ok {
			paragraphs = append(paragraphs, strings.TrimSpace(p))
		}
	}
	var b strings.Builder
	b.WriteString("<!doctype html><html lang=en><head><title>An article</title></head><body><nav><a href=/>Home</a></nav><article><h1>A title of some length</h1>")
	for n, i := 0, 0; n < words; i++ {
		p := paragraphs[i%len(paragraphs)]
		fmt.Fprintf(&b, "<p>In case %d, %s</p>\n", i, p)
		n += len(strings.Fields(p)) + 3
	}
	b.WriteString("</article><footer>Footer</footer></body></html>")
	return []byte(b.String())
}

// BenchmarkScript is the whole way from a page's bytes to the chunks.
func BenchmarkScript(b *testing.B) {
	for _, words := range []int{1000, 10_000, 100_000} {
		data := article(b, words)
		b.Run(fmt.Sprintf("%d words", words), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				p, err := extract.File("bench", data, extract.Rules{})
				if err != nil {
					b.Fatal(err)
				}
				s, err := script.Build(p, script.Options{Byline: true, Lexicon: script.Starter()})
				if err != nil {
					b.Fatal(err)
				}
				if len(s.Chunks(script.Limit{Max: 3000})) == 0 {
					b.Fatal("no chunks")
				}
			}
		})
	}
}
