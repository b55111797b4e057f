package gc

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lector"
)

// Article is what a store holds of one article.
type Article struct {
	Files  Tally `json:"files"`  // renditions with their captions and manifests, and what its events referred to
	Clips  Tally `json:"clips"`  // clips and answers that only this article names
	Shared Tally `json:"shared"` // clips that other articles have too, which stay

	remove []string // keys
}

// FindArticle looks for what a store holds of the article with a key, whatever its age.
// Its clips are those that its own manifests name, and those with the given hashes.
func FindArticle(ctx context.Context, s Store, site, key string, hashes []string) (Article, error) {
	a, own := Article{}, map[string]bool{}
	for _, hash := range hashes {
		own[hash] = true
	}
	for _, prefix := range []string{lector.Prefix(site, key), lector.ClaimPrefix(key)} {
		if err := a.addFiles(ctx, s, prefix, own); err != nil {
			return a, err
		}
	}
	var p Plan
	needed, err := p.needed(ctx, s, lector.Prefix(site, key))
	if err != nil {
		return a, err
	}
	for _, hash := range slices.Sorted(maps.Keys(own)) {
		if err := a.addClips(ctx, s, hash, needed[hash]); err != nil {
			return a, err
		}
	}
	return a, nil
}

// FindClips looks for the clips and answers with some hashes that no article needs,
// whatever their age.
func FindClips(ctx context.Context, s Store, hashes []string) (Article, error) {
	var a Article
	var p Plan
	needed, err := p.needed(ctx, s, "")
	if err != nil {
		return a, err
	}
	for _, hash := range hashes {
		if err := a.addClips(ctx, s, hash, needed[hash]); err != nil {
			return a, err
		}
	}
	return a, nil
}

// addFiles adds what is below a prefix, and notes the clips that manifests there name.
// One that cannot be read goes all the same.
func (a *Article) addFiles(ctx context.Context, s Store, prefix string, clips map[string]bool) error {
	for o, err := range s.List(ctx, prefix) {
		if err != nil {
			return fmt.Errorf("list %s: %w", prefix, err)
		}
		a.Files.add(o)
		a.remove = append(a.remove, o.Key)
		if !strings.HasSuffix(o.Key, "manifest.json") {
			continue
		}
		m, err := readManifest(ctx, s, o.Key)
		if err != nil {
			continue
		}
		for _, hash := range m.ClipHashes() {
			clips[hash] = true
		}
	}
	return nil
}

// shortestHash is how many characters of a hash stand in a key at least.
const shortestHash = 3

// addClips adds the clip and the answer with a hash, which stay where another article
// needs them.
func (a *Article) addClips(ctx context.Context, s Store, hash string, needed bool) error {
	if len(hash) < shortestHash {
		return nil
	}
	for _, key := range []string{lector.ClipKey(hash), lector.AnswerKey(hash)} {
		if !lector.ValidKey(key) {
			return nil
		}
		for o, err := range s.List(ctx, key) {
			switch {
			case err != nil:
				return fmt.Errorf("look for %s: %w", key, err)
			case needed:
				a.Shared.add(o)
			default:
				a.Clips.add(o)
				a.remove = append(a.remove, o.Key)
			}
		}
	}
	return nil
}

// Remove deletes what was found, but for what is shared. It may be done again.
func (a Article) Remove(ctx context.Context, s Store) error {
	return Plan{remove: a.remove}.Remove(ctx, s, func() {})
}
