package nats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// Listening keeps how articles are listened to: one record an article, which any number of
// publishers add to by compare-and-set.
type Listening struct{ bucket bucket }

// Listening binds to the bucket of listening.
func (c *Conn) Listening(ctx context.Context) (*Listening, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	b, err := c.bucket(ctx, listening)
	if err != nil {
		return nil, err
	}
	return &Listening{b}, nil
}

// listeningRecord is what stands in the bucket.
type listeningRecord struct {
	lector.ArticleListening
	// Added are the ids of what was added last, so that a second try of what was done, and
	// whose answer was lost, adds nothing.
	Added []string `json:"added"`
}

// addedMost is how many ids a record holds. A publisher tries again within seconds, and
// adds to a record every few seconds.
const addedMost = 64

// AddListening adds counts of a day to those of an article. What is added under an id that
// has been added before counts once.
func (l *Listening) AddListening(ctx context.Context, site, key, day, id string, counts lector.Listening) error {
	for {
		version, r, err := l.read(ctx, site, key)
		if err != nil || slices.Contains(r.Added, id) {
			return brokerError("listening to "+key, err)
		}
		r.Count(day, counts)
		r.Added = append(r.Added, id)
		r.Added = r.Added[max(0, len(r.Added)-addedMost):]
		data, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("listening to %s: %w", key, err)
		}
		_, err = l.bucket.compareAndSet(ctx, jobKey(site, key), data, version)
		if !errors.Is(err, lector.ErrConflict) && !errors.Is(err, jetstream.ErrKeyExists) {
			return brokerError("listening to "+key, err)
		}
	}
}

func (l *Listening) read(ctx context.Context, site, key string) (version uint64, r listeningRecord, err error) {
	version, value, err := l.bucket.read(ctx, jobKey(site, key))
	if err == nil && version > 0 {
		err = json.Unmarshal(value, &r)
	}
	r.Site, r.Key = site, key
	return version, r, err
}

// ArticleListening returns how an article was listened to; zeros where nobody has.
func (l *Listening) ArticleListening(ctx context.Context, site, key string) (lector.ArticleListening, error) {
	_, r, err := l.read(ctx, site, key)
	return r.ArticleListening, brokerError("listening to "+key, err)
}

// SiteListening yields how each article of a site was listened to, in no order. It ends
// with the first error.
func (l *Listening) SiteListening(ctx context.Context, site string) iter.Seq2[lector.ArticleListening, error] {
	return func(yield func(lector.ArticleListening, error) bool) {
		for entry, err := range l.bucket.entries(ctx, site+".>") {
			var r listeningRecord
			if err == nil {
				err = json.Unmarshal(entry.Value(), &r)
				r.Site = site
				_, r.Key, _ = strings.Cut(entry.Key(), ".")
			}
			if !yield(r.ArticleListening, brokerError("listening", err)) || err != nil {
				return
			}
		}
	}
}
