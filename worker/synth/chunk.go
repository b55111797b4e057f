package synth

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"unicode/utf8"

	"lector"
	"lector/audio"
)

// Chunk is what one call to a voice gets, with all that decides how it sounds.
type Chunk struct {
	Text       string   // as spoken
	Language   string   // BCP 47
	Before     string   // the neighbouring text
	After      string   //
	Speed      float64  // 1 is the voice's own pace; 0 counts as 1
	Lexicon    []string // the entries that matched, in canonical form
	Normaliser string   // script.Version, or what else wrote Text
	Generation string   // tells a clip from one of the same text that was made before; "" is the first
}

// Characters counts the chunk's Unicode code points.
func (c Chunk) Characters() int { return utf8.RuneCountInString(c.Text) }

func (c Chunk) utterance() lector.Utterance {
	return lector.Utterance{Text: c.Text, Language: c.Language, Before: c.Before, After: c.After, Speed: c.speed()}
}

func (c Chunk) speed() float64 {
	if c.Speed <= 0 {
		return 1
	}
	return c.Speed
}

// States of a clip, as lector.ChunkState has them.
const (
	Reused      = "reused"      // from the cache, or spoken for another chunk of this run
	Synthesized = "synthesized" // by a call, now
)

// Clip is the MP3 of one chunk, with what it cost in this run.
type Clip struct {
	Hash       string
	MP3        []byte        // frames only, without a tag
	Characters int           // of the chunk
	State      string        // Reused or Synthesized
	Billed     int           // characters that this run was charged for the chunk
	Unknown    int           // characters of calls whose outcome nobody knows
	Cost       float64       // US dollars
	Marks      []lector.Mark // into the chunk's text; empty where the voice gives none
	// Analysis is what the check measured; nil for a clip that was not checked in
	// this run.
	Analysis *audio.Analysis

	storing *storing // nil: it is in the cache
}

// hashed is the version of the hash: it changes when other things go into it, or
// in another way.
const hashed = "lector clip 1"

// Hash returns the address of the chunk's clip: hex SHA-256 over everything
// that changes the sound. Neighbouring text counts only where the voice uses
// it, so that an edit pays for its own chunk alone.
func Hash(c Chunk, caps lector.Capabilities) string {
	fields := []string{
		hashed, caps.Backend, caps.Engine, caps.Voice, caps.Parameters,
		c.Language, c.Text, c.Normaliser,
	}
	if caps.Context {
		fields = append(fields, "context", c.Before, c.After)
	}
	if c.Generation != "" {
		fields = append(fields, "generation", c.Generation)
	}
	lexicon := slices.Clone(c.Lexicon)
	slices.Sort(lexicon)
	fields = append(fields, slices.Compact(lexicon)...)

	h := sha256.New()
	number := func(n uint64) { _ = binary.Write(h, binary.BigEndian, n) } // a hash returns no error
	number(math.Float64bits(c.speed()))
	number(uint64(caps.SampleRate))
	number(uint64(caps.Channels))
	for _, f := range fields {
		number(uint64(len(f))) // so that no two lists of fields give the same bytes
		h.Write([]byte(f))
	}
	return hex.EncodeToString(h.Sum(nil))
}
