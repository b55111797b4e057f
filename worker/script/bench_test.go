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

// BenchmarkPack is what it takes to say 1,000 words in a language of a pack, and
// to read the pack.
func BenchmarkPack(b *testing.B) {
	for _, lang := range []string{"en", "de", "uk"} {
		var words strings.Builder
		for n := 0; n < 1000; n += len(strings.Fields(packProse[lang])) {
			words.WriteString(packProse[lang] + " ")
		}
		b.Run(lang, func(b *testing.B) {
			b.SetBytes(int64(words.Len()))
			for b.Loop() {
				for _, s := range script.Sentences(words.String(), lang) {
					script.Normalise(s, lang, script.Full)
				}
			}
		})
		b.Run("read "+lang, func(b *testing.B) {
			for b.Loop() {
				if err := script.ReadPack(lang); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

var packProse = map[string]string{
	"en": "On 5 May 2026 the president signed the law that the House had passed after a long debate. Prices rose 3.7%, the agency in London said. " +
		"Nobody expects that to change before autumn. Dr. Weber of the CDU spoke of about $1.5 million.",
	"de": "Am 5. Mai 2026 unterzeichnete der Präsident das Gesetz, das der Bundestag nach langer Debatte verabschiedet hatte. Die Preise stiegen um 3,7 Prozent, teilte die Behörde in Wiesbaden mit. Niemand rechnet damit, dass sich daran bis zum Herbst etwas ändert. Dr. Weber von der CDU sprach von rund 1,5 Mio. Euro.",
	"uk": "Президент підписав указ 5 травня 2026 року, після того як парламент довго сперечався про бюджет. Ціни зросли на 3,7 %, повідомили у відомстві в Києві. Ніхто не чекає, що до осені щось зміниться. Проф. Коваль говорив про 1,5 млн грн на вул. Садовій.",
}
