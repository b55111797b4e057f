// Package lector holds the types that all packages share: articles and the events that
// announce them, voices and the texts they are asked to speak, jobs and their
// states, and the manifest of a finished rendition.
//
// It imports the standard library only and does no I/O, so that worker,
// publisher and infra can share these types without importing each other:
//
//	CMS ─▶ ArticleEvent ─▶ worker ─▶ Manifest + MP3 ─▶ publisher ─▶ listener
//	                         │
//	                        Job (the truth about one article)
package lector

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Visibility says who may read an article. Only public text becomes public
// audio; an unknown value counts as not public.
type Visibility string

// The visibilities that a CMS may state.
const (
	Public  Visibility = "public"  // anybody: it is read
	Members Visibility = "members" // who has signed in
	Paid    Visibility = "paid"    // who pays
)

// Content types of an article's body. HTML may be a CMS field or a whole page;
// plain text may be an article or a page saved with its chrome. Which of them
// it is, is found out by worker/extract.
const (
	HTML  = "text/html"
	Plain = "text/plain"
)

// AudioOff is what an article's audio says that is not to be read.
const AudioOff = "off"

// Body is the article's content as the CMS sent it.
type Body struct {
	ContentType string `json:"content_type"`  // text/html or text/plain
	Content     string `json:"content"`       // the text
	Ref         string `json:"ref,omitempty"` // the key of the whole article in the store, where it is too large for an event; no content then counts
}

// Article is the full state of one article in one revision. Site and ID name
// the article for ever; everything else may change from revision to revision.
type Article struct {
	Site        string     `json:"site"`                  // the publication, as configured
	ID          string     `json:"id"`                    // the CMS's id
	Revision    string     `json:"revision,omitempty"`    // names this state; absent is a hash of the content
	URL         string     `json:"url,omitempty"`         // the article's own page
	Title       string     `json:"title,omitempty"`       // the headline
	Subtitle    string     `json:"subtitle,omitempty"`    // the standfirst
	Authors     []string   `json:"authors,omitempty"`     // their names
	Section     string     `json:"section,omitempty"`     // as sport
	Tags        []string   `json:"tags,omitempty"`        // what it is about
	Language    string     `json:"language,omitempty"`    // BCP 47
	PublishedAt time.Time  `json:"published_at,omitzero"` // when it first appeared
	UpdatedAt   time.Time  `json:"updated_at,omitzero"`   // of this revision; the newest wins
	Visibility  Visibility `json:"visibility,omitempty"`  // only public text is read
	Type        string     `json:"type,omitempty"`        // what kind of article it is, as the CMS names it: story, gallery, opinion
	Audio       string     `json:"audio,omitempty"`       // off: it is not to be read
	Body        Body       `json:"body,omitzero"`         // what is read
	Teaser      bool       `json:"teaser,omitempty"`      // the body is the free part of an article that is not public
	Image       string     `json:"image,omitempty"`       // URL or data URI of the cover, JPEG or PNG
}

// Key returns the article's key: subject-safe, path-safe and stable.
func (a Article) Key() string { return Key(a.Site, a.ID) }

