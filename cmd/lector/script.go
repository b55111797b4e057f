package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"lector"
	"lector/worker/extract"
	"lector/worker/script"
	"lector/worker/synth"
)

const scriptHelp = `Shows what would be read of an article, sentence by sentence, what is dropped
and by which rule, and what it would cost. It calls no voice.

The file may be a CMS body in HTML, a whole web page, plain text, a page saved
as text, an article event or an Arc story (ANS) in JSON: which it is, is found
out.

  lector script article.html
  lector script -json https://paper.example/story
  echo "On Jan. 13 the NIS met." | lector script -plain -lang en -`

// scriptFlags are the flags of lector script.
type scriptFlags struct {
	settings               *settings
	site, lang             string
	plain, asJSON, private bool
	spans, explain         bool
}

func (a *app) scriptFlags(fs *flag.FlagSet) *scriptFlags {
	f := &scriptFlags{settings: a.settings(fs)}
	fs.StringVar(&f.site, "site", "", "use the rules, lexicon and voices of the site `NAME`")
	fs.StringVar(&f.lang, "lang", "", "the `LANGUAGE` of the text, as in en or uk (default: what the page says)")
	fs.BoolVar(&f.plain, "plain", false, "take each line of the input as one paragraph and drop nothing")
	fs.BoolVar(&f.asJSON, "json", false, "print JSON")
	fs.BoolVar(&f.spans, "spans", false, "with -json: say which bytes of a text stand for which of its source")
	fs.BoolVar(&f.explain, "explain", false, "give the ID and the reason of each rule that dropped something (rules.off takes the ID), and the class and the rule of each token that was spelled out")
	fs.BoolVar(&f.private, "allow-private", false, allowPrivateHelp)
	return f
}

func (a *app) script(ctx context.Context, args []string) (err error) {
	fs := a.flags("script")
	f := a.scriptFlags(fs)
	files, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return usageErrorf("script wants one FILE or URL, or - for standard input")
	}
	c, err := a.load(f.settings)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	voices := a.openAhead(ctx, c)
	data, err := a.readSource(ctx, files[0], byFlag(f.private))
	if err != nil {
		return err
	}
	out, err := a.buildScript(ctx, c, f, files[0], data, voices)
	switch {
	case out == nil:
		return err
	case f.asJSON:
		return errors.Join(a.printJSON(out), err)
	}
	return errors.Join(a.printScript(out), err)
}

// buildScript writes the script of a file for the first voice that can read it. Where no
// block of it is read, there is an error, and the report says why each is not.
func (a *app) buildScript(ctx context.Context, c *config, f *scriptFlags, name string, data []byte,
	voices func() []pricedVoice) (*scriptReport, error) {
	siteName, site, err := c.siteOf(f.site)
	if err != nil {
		return nil, err
	}
	page, err := f.page(name, data, site)
	if err != nil && len(page.Dropped()) > 0 {
		r := &scriptReport{}
		r.fill(page, script.Script{}, nil, f)
		r.Cost = []costEstimate{}
		return r, err
	}
	if err != nil {
		return nil, err
	}
	h := a.resources(c)
	defer h.close(&err)
	r, clips := &scriptReport{}, h.clipCache(ctx)
	options := f.options(siteName, site, page)
	if clips != nil {
		if options.Lexicon, err = lexiconIn(ctx, clips, siteName); err != nil {
			return nil, err
		}
	}
	for _, v := range c.inOrder(voices(), siteName, script.Language(options.Language)) {
		options.Normalise = script.Level(v.caps.Normalise)
		s, err := script.Build(page, options)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		chunks := s.Chunks(script.Limit{Max: v.caps.MaxLength, Unit: v.caps.Unit})
		if r.Segments == nil {
			r.fill(page, s, chunks, f)
		}
		r.Cost = append(r.Cost, v.estimate(ctx, clips, s.Language, site.Speed, chunks))
	}
	r.Disclosure = site.disclosureText(r.Language)
	return r, nil
}

