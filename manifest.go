package lector

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"
)

// SegmentKind says what a segment is, and so how it is read.
type SegmentKind string

// The kinds of segments.
const (
	SpokenDisclosure SegmentKind = "disclosure" // the label, spoken
	Title            SegmentKind = "title"      // the headline
	Byline           SegmentKind = "byline"     // authors and date
	Standfirst       SegmentKind = "standfirst" // the subtitle
	Paragraph        SegmentKind = "paragraph"  // of the text
	Heading          SegmentKind = "heading"    // within the text
	Quote            SegmentKind = "quote"      // a block of its own
	Item             SegmentKind = "item"       // of a list
	Caption          SegmentKind = "caption"    // of a picture
)

// Sentence is one sentence as spoken, with its place in the audio in seconds.
type Sentence struct {
	Text   string  `json:"text"`   // as spoken
	Source string  `json:"source"` // as written
	Start  float64 `json:"start"`  // seconds
	End    float64 `json:"end"`    // seconds
}

// Segment is a title, paragraph, heading, quote or list item as it was read,
// with its place in the audio in seconds. Clips are the hashes of the clips
// that it lies in; it is Reused when all of them came from the cache.
type Segment struct {
	Kind      SegmentKind `json:"kind"`             // what it is
	Text      string      `json:"text"`             // as spoken
	Source    string      `json:"source"`           // as written
	Start     float64     `json:"start"`            // seconds
	End       float64     `json:"end"`              // seconds
	Sentences []Sentence  `json:"sentences"`        // in their order
	Clips     []string    `json:"clips"`            // hashes
	Timing    string      `json:"timing,omitempty"` // how the sentences were timed: marks, pauses or lengths
	Reused    bool        `json:"reused"`           // nothing of it was synthesized for this rendition
}

// SpokenBy names a voice that a rendition was made with.
type SpokenBy struct {
	Name    string `json:"name"`             // as configured
	Backend string `json:"backend"`          // as openai or polly
	Engine  string `json:"engine,omitempty"` // of the backend
	Voice   string `json:"voice,omitempty"`  // of the backend
}

// PreviousRendition is one that was public before, in a manifest's list of them.
type PreviousRendition struct {
	Revision string    `json:"revision"` // the one that was read
	Hash     string    `json:"hash"`     // of the rendition
	Created  time.Time `json:"created"`  // when it was made
}

// Provenance says whether and by whom the file is signed.
type Provenance struct {
	State  string `json:"state"`            // unsigned, valid, trusted or invalid
	Signer string `json:"signer,omitempty"` // as the certificate names it
	Detail string `json:"detail,omitempty"` // why it is not valid
}

// Manifest is the JSON beside a rendition: what was read, by whom, and where
// in the audio it stands. Duration is in seconds, from frame counts.
type Manifest struct {
	Site               string              `json:"site"`                          // the publication
	Article            string              `json:"article"`                       // the CMS's id of the article
	Key                string              `json:"key"`                           // the article's key
	Revision           string              `json:"revision"`                      // the one that was read
	Hash               string              `json:"hash"`                          // of all that went into the rendition
	Title              string              `json:"title"`                         // the headline
	Authors            []string            `json:"authors,omitempty"`             // their names
	Publication        string              `json:"publication,omitempty"`         // its title
	PublishedAt        time.Time           `json:"published_at,omitzero"`         // of the article
	Language           string              `json:"language"`                      // BCP 47
	Disclosure         Disclosure          `json:"disclosure"`                    // the label
	Voices             []SpokenBy          `json:"voices"`                        // that read it
	Created            time.Time           `json:"created"`                       // when the audio was made
	Duration           float64             `json:"duration"`                      // seconds
	Samples            int64               `json:"samples"`                       // of one channel
	SampleRate         int                 `json:"sample_rate"`                   // in Hz
	Loudness           *float64            `json:"loudness,omitempty"`            // integrated, LUFS (ITU-R BS.1770-4)
	TruePeak           *float64            `json:"true_peak,omitempty"`           // dBTP
	Bytes              int64               `json:"bytes"`                         // of the MP3
	SHA256             string              `json:"sha256"`                        // of the MP3
	Links              Links               `json:"links"`                         // to the files
	Segments           []Segment           `json:"segments"`                      // what was read
	Lexicon            []string            `json:"lexicon,omitempty"`             // the entries that matched
	Usage              Usage               `json:"usage"`                         // characters of the job
	PreviousRenditions []PreviousRendition `json:"previous_renditions,omitempty"` // the newest first
	Fallback           string              `json:"fallback,omitempty"`            // why a better voice did not read it
	Provenance         Provenance          `json:"provenance,omitzero"`           // absent until files are signed

	// FirstPublished is the date under which the first public rendition of the
	// article appeared. It stands in the pointer only, and stays through edits.
	FirstPublished time.Time `json:"first_published,omitzero"`
}