// Fingerprint returns a revision for an article whose CMS states none: the
// hash of its content. Saving an article again without a change gives the same
// fingerprint.
func (a Article) Fingerprint() string {
	a.Revision, a.UpdatedAt = "", time.Time{}
	data, err := json.Marshal(a)
	if err != nil { // an Article holds nothing that JSON cannot
		panic(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// Key hashes a site and an article id into 26 characters of [a-z2-7], so that
// nothing raw from a CMS ever reaches a subject or an object key.
func Key(site, id string) string {
	sum := sha256.Sum256([]byte(site + "\x00" + id))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:26]
}

// IsArticleKey reports whether s has the form of what Key returns: 26 characters of
// [a-z2-7]. It allocates nothing.
func IsArticleKey(s string) bool {
	return len(s) == 26 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// ValidSite reports whether name can stand in subjects and object keys: 1–63
// characters of [a-z0-9_-], the first a letter or digit.
func ValidSite(name string) bool {
	const first = "abcdefghijklmnopqrstuvwxyz0123456789"
	if name == "" || len(name) > 63 {
		return false
	}
	return strings.Contains(first, name[:1]) && strings.Trim(name, first+"_-") == ""
}

// EventType is the CloudEvents type of an article event.
type EventType string

// What a CMS announces.
const (
	Published   EventType = "lector.article.published.v1"   // it appeared
	Updated     EventType = "lector.article.updated.v1"     // it changed
	Unpublished EventType = "lector.article.unpublished.v1" // it was withdrawn
	Deleted     EventType = "lector.article.deleted.v1"     // it is gone
	Scheduled   EventType = "lector.article.scheduled.v1"   // it will appear; it is spoken ahead, and nothing of it is public yet
)

// Known reports whether t is one of the types above.
func (t EventType) Known() bool {
	switch t {
	case Published, Updated, Unpublished, Deleted, Scheduled:
		return true
	}
	return false
}

// Withdraws reports whether t takes the article's audio away.
func (t EventType) Withdraws() bool { return t == Unpublished || t == Deleted }

// ArticleEvent is one announcement of a CMS: a CloudEvent whose data is the
// full state of the article. ID is unique within Source; the same event sent
// twice has the same ID.
type ArticleEvent struct {
	ID      string
	Source  string
	Type    EventType
	Time    time.Time
	Replay  string       // set when an operator asked for it again
	Arrived uint64       // where it first stood in its stream, of one that came under another key than its article's; 0: where it stands
	Force   int          // of a replay: so many characters may be synthesised again although they are cached
	Lane    Lane         // the queue that it asks for
	NoLane  string       // what it asks for instead, where there is no such lane; it then counts as normal
	Trace   TraceContext // the span that published it; of a replay, that of the event before
	Article Article
}

// Delivery is one article event as the broker delivered it to a worker, which
// must end it by exactly one of Ack, Nak and Term.
type Delivery struct {
	Event    ArticleEvent
	Sequence uint64    // of the event in its stream; it orders events that nothing else orders
	Stored   time.Time // when the broker stored the event, by its clock
	Count    int       // how often it was delivered, this time included
	Err      error     // why the message is no article event; Event is then what names the article, as far as it can be read
	Raw      []byte    // the message as it came, for the dead letters
	Acknowledger
}

// Lane is the queue a job stands in. Those of a better lane are taken first.
type Lane string

// The lanes, the best first.
const (
	Breaking Lane = "breaking" // before all others
	Normal   Lane = ""         // what says nothing else
	Backfill Lane = "backfill" // when nothing else waits: older articles, replays
)

// ParseLane reads the name of a lane; "normal" and "" are the same.
func ParseLane(name string) (Lane, error) {
	switch l := Lane(name); l {
	case Breaking, Normal, Backfill:
		return l, nil
	case "normal":
		return Normal, nil
	}
	return Normal, Hint(fmt.Errorf("unknown lane %q", name), "the lanes are breaking, normal and backfill")
}

// String returns the lane's name.
func (l Lane) String() string { return cmp.Or(string(l), "normal") }

// Acknowledger reports the result of a delivery to the broker.
type Acknowledger interface {
	// InProgress says that the worker is alive; without it the event is delivered
	// again after the acknowledgement wait.
	InProgress() error
	// Ack acknowledges the event, which needs no more work, and waits for the broker's
	// confirmation.
	Ack(ctx context.Context) error
	// Nak returns the event to the broker, to be delivered again after at least d.
	Nak(d time.Duration) error
	// Term ends deliveries of the event and keeps it among the dead letters, with
	// the class of the error and the reason.
	Term(class Class, reason string) error
}

// ArticleSubject is where events of an article are published.
func ArticleSubject(site, key string) string { return "article.v1." + site + "." + key }

// AudioSubject is where the audio of an article is announced.
func AudioSubject(site, key string) string { return "audio.v1." + site + "." + key }

// integerPattern is a JSON number that databases use for ids. Others have more than
// one way to be written.
var integerPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`) })

// maxDigits bounds a number that is an id, as the schema bounds a text.
const maxDigits = 512

// ParseIdentifier reads an id or a revision in JSON: a text, or a whole number,
// whose digits are taken as they stand, however many. So 4711 and "4711" are
// the same article. null is "".
func ParseIdentifier(data json.RawMessage) (string, error) {
	var text string
	if json.Unmarshal(data, &text) == nil { // null too
		return text, nil
	}
	if integerPattern().Match(data) && len(data) <= maxDigits {
		return string(data), nil
	}
	return "", fmt.Errorf(`%.40s is neither a text nor a whole number without point or exponent: write it as a text, as in "4711"`, data)
}

// UnmarshalJSON reads an article in the fields of the event schema. What is null
// counts as absent, in lists too, and ID and Revision may be numbers.
func (a *Article) UnmarshalJSON(data []byte) error {
	type fields Article // without this method
	in := struct {
		*fields
		ID       json.RawMessage `json:"id"`
		Revision json.RawMessage `json:"revision"`
		Authors  []*string       `json:"authors"`
		Tags     []*string       `json:"tags"`

		PublishedAt *Timestamp `json:"published_at"`
		UpdatedAt   *Timestamp `json:"updated_at"`
	}{fields: (*fields)(a), PublishedAt: (*Timestamp)(&a.PublishedAt), UpdatedAt: (*Timestamp)(&a.UpdatedAt)}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	a.Authors, a.Tags = nonNull(in.Authors), nonNull(in.Tags)
	if err := setIdentifier(&a.ID, "id", in.ID); err != nil {
		return err
	}
	return setIdentifier(&a.Revision, "revision", in.Revision)
}

// ParseTime reads a time by RFC 3339, which lets its T and its Z be small letters;
// time.Parse wants capitals.
func ParseTime(text string) (time.Time, error) {
	return time.Parse(time.RFC3339Nano, strings.ToUpper(text))
}

// Timestamp is a time that is read from JSON by ParseTime.
type Timestamp time.Time

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Timestamp) UnmarshalText(text []byte) error {
	at, err := ParseTime(string(text))
	*t = Timestamp(at)
	return err
}

// setIdentifier sets what the field of the given name states.
func setIdentifier(to *string, name string, data json.RawMessage) (err error) {
	if len(data) == 0 {
		return nil
	}
	if *to, err = ParseIdentifier(data); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// nonNull returns the texts that are there; nil where there are none.
func nonNull(texts []*string) (all []string) {
	for _, text := range texts {
		if text != nil {
			all = append(all, *text)
		}
	}
	return all
}

// MaxClaim is how many bytes an article may have that goes by reference.
const MaxClaim = 16 << 20

// claimKey is how the key of an article in the store looks: the article's own key,
// and the SHA-256 of its content.
var claimKey = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^claims/[a-z2-7]{26}/[0-9a-f]{64}\.json$`)
})

