package script_test

import (
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"lector"
	"lector/worker/extract"
	"lector/worker/script"
)

var seeds = []string{
	"On Jan. 13 the NIS said 2,700 of 3,000 men (90%) left at 8:55 a.m.; see https://example.com/a?b=1.",
	"$1.5 million – €20m — ₴500, 5-10 km/h, F-16s, World War II, 1/2, +380 44 123-45-67, 24/7.",
	"«Чи це кінець?» — запитав В. Зеленський. Це 5 тис. грн. на рік.",
	"a\u202eb\u200bc\ue000d e\u0301\u0301\u0301\u0301\u0301 🇺🇦 👩‍👩‍👧 \x00 \xff",
	"... -- 5*5 #1 @x & < > % ° № 1.2.3.4 '90s 6'2\" x5 007 v. 2.0 U.S. A. B. C. Dr. St. No. 5",
	strings.Repeat("x", 400), strings.Repeat("1 ", 50), "--5-5-5-5", "Jan Jan. 31 32 1999 2000 20000",
}

// FuzzNormalise: the spans map the text to its source, and, where a text is read
// until nothing changes, done twice it changes nothing more.
func FuzzNormalise(f *testing.F) {
	for _, s := range seeds {
		for _, lang := range []string{"en", "uk", "de", "xx"} {
			f.Add(s, lang)
		}
	}
	f.Fuzz(func(t *testing.T, source, lang string) {
		for _, level := range []script.Level{script.Full, script.Light, script.Off} {
			once, spans := script.Normalise(source, lang, level)
			if !utf8.ValidString(once) {
				t.Fatalf("%q gives invalid UTF-8 %q", source, once)
			}
			if script.OnePass(lang) {
				checkSpans(t, cleaned(source, lang), once, spans)
				continue
			}
			if twice, _ := script.Normalise(once, lang, level); twice != strings.TrimSpace(strings.Join(strings.Fields(once), " ")) && twice != once {
				t.Errorf("%s %s: %q is said %q, and then %q", lang, level, source, once, twice)
			}
			checkSpans(t, cleaned(source, lang), once, spans)
		}
	})
}

// TestLongSentence: what one sentence costs grows with its length and no
// faster, also where a second pass changes what the first one said. It counts
// the process's memory, so it does not run beside others.
//
//nolint:paralleltest // it counts the memory of the whole process
func TestLongSentence(t *testing.T) {
	for _, unit := range []string{"1/", "Jan. ", "(x) 5% ", "a.m. "} {
		short, long := allocated(unit, 5_000), allocated(unit, 20_000)
		if long > 7*short {
			t.Errorf("four times as much of %q takes %d times the memory", unit, long/short)
		}
	}
}

// allocated is how many bytes are taken, freed or not, to say a text of the
// given size.
func allocated(unit string, size int) uint64 {
	source := strings.Repeat(unit, size/len(unit))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	script.Normalise(source, "en", script.Full)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// cleaned is the source that the spans count in.
func cleaned(source, lang string) string {
	s, _ := script.Normalise(source, lang, script.Off)
	return s
}

func checkSpans(t *testing.T, source, text string, spans []script.Span) {
	t.Helper()
	at, from := 0, 0
	for _, s := range append(spans, script.Span{Start: len(source), End: len(source), At: len(text), To: len(text)}) {
		if s.Start < from || s.At < at || s.End < s.Start || s.To < s.At || s.End > len(source) || s.To > len(text) {
			t.Fatalf("span %+v out of order in %q → %q: %+v", s, source, text, spans)
		}
		same, kept := source[from:s.Start], text[at:s.At]
		if strings.TrimSpace(same) != strings.TrimSpace(kept) {
			t.Fatalf("between spans %q became %q in %q → %q: %+v", same, kept, source, text, spans)
		}
		from, at = s.End, s.To
	}
}

// FuzzChunks: the chunks are the script, exactly; each fits; each reference
// points at its sentence.
func FuzzChunks(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, 40, true)
		f.Add(s+"\n"+s, 7, false)
	}
	f.Fuzz(func(t *testing.T, text string, most int, bytes bool) {
		limit := script.Limit{Max: most%300 + 1, Unit: lector.Characters}
		if limit.Max < 1 {
			limit.Max = 300 + most%300
		}
		if bytes {
			limit.Unit, limit.Max = lector.Bytes, limit.Max+3 // a rune must fit
		}
		s := build(t, text)
		checkChunks(t, s, limit)
	})
}

func build(t *testing.T, text string) script.Script {
	t.Helper()
	var p extract.Page
	for i, line := range strings.Split(text, "\n") {
		kind := lector.Paragraph
		if i%5 == 4 {
			kind = lector.Heading
		}
		p.Blocks = append(p.Blocks, extract.Block{Kind: kind, Text: line, Keep: true})
	}
	s, err := script.Build(p, script.Options{Language: "en"})
	if err != nil {
		return script.Script{}
	}
	return s
}

func checkChunks(t *testing.T, s script.Script, limit script.Limit) {
	t.Helper()
	var all strings.Builder
	said := map[[2]int]string{}
	for _, c := range s.Chunks(limit) {
		all.WriteString(c.Text + c.Joint)
		n := utf8.RuneCountInString(c.Text)
		if limit.Unit == lector.Bytes {
			n = len(c.Text)
		}
		if n > limit.Max || c.Text == "" || !utf8.ValidString(c.Text) {
			t.Errorf("chunk of %d, at most %d: %q", n, limit.Max, c.Text)
		}
		for _, r := range c.Sentences {
			said[[2]int{r.Segment, r.Sentence}] += c.Text[r.Start:r.End]
		}
	}
	if all.String() != s.Text() {
		t.Errorf("the chunks are\n%q, the script is\n%q", all.String(), s.Text())
	}
	for i, segment := range s.Segments {
		for j, x := range segment.Sentences {
			if bare(said[[2]int{i, j}]) != bare(x.Text) {
				t.Errorf("sentence %d.%d is %q, spoken %q", i, j, x.Text, said[[2]int{i, j}])
			}
		}
	}
}

func bare(s string) string { return strings.Join(strings.Fields(s), "") }

// FuzzPLS: no document makes the reader fail in another way than by an error.
func FuzzPLS(f *testing.F) {
	f.Add(`<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa" xml:lang="en"><lexeme><grapheme>Kyiv</grapheme><alias>Keeyiv</alias><phoneme>ˈkɪjiu</phoneme></lexeme></lexicon>`)
	f.Add("<lexicon/>")
	f.Fuzz(func(t *testing.T, doc string) {
		x, err := script.DecodePLS(strings.NewReader(doc))
		if err != nil {
			return
		}
		var b strings.Builder
		if _, err := x.EncodePLS(&b, "en"); err != nil {
			t.Fatal(err)
		}
		if _, err := script.DecodePLS(strings.NewReader(b.String())); err != nil {
			t.Errorf("%q is written as %q: %v", doc, b.String(), err)
		}
	})
}

// FuzzSentences: splitting loses nothing but white space.
func FuzzSentences(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, "en")
		f.Add(s, "uk")
	}
	f.Fuzz(func(t *testing.T, text, lang string) {
		got := strings.Join(script.Sentences(text, lang), " ")
		if want := cleaned(text, lang); bare(got) != bare(want) {
			t.Errorf("%q became %q", want, got)
		}
	})
}
