package audio

import (
	"context"
	"slices"
	"testing"

	"lector/audio/layer3"
	"lector/audio/mpeg"
)

// TestPiecesAreTheWhole holds that decoding in pieces gives the very samples of
// decoding in one go.
func TestPiecesAreTheWhole(t *testing.T) {
	t.Parallel()
	for f, parts := range map[format]int{{"24", "m", "-b 48", ""}: 10, {"16", "s", "-b 32", ""}: 7, {"44.1", "j", "-V 4", "-p"}: 7} {
		_, path := write(t, clips.parts(t, parts, f), Options{})
		s, err := scan(context.Background(), filePart(t, path), &mpeg.Scanner{})
		if err != nil {
			t.Fatal(err)
		}
		units, err := s.units(new(mpeg.Scanner), 0)
		if err != nil {
			t.Fatal(err)
		}
		var whole, pieces []float32
		for d := new(layer3.Decoder); units.Next(); {
			samples, _ := d.Decode(units.Unit())
			whole = append(whole, samples...)
		}
		n := 0
		err = s.decodeAll(context.Background(), func(p *piece) { pieces, n = append(pieces, p.samples...), n+1 })
		if err != nil || n < 2 || !slices.Equal(whole, pieces) {
			t.Errorf("%v: %v, %d pieces, %d samples of %d", f, err, n, len(pieces), len(whole))
		}
	}
}
