package plain

import (
	"strings"
	"testing"
)

func TestLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" two\n\nlines\tend ": "two lines end",
		"nul\x00 bell\a":      "nul bell",
		"bad \xff byte":       "bad byte",
		"soft\u00adhyphen":    "softhyphen",
		"\u200b\ufeff":        "",
		"<b> [x] {y} & 5 %":   "<b> [x] {y} & 5 %",
	} {
		if got := Line(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestUnbracketed(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a [[b]] c":           "a b c",
		"[[[nested]]] [[[[x":  "[nested ] x",
		"[\u200b[joined]]":    "joined",
		"one [bracket] stays": "one [bracket] stays",
	} {
		if got := Unbracketed(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestUntagged(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"He [laughs] now":               "He (laughs) now",
		"[pause:2s] a [Kyiv](/kˈiːv/)":  "(pause:2s) a (Kyiv)(/kˈiːv/)",
		`<break time="9s"/>Good`:        `break time="9s"/ Good`,
		"<|speaker:1|> says {{name}}":   "speaker:1 says ((name))",
		"He said “[Smith] left”, 3 < 4": "He said “(Smith) left”, 3 4",
	} {
		if got := Untagged(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("a [[b]] <c> \x00")
	f.Fuzz(func(t *testing.T, text string) {
		if got := Unbracketed(text); strings.Contains(got, "[[") || strings.Contains(got, "]]") || Line(got) != got {
			t.Errorf("%q: %q", text, got)
		}
		if got := Untagged(text); strings.ContainsAny(got, "[]<>{}|\n\x00") {
			t.Errorf("%q: %q", text, got)
		}
	})
}
