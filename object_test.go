package lector_test

import (
	"path"
	"strings"
	"testing"

	"lector"
)

func TestValidKey(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]bool{
		"a/havana/abc/manifest.json":     true,
		"clips/0f/0f1e.mp3":              true,
		"a":                              true,
		"-_.x":                           true,
		strings.Repeat("k", 256):         true,
		strings.Repeat("k", 257):         false,
		"":                               false,
		"/a":                             false,
		"a/":                             false,
		"a//b":                           false,
		"a/../b":                         false,
		"a/./b":                          false,
		".":                              false,
		"..":                             false,
		"a..b":                           false,
		"A/b":                            false,
		"a b":                            false,
		"a\\b":                           false,
		"a\x00b":                         false,
		"a/b\n":                          false,
		"а/кирилиця":                     false,
		"a/b?x=1":                        false,
		"~tmp/x":                         false,
		"a/%2e%2e/b":                     false,
		lector.PointerKey("havana", "k"): true,
		lector.ClipKey("00ff"):           true,
	} {
		if got := lector.ValidKey(key); got != want {
			t.Errorf("ValidKey(%q) = %v, want %v", key, got, want)
		}
	}
}

func TestValidPrefix(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]bool{
		"": true, "a/": true, "a/havana/k": true, "/": false, "a//": false, "../": false, "A": false,
	} {
		if got := lector.ValidPrefix(prefix); got != want {
			t.Errorf("ValidPrefix(%q) = %v, want %v", prefix, got, want)
		}
	}
}

func TestNewObject(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ key, contentType, cache string }{
		{"a/s/k/manifest.json", "application/json", lector.CachePointer},
		{"a/s/k/ff.manifest.json", "application/json", lector.CacheImmutable},
		{"a/s/k/ff.chapters.json", "application/json", lector.CacheImmutable},
		{"a/s/k/ff.mp3", "audio/mpeg", lector.CacheImmutable},
		{"a/s/k/ff.vtt", "text/vtt; charset=utf-8", lector.CacheImmutable},
		{"a/s/k/ff.jpg", "image/jpeg", lector.CacheImmutable},
		{"a/s/k/ff.png", "image/png", lector.CacheImmutable},
		{"a/s/k/ff", "application/octet-stream", lector.CacheImmutable},
	} {
		o := lector.NewObject(test.key)
		if o.Key != test.key || o.ContentType != test.contentType || o.CacheControl != test.cache {
			t.Errorf("NewObject(%q) = %+v", test.key, o)
		}
	}
}

// A valid key must mean one place only, however a store or a URL cleans it.
func FuzzValidKey(f *testing.F) {
	for _, seed := range []string{"a/b/c.mp3", "a/../b", "a//b", "a/./b", ".", "/", "a\x00", "é", "a/b/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if !lector.ValidKey(key) {
			return
		}
		if path.Clean(key) != key || path.IsAbs(key) || len(key) > 256 || strings.Contains(key, "..") {
			t.Errorf("%q is another place when cleaned", key)
		}
		if strings.ToLower(key) != key || strings.ContainsAny(key, "\\%?#*~: \r\n\x00") {
			t.Errorf("%q holds what a store or a URL reads differently", key)
		}
		if !lector.ValidPrefix(key) || !lector.ValidPrefix(key+"/") {
			t.Errorf("%q cannot begin a key", key)
		}
	})
}
