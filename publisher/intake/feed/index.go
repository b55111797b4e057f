package feed

import (
	"context"
	"errors"
	"slices"

	"lector"
	"lector/publisher/intake/reconcile"
)

// maxChildren bounds the sitemaps of an index; it is the bound of the protocol.
const maxChildren = 50_000

// changedChildren asks for the sitemaps of an index that has not changed itself. One
// with a time is named anew when it changes.
func (s *Source) changedChildren(ctx context.Context, seen map[string]validators) (items []reconcile.Item, next string, err error) {
	for address, was := range seen {
		if address == s.URL || was.Updated != "" {
			continue
		}
		found, is, err := s.changedChild(ctx, address, was, "")
		if err != nil {
			return nil, encode(seen), err
		}
		items = append(items, found...)
		seen[address] = is
	}
	return items, encode(seen), nil
}

// changedChild is child within the limit.
func (s *Source) changedChild(ctx context.Context, address string, was validators, updated string) ([]reconcile.Item, validators, error) {
	if s.Limit != nil {
		if err := s.Limit.Wait(ctx); err != nil {
			return nil, was, err
		}
	}
	return s.child(ctx, address, was, updated)
}

// child fetches a sitemap that an index names, unless it is as it was, and returns how it
// is now. updated is its time as the index states it. One that cannot be read keeps none
// of the others from being read, and is asked for again the next time.
func (s *Source) child(ctx context.Context, address string, was validators, updated string) ([]reconcile.Item, validators, error) {
	d, now, changed, err := s.childDocument(ctx, address, was)
	switch {
	case lector.IsPermanent(err):
		s.passOver(address, err)
		return nil, validators{}, nil
	case err != nil:
		return nil, was, err
	}
	if now.Updated = updated; !changed {
		return nil, now, nil
	}
	return s.items(d), now, nil
}

// childDocument fetches a sitemap that an index names. An index in an index is none.
func (s *Source) childDocument(ctx context.Context, address string, was validators) (d Document, now validators, changed bool, err error) {
	d, now, changed, err = s.document(ctx, address, was)
	if err == nil && d.Kind == SitemapIndex {
		err = lector.Permanent(errors.New(address + ": it is an index of sitemaps, which an index may not name"))
	}
	return d, now, changed, err
}

// passOver says once of a sitemap that it cannot be read.
func (s *Source) passOver(address string, why error) {
	if s.Log == nil || s.unread[address] {
		return
	}
	if s.unread == nil {
		s.unread = map[string]bool{}
	}
	s.unread[address] = true
	s.Log.Warn("sitemap of the index is passed over: the articles that only it names are not found", "sitemap", address, "error", why)
}

// List goes through the documents: the feed, or the sitemaps that the index names. One of
// them that cannot be read has no articles: its absence says nothing of their pages,
// which Exists asks for.
func (s *Source) List(ctx context.Context, place string) (items []reconcile.Item, next string, err error) {
	if place == "" || s.documents == nil {
		d, _, _, err := s.document(ctx, s.URL, validators{})
		if err != nil {
			return nil, "", err
		}
		s.documents = nil
		for _, c := range d.Children[:min(len(d.Children), maxChildren)] {
			s.documents = append(s.documents, c.URL)
		}
		if len(s.documents) == 0 {
			return s.items(d), "", nil
		}
	}
	at := max(slices.Index(s.documents, place), 0) // a sitemap that is not named any more: from the beginning
	items, _, err = s.child(ctx, s.documents[at], validators{}, "")
	if err != nil {
		return nil, "", err
	}
	if at+1 < len(s.documents) {
		next = s.documents[at+1]
	}
	return items, next, nil
}
