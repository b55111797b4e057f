package ghost

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"lector"
	"lector/publisher/intake/reconcile"
)

// Posts are the posts and pages of a Ghost, as a source to compare audio with.
type Posts struct{ Admin *Admin }

var _ reconcile.Source = Posts{}

// listSize is how many posts are listed at a time, without their text; it is the most
// that Ghost gives.
const listSize = 100

// overlap is how far each look goes back beyond the last one: Ghost's times are whole
// seconds.
const overlap = 2 * time.Minute

// filterTime is how Ghost takes a time in a filter. Of the form of RFC 3339 it finds
// nothing, without an error.
const filterTime = "2006-01-02 15:04:05"

// list asks for one page of a list, and returns Ghost's own time too.
func (p Posts) list(ctx context.Context, kind, filter string, page int) (items []reconcile.Item, next int, now time.Time, err error) {
	q := url.Values{
		"filter": {filter}, "order": {"id asc"}, "fields": {"id,title,status,visibility,published_at,updated_at"},
		"limit": {strconv.Itoa(listSize)}, "page": {strconv.Itoa(page)},
	}
	var out struct {
		Posts, Pages []Post
		Meta         struct {
			Pagination struct {
				Next int `json:"next"`
			} `json:"pagination"`
		} `json:"meta"`
	}
	h, err := p.Admin.do(ctx, http.MethodGet, kind+"/", q, nil, &out)
	if err != nil {
		return nil, 0, now, sourceError(err)
	}
	if now, err = http.ParseTime(h.Get("Date")); err != nil {
		now = p.Admin.now()
	}
	for _, post := range append(out.Posts, out.Pages...) {
		items = append(items, post.item())
	}
	return items, out.Meta.Pagination.Next, now.UTC(), nil
}

// item is a post as the comparison wants it. What is not published is not public,
// whatever visibility it will have.
func (p Post) item() reconcile.Item {
	i := reconcile.Item{ID: p.ID, Title: p.Title, UpdatedAt: p.UpdatedAt, PublishedAt: p.PublishedAt, Visibility: visibility(p.Visibility)}
	if !p.IsPublic() {
		i.Visibility = lector.Visibility("ghost: " + p.Status)
	}
	return i
}

// Changed lists what was saved since a mark, which is a time of Ghost's own clock, be it
// published or not any more. The first mark lists nothing.
func (p Posts) Changed(ctx context.Context, mark string) (items []reconcile.Item, next string, err error) {
	since, err := time.Parse(time.RFC3339, mark)
	if err != nil && mark != "" {
		return nil, "", fmt.Errorf("mark %q: %w", mark, err)
	}
	for _, kind := range Kinds {
		filter := fmt.Sprintf("updated_at:>'%s'", since.Add(-overlap).UTC().Format(filterTime))
		if mark == "" {
			filter = "id:none"
		}
		for page := 1; page > 0; {
			found, following, now, err := p.list(ctx, kind, filter, page)
			if err != nil {
				return nil, mark, err
			}
			if next == "" { // of the first request: what changes meanwhile is seen again
				next = now.Format(time.RFC3339)
			}
			items, page = append(items, found...), following
		}
	}
	return items, next, nil
}

// List lists what is published, a hundred at a time. The place is a kind and a page of
// its list.
func (p Posts) List(ctx context.Context, place string) (items []reconcile.Item, next string, err error) {
	kind, page := 0, 1
	if place != "" {
		_, err := fmt.Sscanf(place, "%d/%d", &kind, &page)
		known := kind >= 0 && kind < len(Kinds)
		if err != nil || !known || page < 1 {
			return nil, "", fmt.Errorf("no place in a list: %q", place)
		}
	}
	items, following, _, err := p.list(ctx, Kinds[kind], "status:published", page)
	switch {
	case err != nil:
		return nil, "", err
	case following > 0:
		next = fmt.Sprintf("%d/%d", kind, following)
	case kind+1 < len(Kinds):
		next = fmt.Sprintf("%d/1", kind+1)
	}
	return items, next, nil
}

// Article returns a post that is published.
func (p Posts) Article(ctx context.Context, i reconcile.Item) (lector.Article, error) {
	post, err := p.post(ctx, i.ID, url.Values{"formats": {"html"}, "include": {"authors,tags"}})
	return post.Article(""), err
}

// Exists asks whether a post is published.
func (p Posts) Exists(ctx context.Context, i reconcile.Item) error {
	_, err := p.post(ctx, i.ID, url.Values{"fields": {"id,status"}})
	return err
}

// post asks for one post or page.
func (p Posts) post(ctx context.Context, id string, query url.Values) (Post, error) {
	for _, kind := range Kinds {
		var out struct{ Posts, Pages []Post }
		_, err := p.Admin.do(ctx, http.MethodGet, kind+"/"+url.PathEscape(id)+"/", query, nil, &out)
		if err = sourceError(err); err != nil && !errors.Is(err, lector.ErrNotFound) {
			return Post{}, err
		}
		for _, post := range append(out.Posts, out.Pages...) {
			if post.IsPublic() {
				return post, nil
			}
		}
	}
	return Post{}, fmt.Errorf("post %q of Ghost: %w", id, lector.ErrNotFound)
}

// sourceError says of a refusal what the comparison makes of it. Only Ghost's own word
// counts for a post that is not there, or whose id is none.
func sourceError(err error) error {
	var refused *Refusal
	if !errors.As(err, &refused) {
		return err
	}
	switch {
	case refused.Message != "" && (refused.Status == http.StatusNotFound || refused.Status == http.StatusUnprocessableEntity):
		return fmt.Errorf("%w: %w", err, lector.ErrNotFound)
	case refused.Status == http.StatusTooManyRequests, refused.Status == http.StatusServiceUnavailable:
		return lector.Throttled(err, reconcile.RetryAfter(refused.header, time.Now()))
	case refused.Status == http.StatusUnauthorized, refused.Status == http.StatusForbidden:
		return lector.Hint(err, "is the Admin API key right? In Ghost: Settings, Integrations")
	}
	return err
}
