// Package webhook reads webhooks by the rules of Standard Webhooks
// (https://www.standardwebhooks.com), whose data is an article as in an article event.
// Any CMS can send them.
package webhook

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lector"
	"lector/publisher/intake"
	"lector/publisher/intake/strip"
)

// Headers are how a delivery is signed: webhook-id, webhook-timestamp in seconds and
// webhook-signature, a list of "v1," and the base64 of an HMAC-SHA256 over
// "ID.TIMESTAMP.BODY".
type Headers struct{}

// Key decodes a secret: the base64 behind whsec_, or base64 without it.
func (Headers) Key(secret string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(strings.TrimSpace(secret), "whsec_"))
	if err != nil {
		return nil, errors.New("it is not whsec_ and base64")
	}
	return key, nil
}

// validID reports whether an ID is 1 to 256 visible ASCII characters: it stands in
// headers.
func validID(id string) bool {
	return id != "" && len(id) <= 256 && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
}

// Signature reads the headers. Versions other than v1 are passed over.
func (Headers) Signature(h http.Header) (s intake.Signature, err error) {
	for _, name := range []string{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"} {
		if len(h.Values(name)) != 1 {
			return s, fmt.Errorf("%s is missing, or stands twice", strings.ToLower(name))
		}
	}
	id, at := h.Get("Webhook-Id"), h.Get("Webhook-Timestamp")
	if !validID(id) {
		return s, errors.New("webhook-id is not 1 to 256 visible ASCII characters")
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || seconds < 0 {
		return s, errors.New("webhook-timestamp is not a number of seconds")
	}
	s = intake.Signature{ID: id, Time: time.Unix(seconds, 0), Before: id + "." + at + "."}
	for part := range strings.FieldsSeq(h.Get("Webhook-Signature")) {
		text, isV1 := strings.CutPrefix(part, "v1,")
		mac, err := base64.StdEncoding.DecodeString(text)
		if isV1 && err == nil {
			s.MACs = append(s.MACs, mac)
		}
	}
	if len(s.MACs) == 0 {
		return s, errors.New("webhook-signature has no v1 signature")
	}
	return s, nil
}

// Source reads deliveries of the form
//
//	{"type": "article.published", "timestamp": "2026-11-28T12:00:00Z", "data": {…}}
//
// whose data has the fields of the event schema. The type may also be article.updated,
// unpublished, deleted or scheduled, and beside it the lane may stand that the event
// asks for; one that does not exist counts as normal.
type Source struct{ Headers }

// types are those of deliveries.
var types = map[string]lector.EventType{
	"article.published": lector.Published, "article.updated": lector.Updated, "article.unpublished": lector.Unpublished,
	"article.deleted": lector.Deleted, "article.scheduled": lector.Scheduled,
}

// Keep names the fields of the event schema but for body.ref: what lies in the store
// is nobody's to name from outside.
func (Source) Keep() strip.Keep {
	return strip.Keep{"type": nil, "timestamp": nil, "lane": nil, "data": {
		"site": nil, "id": nil, "revision": nil, "url": nil, "title": nil, "subtitle": nil, "authors": nil, "section": nil, "tags": nil,
		"language": nil, "published_at": nil, "updated_at": nil, "visibility": nil, "body": {"content_type": nil, "content": nil},
		"type": nil, "audio": nil, "teaser": nil, "image": nil,
	}}
}

// Event makes the event. A site in the data must be that of the address.
func (Source) Event(d intake.Delivery) (e lector.ArticleEvent, err error) {
	var in struct {
		Type      string           `json:"type"`
		Timestamp lector.Timestamp `json:"timestamp"`
		Lane      string           `json:"lane"`
		Data      *lector.Article  `json:"data"`
	}
	if err := json.Unmarshal(d.Body, &in); err != nil {
		return e, fieldError(d.Body, err)
	}
	kind, ok := types[in.Type]
	switch {
	case in.Type == "lector.test": // of one who wants to know whether the way and the signature are right
		return e, intake.ErrIgnored
	case !ok:
		return e, fmt.Errorf("type: %.60q is not article.published, updated, unpublished, deleted or scheduled", in.Type)
	case in.Data == nil:
		return e, errors.New("data is missing")
	case in.Data.ID == "":
		return e, errors.New("data.id is missing")
	case in.Data.Site != "" && in.Data.Site != d.Site:
		return e, fmt.Errorf("data.site: it is not %s, whose address this is", d.Site)
	}
	lane, _ := lector.ParseLane(in.Lane) // the article is worth more than its place
	return lector.ArticleEvent{Type: kind, Time: time.Time(in.Timestamp), Lane: lane, Article: *in.Data}, nil
}

// fieldError names the field of a value of the wrong kind, or of a time that is none, as
// the body does.
func fieldError(body []byte, err error) error {
	if errors.As(err, new(*time.ParseError)) {
		return cmp.Or(timeError(body), err)
	}
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &kind) {
		return err
	}
	return fmt.Errorf("%s: a JSON %s cannot stand there", strings.ReplaceAll(kind.Field, ".fields.", "."), kind.Value)
}

// timeError names the first time of a body that is none, or is nil.
func timeError(body []byte) error {
	var in struct {
		Timestamp string `json:"timestamp"`
		Data      struct {
			Published string `json:"published_at"`
			Updated   string `json:"updated_at"`
		} `json:"data"`
	}
	_ = json.Unmarshal(body, &in) // what is read so far is looked at
	for _, f := range [][2]string{{"timestamp", in.Timestamp}, {"data.published_at", in.Data.Published}, {"data.updated_at", in.Data.Updated}} {
		if _, err := lector.ParseTime(f[1]); f[1] != "" && err != nil {
			return fmt.Errorf("%s: %.40q is no time as 2026-11-28T10:00:00Z (RFC 3339)", f[0], f[1])
		}
	}
	return nil
}
