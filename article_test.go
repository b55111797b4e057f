package lector_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"lector"
)

var subjectSafe = regexp.MustCompile(`^[a-z2-7]{26}$`)

func FuzzKey(f *testing.F) {
	f.Add("havana", "1", "havan", "a1")
	f.Add("a", "b\x00c", "a\x00b", "c")
	f.Fuzz(func(t *testing.T, site, id, otherSite, otherID string) {
		k := lector.Key(site, id)
		if !subjectSafe.MatchString(k) || !lector.ValidKey(lector.Prefix("s", k)+"x") {
			t.Errorf("key %q of %q %q", k, site, id)
		}
		same := site+"\x00"+id == otherSite+"\x00"+otherID
		if !same && k == lector.Key(otherSite, otherID) {
			t.Errorf("%q %q and %q %q share a key", site, id, otherSite, otherID)
		}
	})
}

func TestIsArticleKey(t *testing.T) {
	t.Parallel()
	key := lector.Key("havana", "1")
	for s, want := range map[string]bool{
		key: true, strings.Repeat("a", 26): true, strings.Repeat("7", 26): true,
		"": false, key[1:]: false, key + "a": false, strings.ToUpper(key): false,
		key[:25] + "1": false, key[:25] + "8": false, "." + key[1:]: false, key[:12] + "/" + key[13:]: false,
		key[:24] + "ä": false,
	} {
		if got := lector.IsArticleKey(s); got != want {
			t.Errorf("IsArticleKey(%q) = %v", s, got)
		}
	}
}

func TestValidSite(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"havana": true, "a": true, "kyiv_independent-2": true, "": false, "-a": false, "a.b": false, "A": false,
		"a b": false, "a/b": false, "a*": false, "ä": false, strings.Repeat("a", 63): true, strings.Repeat("a", 64): false,
	} {
		if got := lector.ValidSite(name); got != want {
			t.Errorf("ValidSite(%q) = %v", name, got)
		}
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	a := lector.Article{Site: "havana", ID: "1", Title: "T"}
	saved := a
	saved.UpdatedAt, saved.Revision = time.Now(), "x"
	if a.Fingerprint() != saved.Fingerprint() {
		t.Error("saving again changes the fingerprint")
	}
	saved.Title = "U"
	if a.Fingerprint() == saved.Fingerprint() {
		t.Error("another title has the same fingerprint")
	}
}

func TestDisclosureIn(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"en", "en-GB", "", "xx", "zh-Hant"} {
		if text, in := lector.DisclosureIn(tag); text != lector.DisclosureText || in != "en" {
			t.Errorf("%q: %q in %s", tag, text, in)
		}
	}
	for _, tag := range []string{"uk", "uk_UA", "UK-ua"} {
		if text, in := lector.DisclosureIn(tag); in != "uk" || text == lector.DisclosureText {
			t.Errorf("%q: %q in %s", tag, text, in)
		}
	}
	for tag, word := range map[string]string{"pt-BR": "inteligência", "nl-BE": "intelligentie"} {
		if text, in := lector.DisclosureIn(tag); in != tag[:2] || !strings.Contains(text, word) {
			t.Errorf("%q: %q in %s", tag, text, in)
		}
	}
}

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
		if got := lector.DecodeReferences(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
