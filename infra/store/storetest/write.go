package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"

	"lector"
)

func create(t *testing.T, s Store) {
	o := lector.NewObject("clips/0f/0f.mp3")
	if err := s.Create(t.Context(), o, strings.NewReader("first")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Create(t.Context(), o, strings.NewReader("other")); !errors.Is(err, lector.ErrExists) {
			t.Errorf("second create: %v, want ErrExists", err)
		}
	}
	if got, _ := get(t, s, o.Key); got != "first" {
		t.Errorf("create replaced the object by %q", got)
	}
	put(t, s, "a/s/k/x.vtt", "put")
	err := s.Create(t.Context(), lector.NewObject("a/s/k/x.vtt"), strings.NewReader("other"))
	if !errors.Is(err, lector.ErrExists) {
		t.Errorf("create over put: %v, want ErrExists", err)
	}
	if err := s.Delete(t.Context(), o.Key); err != nil {
		t.Fatal(err)
	}
	if err := s.Create(t.Context(), o, strings.NewReader("again")); err != nil {
		t.Errorf("create after delete: %v", err)
	}
}

// createRace lets eight writers create each of twelve keys: one wins, and the
// object is the winner's.
func createRace(t *testing.T, s Store) {
	for round := range 12 {
		o := lector.NewObject(fmt.Sprintf("clips/%02d/race.mp3", round))
		var winners [8]bool
		var writers sync.WaitGroup
		for w := range winners {
			writers.Go(func() {
				err := s.Create(t.Context(), o, strings.NewReader(strings.Repeat(string(rune('0'+w)), 5000)))
				winners[w] = err == nil
				if err != nil && !errors.Is(err, lector.ErrExists) {
					t.Errorf("create: %v", err)
				}
			})
		}
		writers.Wait()
		content, _ := get(t, s, o.Key)
		for w, won := range winners {
			if won != (content[0] == byte('0'+w)) {
				t.Errorf("round %d: %v won, stored is %c", round, winners, content[0])
				break
			}
		}
	}
}

// emptiedFolder lets four writers store, read and delete keys of their own below
// one folder, which is there and gone again all the time.
func emptiedFolder(t *testing.T, s Store) {
	var writers sync.WaitGroup
	for w := range 4 {
		o := lector.NewObject(fmt.Sprintf("clips/folder/%d.mp3", w))
		writers.Go(func() {
			for round := range 50 {
				if err := writeAndDelete(t.Context(), s, o, strconv.Itoa(round)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
}

// writeAndDelete puts content, reads it back and deletes it.
func writeAndDelete(ctx context.Context, s Store, o lector.Object, content string) error {
	if err := s.Put(ctx, o, strings.NewReader(content)); err != nil {
		return err
	}
	body, _, err := s.Open(ctx, o.Key)
	if err != nil {
		return err
	}
	defer body.Close()
	if got, err := io.ReadAll(body); err != nil || string(got) != content {
		return fmt.Errorf("read %q: %w; want %q", got, err, content)
	}
	return s.Delete(ctx, o.Key)
}

// noTornReads replaces one object while others read it: they see one version
// or another, whole.
func noTornReads(t *testing.T, s Store) {
	const key, size = "a/s/k/manifest.json", 64 << 10
	version := func(n int) string { return strings.Repeat(string(rune('a'+n)), size+n) }
	put(t, s, key, version(0))
	var hands sync.WaitGroup
	hands.Go(func() {
		for n := range 20 {
			if err := s.Put(t.Context(), lector.NewObject(key), strings.NewReader(version(n))); err != nil {
				t.Errorf("put: %v", err)
			}
		}
	})
	for range 3 {
		hands.Go(func() {
			for range 20 {
				body, o, err := s.Open(t.Context(), key)
				if err != nil {
					t.Errorf("open: %v", err)
					return
				}
				content, err := io.ReadAll(body)
				body.Close()
				whole := len(content) >= size && string(content) == version(int(content[0]-'a'))
				if err != nil || !whole || o.Size != int64(len(content)) {
					t.Errorf("read a mixture of %d bytes, said to be %d: %v", len(content), o.Size, err)
				}
			}
		})
	}
	hands.Wait()
}

// failingBody breaks off in the middle of the content: nothing may be stored
// and what was there stays.
func failingBody(t *testing.T, s Store) {
	put(t, s, "a/s/k/manifest.json", "old")
	torn := errors.New("torn")
	for _, key := range []string{"a/s/k/manifest.json", "a/s/k/new.mp3"} {
		body := &tornBody{Reader: bytes.NewReader(make([]byte, 300<<10)), after: 100 << 10, err: torn}
		if err := s.Put(t.Context(), lector.NewObject(key), body); !errors.Is(err, torn) {
			t.Errorf("put %s: %v, want the body's error", key, err)
		}
	}
	body := &tornBody{Reader: bytes.NewReader(make([]byte, 300<<10)), after: 100 << 10, err: torn}
	if err := s.Create(t.Context(), lector.NewObject("a/s/k/new.mp3"), body); !errors.Is(err, torn) {
		t.Errorf("create: %v, want the body's error", err)
	}
	if got := keys(t, s, ""); len(got) != 1 {
		t.Errorf("left: %v", got)
	}
	if got, _ := get(t, s, "a/s/k/manifest.json"); got != "old" {
		t.Errorf("the old object became %d bytes", len(got))
	}
}

// tornBody reads up to a place and fails there, each time.
type tornBody struct {
	*bytes.Reader
	after int64
	err   error
}

// Read implements io.Reader.
func (b *tornBody) Read(p []byte) (int, error) {
	at := b.Size() - int64(b.Len())
	if at >= b.after {
		return 0, b.err
	}
	return b.Reader.Read(p[:min(int64(len(p)), b.after-at)])
}

// WriteTo hides the reader's own, which would not fail.
func (b *tornBody) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{b})
}

// ReadAt fails behind the same place.
func (b *tornBody) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > b.after {
		return 0, b.err
	}
	return b.Reader.ReadAt(p, off)
}
