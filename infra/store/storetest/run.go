package storetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"lector"
)

// Run tries a store against every promise of Store. open returns a new and
// empty store on each call.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Store)
	}{
		{"put and open", putAndOpen},
		{"put replaces", putReplaces},
		{"put takes the whole body", putTakesTheWholeBody},
		{"create", create},
		{"create race", createRace},
		{"emptied folder", emptiedFolder},
		{"headers", headers},
		{"stat", stat},
		{"strong etag", strongETag},
		{"seek", seek},
		{"http range", httpRange},
		{"open holds its version", openKeepsItsVersion},
		{"no torn reads", noTornReads},
		{"delete", deleteObject},
		{"absent", notFound},
		{"list", list},
		{"list many", listMany},
		{"list stops", listStops},
		{"bad keys", badKeys},
		{"failing body", failingBody},
		{"cancelled", cancelled},
		{"ping", ping},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, open(t))
		})
	}
}

func put(t *testing.T, s Store, key, content string) {
	t.Helper()
	if err := s.Put(t.Context(), lector.NewObject(key), strings.NewReader(content)); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func get(t *testing.T, s Store, key string) (string, lector.Object) {
	t.Helper()
	body, o, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatalf("open %s: %v", key, err)
	}
	defer body.Close()
	content, err := io.ReadAll(body)
	if err != nil {
		t.Fatalf("read %s: %v", key, err)
	}
	return string(content), o
}

func keys(t *testing.T, s Store, prefix string) []string {
	t.Helper()
	var found []string
	for o, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatalf("list %q: %v", prefix, err)
		}
		found = append(found, o.Key)
	}
	return found
}

func putAndOpen(t *testing.T, s Store) {
	for _, size := range []int{0, 1, 4096, 3 << 20} {
		want := string(bytes.Repeat([]byte("lector"), size/6+1)[:size])
		put(t, s, "a/havana/k/0f.mp3", want)
		got, o := get(t, s, "a/havana/k/0f.mp3")
		if got != want {
			t.Errorf("%d bytes came back as %d others", len(want), len(got))
		}
		if o.Size != int64(size) || o.Key != "a/havana/k/0f.mp3" || o.Modified.IsZero() {
			t.Errorf("%d bytes are described as %+v", size, o)
		}
	}
}

func putReplaces(t *testing.T, s Store) {
	for _, content := range []string{"first", "a longer second", "3"} {
		put(t, s, "a/s/k/manifest.json", content)
		if got, _ := get(t, s, "a/s/k/manifest.json"); got != content {
			t.Errorf("got %q, want %q", got, content)
		}
	}
}

func putTakesTheWholeBody(t *testing.T, s Store) {
	body := strings.NewReader("whole")
	if _, err := body.Seek(3, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), lector.NewObject("a/s/k/x.vtt"), body); err != nil {
		t.Fatal(err)
	}
	if got, _ := get(t, s, "a/s/k/x.vtt"); got != "whole" {
		t.Errorf("stored %q: a body counts from its start", got)
	}
}

func deleteObject(t *testing.T, s Store) {
	put(t, s, "a/s/k/x.mp3", "x")
	put(t, s, "a/s/k/y.mp3", "y")
	for range 2 { // the second finds nothing, and that is fine
		if err := s.Delete(t.Context(), "a/s/k/x.mp3"); err != nil {
			t.Fatal(err)
		}
	}
	if got := keys(t, s, ""); len(got) != 1 || got[0] != "a/s/k/y.mp3" {
		t.Errorf("left: %v", got)
	}
	put(t, s, "a/s/k/x.mp3", "again")
	if got, _ := get(t, s, "a/s/k/x.mp3"); got != "again" {
		t.Errorf("got %q", got)
	}
}

func notFound(t *testing.T, s Store) {
	put(t, s, "a/s/k/x.mp3", "x")
	for _, key := range []string{"b", "a", "a/s/k", "a/s/k/x.mp", "a/s/k/x.mp3.vtt"} {
		if _, err := s.Stat(t.Context(), key); !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("stat %s: %v", key, err)
		}
		if _, _, err := s.Open(t.Context(), key); !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("open %s: %v", key, err)
		}
		if err := s.Delete(t.Context(), key); err != nil {
			t.Errorf("delete %s: %v", key, err)
		}
	}
	if got, _ := get(t, s, "a/s/k/x.mp3"); got != "x" {
		t.Errorf("the neighbour holds %q", got)
	}
}

func badKeys(t *testing.T, s Store) {
	for _, key := range []string{"", "/", "/a", "a/", "a//b", "../a", "a/../b", "A", "a b", "a\x00", "é", strings.Repeat("k", 257)} {
		err := s.Put(t.Context(), lector.Object{Key: key}, strings.NewReader("x"))
		refused(t, "put", key, err)
		refused(t, "create", key, s.Create(t.Context(), lector.Object{Key: key}, strings.NewReader("x")))
		refused(t, "delete", key, s.Delete(t.Context(), key))
		_, err = s.Stat(t.Context(), key)
		refused(t, "stat", key, err)
		_, _, err = s.Open(t.Context(), key)
		refused(t, "open", key, err)
	}
	for _, err := range s.List(t.Context(), "../") {
		refused(t, "list", "../", err)
	}
	if got := keys(t, s, ""); len(got) != 0 {
		t.Errorf("stored all the same: %q", got)
	}
}

func refused(t *testing.T, verb, key string, err error) {
	t.Helper()
	if !lector.IsPermanent(err) {
		t.Errorf("%s %q: %v, want a permanent error", verb, key, err)
	}
}

func ping(t *testing.T, s Store) {
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := keys(t, s, ""); len(got) != 0 {
		t.Errorf("ping left %v behind", got)
	}
}

func cancelled(t *testing.T, s Store) {
	put(t, s, "a/s/k/x.mp3", "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Stat(ctx, "a/s/k/x.mp3")
	stopped(t, "stat", err)
	_, _, err = s.Open(ctx, "a/s/k/x.mp3")
	stopped(t, "open", err)
	stopped(t, "put", s.Put(ctx, lector.NewObject("b"), strings.NewReader("b")))
	stopped(t, "create", s.Create(ctx, lector.NewObject("b"), strings.NewReader("b")))
	stopped(t, "delete", s.Delete(ctx, "a/s/k/x.mp3"))
	stopped(t, "ping", s.Ping(ctx))
	for _, err := range s.List(ctx, "") {
		stopped(t, "list", err)
	}
	if got := keys(t, s, ""); len(got) != 1 {
		t.Errorf("left: %v", got)
	}
}

func stopped(t *testing.T, verb string, err error) {
	t.Helper()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%s: %v, want context.Canceled", verb, err)
	}
}
