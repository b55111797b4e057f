package ghost

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"lector"
	"lector/publisher/intake"
	"lector/publisher/intake/strip"
)

// Events are those that Lector wants of Ghost. Of any change of a post one of them is
// sent; the others would say the same again.
var Events = []string{
	"post.published", "post.published.edited", "post.unpublished", "post.deleted", "post.scheduled", "post.unscheduled", "post.rescheduled",
	"page.published", "page.published.edited", "page.unpublished", "page.deleted", "page.scheduled", "page.unscheduled", "page.rescheduled",
}

// Keep names the fields of a post before and after a change. The rest of a webhook is
// all its earlier revisions, and e-mail addresses.
func (Source) Keep() strip.Keep {
	change := strip.Keep{"current": postFields, "previous": postFields}
	return strip.Keep{"event": nil, "post": change, "page": change}
}

// change is a post's state after a change, and what was different before.
type change struct {
	Current  Post `json:"current"`
	Previous Post `json:"previous"`
}

// Event makes the event of a delivery. Earlier releases of Ghost do not say which
// event it is: the states tell.
func (Source) Event(d intake.Delivery) (e lector.ArticleEvent, err error) {
	var in struct {
		Event string  `json:"event"`
		Post  *change `json:"post"`
		Page  *change `json:"page"`
	}
	if err := json.Unmarshal(d.Body, &in); err != nil {
		return e, err
	}
	kind, name, _ := strings.Cut(in.Event, ".")
	c, ok := in.Post, true
	switch {
	case kind == "page" || in.Event == "" && c == nil:
		c = in.Page
	case in.Event != "":
		ok = kind == "post"
	}
	if !ok {
		return e, fmt.Errorf("event: %.60q is not of a post or a page", in.Event)
	}
	if c == nil {
		return e, errors.New("there is neither post nor page")
	}
	return c.event(name, d)
}

func (c *change) event(name string, d intake.Delivery) (e lector.ArticleEvent, err error) {
	if name == "" {
		name = c.guess()
	}
	switch name {
	case "deleted", "unpublished", "unscheduled":
		return c.withdrawal(name, d)
	case "published", "published.edited", "scheduled", "rescheduled", "edited", "added", "tag.attached", "tag.detached":
	default:
		return e, fmt.Errorf("event: there is no event %.60q", name)
	}
	if c.Current.ID == "" {
		return e, errors.New("current.id is missing")
	}
	e.Article = c.Current.Article(d.Site)
	switch {
	case c.Current.Status == "scheduled":
		e.Type = lector.Scheduled
	case !c.Current.IsPublic():
		return e, fmt.Errorf("%w: its status is %.20q", intake.ErrIgnored, c.Current.Status)
	case name == "published" || name == "added":
		e.Type = lector.Published
	default:
		e.Type = lector.Updated
	}
	return e, nil
}

// guess names the event of a change by its states.
func (c *change) guess() string {
	switch {
	case c.Current.ID == "":
		return "deleted"
	case !c.Current.IsPublic() && c.Previous.IsPublic():
		return "unpublished"
	case c.Current.IsPublic() && c.Previous.Status != "":
		return "published"
	}
	return "published.edited"
}

// withdrawal makes the event of a post that is gone from the site. When it is deleted
// its current state is empty, and nothing but the time of the delivery says when.
func (c *change) withdrawal(name string, d intake.Delivery) (e lector.ArticleEvent, err error) {
	e = lector.ArticleEvent{Type: lector.Unpublished,
		Article: lector.Article{Site: d.Site, ID: c.Current.ID, UpdatedAt: c.Current.UpdatedAt}}
	if name == "deleted" {
		e.Type = lector.Deleted
	}
	if e.Article.ID == "" {
		e.Article.ID, e.Article.UpdatedAt = c.Previous.ID, d.Time
	}
	if e.Article.ID == "" {
		return e, errors.New("neither current.id nor previous.id is there")
	}
	return e, nil
}