// ClaimPrefix is what the keys of an article's contents begin with.
func ClaimPrefix(key string) string { return "claims/" + key + "/" }

// ValidClaim reports whether a reference can be that to an article in the store:
// nothing else may be read through an event.
func ValidClaim(ref string) bool { return claimKey().MatchString(ref) }

// claimOf returns the key of the article's content.
func (a Article) claimOf(content []byte) string {
	sum := sha256.Sum256(content)
	return ClaimPrefix(a.Key()) + hex.EncodeToString(sum[:]) + ".json"
}

// ByReference returns the article as it goes into an event that would be too large
// otherwise, and the content of the object that must be stored before, whose key
// is the reference in its body. The object holds the whole article and is not
// public.
func (a Article) ByReference() (short Article, content []byte, err error) {
	if a.Revision == "" {
		a.Revision = a.Fingerprint()
	}
	content, err = json.Marshal(a)
	if err != nil {
		return a, nil, err
	}
	if len(content) > MaxClaim {
		return a, nil, Permanent(fmt.Errorf("the article has %d KB, at most %d", len(content)>>10, MaxClaim>>10))
	}
	a.Body = Body{ContentType: a.Body.ContentType, Ref: a.claimOf(content)}
	if strings.HasPrefix(a.Image, "data:") {
		a.Image = ""
	}
	return a, content, nil
}

