package main

import (
	"cmp"
	"context"
	"regexp"
	"sync"

	"lector"
	"lector/publisher/console"
	"lector/worker/script"
)

// clipHash is the name of a clip.
var clipHash = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{16,128}$`) })

// consoleLexicons changes the lexicons that lie in the store.
type consoleLexicons struct{ server *server }

// Lexicon implements console.Lexicons.
func (c consoleLexicons) Lexicon(ctx context.Context, site string) (entries []console.LexiconEntry, version int, err error) {
	file, err := readLexicon(ctx, c.server.store, site)
	for _, e := range file.Entries {
		entries = append(entries, consoleEntry(e))
	}
	return entries, file.Version, err
}

// ChangeLexicon implements console.Lexicons.
func (c consoleLexicons) ChangeLexicon(ctx context.Context, site string, version int, e console.LexiconEntry, remove bool) error {
	file, err := readLexicon(ctx, c.server.store, site)
	if err != nil {
		return err
	}
	if file.Version != version {
		return lector.ErrConflict
	}
	entry, before := scriptEntry(e), len(file.Entries)
	if remove {
		if file.Entries = file.Entries.Without(entry); len(file.Entries) == before {
			return lector.ErrNotFound
		}
		return writeLexicon(ctx, c.server.store, site, file)
	}
	if err := entry.Check(); err != nil {
		return console.Unusable(err)
	}
	file.Entries = file.Entries.With(entry)
	return writeLexicon(ctx, c.server.store, site, file)
}

// maxTouched is how many articles of an impact are named.
const maxTouched = 50

// Impact implements console.Lexicons. Prices are those of the voices that read the
// articles.
func (c consoleLexicons) Impact(ctx context.Context, site string, e console.LexiconEntry) (impact console.LexiconImpact, err error) {
	entry := scriptEntry(e)
	if e.Said() != "" {
		if err := entry.Check(); err != nil {
			return impact, console.Unusable(err)
		}
	}
	prices := map[string]float64{}
	for _, v := range c.server.worker.Narrator.Voices {
		prices[v.Name] = v.Capabilities.Price
	}
	err = manifests(ctx, c.server.store, site, func(m lector.Manifest) {
		t, hit := entry.Impact(m)
		if !hit || e.Article != "" && e.Article != m.Article {
			return
		}
		job, _ := c.server.index.Job(lector.Key(m.Site, m.Article))
		impact.Articles++
		impact.Segments, impact.Characters = impact.Segments+t.Segments, impact.Characters+t.Characters
		impact.Cost += float64(t.Characters) * prices[job.Job.Voice] / 1e6
		if len(impact.Touched) < maxTouched {
			impact.Touched = append(impact.Touched, console.TouchedArticle{
				Site: t.Site, Article: t.Article, Title: t.Title, Characters: t.Characters, Example: cmp.Or(t.Examples...),
			})
		}
	})
	return impact, err
}

func scriptEntry(e console.LexiconEntry) script.Entry {
	return script.Entry{
		Match: e.Match, Alias: e.Alias, IPA: e.IPA, Language: e.Language, Section: e.Section, Article: e.Article, Prefix: e.Prefix,
		Case: e.Case,
	}
}

func consoleEntry(e script.Entry) console.LexiconEntry {
	return console.LexiconEntry{
		Match: e.Match, Alias: e.Alias, IPA: e.IPA, Language: e.Language, Section: e.Section, Article: e.Article, Prefix: e.Prefix,
		Case: e.Case,
	}
}
