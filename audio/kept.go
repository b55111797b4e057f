package audio

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// analysisVersion is one more with every change of what Analyze measures or how, so
// that what was measured otherwise is measured again.
const analysisVersion = 1

// keptHead is the part of a kept analysis that has a fixed length. Levels and
// energies follow.
type keptHead struct {
	Version              uint32
	Clip                 [sha256.Size]byte // hash of the MP3
	SampleRate, Channels uint32
	Duration, Start, End int64 // nanoseconds
	Loudness, TruePeak   float64
	Silent, Known        bool // no sound; the edges of the sound
	Clipped, Faults      int32
	GainLow, GainHigh    int32
	Edges                [6]int64
	Steps, Energies      uint32 // how many
}

// Keep returns the analysis of mp3 in a form to be stored beside it, less what Check
// alone asks of it.
func (a *Analysis) Keep(mp3 []byte) []byte {
	e := a.edges
	h := keptHead{
		analysisVersion, sha256.Sum256(mp3), uint32(a.SampleRate), uint32(a.Channels),
		int64(a.Duration), int64(a.Sound.Start), int64(a.Sound.End), a.Loudness, a.TruePeak,
		a.Silent, e.known, int32(a.Clipped), int32(a.Faults), int32(a.gainLow), int32(a.gainHigh),
		[6]int64{int64(e.first), int64(e.last), int64(e.head), int64(e.tail), int64(e.firstStrong), int64(e.lastStrong)},
		uint32(len(a.Envelope)), uint32(len(a.energies)),
	}
	var out bytes.Buffer
	for _, part := range []any{h, a.Envelope, a.energies} {
		_ = binary.Write(&out, binary.LittleEndian, part) // of fixed sizes, into memory
	}
	return out.Bytes()
}

// Recall returns the analysis that Keep made of this very mp3; nil for one of other
// bytes or by another version, and for what is damaged.
func Recall(kept, mp3 []byte) *Analysis {
	var h keptHead
	r := bytes.NewReader(kept)
	if binary.Read(r, binary.LittleEndian, &h) != nil || h.Version != analysisVersion || h.Clip != sha256.Sum256(mp3) {
		return nil
	}
	if int64(r.Len()) != 4*int64(h.Steps)+8*int64(h.Energies) {
		return nil
	}
	a := &Analysis{
		SampleRate: int(h.SampleRate), Channels: int(h.Channels), Duration: time.Duration(h.Duration),
		Loudness: h.Loudness, TruePeak: h.TruePeak, Sound: Span{time.Duration(h.Start), time.Duration(h.End)}, Silent: h.Silent,
		Clipped: int(h.Clipped), Faults: int(h.Faults), Envelope: make([]float32, h.Steps), Step: envelopeStep,
		energies: make([]float64, h.Energies), gainLow: int(h.GainLow), gainHigh: int(h.GainHigh),
		edges: edges{known: h.Known, silent: h.Silent},
	}
	for i, p := range []*int{&a.edges.first, &a.edges.last, &a.edges.head, &a.edges.tail, &a.edges.firstStrong, &a.edges.lastStrong} {
		*p = int(h.Edges[i])
	}
	if binary.Read(r, binary.LittleEndian, a.Envelope) != nil || binary.Read(r, binary.LittleEndian, a.energies) != nil {
		return nil
	}
	return a
}
