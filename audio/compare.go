package audio

import (
	"context"
	"errors"
	"io"

	"lector/audio/layer3"
	"lector/audio/mpeg"
	"lector/audio/pcm"
	"lector/audio/reference"
)

// Comparison says how two decoders differ on one file, in 16-bit samples. One that
// differs by one differs in rounding.
type Comparison struct {
	Decoder string `json:"decoder"`
	Samples int64  `json:"samples"`
	Differ  int64  `json:"differ"`  // by more than one
	Largest int    `json:"largest"` // difference
	Frame   int64  `json:"frame"`   // offset in bytes of the frame that has it
}

// errNotComparable is returned for what the other decoder cannot decode.
var errNotComparable = errors.New("go-mp3 does not decode 8 kHz")

// Compare decodes an MP3 by go-mp3 as well and says by how much the samples differ.
func Compare(ctx context.Context, r io.ReaderAt, size int64) (Comparison, error) {
	s, err := scan(ctx, Part{Source: r, Size: size}, &mpeg.Scanner{})
	if err != nil {
		return Comparison{}, err
	}
	if err := s.stated(); err != nil {
		return Comparison{}, err
	}
	if !reference.Decodable(s.first) {
		return Comparison{}, errNotComparable
	}
	units, err := s.units(new(mpeg.Scanner), 0)
	if err != nil {
		return Comparison{}, err
	}
	ours, err := s.units(new(mpeg.Scanner), 0)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{Decoder: "go-mp3"}
	d, other := new(layer3.Decoder), reference.NewDecoder(units)
	for ours.Next() && other.Next() && ctx.Err() == nil {
		u := ours.Unit()
		samples, _ := d.Decode(u)
		c.add(u.Offset, samples, other.Samples())
	}
	return c, ctx.Err()
}

func (c *Comparison) add(frame int64, a []float32, b []int16) {
	c.Samples += int64(len(a))
	for i, x := range b[:min(len(a), len(b))] {
		d := int(pcm.Round(a[i])) - int(x)
		d = max(d, -d)
		if d > 1 {
			c.Differ++
		}
		if d > c.Largest {
			c.Largest, c.Frame = d, frame
		}
	}
}
