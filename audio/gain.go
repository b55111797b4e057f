package audio

import (
	"context"
	"fmt"
	"io"

	"lector/audio/mpeg"
)

// Gain copies an MP3 and makes it louder by steps of 1.5 dB, without
// re-encoding: only global_gain and checksums change. Gain by the negated steps
// gives back the same bytes; where that would not be so, because a granule's
// gain would leave 0–255, it writes nothing and returns a GainError.
func Gain(ctx context.Context, w io.Writer, r io.ReaderAt, size int64, steps int) error {
	s, err := scan(ctx, Part{Source: r, Size: size}, &mpeg.Scanner{})
	if err != nil {
		return err
	}
	low, high := 256, -1
	frames := s.framesFrom(0)
	for frames.Next() {
		f := frames.Frame()
		l, h := mpeg.SideInfoOf(f.Header, f.Data).GainRange()
		low, high = min(low, l), max(high, h)
	}
	if high >= 0 && (low+steps < 0 || high+steps > 255) {
		return &GainError{steps, low, high}
	}
	return copyGained(w, s, steps)
}

// GainError is a gain that could not be undone.
type GainError struct{ Steps, Low, High int }

// Error names the gains that are there.
func (e *GainError) Error() string {
	return fmt.Sprintf("%+d steps of 1.5 dB would push global_gain, now %d to %d, out of 0 to 255", e.Steps, e.Low, e.High)
}

// copyGained copies everything, frames with their gain changed.
func copyGained(w io.Writer, s *stream, steps int) error {
	at := int64(0)
	rest := func(to int64) error {
		_, err := io.Copy(w, io.NewSectionReader(s.part.Source, at, to-at))
		at = to
		return err
	}
	frames := s.framesFrom(0)
	for frames.Next() {
		f := frames.Frame()
		if err := rest(f.Offset); err != nil {
			return err
		}
		// The frame lies in the scanner's own buffer, which it has passed, so it
		// may be changed.
		intact := mpeg.ChecksumOK(f.Header, f.Data)
		mpeg.SideInfoOf(f.Header, f.Data).AddGain(steps)
		if intact {
			mpeg.SetChecksum(f.Header, f.Data)
		}
		if _, err := w.Write(f.Data); err != nil {
			return err
		}
		at += int64(len(f.Data))
	}
	return rest(s.part.Size)
}
