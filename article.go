package lector

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// Visibility says who may read an article. Only public text becomes public
// audio; an unknown value counts as not public.
type Visibility string

// The visibilities that a CMS may state.
const (
	Public  Visibility = "public"
	Members Visibility = "members"
	Paid    Visibility = "paid"
)

// Content types of an article's body. HTML may be a CMS field or a whole page;
// plain text may be an article or a page saved with its chrome. Which of them
// it is, is found out by worker/extract.
const (
	HTML  = "text/html"
	Plain = "text/plain"
)

// Body is the article's content as the CMS sent it.
type Body struct {
	ContentType string `json:"content_type"`
	Content     string `json:"content"`
}

// Article is the full state of one article in one revision. Site and ID name
// the article for ever; everything else may change from revision to revision.
type Article struct {
	Site        string     `json:"site"`
	ID          string     `json:"id"`
	Revision    string     `json:"revision,omitempty"`
	URL         string     `json:"url,omitempty"`
	Title       string     `json:"title,omitempty"`
	Subtitle    string     `json:"subtitle,omitempty"`
	Authors     []string   `json:"authors,omitempty"`
	Section     string     `json:"section,omitempty"`
	Tags        []string   `json:"tags,omitempty"`
	Language    string     `json:"language,omitempty"` // BCP 47
	PublishedAt time.Time  `json:"published_at,omitzero"`
	UpdatedAt   time.Time  `json:"updated_at,omitzero"`
	Visibility  Visibility `json:"visibility,omitempty"`
	Body        Body       `json:"body,omitzero"`
	Image       string     `json:"image,omitempty"` // URL or data URI of the cover, JPEG or PNG
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

var siteName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// ValidSite reports whether name can stand in subjects and object keys: 1–63
// characters of [a-z0-9_-], the first a letter or digit.
func ValidSite(name string) bool { return siteName.MatchString(name) }

// EventType is the CloudEvents type of an article event.
type EventType string

// What a CMS announces.
const (
	Published   EventType = "lector.article.published.v1"
	Updated     EventType = "lector.article.updated.v1"
	Unpublished EventType = "lector.article.unpublished.v1"
	Deleted     EventType = "lector.article.deleted.v1"
	Scheduled   EventType = "lector.article.scheduled.v1"
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
	Replay  string // set when an operator asked for it again
	Article Article
}

// ArticleSubject is where events of an article are published.
func ArticleSubject(site, key string) string { return "article.v1." + site + "." + key }

// AudioSubject is where the audio of an article is announced.
func AudioSubject(site, key string) string { return "audio.v1." + site + "." + key }