func (f *scriptFlags) page(name string, data []byte, site siteConfig) (extract.Page, error) {
	if !f.plain {
		page, err := extract.File(name, data, site.Rules)
		return page.WithCorrections(site.Include.Corrections), err
	}
	p, err := extract.PlainLines(data)
	if err != nil {
		return p, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

func (f *scriptFlags) options(name string, site siteConfig, p extract.Page) script.Options {
	o := script.Options{Language: f.lang, Captions: site.Include.Captions, Foreign: site.Include.Foreign, Site: name}
	o.Byline = !f.plain && (site.Include.Byline == nil || *site.Include.Byline)
	for _, language := range []string{p.Language, script.Guess(p), site.Language} {
		if o.Language == "" {
			o.Language = language
		}
	}
	return o
}

// disclosureText is the disclosure as a rendition of the site would speak it; it
// is no part of the script of a file.
func (s siteConfig) disclosureText(language string) string {
	if s.SpokenDisclosure == "off" {
		return ""
	}
	text, _ := lector.DisclosureIn(language)
	return text
}

// siteOf returns the named site, or the only one there is.
func (c *config) siteOf(name string) (string, siteConfig, error) {
	if name == "" {
		if name = c.onlySite(); name == "" {
			return "", siteConfig{Language: "en"}, nil
		}
	}
	s, err := c.site(name)
	return name, s, err
}

// pricedVoice is a voice that could read the article.
type pricedVoice struct {
	name  string
	voice synth.Voice
	caps  lector.Capabilities
}

// openAhead opens the configured voices while the caller does something else: some ask a
// program what it can say. The function that it returns waits for them.
func (a *app) openAhead(ctx context.Context, c *config) func() []pricedVoice {
	opened := make(chan []pricedVoice, 1)
	go func() { opened <- a.openPriced(ctx, c) }()
	return func() []pricedVoice { return <-opened }
}

// openPriced opens the configured voices, in the order of their names.
func (a *app) openPriced(ctx context.Context, c *config) (all []pricedVoice) {
	for _, name := range slices.Sorted(maps.Keys(c.Voices)) {
		set := c.Voices[name]
		q := pricedVoice{name: name, caps: lector.Capabilities{MaxLength: set.MaxChars, Price: set.Price, Normalise: set.Normalise,
			Languages: set.Languages}}
		if v, err := a.openVoice(ctx, name, set); err == nil {
			q.voice, q.caps = v, v.Capabilities()
		}
		all = append(all, q)
	}
	return all
}

// estimate says what a voice would be paid for the chunks.
func (q pricedVoice) estimate(ctx context.Context, clips store, language string, speed float64, chunks []script.Chunk) costEstimate {
	out := costEstimate{Voice: q.name, Speaks: q.caps.Speaks(language)}
	seen := map[string]bool{} // the same chunk is spoken once
	for _, c := range chunks {
		n := utf8.RuneCountInString(c.Text)
		out.Characters += n
		hash := synth.Hash(synthChunk(language, speed, c), q.caps)
		if seen[hash] || q.cached(ctx, clips, hash) {
			out.Cached += n
		}
		seen[hash] = true
	}
	out.Amount = float64(out.Characters-out.Cached) * q.caps.Price / 1e6
	return out
}

// cached reports whether a clip is there. Of a voice that cannot be opened the
// hashes are not known.
func (q pricedVoice) cached(ctx context.Context, clips store, hash string) bool {
	if q.voice == nil || clips == nil {
		return false
	}
	_, err := clips.Stat(ctx, lector.ClipKey(hash))
	return err == nil
}

func synthChunk(language string, speed float64, c script.Chunk) synth.Chunk {
	return synth.Chunk{Text: c.Text, Language: language, Before: c.Before, After: c.After, Lexicon: c.Lexicon,
		Normaliser: script.Version, Speed: speed}
}

// clipCache opens the clip cache if there is one; looking creates nothing.
func (h *resources) clipCache(ctx context.Context) store {
	if h.config.Store.Kind != "disk" || !exists(h.config.Data+"/store") {
		return nil
	}
	s, err := h.store(ctx)
	if err != nil {
		return nil
	}
	return s
}