// ClipHashes returns the hashes of the clips that the rendition is made of, in its order.
func (m Manifest) ClipHashes() (hashes []string) {
	for _, segment := range m.Segments {
		hashes = append(hashes, segment.Clips...)
	}
	return hashes
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
	AudioReady   = "lector.audio.ready.v1"   // it can be heard
	AudioFailed  = "lector.audio.failed.v1"  // there is none, and why
	AudioRemoved = "lector.audio.removed.v1" // it is gone
)

// AudioEvent announces that an article's audio is there, failed or is gone.
type AudioEvent struct {
	ID         string      `json:"-"`
	Type       string      `json:"-"`
	Time       time.Time   `json:"-"`
	Site       string      `json:"site"`                 // the publication
	Article    string      `json:"article"`              // the CMS's id of the article
	Key        string      `json:"key"`                  // the article's key
	Revision   string      `json:"revision,omitempty"`   // the one that was read
	Manifest   string      `json:"manifest,omitempty"`   // address
	MP3        string      `json:"mp3,omitempty"`        // address
	Duration   float64     `json:"duration,omitempty"`   // seconds
	Usage      Usage       `json:"usage"`                // characters of the job
	Disclosure *Disclosure `json:"disclosure,omitempty"` // the label
	Reason     string      `json:"reason,omitempty"`     // why it failed or is gone

	Trace    TraceContext `json:"-"` // the span that announced it
	Sequence uint64       `json:"-"` // its place in the AUDIO stream; 0 of one that was not read from there
}

// AnnouncementID is the ID of the audio event that announces the state of a job:
// the same event announced again is dropped by it. replay names the replay that
// asked for it, if one did.
func AnnouncementID(j Job, replay string) string {
	id := announcementPrefix(j) + AnnouncementType(j)
	if replay != "" {
		id += "-" + replay
	}
	return id
}

// AnnouncementType is the type of the audio event that announces the state of a job.
func AnnouncementType(j Job) string {
	switch {
	case j.State == Failed:
		return AudioFailed
	case j.Rendition != "":
		return AudioReady
	}
	return AudioRemoved
}

func announcementPrefix(j Job) string { return fmt.Sprintf("%s-%d-", j.ID, j.Sequence) }

// Announces reports whether the event says what became of the event that the job
// is for.
func (e AudioEvent) Announces(j Job) bool { return strings.HasPrefix(e.ID, announcementPrefix(j)) }

// Notification is an audio event as it goes out to one address that a site names: a
// webhook, or a CDN that is to forget what it keeps.
type Notification struct {
	Target string     // the name of the address in the site's settings
	Event  AudioEvent // what is told
	// Files are the addresses that the article's audio had, where it is gone.
	Files []string
}

// NotificationDelivery is a notification as the broker hands it out. Err says why it
// cannot be read; Term is all that can be done with such a one.
type NotificationDelivery struct {
	Notification
	Err   error
	Count int // how often it was handed out, this time included
	// Stored is when it was asked for, or asked for again.
	Stored time.Time
	Acknowledger
}

// AudioDelivery is an audio event as the broker hands it out, in the order of the
// stream. Err says why it cannot be read.
type AudioDelivery struct {
	Event AudioEvent
	Err   error
	Acknowledger
}

// NotificationSubject is where notifications about an article to one target stand. There
// is one at most: a newer one takes its place.
func NotificationSubject(site, target, key string) string {
	return "notify.v1." + site + "." + target + "." + key
}

// Links are the addresses of a rendition's files. In a stored manifest they are
// relative to it: the names of the files beside it, and Embed is empty. Who
// serves or announces the rendition makes them absolute by Addresses. Article
// is the article's own page, which is always absolute.
type Links struct {
	MP3      string `json:"mp3"`                // the audio
	VTT      string `json:"vtt"`                // the captions
	Chapters string `json:"chapters,omitempty"` // where there are any
	Manifest string `json:"manifest"`           // the pointer
	Embed    string `json:"embed,omitempty"`    // the player page
	Article  string `json:"article,omitempty"`  // the article's own page
}

// NewLinks returns the relative links of the rendition with the given hash.
func NewLinks(hash string) Links {
	return Links{MP3: hash + ".mp3", VTT: hash + ".vtt", Manifest: pointerName}
}

// Links returns the absolute links of a rendition, whose manifest was read by
// ReadManifest or is about to be stored.
func (a Addresses) Links(m Manifest) Links {
	l := m.Links
	for _, link := range []*string{&l.MP3, &l.VTT, &l.Chapters, &l.Manifest} {
		*link = a.File(m, *link)
	}
	l.Embed = a.Embed(m.Site, m.Article)
	return l
}

