package nats

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"lector"
	"lector/infra/schema"
)

// Headers of a CloudEvent in binary mode (CloudEvents NATS binding 1.0.2,
// section 3.1).
const (
	ceVersion     = "ce-specversion"
	ceID          = "ce-id"
	ceSource      = "ce-source"
	ceType        = "ce-type"
	ceTime        = "ce-time"
	ceSubject     = "ce-subject"
	ceSchema      = "ce-dataschema"
	ceLane        = "ce-lane" // an extension: the lane that an event asks for
	contentType   = "content-type"
	replayHeader  = "lector-replay"
	forceHeader   = "lector-force" // beside replayHeader only
	structuredCE  = "application/cloudevents+json"
	articleSchema = "https://lector.example/schema/article.v1.schema.json"
)

// cloudEvent is the attributes and data of an event, whatever its mode.
type cloudEvent struct {
	Version string          `json:"specversion"`
	ID      string          `json:"id"`
	Source  string          `json:"source"`
	Type    string          `json:"type"`
	Time    string          `json:"time"`
	Data    json.RawMessage `json:"data"`
	Base64  []byte          `json:"data_base64"` // the same, where the producer took it for bytes
	Replay  string          `json:"lectorreplay"`
	Lane    string          `json:"lane"`
	Force   string          `json:"-"` // a header only: no CMS asks for it

	// The extension for distributed tracing.
	TraceParent string `json:"traceparent"`
	TraceState  string `json:"tracestate"`
}

// encode makes a binary-mode CloudEvent.
func encode(subject, id, source, kind, dataschema string, at time.Time, data any) (*nats.Msg, error) {
	payload, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	m := nats.NewMsg(subject)
	m.Data = payload
	m.Header = nats.Header{
		ceVersion: {"1.0"}, ceID: {id}, ceSource: {source}, ceType: {kind},
		ceTime: {at.UTC().Format(time.RFC3339Nano)}, contentType: {"application/json"},
	}
	if dataschema != "" {
		m.Header[ceSchema] = []string{dataschema}
	}
	return m, nil
}