// Dereference returns the article with what the object behind its reference
// holds: the body, and the picture where the event has none. Its errors are
// permanent: no other object belongs to the reference.
func (a Article) Dereference(content []byte) (Article, error) {
	if a.claimOf(content) != a.Body.Ref {
		return a, Permanent(fmt.Errorf("what is stored as %s is not what was referred to", a.Body.Ref))
	}
	var whole Article
	if err := json.Unmarshal(content, &whole); err != nil {
		return a, Permanent(fmt.Errorf("%s: %w", a.Body.Ref, err))
	}
	switch {
	case whole.Site != a.Site || whole.ID != a.ID:
		return a, Permanent(fmt.Errorf("%s is another article", a.Body.Ref))
	case whole.Body.Ref != "" || whole.Body.ContentType != a.Body.ContentType:
		return a, Permanent(fmt.Errorf("%s has no %s", a.Body.Ref, a.Body.ContentType))
	}
	a.Body = whole.Body
	if a.Image == "" {
		a.Image = whole.Image
	}
	return a, nil
}

// EventMessage is the message of an article event, as its stream holds it.
type EventMessage struct {
	Sequence uint64    // its place in the stream
	Stored   time.Time // when the broker stored it, by its clock
	Subject  string
	Type     EventType           // as it states; empty where that cannot be read
	Headers  map[string][]string // but those that the broker reads
	Data     []byte
}

// DeadLetter is a message that nobody could work on: an article event that could
// not be read, or one whose job has failed.
type DeadLetter struct {
	ID      uint64    `json:"id"`      // its place among the dead letters
	Time    time.Time `json:"time"`    // when it was found that nobody can work on it
	Class   string    `json:"class"`   // of the error; empty where its worker did not say
	Reason  string    `json:"reason"`  // why nobody can work on it
	Subject string    `json:"subject"` // that the message had
	Site    string    `json:"site"`    // the publication; empty where it cannot be read
	Article string    `json:"article"` // the CMS's id of the article; empty where it cannot be read
	Size    int       `json:"size"`    // bytes of its data
	Settled bool      `json:"settled"` // as SettledBy says; false where nobody has asked

	Arrived  uint64              `json:"-"` // where its article event came into the stream; 0 where its letter does not say
	Job      JobRef              `json:"-"` // of its article; empty where that cannot be read
	Headers  map[string][]string `json:"-"` // that the message had
	Data     []byte              `json:"-"` // that the message had
	Unusable error               `json:"-"` // why it would be refused again; nil: it can be read now
}

// SettledBy reports whether nothing is to be done about the letter, by the job of its
// article: a later event has come to its end, and has not failed.
func (l DeadLetter) SettledBy(j Job) bool {
	later := l.Arrived > 0 && cmp.Or(j.Arrived, j.Sequence) > l.Arrived
	return later && j.State.Terminal() && j.State != Failed
}

// DeadLetterKind is what dead letters are counted by.
type DeadLetterKind struct{ Site, Class string }

// DeadLetterQuery selects dead letters. What is zero selects any.
type DeadLetterQuery struct {
	Site, Class  string
	Text         string    // in the reason, the article's id or the data, in any case
	Since, Until time.Time // [Since, Until)
}

// Matches reports whether the query selects the letter.
func (q DeadLetterQuery) Matches(l DeadLetter) bool {
	switch {
	case q.Site != "" && q.Site != l.Site, q.Class != "" && q.Class != l.Class:
		return false
	case !q.Since.IsZero() && l.Time.Before(q.Since), !q.Until.IsZero() && !l.Time.Before(q.Until):
		return false
	}
	return q.Text == "" || l.contains(strings.ToLower(q.Text))
}

// contains reports whether the letter holds a text that is in lower case.
func (l DeadLetter) contains(text string) bool {
	for _, s := range []string{l.Reason, l.Article, string(l.Data)} {
		if strings.Contains(strings.ToLower(s), text) {
			return true
		}
	}
	return false
}

// characterReference is a character reference of HTML that ends with a semicolon.
// Without one it may be a name, as in "AT&T".
var characterReference = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});`)
})

// DecodeReferences writes "Tom & Jerry" for "Tom &amp; Jerry": CMSs send character
// references of HTML in titles, which are text by contract. It also decodes what was
// encoded twice. Tags stay as they are.
func DecodeReferences(s string) string {
	if !strings.Contains(s, ";") {
		return s
	}
	once := characterReference().ReplaceAllStringFunc(s, html.UnescapeString)
	return characterReference().ReplaceAllStringFunc(once, html.UnescapeString)
}
