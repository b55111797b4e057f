package storetest

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"testing"

	"lector"
)

// Bench measures what worker and publisher do most: keeping a clip of a few
// seconds and reading it again, replacing a pointer.
func Bench(b *testing.B, open func(b *testing.B) Store) {
	clip := make([]byte, 40<<10)
	_, _ = rand.Read(clip) // never fails
	b.Run("create clip", func(b *testing.B) {
		s, n := open(b), 0
		b.SetBytes(int64(len(clip)))
		for b.Loop() {
			n++
			key := fmt.Sprintf("clips/%02x/%08d.mp3", n%256, n)
			if err := s.Create(b.Context(), lector.NewObject(key), bytes.NewReader(clip)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read clip", func(b *testing.B) {
		s := open(b)
		if err := s.Put(b.Context(), lector.NewObject("clips/00/00.mp3"), bytes.NewReader(clip)); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(clip)))
		for b.Loop() {
			read(b, s, "clips/00/00.mp3")
		}
	})
	b.Run("replace pointer", func(b *testing.B) {
		s := open(b)
		for b.Loop() {
			if err := s.Put(b.Context(), lector.NewObject("a/s/k/manifest.json"), bytes.NewReader(clip)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func read(b *testing.B, s Store, key string) {
	body, _, err := s.Open(b.Context(), key)
	if err != nil {
		b.Fatal(err)
	}
	defer body.Close()
	if _, err := io.Copy(io.Discard, body); err != nil {
		b.Fatal(err)
	}
}
