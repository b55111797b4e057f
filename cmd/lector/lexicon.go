package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"go.yaml.in/yaml/v3"

	"lector"
	"lector/infra/fetch"
	"lector/worker/script"
)

const lexiconHelp = `Says how words are pronounced. Entries lie in the store, by site, in versions;
only entries that match a text change its audio.

  lector lexicon list
  lector lexicon set Kyiv Keeyiv            say Keeyiv for Kyiv
  lector lexicon set -ipa ˈkɪjiu Kyiv Keeyiv   and keep these sounds for PLS: no voice here takes them
  lector lexicon remove Kyiv
  lector lexicon import starter             names of Ukraine and world news
  lector lexicon import FILE.pls            W3C PLS 1.0, or FILE.yaml as exported
  lector lexicon export [-pls]
  lector lexicon test "Kyiv is the capital."
  lector lexicon impact Kyiv                what a change would read again`

// lexiconFlags are an entry's, and where it is kept.
type lexiconFlags struct {
	settings    *settings
	site        string
	entry       script.Entry
	asJSON, pls bool
	note        func(lector.AuditEntry) // what is about to be changed
}

func (a *app) lexicon(ctx context.Context, args []string) (err error) {
	fs := a.flags("lexicon")
	f := &lexiconFlags{settings: a.settings(fs)}
	f.add(fs)
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	c, err := a.load(f.settings)
	if err != nil {
		return err
	}
	if f.site != allSites {
		if _, err := c.site(f.site); err != nil {
			return err
		}
	}
	if len(words) == 0 {
		words = []string{"list"}
	}
	verb, ok := a.lexiconVerbs()[words[0]]
	switch n := len(words) - 1; {
	case !ok:
		return usageError{lector.Hint(fmt.Errorf("lexicon: %q is not understood", words[0]), "see lector lexicon -h")}
	case n < verb.minWords || n > verb.maxWords:
		return usageError{lector.Hint(fmt.Errorf("lexicon %s takes %d to %d words, and %d are given", words[0], verb.minWords, verb.maxWords, n),
			"see lector lexicon -h; what has spaces in it stands in quotation marks")}
	}
	h := a.resources(c)
	defer h.close(&err)
	s, err := h.store(ctx)
	if err != nil {
		return err
	}
	f.note = func(e lector.AuditEntry) { a.noteLexicon(ctx, h, e) }
	return verb.run(ctx, s, f, words[1:])
}

// noteLexicon writes a change into the audit, which is kept by a lector that runs.
func (a *app) noteLexicon(ctx context.Context, h *resources, e lector.AuditEntry) {
	conn, err := h.nats("ops")
	if err != nil {
		fmt.Fprintf(a.stderr, "warning: not in the audit: %v\n", err)
		return
	}
	a.note(ctx, conn, e)
}

func (f *lexiconFlags) add(fs *flag.FlagSet) {
	fs.StringVar(&f.site, "site", allSites, "keep or look up entries of the site `NAME`")
	fs.StringVar(&f.entry.Language, "lang", "", "only in texts of `LANGUAGE` (default: any)")
	fs.StringVar(&f.entry.IPA, "ipa", "", "keep these `SOUNDS` of the International Phonetic Alphabet beside the alias, for PLS")
	fs.StringVar(&f.entry.Section, "section", "", "only in articles of `SECTION`")
	fs.StringVar(&f.entry.Article, "article", "", "only in the article `ID`")
	fs.BoolVar(&f.entry.Prefix, "prefix", false, "match the beginning of words, not whole ones")
	fs.BoolVar(&f.entry.Case, "case", false, "match capitals too")
	fs.BoolVar(&f.pls, "pls", false, "export: as W3C PLS 1.0")
	fs.BoolVar(&f.asJSON, "json", false, "print JSON")
}

// lexiconVerb is one thing that lector lexicon does, and how many words it
// wants.
type lexiconVerb struct {
	minWords, maxWords int
	run                func(ctx context.Context, s store, f *lexiconFlags, words []string) error
}

func (a *app) lexiconVerbs() map[string]lexiconVerb {
	return map[string]lexiconVerb{
		"list": {0, 0, a.listLexicon}, "set": {1, 2, a.setLexicon}, "remove": {1, 1, a.removeLexicon}, "import": {1, 1, a.importLexicon},
		"export": {0, 0, a.exportLexicon}, "test": {1, 1, a.testLexicon}, "impact": {1, 1, a.lexiconImpact},
	}
}

