// Package reconcile compares what a site has published with the audio that there is,
// and heals the difference: events get lost, and some sites send none. It publishes
// what is missing or changed, and withdraws what is left over, by the same events
// that a CMS sends.
package reconcile

import (
	"context"
	"iter"
	"time"

	"lector"
)

// Item is an article as a source lists it.
type Item struct {
	ID          string
	URL         string
	Title       string
	Revision    string    // names the state of the article, where the source has no reliable time of the last change
	UpdatedAt   time.Time // of the last change; zero where nobody states it
	PublishedAt time.Time // zero where nobody states it
	Visibility  lector.Visibility
	Tags        []string
	Page        bool // any page of the site: nobody says that it is an article
}

// Source is a place that knows what a site has published. All errors but
// lector.ErrNotFound leave things as they are; a throttled one says for how long.
type Source interface {
	// Changed lists what may have changed since a mark, and returns the next one. ""
	// is the first mark.
	Changed(ctx context.Context, mark string) (items []Item, next string, err error)
	// List lists all articles, a page at a time, and returns the place of the next
	// page. "" is the first place, and is returned behind the last page.
	List(ctx context.Context, place string) (items []Item, next string, err error)
	// Article returns the whole of an article. It is lector.ErrNotFound when nobody
	// can read it there any more.
	Article(ctx context.Context, i Item) (lector.Article, error)
	// Exists asks for no more than whether an article is still there: nil or
	// lector.ErrNotFound.
	Exists(ctx context.Context, i Item) error
}

// Jobs are the records of all articles.
type Jobs interface {
	Job(ctx context.Context, site, key string) (lector.Job, uint64, error)
	Jobs(ctx context.Context) iter.Seq2[lector.Job, error]
}

// Events is the stream of article events. NewestEvent is lector.ErrNotFound for an
// article without one.
type Events interface {
	NewestEvent(ctx context.Context, j lector.JobRef) (lector.ArticleEvent, uint64, error)
	Publish(ctx context.Context, e lector.ArticleEvent) (uint64, error)
}

// Places keeps the progress of passes. Place is lector.ErrNotFound for a name that has
// none.
type Places interface {
	Place(ctx context.Context, name string) ([]byte, error)
	SetPlace(ctx context.Context, name string, value []byte) error
	DropPlace(ctx context.Context, name string) error
}

// eventSource is the source that the events of this package state.
const eventSource = "lector/reconcile"
