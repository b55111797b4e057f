package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"lector"
	"lector/worker"
	"lector/worker/script"
)

// lexiconFile is one version of a site's pronunciations, as it lies in the
// store. Versions are never changed; the highest one holds.
type lexiconFile struct {
	Version int            `yaml:"version" json:"version"`
	Entries script.Lexicon `yaml:"entries" json:"entries"`
}

// allSites is where pronunciations lie that hold on all sites.
const allSites = "all"

func lexiconPrefix(site string) string { return "lexicon/" + site + "/" }

// readLexicon returns the version that holds; version 0 is an empty one.
func readLexicon(ctx context.Context, s worker.StoreReader, site string) (lexiconFile, error) {
	var f lexiconFile
	var keys []string
	for o, err := range s.List(ctx, lexiconPrefix(site)) {
		if err != nil {
			return f, fmt.Errorf("lexicon of %s: %w", site, err)
		}
		keys = append(keys, o.Key)
	}
	if len(keys) == 0 {
		return f, nil
	}
	return readVersion(ctx, s, slices.Max(keys))
}

func readVersion(ctx context.Context, s worker.StoreReader, key string) (lexiconFile, error) {
	var f lexiconFile
	r, _, err := s.Open(ctx, key)
	if err != nil {
		return f, fmt.Errorf("lexicon %s: %w", key, err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return f, fmt.Errorf("lexicon %s: %w", key, err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return f, unreadableLexicon(key, err)
	}
	return f, nil
}

// unreadableLexicon is the error for a version that was not written by Lector. Articles
// wait for a readable one: without its entries they would be read wrongly.
func unreadableLexicon(key string, err error) error {
	return lector.WithClass(lector.Hint(fmt.Errorf("lexicon %s: %w", key, err),
		"remove the object %s from the store: the version before it holds then; lector lexicon list shows it", key), lector.ClassStorage)
}

// writeLexicon stores the next version. Of two writers at once one is refused.
func writeLexicon(ctx context.Context, s store, site string, f lexiconFile) error {
	f.Version++
	data, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("lexicon of %s: %w", site, err)
	}
	o := lector.NewObject(fmt.Sprintf("%sv%08d.json", lexiconPrefix(site), f.Version))
	err = s.Create(ctx, o, bytes.NewReader(data))
	if errors.Is(err, lector.ErrExists) {
		return lector.Hint(fmt.Errorf("lexicon of %s: %w", site, lector.ErrConflict), "look at lector lexicon list and try again")
	}
	return err
}

// lexiconIn returns the pronunciations that hold on a site: those of all sites,
// then its own.
func lexiconIn(ctx context.Context, s worker.StoreReader, site string) (script.Lexicon, error) {
	all, err := readLexicon(ctx, s, allSites)
	if err != nil {
		return nil, err
	}
	if site == "" || site == allSites {
		return all.Entries, nil
	}
	own, err := readLexicon(ctx, s, site)
	return append(all.Entries, own.Entries...), err
}

// manifests goes through the public renditions of a site, or of all.
func manifests(ctx context.Context, s store, site string, each func(lector.Manifest)) error {
	prefix := "a/"
	if site != allSites {
		prefix += site + "/"
	}
	for o, err := range s.List(ctx, prefix) {
		if err != nil {
			return err
		}
		if !strings.HasSuffix(o.Key, "/manifest.json") {
			continue
		}
		m, err := readManifest(ctx, s, o.Key)
		if err != nil {
			return err
		}
		each(m)
	}
	return nil
}

func readManifest(ctx context.Context, s store, key string) (lector.Manifest, error) {
	var m lector.Manifest
	r, _, err := s.Open(ctx, key)
	if err != nil {
		return m, fmt.Errorf("manifest %s: %w", key, err)
	}
	defer r.Close()
	if err := json.NewDecoder(r).Decode(&m); err != nil {
		return m, fmt.Errorf("manifest %s: %w", key, err)
	}
	return m, nil
}
