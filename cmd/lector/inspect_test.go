package main

import (
	"bytes"
	"testing"

	"lector/audio"
)

// TestTagsHoldNoTerminalControls prints a report on a file whose tags hold what moves a
// cursor and sets a title.
func TestTagsHoldNoTerminalControls(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &app{stdout: &out}
	err := a.printReport(inspection{Report: audio.Report{
		Version: "2", Encoder: "LAME\x1b[2J", EncoderDelay: 1,
		Tags:       map[string]string{"title": "caf\u00e9 \x1b[31mred\x07", "\x1b]0;x\x07": "\u009b31m"},
		Chapters:   []audio.Chapter{{Title: "one\x1b[A"}},
		Disclosure: "\x1b[8m",
	}})
	if err != nil || bytes.ContainsAny(out.Bytes(), "\x1b\x07\u009b") || !bytes.Contains(out.Bytes(), []byte("café")) {
		t.Errorf("%v %q", err, out.String())
	}
}
