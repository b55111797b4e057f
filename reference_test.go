package lector

import "testing"

func TestDecodeReferences(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"Tom &amp; Jerry":               "Tom & Jerry",
		"It&#8217;s caf&eacute; &#x26;": "It’s café &",
		"It&amp;#8217;s &amp;amp;":      "It’s &",
		"AT&T; R&D":                     "AT&T; R&D", // no reference has the name T
		"Q&A; P&L":                      "Q&A; P&L",
		"A &copy2026":                   "A &copy2026", // no semicolon
		"&nosuchname; &;":               "&nosuchname; &;",
		"A <em>new</em> &lt;b&gt;":      "A <em>new</em> <b>",
		"":                              "",
	} {
		if got := DecodeReferences(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
