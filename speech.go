package lector

import (
	"slices"
	"strings"
	"time"
)

// Utterance is what one call to a voice gets: text that is ready to be
// spoken. It is data and never markup: a backend that reads markup must
// escape it.
type Utterance struct {
	Text     string
	Language string // BCP 47
	Before   string // the neighbouring text, for voices that use context
	After    string
	Speed    float64 // 1 is the voice's own pace; 0 counts as 1
}

// Speech is what a voice answers: an MP3, and what it cost.
type Speech struct {
	MP3        []byte
	Characters int    // billed by the backend; 0 for a voice that costs nothing
	RequestID  string // the backend's name for the call, to compare with its invoice
	Marks      []Mark // empty where the backend gives none
}

// MarkKind says what a Mark points at.
type MarkKind string

// The kinds of marks.
const (
	WordMark     MarkKind = "word"
	SentenceMark MarkKind = "sentence"
)

// Mark is a moment in a speech and the bytes of the utterance it belongs to.
type Mark struct {
	Kind       MarkKind      `json:"kind"`
	At         time.Duration `json:"at"`
	Start, End int           // byte offsets into Utterance.Text
}

// Unit is how a backend counts the length of a text.
type Unit string

// The units of length.
const (
	Characters Unit = "characters" // Unicode code points
	Bytes      Unit = "bytes"      // of UTF-8
)

// Capabilities is what a voice can do and what it costs. Zero means: no limit
// known, or none given.
type Capabilities struct {
	Backend       string   `json:"backend"`
	Engine        string   `json:"engine,omitempty"` // program or model, with its version where known
	Voice         string   `json:"voice,omitempty"`
	Languages     []string `json:"languages"`  // primary subtags; empty: any
	MaxLength     int      `json:"max_length"` // of one utterance, in Unit
	Unit          Unit     `json:"unit"`
	SampleRate    int      `json:"sample_rate"` // Hz of the MP3
	Channels      int      `json:"channels"`
	Deterministic bool     `json:"deterministic"` // the same text gives the same bytes
	Context       bool     `json:"context"`       // uses Before and After
	Marks         MarkKind `json:"marks,omitempty"`
	Concurrency   int      `json:"concurrency"`          // calls at once
	PerSecond     float64  `json:"per_second"`           // calls a second
	Price         float64  `json:"price_per_million"`    // US dollars a million characters
	Speed         float64  `json:"speed,omitempty"`      // that the settings give it on top of what is asked for; 0 counts as 1
	Normalise     string   `json:"normalise,omitempty"`  // full, light or off: how much our script must spell out
	Synthetic     string   `json:"synthetic,omitempty"`  // IPTC digital source type of its audio
	Parameters    string   `json:"parameters,omitempty"` // all else that changes the sound; part of a clip's hash
}

// TrainedAlgorithmicMedia is the IPTC digital source type of neural voices.
const TrainedAlgorithmicMedia = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"

// AlgorithmicMedia is that of voices made of rules and recorded pieces.
const AlgorithmicMedia = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"

// Speaks reports whether the voice can read the language.
func (c Capabilities) Speaks(language string) bool {
	if len(c.Languages) == 0 {
		return true
	}
	want := Primary(language)
	return slices.ContainsFunc(c.Languages, func(l string) bool { return Primary(l) == want })
}

// Primary returns the primary subtag of a language tag in lower case: "en" for
// "en-GB".
func Primary(language string) string {
	primary, _, _ := strings.Cut(strings.ReplaceAll(language, "_", "-"), "-")
	return strings.ToLower(primary)
}