func (a *app) listLexicon(ctx context.Context, s store, f *lexiconFlags, _ []string) error {
	file, err := readLexicon(ctx, s, f.site)
	if err != nil {
		return err
	}
	if f.asJSON {
		file.Entries = append(script.Lexicon{}, file.Entries...)
		return a.printJSON(file)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, e := range file.Entries {
		fmt.Fprintf(w, "%s\t%s\t%s\n", e.Canonical(), e.Language, strings.TrimSpace(e.Section+" "+e.Article))
	}
	fmt.Fprintf(w, "%s, version %d\n", lector.Plural(len(file.Entries), "entry"), file.Version)
	return w.Flush()
}

func (a *app) setLexicon(ctx context.Context, s store, f *lexiconFlags, words []string) error {
	e := f.entry
	e.Match = words[0]
	if len(words) == 2 {
		e.Alias = words[1]
	}
	if err := e.Check(); err != nil {
		return usageError{err}
	}
	return a.changeLexicon(ctx, s, f, "lexicon-set", e.Canonical(), func(x script.Lexicon) script.Lexicon { return x.With(e) })
}

func (a *app) removeLexicon(ctx context.Context, s store, f *lexiconFlags, words []string) error {
	e := f.entry
	e.Match = words[0]
	file, err := readLexicon(ctx, s, f.site)
	if err != nil {
		return err
	}
	if len(file.Entries.Without(e)) == len(file.Entries) {
		return lector.Hint(fmt.Errorf("lexicon: %q: %w", e.Match, lector.ErrNotFound),
			"lector lexicon list shows the entries; -site, -lang, -section, -article and -prefix are part of an entry's name")
	}
	return a.changeLexicon(ctx, s, f, "lexicon-remove", e.Match, func(x script.Lexicon) script.Lexicon { return x.Without(e) })
}

// changeLexicon stores a new version, unless nothing changes. action and detail are what the
// audit says.
func (a *app) changeLexicon(ctx context.Context, s store, f *lexiconFlags, action, detail string,
	change func(script.Lexicon) script.Lexicon) error {
	file, err := readLexicon(ctx, s, f.site)
	if err != nil {
		return err
	}
	entries := change(slices.Clone(file.Entries))
	if slices.Equal(entries, file.Entries) {
		_, err := fmt.Fprintf(a.stdout, "nothing changed: version %d\n", file.Version)
		return err
	}
	file.Entries = entries
	f.note(lector.AuditEntry{Action: action, Target: f.site, Detail: oneLine(detail)})
	if err := writeLexicon(ctx, s, f.site, file); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s, version %d\n", lector.Plural(len(entries), "entry"), file.Version+1)
	return err
}

func (a *app) importLexicon(ctx context.Context, s store, f *lexiconFlags, words []string) error {
	more, err := a.readImport(ctx, words[0])
	if err != nil {
		return err
	}
	return a.changeLexicon(ctx, s, f, "lexicon-import", words[0]+": "+lector.Plural(len(more), "entry"),
		func(x script.Lexicon) script.Lexicon {
			return x.Merge(more)
		})
}

// readImport reads the starter list, a PLS document or our own YAML.
func (a *app) readImport(ctx context.Context, name string) (script.Lexicon, error) {
	if name == "starter" {
		return script.Starter(), nil
	}
	data, err := a.readSource(ctx, name, fetch.Client{})
	if err != nil {
		return nil, err
	}
	if isXML(data) {
		x, err := script.DecodePLS(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return x, nil
	}
	var file lexiconFile
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return nil, lector.Hint(fmt.Errorf("%s: %w", name, err), "give a PLS document, or YAML as lector lexicon export prints it")
	}
	for _, e := range file.Entries {
		if err := e.Check(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return file.Entries, nil
}

// isXML knows XML by its first character, in the encodings that begin
// with a mark as well.
func isXML(data []byte) bool {
	for _, start := range []string{"<", "\xef\xbb\xbf<", "\xff\xfe<\x00", "\xfe\xff\x00<"} {
		if bytes.HasPrefix(bytes.TrimSpace(data), []byte(start)) {
			return true
		}
	}
	return false
}

func (a *app) exportLexicon(ctx context.Context, s store, f *lexiconFlags, _ []string) error {
	file, err := readLexicon(ctx, s, f.site)
	if err != nil {
		return err
	}
	if !f.pls {
		data, err := yaml.Marshal(file)
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		_, err = a.stdout.Write(data)
		return err
	}
	left, err := file.Entries.EncodePLS(a.stdout, f.entry.Language)
	if left > 0 {
		fmt.Fprintf(a.stderr, "lector: %s left out: a prefix or a scope has no form in PLS, and one document holds one language (-lang)\n",
			lector.Plural(left, "entry"))
	}
	return err
}

// testLexicon shows how a text is spoken with the entries that hold.
func (a *app) testLexicon(ctx context.Context, s store, f *lexiconFlags, words []string) error {
	x, err := lexiconIn(ctx, s, f.site)
	if err != nil {
		return err
	}
	o := script.Options{Language: f.entry.Language, Lexicon: x, Site: f.site, Section: f.entry.Section, Article: f.entry.Article}
	tried := script.Try(words[0], o)
	if f.asJSON {
		return a.printJSON(map[string]any{"source": words[0], "text": tried.Text, "lexicon": append([]string{}, tried.Lexicon...)})
	}
	_, err = fmt.Fprintf(a.stdout, "%s\n", tried.Text)
	for _, e := range tried.Lexicon {
		fmt.Fprintf(a.stdout, "  %s\n", e)
	}
	return err
}

// lexiconImpact counts what a change of one word would read again.
func (a *app) lexiconImpact(ctx context.Context, s store, f *lexiconFlags, words []string) error {
	e := f.entry
	e.Match = words[0]
	found := []script.Touched{}
	segments, characters := 0, 0
	err := manifests(ctx, s, f.site, func(m lector.Manifest) {
		if t, ok := e.Impact(m); ok {
			found = append(found, t)
			segments += t.Segments
			characters += t.Characters
		}
	})
	if err != nil {
		return err
	}
	if f.asJSON {
		return a.printJSON(map[string]any{"articles": found, "segments": segments, "characters": characters})
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, t := range found {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", t.Site, t.Article, lector.Plural(t.Segments, "segment"),
			lector.Plural(t.Characters, "character"), truncate(t.Title, 60))
	}
	fmt.Fprintf(w, "%s, %s, %s would be read again\n", lector.Plural(len(found), "article"), lector.Plural(segments, "segment"),
		lector.Plural(characters, "character"))
	return w.Flush()
}