// header reads a header whose case a server or a client may have changed.
func header(h nats.Header, name string) string {
	if v := h.Get(name); v != "" {
		return v
	}
	for k, v := range h {
		if strings.EqualFold(k, name) && len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// parse reads a CloudEvent in binary or structured mode.
func parse(h nats.Header, data []byte) (cloudEvent, error) {
	if isStructured(h, data) {
		return parseStructured(h, data)
	}
	parent, state := traceFields(h)
	return cloudEvent{
		TraceParent: parent, TraceState: state,
		Version: header(h, ceVersion), ID: header(h, ceID), Source: header(h, ceSource),
		Type: header(h, ceType), Time: header(h, ceTime), Replay: header(h, replayHeader), Lane: header(h, ceLane), Force: header(h, forceHeader), Data: data,
	}, nil
}

// isStructured reports whether the message is an event in structured mode: its
// content type says so, or it has no attributes in headers and is a JSON object
// with a specversion. The binding knows no headers in that mode (CloudEvents NATS
// binding 1.0.2, section 3.2).
func isStructured(h nats.Header, data []byte) bool {
	if kind, _, _ := strings.Cut(header(h, contentType), ";"); strings.EqualFold(strings.TrimSpace(kind), structuredCE) {
		return true
	}
	return header(h, ceVersion) == "" && jsonFields(data)["specversion"] != nil
}

// parseStructured reads an event in structured mode. Its id may be a number, as
// an article's may. A replay leaves the event as it was, so its
// name and its lane may stand beside.
func parseStructured(h nats.Header, data []byte) (cloudEvent, error) {
	var e struct {
		cloudEvent
		ID json.RawMessage `json:"id"`
	}
	err := unmarshalExact(data, &e)
	if err == nil && len(e.ID) > 0 {
		e.cloudEvent.ID, err = lector.ParseIdentifier(e.ID)
	}
	if err != nil {
		return cloudEvent{}, fmt.Errorf("structured CloudEvent: %w", err)
	}
	if len(e.Data) == 0 || string(e.Data) == "null" {
		e.Data = e.Base64
	}
	e.Replay, e.Lane = cmp.Or(header(h, replayHeader), e.Replay), cmp.Or(header(h, ceLane), e.Lane)
	if parent, state := traceFields(h); parent != "" {
		e.TraceParent, e.TraceState = parent, state
	}
	return e.cloudEvent, nil
}

// identityFields returns of an article's data only what names the article and its
// revision: a fault in any other field must not keep an article from being
// withdrawn.
func identityFields(data []byte) []byte {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return data // the schema says what is wrong
	}
	named := map[string]json.RawMessage{}
	for _, name := range []string{"site", "id", "revision", "updated_at"} {
		if value, ok := fields[name]; ok {
			named[name] = value
		}
	}
	short, err := json.Marshal(named)
	if err != nil {
		return data
	}
	return short
}

// decodeArticle reads an article event. All its errors are permanent, and what
// is returned with one is what identify can read.
func decodeArticle(subject string, h nats.Header, data []byte) (lector.ArticleEvent, error) {
	e, err := decodeValidArticle(subject, h, data)
	if err != nil {
		return identify(subject, h, data), err
	}
	return e, nil
}

func decodeValidArticle(subject string, h nats.Header, data []byte) (lector.ArticleEvent, error) {
	e, err := decodeEvent(h, data)
	if err != nil {
		return lector.ArticleEvent{}, err
	}
	if site := siteOf(subject); site != e.Article.Site {
		return lector.ArticleEvent{}, lector.Permanent(fmt.Errorf("the subject %s is of another site than the article, which is of %s", subject, e.Article.Site))
	}
	return e, nil
}

// DecodeEvent reads an article event in structured mode, as it would be read from a
// message. Its errors say what is wrong with it.
func DecodeEvent(data []byte) (lector.ArticleEvent, error) { return decodeEvent(nil, data) }

func decodeEvent(h nats.Header, data []byte) (lector.ArticleEvent, error) {
	ce, err := parse(h, data)
	if err != nil {
		return lector.ArticleEvent{}, lector.Permanent(err)
	}
	if ce.Version == "" {
		return lector.ArticleEvent{}, lector.Permanent(errNoEvent(data))
	}
	if err := ce.check(); err != nil {
		return lector.ArticleEvent{}, lector.Permanent(err)
	}
	if lector.EventType(ce.Type).Withdraws() {
		ce.Data = identityFields(ce.Data)
	} else if err := cmp.Or(checkUnambiguous(data), checkUnambiguous(ce.Base64)); err != nil {
		return lector.ArticleEvent{}, lector.Permanent(fmt.Errorf("article event: %w", err))
	}
	if err := schema.CheckArticle(ce.Data); err != nil {
		return lector.ArticleEvent{}, err
	}
	e := lector.ArticleEvent{
		ID: ce.ID, Source: ce.Source, Type: lector.EventType(ce.Type), Replay: ce.Replay, Trace: lector.ParseTraceContext(ce.TraceParent, ce.TraceState),
	}
	if err := unmarshalExact(ce.Data, &e.Article); err != nil {
		return lector.ArticleEvent{}, lector.Permanent(fmt.Errorf("article data: %w", err))
	}
	if e.Time, err = lector.ParseTime(ce.Time); err != nil && ce.Time != "" {
		return lector.ArticleEvent{}, lector.Permanent(fmt.Errorf("ce-time: %w", err))
	}
	if e.Replay != "" { // what is no number forces nothing
		e.Force, _ = strconv.Atoi(ce.Force)
	}
	if e.Lane, err = lector.ParseLane(ce.Lane); err != nil {
		e.NoLane = ce.Lane // the article is worth more than its place
	}
	if e.Article.Revision == "" {
		e.Article.Revision = e.Article.Fingerprint()
	}
	return e, nil
}

func (ce cloudEvent) check() error {
	switch {
	case ce.Version != "1.0":
		return fmt.Errorf("no CloudEvent 1.0: its specversion is %q", ce.Version)
	case ce.ID == "":
		return errors.New("id is missing (in binary mode, the header ce-id)")
	case !lector.EventType(ce.Type).Known():
		return fmt.Errorf("unsupported event type %q", ce.Type)
	case len(ce.Data) == 0:
		return errors.New("the event has no data")
	}
	return nil
}

// errNoEvent says why a message without a specversion, in a header or in its body, is no
// CloudEvent.
func errNoEvent(data []byte) error {
	var fields map[string]json.RawMessage
	err := json.Unmarshal(data, &fields)
	var kind *json.UnmarshalTypeError
	switch {
	case len(data) == 0:
		err = errors.New("it is empty")
	case errors.As(err, &kind):
		err = fmt.Errorf("its body is a JSON %s, not an object", kind.Value)
	case err != nil:
		err = fmt.Errorf("its body is no JSON (%w)", err)
	default:
		err = errors.New("its body has no specversion")
	}
	return lector.Hint(fmt.Errorf("the message is no CloudEvent: %w", err),
		"send a CloudEvent 1.0 as JSON, or its data with ce- headers; see docs/publish.md")
}
