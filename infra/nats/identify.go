package nats

import (
	"encoding/json"
	"strings"

	"github.com/nats-io/nats.go"

	"lector"
)

// identify reads of a message that is no article event what names the article
// nevertheless: the site, which the subject holds, and the CMS's id and revision,
// where the data is JSON and does not name another site. What cannot be read is
// empty.
func identify(subject string, h nats.Header, data []byte) lector.ArticleEvent {
	e := lector.ArticleEvent{ID: header(h, ceID), Source: header(h, ceSource), Type: lector.EventType(header(h, ceType)), Replay: header(h, replayHeader), Trace: lector.ParseTraceContext(traceFields(h))}
	e.Article.Site = siteOf(subject)
	fields := jsonFields(data)
	if inner := jsonFields(fields["data"]); inner != nil { // structured mode
		fields = inner
	}
	var site string
	if json.Unmarshal(fields["site"], &site) == nil && site != e.Article.Site {
		return e
	}
	e.Article.ID = identifierIn(fields["id"])
	e.Article.Revision = identifierIn(fields["revision"])
	return e
}

// siteOf returns the site in the subject of an article event, or "".
func siteOf(subject string) string {
	tokens := strings.Split(subject, ".")
	if len(tokens) < 3 || tokens[0] != "article" || !lector.ValidSite(tokens[2]) {
		return ""
	}
	return tokens[2]
}

// jsonFields returns the fields of a JSON object, nil for anything else.
func jsonFields(data []byte) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return nil
	}
	return fields
}

// identifierIn returns an id or a revision, "" where it is none that an article
// could have.
func identifierIn(data json.RawMessage) string {
	if len(data) == 0 {
		return ""
	}
	id, err := lector.ParseIdentifier(data)
	if err != nil || len(id) > maxIdentifier || strings.ContainsRune(id, 0) {
		return ""
	}
	return id
}

// maxIdentifier is the longest id that the schema of article events takes.
const maxIdentifier = 512
