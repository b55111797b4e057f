package script_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/worker/extract"
	"lector/worker/script"
)

func page(kind lector.SegmentKind, texts ...string) extract.Page {
	var p extract.Page
	for _, text := range texts {
		p.Blocks = append(p.Blocks, extract.Block{Kind: kind, Text: text, Keep: true})
	}
	return p
}

// TestSavedPage holds what the sample page is to sound like.
func TestSavedPage(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../../shared/samples/article-page.txt")
	if err != nil {
		t.Skip("the sample is not here: ", err)
	}
	p, err := extract.File("article-page.txt", data, extract.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := script.Build(p, script.Options{Byline: true})
	if err != nil {
		t.Fatal(err)
	}
	sentences := 0
	for _, x := range s.Segments[2:] {
		if x.Kind != lector.Paragraph {
			t.Errorf("a %s: %q", x.Kind, x.Text)
		}
		sentences += len(x.Sentences)
	}
	if len(s.Segments) != 10 || sentences != 11 {
		t.Errorf("%d segments, %d sentences in the body", len(s.Segments), sentences)
	}
	if got := s.Segments[1].Text; got != "By Tim Zadorozhnyy. January thirteenth, twenty twenty-five." {
		t.Errorf("the byline is said %q", got)
	}
	for _, want := range []string{"another two thousand seven hundred wounded", "(N I S) claimed on January thirteenth,", "(P O Ws)"} {
		if !strings.Contains(s.Text(), want) {
			t.Errorf("nobody says %q", want)
		}
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	p := page(lector.Paragraph, "The text of it stands here.")
	p.Title, p.Authors = "A title", []string{"Jane Doe", "John Roe"}
	p.Published = time.Date(2025, 1, 13, 8, 0, 0, 0, time.UTC)
	p.Blocks = append([]extract.Block{{Kind: lector.Standfirst, Text: "What it is about.", Keep: true}}, p.Blocks...)
	s, err := script.Build(p, script.Options{Byline: true, Disclosure: "Made by a machine.", DisclosureAtEnd: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"disclosure: Made by a machine.", "title: A title.", "byline: By Jane Doe and John Roe. January thirteenth, twenty twenty-five.",
		"standfirst: What it is about.", "paragraph: The text of it stands here.", "disclosure: Made by a machine.",
	}
	var got []string
	for _, x := range s.Segments {
		got = append(got, string(x.Kind)+": "+x.Text)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBylines(t *testing.T) {
	t.Parallel()
	p := page(lector.Paragraph, "Text.")
	p.Authors, p.Published = []string{"A B"}, time.Date(2025, 1, 13, 0, 0, 0, 0, time.UTC)
	for lang, want := range map[string]string{
		"de": "Von A B. dreizehnter Januar zweitausendfünfundzwanzig.", "fr": "Par A B. treize janvier deux mille vingt-cinq.", "es": "Por A B. trece de enero de dos mil veinticinco.", "it": "Di A B. tredici gennaio duemilaventicinque.", "pl": "Autor: A B. trzynastego stycznia dwa tysiące dwudziestego piątego roku.",
	} {
		s, err := script.Build(p, script.Options{Byline: true, Language: lang})
		if err != nil || s.Segments[0].Text != want {
			t.Errorf("%s: %+v, %v, want %q", lang, s.Segments, err, want)
		}
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	uk := "Російські війська вдарили по місту. Її жителі в укриттях."
	if _, err := script.Build(page(lector.Paragraph, uk), script.Options{Language: "en"}); err == nil || !lector.IsPermanent(err) || !strings.Contains(lector.HintOf(err), `"uk"`) {
		t.Errorf("an English voice is given Cyrillic letters: %v", err)
	}
	if s, err := script.Build(page(lector.Paragraph, uk), script.Options{}); err != nil || s.Language != "uk" {
		t.Errorf("the language is %q, %v", s.Language, err)
	}
	mixed := page(lector.Paragraph, "An English paragraph, which is the longer of the two by far, as anybody can see.", "Слава Україні.")
	s, err := script.Build(mixed, script.Options{Language: "en"})
	if err != nil || len(s.Segments) != 1 || len(s.Skipped) != 1 {
		t.Errorf("%d segments, %d skipped, %v", len(s.Segments), len(s.Skipped), err)
	}
	if _, err := script.Build(mixed, script.Options{Language: "en", Foreign: script.RefuseForeign}); err == nil {
		t.Error("the foreign paragraph is not refused")
	}
	if got := script.Try("He said «Слава Україні» twice.", script.Options{Language: "en"}).Text; got != `He said "Slava Ukraini" twice.` {
		t.Errorf("said %q", got)
	}
}

func TestLexicon(t *testing.T) {
	t.Parallel()
	x := script.Lexicon{
		{Match: "Kyiv", Alias: "Keeyiv"}, {Match: "Kyiv Independent", Alias: "Keeyiv Independent"}, {Match: "zelensk", Alias: "Zelensk", Prefix: true},
		{Match: "US", Alias: "United States", Case: true}, {Match: "Lviv", Alias: "Luhveev", Language: "uk"}, {Match: "Elmo", Alias: "Elmoh", Section: "sport"},
		{Match: "Sumy", Alias: "Soomy"}, {Match: "Sumy", Alias: "Sumee", Site: "x"},
		{Match: "IT", Alias: "Eye Tee"}, {Match: "NATO", Alias: "Naytoh"}, {Match: "$AAPL", Alias: "Apple"}, {Match: "a+b (c) .*", Alias: "something"},
		{Match: "Lutsk", IPA: "ˈlutsʲk"}, // no voice is sent sounds, so the clip is the same
	}
	tests := []struct{ text, want, matched string }{
		{"Kyiv is big.", "Keeyiv is big.", "kyiv → Keeyiv"},
		{"KYIV’s mayor", "Keeyiv's mayor", "kyiv → Keeyiv"},
		{"The Kyiv Independent said", "The Keeyiv Independent said", "kyiv independent → Keeyiv Independent"},
		{"Kyivan Rus", "Kyivan Rus", ""},
		{"Zelenskyy and Zelensky", "Zelenskyy and Zelensky", "zelensk* → Zelensk zelensk* → Zelensk"},
		{"join us in the US", "join us in the United States", "US → United States"},
		{"Lviv, Elmo", "Lviv, Elmo", ""},
		{"Sumy", "Sumee", "sumy → Sumee"},
		{"Lutsk and Sumy", "Lutsk and Sumee", "sumy → Sumee"},
		{"Join us: IT is it.", "Join us: Eye Tee is it.", "IT → Eye Tee"},
		{"Nato, NATO and nato", "Naytoh, Naytoh and nato", "NATO → Naytoh NATO → Naytoh"},
		{"$AAPL and a+b (c) .*", "Apple and something", "$aapl → Apple a+b (c) .* → something"},
	}
	for _, tc := range tests {
		got := script.Try(tc.text, script.Options{Language: "en", Lexicon: x, Site: "x"})
		if got.Text != tc.want || strings.Join(got.Lexicon, " ") != tc.matched {
			t.Errorf("%q is said %q by %q, want %q by %q", tc.text, got.Text, got.Lexicon, tc.want, tc.matched)
		}
	}
	if n := len(script.Starter()); n < 300 {
		t.Errorf("the starter list has %d entries", n)
	}
	for _, e := range script.Starter() {
		if err := e.Check(); err != nil {
			t.Error(err)
		}
	}
}

// TestForeignPLS reads what others write: regions, prefixes, encodings, marks.
func TestForeignPLS(t *testing.T) {
	t.Parallel()
	const space = `xmlns="http://www.w3.org/2005/01/pronunciation-lexicon"`
	latin1 := strings.ReplaceAll(`<?xml version="1.0" encoding="ISO-8859-1"?><lexicon `+space+` xml:lang="fr"><lexeme><grapheme>@lys</grapheme><alias>Eliz@</alias></lexeme></lexicon>`, "@", "\xe9")
	tests := []struct{ doc, lang, text, want string }{
		{`<lexicon ` + space + ` alphabet="ipa" xml:lang="en-US"><meta name="a" content="b"/><lexeme role="x"><grapheme>Kyiv</grapheme><grapheme>Kiev</grapheme><alias>Keeyiv</alias><example>x</example></lexeme></lexicon>`, "en", "Kiev", "Keeyiv"},
		{`<p:lexicon xmlns:p="http://www.w3.org/2005/01/pronunciation-lexicon"><p:lexeme><p:grapheme>Kyiv</p:grapheme><p:alias>Keeyiv</p:alias></p:lexeme></p:lexicon>`, "en", "Kyiv", "Keeyiv"},
		{"\xef\xbb\xbf" + `<lexicon><lexeme><grapheme>Kyiv</grapheme><alias>Keeyiv</alias></lexeme></lexicon>`, "en", "Kyiv", "Keeyiv"},
		{latin1, "fr", "élys", "Elizé"},
		{`<lexicon ` + space + ` xml:lang="en-GB"><lexeme><grapheme>Kyiv</grapheme><alias>Keeyiv</alias></lexeme></lexicon>`, "en-US", "Kyiv", "Kyiv"},
	}
	for _, tc := range tests {
		x, err := script.DecodePLS(strings.NewReader(tc.doc))
		if err != nil {
			t.Errorf("%q: %v", tc.doc, err)
			continue
		}
		if got := script.Try(tc.text, script.Options{Language: tc.lang, Lexicon: x}).Text; got != tc.want {
			t.Errorf("%q is said %q by %q, want %q", tc.text, got, tc.doc, tc.want)
		}
	}
	for _, doc := range []string{
		`<lexicon xmlns="urn:other"/>`, `<lexicon/><lexicon/>`, `<lexicon><lexeme>`, `<lexicon alphabet="x-sampa"><lexeme><grapheme>a</grapheme><phoneme>x</phoneme></lexeme></lexicon>`,
		`<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]><lexicon><lexeme><grapheme>a</grapheme><alias>&x;</alias></lexeme></lexicon>`,
		`<?xml version="1.0" encoding="klingon"?><lexicon/>`,
	} {
		if x, err := script.DecodePLS(strings.NewReader(doc)); err == nil || !lector.IsPermanent(err) || lector.HintOf(err) == "" {
			t.Errorf("%q gives %v, %v", doc, x, err)
		}
	}
}

// TestMerge: a large import takes no longer than its size asks for, and a later
// entry wins.
func TestMerge(t *testing.T) {
	t.Parallel()
	var more script.Lexicon
	for i := range 50_000 {
		more = append(more, script.Entry{Match: "word" + strconv.Itoa(i), Alias: "x"})
	}
	more = append(more, script.Entry{Match: "Word7", Alias: "y"})
	x := script.Lexicon{{Match: "word7", Alias: "old"}, {Match: "kept", Alias: "z"}}.Merge(more)
	if len(x) != 50_001 {
		t.Errorf("%d entries", len(x))
	}
	if got := script.Try("kept word7", script.Options{Lexicon: x}).Text; got != "z y" {
		t.Errorf("said %q", got)
	}
}

func TestImpact(t *testing.T) {
	t.Parallel()
	said := func(source string) []lector.Sentence { return []lector.Sentence{{Source: source}} }
	m := lector.Manifest{Site: "s", Article: "a", Language: "en", Segments: []lector.Segment{
		{Text: "In Kyiv.", Sentences: said("In Kyiv."), Clips: []string{"1"}},
		{Text: "And so on.", Sentences: said("And so on."), Clips: []string{"1"}},
		{Text: "Elsewhere.", Sentences: said("Elsewhere."), Clips: []string{"2"}},
	}}
	got, hit := script.Entry{Match: "kyiv"}.Impact(m)
	if !hit || got.Segments != 2 || got.Characters != 18 {
		t.Errorf("got %+v", got)
	}
	if _, hit := (script.Entry{Match: "Lviv"}).Impact(m); hit {
		t.Error("a word that is not there has an impact")
	}
}

func TestChunks(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("This is one sentence of some length, as they go. ", 5)
	p := page(lector.Paragraph, "Short one.", "Short two.", long, "Tail.")
	p.Title = "The title"
	s, err := script.Build(p, script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, c := range s.Chunks(script.Limit{Max: 120}) {
		texts = append(texts, c.Text)
		if n := len(c.Text); n > 120 {
			t.Errorf("%d characters: %q", n, c.Text)
		}
	}
	if texts[0] != "The title." || texts[1] != "Short one.\n\nShort two." {
		t.Errorf("got %q", texts)
	}
	checkChunks(t, s, script.Limit{Max: 120, Unit: lector.Characters})
	checkChunks(t, s, script.Limit{Max: 40, Unit: lector.Bytes})
	if all := s.Chunks(script.Limit{Merge: -1}); len(all) != 5 || all[0].Pause < all[1].Pause || all[1].Before == "" || all[0].After == "" {
		t.Errorf("got %+v", all)
	}
}

// TestLookalikes: a word is in one writing, and a letter is one in any dress.
func TestLookalikes(t *testing.T) {
	t.Parallel()
	tests := []struct{ lang, source, want string }{
		{"en", "\u041ayiv and p\u0430ypal", "Kyiv and paypal"},
		{"en", "the \u0391lpha \u039fPEC", "the Alpha OPEC"},
		{"uk", "C\u0432\u043e\u0431\u043e\u0434\u0430", "\u0421\u0432\u043e\u0431\u043e\u0434\u0430"},
		{"uk", "iPhone\u0438", "iPhone\u0438"}, // no letter of it looks like another
		{"en", "\uff2e\uff21\uff34\uff2f and \ufb01ne", "NATO and fine"},
		{"en", "\U0001d5d5\U0001d5ff\U0001d5f2\U0001d5ee\U0001d5f8", "Break"},
		{"en", "TNF-\u03b1 of \u0395\u039b\u0391\u03a3", "T N F-alpha of ELAS"},
		{"en", "Good \U0001f44d\U0001f3fd news \u2190 here \u2605", "Good news here"},
		{"de", "Gut \U0001f44d\U0001f3fd so", "Gut so"},
	}
	for _, tc := range tests {
		if got, _ := script.Normalise(tc.source, tc.lang, script.Full); got != tc.want {
			t.Errorf("%s: %q is said %q, want %q", tc.lang, tc.source, got, tc.want)
		}
	}
}

func TestSafety(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"a\u202eb\u200bc\u0007d":                 "abcd.",
		"cafe\u0301":                             "caf\u00e9.",
		"cafe\u200b\u0301":                       "caf\u00e9.",
		"Z\u0335\u0336\u0337\u0338\u0334algo":    "Z\u0335\u0336\u0337algo.",
		"<break time=\"9s\"/> he wrote":          `break time equals"nine seconds"/ he wrote.`,
		"soft\u00adhyphen and\ue000 private use": "softhyphen and private use.",
	} {
		s, err := script.Build(page(lector.Heading, source), script.Options{Language: "en"})
		if err != nil || len(s.Segments) != 1 || s.Segments[0].Text != want {
			t.Errorf("%q: %+v, %v, want %q", source, s.Segments, err, want)
		}
	}
}

// TestForeignAbbreviations holds what other languages than English spell out.
func TestForeignAbbreviations(t *testing.T) {
	t.Parallel()
	tests := []struct{ lang, source, want string }{
		{"de", "Er kam z. B. am 3. Okt., d. h. mit 5 km/h.", "Er kam zum Beispiel am dritten Oktober, das heißt mit fünf Kilometer pro Stunde."},
		{"es", "La ONU y EE. UU. firmaron.", "La ONU y Estados Unidos firmaron."},
		{"uk", "У 2024 р. швидкість зросла до 90 км/год тощо.", "У дві тисячі двадцять четвертому році швидкість зросла до дев'яноста кілометрів на годину тощо."},
		{"uk", "МЗС, ООН, МВФ та США", "ем-зе-ес, ООН, ем-ве-еф та сша"},
		{"ru", "Это было 5 янв. 2020 г., т. е. давно.", "Это было пятого января две тысячи двадцатого года, то есть давно."},
		{"pl", "W 1950 r. było inaczej.", "W tysiąc dziewięćset pięćdziesiątym roku było inaczej."},
		{"en", "NATO, EU, UN, US and UK", "NATO, E U, U N, U S and U K"},
		{"en", "RUSSIA HITS KYIV, EU SAYS", "RUSSIA HITS KYIV, EU SAYS"},
	}
	for _, tc := range tests {
		if got, _ := script.Normalise(tc.source, tc.lang, script.Full); got != tc.want {
			t.Errorf("%s: %q is said %q, want %q", tc.lang, tc.source, got, tc.want)
		}
	}
}

// TestUnsaid: what has no word in the language stands with its segment.
func TestUnsaid(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want []string
	}{
		"Japanese":      {"The sign says 港へようこそ in large letters, and مرحبا below it.", []string{"港へようこそ", "مرحبا"}},
		"signs":         {"The choir won on Saturday 🎉 and sang 🎶🎶 at night.", []string{"🎉", "🎶🎶"}},
		"all is said":   {"The choir won 3 prizes, 50 % of all, on “Saturday” — at night.", nil},
		"said in Latin": {"The town of Київ and the letter π.", nil},
	}
	for name, tc := range tests {
		p := extract.Page{Language: "en", Blocks: []extract.Block{{Kind: lector.Paragraph, Text: tc.text, Keep: true}}}
		s, err := script.Build(p, script.Options{})
		if err != nil || len(s.Segments) != 1 {
			t.Fatalf("%s: %+v, %v", name, s, err)
		}
		if got := s.Segments[0].Unsaid; !slices.Equal(got, tc.want) {
			t.Errorf("%s: unsaid %q, not %q", name, got, tc.want)
		}
	}
	p := extract.Page{Language: "en", Blocks: []extract.Block{{Kind: lector.Paragraph, Text: "A word.", Keep: true}, {Kind: lector.Paragraph, Text: "祭", Keep: true}}}
	if s, err := script.Build(p, script.Options{}); err != nil || len(s.Skipped) != 1 || s.Skipped[0].Source != "祭" {
		t.Errorf("skipped %+v, %v", s.Skipped, err)
	}
}
