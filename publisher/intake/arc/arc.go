package arc

import (
	"encoding/json"
	"errors"
	"fmt"

	"lector"
	"lector/publisher/intake"
	"lector/publisher/intake/strip"
	"lector/publisher/intake/webhook"
)

// Source reads deliveries whose body is an IFX event:
//
//	{"version": 2, "key": "story:update", "time": …, "uuid": …, "body": {a story}}
type Source struct{ webhook.Headers }

// types are those of the events that concern what readers see.
var types = map[string]lector.EventType{
	"story:first-publish": lector.Published, "story:republish": lector.Updated, "story:update": lector.Updated,
	"story:unpublish": lector.Unpublished, "story:delete": lector.Deleted,
}

// Keep names the event's key and what is wanted of the story.
func (Source) Keep() strip.Keep { return strip.Keep{"key": nil, "body": storyFields()} }

// Event makes the event. A story that was updated and never published is a draft.
func (Source) Event(d intake.Delivery) (e lector.ArticleEvent, err error) {
	var in struct {
		Key  string `json:"key"`
		Body *story `json:"body"`
	}
	if err := json.Unmarshal(d.Body, &in); err != nil {
		return e, err
	}
	kind, ok := types[in.Key]
	switch {
	case !ok:
		return e, fmt.Errorf("key: %.60q is not story:first-publish, republish, update, unpublish or delete", in.Key)
	case in.Body == nil || in.Body.ID == "":
		return e, errors.New("body._id is missing")
	case in.Body.Type != "" && in.Body.Type != "story":
		return e, fmt.Errorf("%w: it is no story", intake.ErrIgnored)
	case kind == lector.Updated && in.Body.First.IsZero():
		return e, fmt.Errorf("%w: it is not published", intake.ErrIgnored)
	}
	e = lector.ArticleEvent{Type: kind, Article: in.Body.article(d.Site, d.SiteURL)}
	if kind.Withdraws() {
		e.Article = lector.Article{Site: d.Site, ID: in.Body.ID, UpdatedAt: in.Body.Updated}
	}
	return e, nil
}
