package disk_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lector"
	"lector/infra/store/disk"
)

// FuzzKeys tries to reach with a key what is not the store's: a file beside it
// must stay as it is, and each object that can be put can be got, listed and
// deleted under its key and no other.
func FuzzKeys(f *testing.F) {
	for _, seed := range []string{
		"a/s/k/manifest.json", "../outside", "a/../../outside", "/etc/passwd", "a//b", "a/./b", "~tmp/x", "a\x00b", "CON", "a\\..\\b",
		strings.Repeat("a/", 100) + "x", strings.Repeat("n", 256), "a%2f..%2fb", ".", "-", "...", "a/-/_",
	} {
		f.Add(seed)
	}
	top := f.TempDir()
	outside := filepath.Join(top, "outside")
	if err := os.WriteFile(outside, []byte("mine"), 0o600); err != nil {
		f.Fatal(err)
	}
	s, err := disk.Open(filepath.Join(top, "store"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	f.Fuzz(func(t *testing.T, key string) {
		err := s.Put(t.Context(), lector.Object{Key: key}, strings.NewReader(key))
		switch {
		case !lector.ValidKey(key) && !lector.IsPermanent(err):
			t.Errorf("put %q: %v", key, err)
		case err == nil:
			found(t, s, key)
		case !lector.IsPermanent(err): // a part may be too long for the file system
			t.Errorf("put %q: %v", key, err)
		}
		if got, err := os.ReadFile(outside); err != nil || string(got) != "mine" {
			t.Fatalf("%q reached outside: %q, %v", key, got, err)
		}
	})
}

func found(t *testing.T, s *disk.Store, key string) {
	t.Helper()
	if o, err := s.Stat(t.Context(), key); err != nil || o.Key != key || o.Size != int64(len(key)) {
		t.Errorf("stat %q: %+v, %v", key, o, err)
	}
	for o, err := range s.List(t.Context(), "") {
		if err != nil || o.Key != key {
			t.Errorf("put %q, listed %q, %v", key, o.Key, err)
		}
	}
	if err := s.Delete(t.Context(), key); err != nil {
		t.Errorf("delete %q: %v", key, err)
	}
	if _, err := s.Stat(t.Context(), key); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("deleted %q: %v", key, err)
	}
}
