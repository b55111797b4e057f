package extract_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/htmlindex"

	"lector"
	"lector/worker/extract"
)

// TestEncodings: a file is read in the encoding that it states, and opened
// when it is compressed.
func TestEncodings(t *testing.T) {
	t.Parallel()
	const page = `<html><head><meta http-equiv="Content-Type" content="text/html; charset=CHARSET"><title>x</title></head><body><h1>TITLE</h1><p>TEXT</p></body></html>`
	texts := map[string]string{
		"windows-1251": "Міст через річку відкрили в понеділок, і всі прийшли подивитися.",
		"koi8-r":       "Мост через реку открыли в понедельник, и все пришли посмотреть.",
		"iso-8859-1":   "Le pont a été ouvert lundi, et tout le monde est venu le voir.",
		"shift_jis":    "橋は月曜日に開通し、町の人々がみんな見物に集まった。",
		"utf-16le":     "The bridge was opened on Monday – and everybody came to see it.",
		"utf-16be":     "The bridge was opened on Monday – and everybody came to see it.",
	}
	for name, text := range texts {
		enc, err := htmlindex.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		whole := strings.NewReplacer("CHARSET", name, "TITLE", "A bridge", "TEXT", text).Replace(page)
		data, err := enc.NewEncoder().Bytes([]byte(whole))
		if err != nil {
			t.Fatal(name, err)
		}
		switch name {
		case "utf-16le":
			data = append([]byte("\xff\xfe"), data...)
		case "utf-16be":
			data = append([]byte("\xfe\xff"), data...)
		}
		for _, in := range [][]byte{data, packed(t, data)} {
			p, err := extract.File(name, in, extract.Rules{})
			if err != nil {
				t.Fatal(name, err)
			}
			if got := spoken(p); got != text+"\n" {
				t.Errorf("%s: read %q", name, got)
			}
		}
	}
}

func packed(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestUnstated: what states no encoding, or a wrong one, is read as browsers
// read it, and that is told; what is damaged is refused.
func TestUnstated(t *testing.T) {
	t.Parallel()
	enc, err := htmlindex.Get("windows-1251")
	if err != nil {
		t.Fatal(err)
	}
	cyrillic, err := enc.NewEncoder().String("Мост через реку открыли в понедельник.")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ data, want, note string }{
		"cyrillic": {"<p>" + cyrillic, "Мост через реку открыли в понедельник.", "windows-1251"},
		"latin":    {"<p>Un caf\xe9 est ouvert.", "Un café est ouvert.", "windows-1252"},
		"wrong":    {"<meta charset=utf-8><p>Un caf\xe9 est ouvert depuis lundi, au bord du canal.", "Un café est ouvert depuis lundi, au bord du canal.", "windows-1252"},
		"quotes":   {"<p>He said \x93yes\x94 and left.", "He said “yes” and left.", "windows-1252"},
		"one slip": {"<p>" + strings.Repeat("Ein Café für Bücher öffnet. ", 30) + "Caf\xe9.", strings.Repeat("Ein Café für Bücher öffnet. ", 30) + "Caf\ufffd.", "utf-8"},
		"none":     {"<p>Un café est ouvert.", "Un café est ouvert.", ""},
	}
	for name, tc := range tests {
		p, err := extract.File(name, []byte(tc.data), extract.Rules{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := spoken(p); got != tc.want+"\n" || !strings.Contains(p.Note, tc.note) || (p.Note == "") != (tc.note == "") {
			t.Errorf("%s: read %q, note %q", name, got, p.Note)
		}
	}
	bomb := packed(t, bytes.Repeat([]byte("word "), extract.MaxSize))
	for name, tc := range map[string]struct {
		data, hint string
		want       error
	}{
		"damaged gzip": {"\x1f\x8b\x08\x00rest", "compressed", extract.ErrBinary},
		"bomb":         {string(bomb), "article alone", extract.ErrTooLarge},
	} {
		if _, err := extract.File(name, []byte(tc.data), extract.Rules{}); !errors.Is(err, tc.want) || !strings.Contains(lector.HintOf(err), tc.hint) {
			t.Errorf("%s: %v, hint %q", name, err, lector.HintOf(err))
		}
	}
}
