package audio

import (
	"context"
	"errors"
	"fmt"

	"lector/audio/mpeg"
)

// stride is the number of frames between the offsets that a stream remembers.
const stride = 64

// stream is what a plan knows of a part: where its audio lies, not the audio.
type stream struct {
	part     Part
	first    mpeg.Header // of the first frame of audio
	start    int64       // of the first frame
	end      int64       // behind the last frame
	frames   int
	free     int  // length of a frame without padding where no header states it, else 0
	low      int  // bitrate index, lowest and
	high     int  // highest of all frames
	tight    bool // the frames lie one behind the other, none reaches out of the part, all can be decoded
	uniform  bool // headers differ in nothing but padding and mode extension
	info     *mpeg.Info
	marks    []int64 // offset of every stride-th frame
	problems []mpeg.Problem
	edges    edges
	analysis *Analysis
}

// scan reads the part once, header by header.
func scan(ctx context.Context, p Part, frames *mpeg.Scanner) (*stream, error) {
	s := &stream{part: p, tight: true, uniform: true, low: mpeg.MaxIndex}
	frames.Reset(p.Source, p.Size)
	room := 0 // main data slots of the part so far
	for frames.Next() {
		f := frames.Frame()
		if s.frames == 0 && s.info == nil && s.takeInfo(f) {
			continue
		}
		if s.frames%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.add(f, &room)
	}
	s.problems, _ = frames.Problems()
	s.free = frames.FreeSize()
	return s, s.verdict(frames.Err())
}

// takeInfo keeps what a leading Xing or Info frame says; it is no audio.
func (s *stream) takeInfo(f mpeg.Frame) bool {
	info, ok := mpeg.ParseInfo(f.Header, f.Data)
	if ok {
		s.info = &info
		s.first = f.Header // until there is audio
	}
	return ok
}

// headerVaries is what may differ between frames that are copied: padding and
// mode extension, which belong to the frame, and the bit rate, which is counted.
const headerVaries = mpeg.Header(0xF230)

func (s *stream) add(f mpeg.Frame, room *int) {
	h := f.Header
	if s.frames == 0 {
		s.first, s.start, s.end = h, f.Offset, f.Offset
	}
	if s.frames%stride == 0 {
		s.marks = append(s.marks, f.Offset)
	}
	side := mpeg.SideInfoOf(h, f.Data)
	whole := !f.Broken && side.Sound()
	s.tight = s.tight && f.Offset == s.end && whole
	s.uniform = s.uniform && (h^s.first)&^headerVaries == 0
	if *room < h.Reservoir() {
		s.tight = s.tight && side.MainDataBegin() <= *room
		*room += len(f.Data) - h.BodyOffset()
	}
	s.low, s.high = min(s.low, h.Index()), max(s.high, h.Index())
	s.end = f.Offset + int64(len(f.Data))
	s.frames++
}

// lost returns which frames have no data, because it lies in front of the part or
// in a gap: a part without gaps has none.
func (s *stream) lost() []mpeg.Problem {
	if s.tight {
		return nil
	}
	units := mpeg.NewReader(s.framesFrom(0))
	for units.Next() {
	}
	all, _ := units.Problems()
	return all
}

// verdict says whether the part can be used at all.
func (s *stream) verdict(err error) error {
	for _, p := range s.problems {
		if err == nil && p.Kind == mpeg.FormatSwitch {
			return &DamageError{p}
		}
	}
	if err != nil {
		return err
	}
	if s.frames == 0 {
		return s.nothing()
	}
	return nil
}

// nothing explains a part without a single frame.
func (s *stream) nothing() error {
	head := make([]byte, min(s.part.Size, 64))
	n, _ := s.part.Source.ReadAt(head, 0)
	switch {
	case s.part.Size == 0:
		return fmt.Errorf("the file is empty: %w", mpeg.ErrNoAudio)
	case s.info != nil:
		return fmt.Errorf("an Info frame and nothing behind it: %w", mpeg.ErrNoAudio)
	}
	if what := sniff(head[:n]); what != "" {
		return fmt.Errorf("this is %s: %w", what, mpeg.ErrNoAudio)
	}
	return mpeg.ErrNoAudio
}