// File returns the absolute address of one of the manifest's relative links;
// "" and absolute ones are returned as they are.
func (a Addresses) File(m Manifest, link string) string {
	if link == "" || WebAddress(link) != "" {
		return link
	}
	return a.Object(Prefix(m.Site, m.Key) + link)
}

// ReadManifest reads a manifest as it lies in a store. Its links are relative,
// those of a manifest that was stored with absolute ones too. What is no http
// or https address is left out.
func ReadManifest(data []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, err
	}
	m.Links = m.Links.relative(Prefix(m.Site, m.Key))
	return m, nil
}

// relative returns the links of a manifest that lies under prefix.
func (l Links) relative(prefix string) Links {
	for _, link := range []*string{&l.MP3, &l.VTT, &l.Chapters, &l.Manifest} {
		*link = fileName(prefix, *link)
	}
	l.Embed, l.Article = "", WebAddress(l.Article)
	return l
}

// fileName returns the name of the file under prefix that link leads to, under
// whatever public address it was made. What leads elsewhere is returned as it
// is if it is a web address, else "".
func fileName(prefix, link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	name := path.Base(u.Path)
	beside := link == name || strings.HasSuffix(u.Path, "/"+prefix+name)
	if beside && ValidKey(prefix+name) {
		return name
	}
	return WebAddress(link)
}

// UnmarshalJSON reads a manifest, also one with the names that some fields had
// before: stored manifests are not rewritten, because caches keep that of a
// rendition for ever under an address that promises the same bytes.
func (m *Manifest) UnmarshalJSON(data []byte) error {
	type fields Manifest
	read := struct {
		*fields
		Characters *Usage              `json:"characters"`
		History    []PreviousRendition `json:"history"`
	}{fields: (*fields)(m)}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	if read.Characters != nil {
		m.Usage = *read.Characters
	}
	if read.History != nil {
		m.PreviousRenditions = read.History
	}
	for i := range m.Segments {
		if m.Segments[i].Kind == "notice" {
			m.Segments[i].Kind = SpokenDisclosure
		}
	}
	return nil
}

// RenameManifestFields gives the fields of a stored manifest their present
// names, and leaves all others as they are. A manifest that has the field
// characters is an older one.
func RenameManifestFields(fields map[string]json.RawMessage) error {
	if _, old := fields["characters"]; !old {
		return nil
	}
	for before, now := range map[string]string{"characters": "usage", "history": "previous_renditions"} {
		if value, there := fields[before]; there {
			fields[now] = value
			delete(fields, before)
		}
	}
	var segments []map[string]json.RawMessage
	if err := json.Unmarshal(fields["segments"], &segments); err != nil || !renameKinds(segments) {
		return err
	}
	renamed, err := json.Marshal(segments)
	fields["segments"] = renamed
	return err
}

func renameKinds(segments []map[string]json.RawMessage) (changed bool) {
	for _, s := range segments {
		if string(s["kind"]) == `"notice"` {
			s["kind"], changed = json.RawMessage(`"`+SpokenDisclosure+`"`), true
		}
	}
	return changed
}

// DisclosureText is the label that no rendition may be without.
const DisclosureText = "This audio is created with AI assistance"

// disclosures is the label in other languages, by primary subtag.
var disclosures = map[string]string{
	"de": "Dieses Audio wurde mit Unterstützung von KI erstellt",
	"es": "Este audio se ha creado con ayuda de inteligencia artificial",
	"fr": "Cet audio a été créé avec l’aide de l’intelligence artificielle",
	"it": "Questo audio è stato creato con l’aiuto dell’intelligenza artificiale",
	"nl": "Deze audio is gemaakt met hulp van kunstmatige intelligentie",
	"pl": "To nagranie powstało z pomocą sztucznej inteligencji",
	"pt": "Este áudio foi criado com a ajuda de inteligência artificial",
	"ru": "Эта аудиозапись создана с помощью искусственного интеллекта",
	"uk": "Це аудіо створено за допомогою штучного інтелекту",
}

// DisclosureIn returns the label in the given language, in English where there
// is no translation, and the language that it is in.
func DisclosureIn(language string) (text, in string) {
	primary := Primary(language)
	if text, ok := disclosures[primary]; ok {
		return text, primary
	}
	return DisclosureText, "en"
}

// Disclosure is the one record of how the audio was made; every channel (player,
// spoken label, tags, feed, events) shows this record.
type Disclosure struct {
	Text       string `json:"text"`                // what it says
	Language   string `json:"language"`            // that it says it in
	SourceType string `json:"digital_source_type"` // IPTC URI
	Spoken     string `json:"spoken"`              // off, start or both
}
