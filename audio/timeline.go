package audio

import (
	"math"
	"time"
)

// Timeline says where everything is in the stitched audio.
//
// Times are those of the decoded output as ffmpeg, mpg123 and the browsers put
// it out. The Info frame states an encoder delay of 0 and a padding of 529
// samples, which makes them cut the decoder's own delay of 529 samples in front
// and nothing else: Samples = Frames × samples a frame − 529. No file with an
// Info frame can ask for less; more would set them apart from programs that go
// by the frame count alone, such as ffprobe, which is now off by less than a
// frame. A player that does not know the tag is 529 samples late throughout.
type Timeline struct {
	Parts      []PlacedPart
	Samples    int64 // a channel
	Frames     int   // of audio; the Info frame is none
	SampleRate int
	Channels   int
	Bitrate    int // kbit/s; the mean where VBR
	VBR        bool
	Duration   time.Duration
}

// PlacedPart is where a part is in the stitched audio.
type PlacedPart struct {
	Name string
	// Start and Duration are of the part's own audio as it sounds here: what
	// its encoder put in front and behind is not part of it.
	Start, Duration time.Duration
	// Origin is where the part's own first sample is, or would be if the
	// silence it lies in had not been trimmed: what the part has at t sounds
	// at Origin + t. It can be before Start.
	Origin time.Duration
	// Sound is from the first to behind the last sample above −60 dBFS. It is
	// Start and Start + Duration where nothing was decoded.
	Sound Span
	// Frames of the part that are in the output, and the steps of 1.5 dB that
	// they were made louder.
	Frames, Gain int
}

// Span is a stretch of time.
type Span struct{ Start, End time.Duration }

// timeline places the parts.
func timeline(streams []*stream, cuts []cut) Timeline {
	t := Timeline{SampleRate: streams[0].first.SampleRate(), Channels: streams[0].first.Channels()}
	t.Parts = make([]PlacedPart, 0, len(streams))
	spf := streams[0].spf()
	for i, s := range streams {
		kept := s.frames - cuts[i].head - cuts[i].tail
		t.Parts = append(t.Parts, place(s, cuts[i], t.Frames*spf, kept))
		t.Frames += kept + cuts[i].gap
	}
	t.Samples = max(0, int64(t.Frames)*int64(spf)-decoderDelay)
	t.Duration = lasting(t.Samples, t.SampleRate)
	end := &t.Parts[len(t.Parts)-1].Sound.End
	*end = min(*end, t.Duration)
	return t
}

// place returns where a part is whose first kept frame begins at sample at.
func place(s *stream, c cut, at, kept int) PlacedPart {
	rate := s.first.SampleRate()
	at -= decoderDelay
	zero := at - c.head*s.spf() // where its raw decoding would begin
	origin := zero + s.delay()
	start := max(origin, at, 0)
	end := max(start, min(origin+s.own(), at+kept*s.spf()))
	first, last := s.bounds()
	when := func(n int) time.Duration { return lasting(int64(n), rate) }
	p := PlacedPart{Name: s.part.Name, Start: when(start), Duration: when(end - start), Origin: when(origin), Frames: kept}
	p.Sound = Span{when(zero + first), when(zero + last + 1)}
	if !s.edges.known || s.edges.silent {
		p.Sound = Span{p.Start, p.Start + p.Duration}
	}
	return p
}

// lasting returns how long n samples last.
func lasting(n int64, rate int) time.Duration {
	return time.Duration(math.Round(float64(n) / float64(rate) * 1e9))
}