// spf returns samples a frame.
func (s *stream) spf() int { return s.first.Samples() }

// raw returns the samples a decoder makes of the part when it trims nothing.
func (s *stream) raw() int { return s.frames * s.spf() }

// stated returns an error where the frames do not state their length: nothing here
// writes such.
func (s *stream) stated() error {
	if s.free > 0 {
		return fmt.Errorf("frame at byte %d: %w", s.start, mpeg.ErrFreeFormat)
	}
	return nil
}

// constant reports whether all frames have one bit rate.
func (s *stream) constant() bool { return s.low == s.high }

// What is taken for granted where no LAME tag states it: LAME's own delay of
// 576 samples and the 529 of every decoder; and the mean of the padding that
// LAME adds to fill the last frame, less those 529.
const (
	decoderDelay   = 529
	usualDelay     = 576
	usualTrailSize = 335
)

// delay returns how many samples a decoder puts out before the part's own
// first one.
func (s *stream) delay() int {
	d := usualDelay
	if s.info != nil && s.info.Lame != nil {
		d = s.info.Lame.Delay
	}
	return min(d+decoderDelay, s.raw())
}

// trail returns how many samples a decoder puts out behind the part's own last
// one. Without a LAME tag it is a guess that is off by half a frame at most.
func (s *stream) trail() int {
	t := usualTrailSize
	if s.info != nil && s.info.Lame != nil {
		t = s.info.Lame.Padding - decoderDelay
	}
	return max(0, min(t, s.raw()-s.delay()))
}

// played returns which samples of the raw decoding a player plays: those that a
// LAME tag leaves, all without one.
func (s *stream) played() (from, to int) {
	if s.info == nil || s.info.Lame == nil {
		return 0, s.raw()
	}
	return s.delay(), s.raw() - s.trail()
}

// own returns the number of the part's own samples.
func (s *stream) own() int { return s.raw() - s.delay() - s.trail() }

// offset returns where frame n begins; n may be the number of frames.
func (s *stream) offset(n int) (int64, error) {
	switch {
	case n >= s.frames:
		return s.end, nil
	case n%stride == 0:
		return s.marks[n/stride], nil
	}
	frames := s.framesFrom(n)
	for range n%stride + 1 {
		if !frames.Next() {
			return 0, errors.Join(errChanged, frames.Err())
		}
	}
	return frames.Frame().Offset, nil
}

// errChanged is returned where a part has become another between two readings.
var errChanged = errors.New("the part changed while it was read")

// framesFrom returns a scanner that begins at or, at most stride-1 frames,
// before frame n.
func (s *stream) framesFrom(n int) *mpeg.Scanner {
	return s.reframe(new(mpeg.Scanner), n)
}

// reframe is framesFrom with a scanner, and so its memory, that is there.
func (s *stream) reframe(frames *mpeg.Scanner, n int) *mpeg.Scanner {
	frames.ResetAt(s.part.Source, s.marks[n/stride], s.end, s.first, s.free)
	return frames
}

// units returns the units of the part from frame n on: those in front of it are
// read for the reservoir and passed over.
func (s *stream) units(frames *mpeg.Scanner, n int) (*mpeg.Reader, error) {
	from := max(0, n-s.warmup()) / stride * stride
	r := mpeg.NewReader(s.reframe(frames, from))
	for range n - from {
		if !r.Next() {
			return nil, errChanged
		}
	}
	return r, nil
}

// warmup returns how many frames before a frame its main data can begin.
func (s *stream) warmup() int {
	body := s.first.WithIndex(s.low).WithPadding(false).BodySize()
	if s.free > 0 {
		body = s.free - s.first.BodyOffset()
	}
	return s.first.Reservoir()/max(body, 1) + 1
}
