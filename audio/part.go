package audio

import (
	"io"
	"time"
)

// Part is one MP3 of a stitch, in order.
type Part struct {
	Name   string // for errors and the timeline
	Source io.ReaderAt
	Size   int64
	// Pause is the silence wanted between the last sample above −60 dBFS of
	// this part and the first of the next; see Options.Pauses.
	Pause time.Duration
	// Group names what the part has in common with others, such as its voice:
	// one too short to be judged alone is levelled as they are.
	Group string
	// Known is what Analyze said about this very part; with it nothing is
	// decoded a second time.
	Known *Analysis
}

// Options say how parts are joined. The zero value copies every frame as it is.
type Options struct {
	// Trim decodes the edges of each part and drops frames that are silent,
	// as far as the gap to the next part is too long. Two granules of silence
	// stay in front of sound and one behind it, so that no sample above −60 dBFS
	// changes. Where noise reaches that, the level of the speech decides what is
	// silent.
	Trim bool
	// Pauses sets the gap at each join to the part's Pause, and leaves at most 200 ms
	// of silence in front of the first sound and behind the last. Without it the
	// parts' own silences stay and only encoder delay and padding go. Needs
	// Trim to shorten a gap and to know where sound begins.
	Pauses bool
	// Loudness levels the parts in steps of 1.5 dB. Off where nil.
	Loudness *Level
	// Reencode is asked to encode a part whose format differs from the first
	// one's. Where nil, such a part is a FormatError.
	Reencode Encoder
	// Strict makes every problem in a part an error.
	Strict bool
	// Progress is told how far reading and writing are, in parts. It may be
	// called from several goroutines at a time.
	Progress func(stage string, done, total int)
}

func (o Options) progress(stage string, done, total int) {
	if o.Progress != nil {
		o.Progress(stage, done, total)
	}
}
