package lector

import "time"

// SegmentKind says what a segment is, and so how it is read.
type SegmentKind string

// The kinds of segments.
const (
	SpokenDisclosure SegmentKind = "disclosure" // the label, spoken
	Title            SegmentKind = "title"
	Byline           SegmentKind = "byline"
	Standfirst       SegmentKind = "standfirst"
	Paragraph        SegmentKind = "paragraph"
	Heading          SegmentKind = "heading"
	Quote            SegmentKind = "quote"
	Item             SegmentKind = "item" // of a list
	Caption          SegmentKind = "caption"
)

// Sentence is one sentence as spoken, with its place in the audio in seconds.
type Sentence struct {
	Text   string  `json:"text"`
	Source string  `json:"source"`
	Start  float64 `json:"start"`
	End    float64 `json:"end"`
}

// Segment is a title, paragraph, heading, quote or list item as it was read,
// with its place in the audio in seconds. Clips are the hashes of the clips
// that it lies in; it is Reused when all of them came from the cache.
type Segment struct {
	Kind      SegmentKind `json:"kind"`
	Text      string      `json:"text"`
	Source    string      `json:"source"`
	Start     float64     `json:"start"`
	End       float64     `json:"end"`
	Sentences []Sentence  `json:"sentences"`
	Clips     []string    `json:"clips"`
	Timing    string      `json:"timing,omitempty"` // how the sentences were timed: marks, pauses or lengths
	Reused    bool        `json:"reused"`
}

// SpokenBy names a voice that a rendition was made with.
type SpokenBy struct {
	Name    string `json:"name"` // as configured
	Backend string `json:"backend"`
	Engine  string `json:"engine,omitempty"`
	Voice   string `json:"voice,omitempty"`
}

// PreviousRendition is one that was public before, in a manifest's list of them.
type PreviousRendition struct {
	Revision string    `json:"revision"`
	Hash     string    `json:"hash"`
	Created  time.Time `json:"created"`
}

// Provenance says whether and by whom the file is signed.
type Provenance struct {
	State  string `json:"state"` // unsigned, valid, trusted or invalid
	Signer string `json:"signer,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// Usage counts characters: billed by voices, reused from the cache, and of calls
// whose outcome is not known because a worker died inside them.
type Usage struct {
	Billed  int `json:"billed"`
	Reused  int `json:"reused"`
	Unknown int `json:"unknown"`
}

// Manifest is the JSON beside a rendition: what was read, by whom, and where
// in the audio it stands. Duration is in seconds, from frame counts.
type Manifest struct {
	Site               string              `json:"site"`
	Article            string              `json:"article"`
	Key                string              `json:"key"`
	Revision           string              `json:"revision"`
	Hash               string              `json:"hash"` // of all that went into the rendition
	Title              string              `json:"title"`
	Authors            []string            `json:"authors,omitempty"`
	Publication        string              `json:"publication,omitempty"`
	PublishedAt        time.Time           `json:"published_at,omitzero"`
	Language           string              `json:"language"`
	Disclosure         Disclosure          `json:"disclosure"`
	Voices             []SpokenBy          `json:"voices"`
	Created            time.Time           `json:"created"`
	Duration           float64             `json:"duration"`
	Samples            int64               `json:"samples"`
	SampleRate         int                 `json:"sample_rate"`
	Loudness           *float64            `json:"loudness,omitempty"`  // integrated, LUFS (ITU-R BS.1770-4)
	TruePeak           *float64            `json:"true_peak,omitempty"` // dBTP
	Bytes              int64               `json:"bytes"`
	SHA256             string              `json:"sha256"`
	Links              Links               `json:"links"`
	Segments           []Segment           `json:"segments"`
	Lexicon            []string            `json:"lexicon,omitempty"` // the entries that matched
	Usage              Usage               `json:"usage"`
	PreviousRenditions []PreviousRendition `json:"previous_renditions,omitempty"`
	Fallback           string              `json:"fallback,omitempty"`  // why a better voice did not read it
	Provenance         Provenance          `json:"provenance,omitzero"` // absent until files are signed

	// FirstPublished is the date under which the first public rendition of the
	// article appeared. It stands in the pointer only, and stays through edits.
	FirstPublished time.Time `json:"first_published,omitzero"`
}

// PublicationDate is when listeners first had the article: the date of its first public
// rendition where that is known, or else when the CMS published it, or else when
// this audio was made.
func (m Manifest) PublicationDate() time.Time {
	for _, t := range []time.Time{m.FirstPublished, m.PublishedAt} {
		if !t.IsZero() {
			return t
		}
	}
	return m.Created
}

// Audio event types.
const (
	AudioReady   = "lector.audio.ready.v1"
	AudioFailed  = "lector.audio.failed.v1"
	AudioRemoved = "lector.audio.removed.v1"
)

// AudioEvent announces that an article's audio is there, failed or is gone.
type AudioEvent struct {
	ID         string      `json:"-"`
	Type       string      `json:"-"`
	Time       time.Time   `json:"-"`
	Site       string      `json:"site"`
	Article    string      `json:"article"`
	Key        string      `json:"key"`
	Revision   string      `json:"revision,omitempty"`
	Manifest   string      `json:"manifest,omitempty"`
	MP3        string      `json:"mp3,omitempty"`
	Duration   float64     `json:"duration,omitempty"`
	Usage      Usage       `json:"usage"`
	Disclosure *Disclosure `json:"disclosure,omitempty"`
	Reason     string      `json:"reason,omitempty"`
}

// pointerName is the name of the one mutable object of a rendition.
const pointerName = "manifest.json"

// Prefix returns where an article's rendition lies in the store.
func Prefix(site, key string) string { return "a/" + site + "/" + key + "/" }

// PointerKey returns the key of the one mutable object of a rendition.
func PointerKey(site, key string) string { return Prefix(site, key) + pointerName }

// ClipKey returns where the clip with the given hash lies in the store.
func ClipKey(hash string) string { return "clips/" + hash[:2] + "/" + hash + ".mp3" }
