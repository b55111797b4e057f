package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lector"
	"lector/worker/extract"
	"lector/worker/script"
	"lector/worker/synth"
)

// Voice is a configured voice.
type Voice struct {
	Name         string
	Capabilities lector.Capabilities
	Synthesizer  *synth.Synthesizer
	// Unavailable returns for how long the voice is not worth a call, for it has
	// failed again and again; 0 is now. nil: always worth one.
	Unavailable func() time.Duration
}

// Site is how the articles of a publication are read.
type Site struct {
	Title            string
	URL              string
	Language         string // of articles that state none
	SpokenDisclosure string // off, start or both: where the disclosure is spoken
	Byline           bool
	Captions         bool
	Corrections      extract.Corrections // where they are read
	Foreign          script.Foreign      // skip or refuse paragraphs in letters that the voice cannot read
	Rules            extract.Rules
	// RulesOff returns the rules that operators have switched off at this moment, beside
	// those of Rules; nil is none.
	RulesOff func() []string
	// Lexicon returns the pronunciations that hold at this moment; nil is none.
	Lexicon func() (script.Lexicon, error)
	// MaxCharacters refuses longer articles before a voice is called; 0 reads
	// all.
	MaxCharacters int
	// Budget bounds one article. What a site may spend in a period is bounded
	// at each call.
	Budget lector.Budget
	// Voices names voices by language, the preferred first; "*" stands for any
	// other language.
	Voices map[string][]string
	// VoicesByRole names the voices of kinds of segments, as of quotes. They read beside
	// the preferred voice only: a fallback reads the whole article.
	VoicesByRole map[lector.SegmentKind]string
	// Speed is the pace of all voices; 0 is their own.
	Speed float64
	// Loudness is what renditions are levelled to.
	Loudness Loudness
	// Policy says which articles are not read.
	Policy Policy
	// Breaking says which articles pass all others.
	Breaking BreakingRule
}

// Narrator makes the audio of articles. It needs no broker and stores
// nothing but clips.
type Narrator struct {
	Sites    map[string]Site
	Voices   []Voice
	Pictures PictureFetcher // nil: files have no cover
	Now      func() time.Time
	// Account opens the account of an attempt of a worker at a job.
	Account func(site, job, worker string) *synth.Account
}

// Plan is an article as its preferred voice will read it.
type Plan struct {
	narrator   *Narrator
	article    lector.Article
	site       Site
	page       extract.Page
	language   string
	generation string       // that the clips are of
	voicePlans []*voicePlan // the preferred first
}

// voicePlan is the article prepared for one voice, or for it and the voices by role.
type voicePlan struct {
	voice       Voice
	script      script.Script
	chunks      []script.Chunk
	synthChunks []synth.Chunk
	chunkVoices []Voice // the voice of each chunk
	hash        string
}

// Prepare finds out what is to be read, and how. It calls no voice. Its errors
// are permanent where the article cannot be read at all.
func (n *Narrator) Prepare(ctx context.Context, a lector.Article, step func(Progress)) (*Plan, error) {
	return n.prepareGeneration(ctx, a, "", step)
}

// prepareGeneration is Prepare with the clips of a generation.
func (n *Narrator) prepareGeneration(ctx context.Context, a lector.Article, generation string, step func(Progress)) (*Plan, error) {
	site, ok := n.Sites[a.Site]
	if !ok {
		return nil, lector.Hint(lector.Permanent(fmt.Errorf("unknown site %q", a.Site)), "add it under sites: in lector.yaml")
	}
	p := &Plan{narrator: n, article: a, site: site, generation: generation}
	step(Progress{Stage: lector.StageExtract})
	err := inSpan(ctx, "extract", func(context.Context) (err error) {
		p.page, err = extract.Article(a, site.rules())
		return err
	})
	if err != nil {
		return nil, atStage(lector.StageExtract, err)
	}
	p.page = p.page.WithCorrections(site.Corrections)
	step(Progress{Stage: lector.StageScript})
	if err := inSpan(ctx, "script", func(context.Context) error { return p.prepareVoices() }); err != nil {
		return nil, atStage(lector.StageScript, err)
	}
	if n, most := p.characters(), site.MaxCharacters; most > 0 && n > most {
		return nil, atStage(lector.StageScript, lector.Hint(lector.Permanent(fmt.Errorf("the article has %d characters, the site reads at most %d", n, most)),
			"is this one article? If so, set budget.characters_per_article of the site in lector.yaml"))
	}
	if err := p.voicePlans[0].checkBudget(site.Budget); err != nil {
		return nil, atStage(lector.StageScript, err)
	}
	return p, ctx.Err()
}

// prepareVoices writes the script for the preferred voice.
func (p *Plan) prepareVoices() error {
	p.language = p.page.Language
	if p.language == "" {
		p.language = p.site.Language
	}
	var why []error
	for i, v := range p.narrator.voices(p.site, p.language) {
		casts := []roleVoices{{}}
		if with := p.narrator.roleVoices(p.site, v, p.language); i == 0 && len(with) > 0 {
			casts = []roleVoices{with, {}}
		}
		for _, c := range casts {
			t, err := p.prepareFor(v, c)
			if err != nil {
				why = append(why, fmt.Errorf("voice %s: %w", v.Name, err))
				continue
			}
			p.voicePlans = append(p.voicePlans, t)
		}
	}
	if len(p.voicePlans) > 0 {
		return nil
	}
	if len(why) > 0 {
		return errors.Join(why...)
	}
	return lector.Hint(lector.Permanent(fmt.Errorf("no voice for language %q", p.language)),
		"configure one under voices: and name it in the site's voices: in lector.yaml; lector voices lists what each of them reads")
}

// rules are the rules of reading that hold at this moment.
func (s Site) rules() extract.Rules {
	if s.RulesOff == nil {
		return s.Rules
	}
	return s.Rules.WithOff(s.RulesOff())
}

// VoiceNames returns the voices that the site names for a language, the preferred first,
// and false where it names none: then any voice may read it.
func (s Site) VoiceNames(language string) (names []string, named bool) {
	if names, named = s.Voices[lector.Primary(language)]; !named {
		names, named = s.Voices["*"]
	}
	return names, named
}

// voices returns who may read a language, the preferred first.
func (n *Narrator) voices(site Site, language string) []Voice {
	names, named := site.VoiceNames(language)
	var out []Voice
	if !named {
		for _, v := range n.Voices {
			out = appendSpeaker(out, v, language)
		}
		return out
	}
	for _, name := range names {
		for _, v := range n.Voices {
			if v.Name == name {
				out = appendSpeaker(out, v, language)
			}
		}
	}
	return out
}

func appendSpeaker(out []Voice, v Voice, language string) []Voice {
	if v.Capabilities.Speaks(language) {
		return append(out, v)
	}
	return out
}

// prepareFor writes the script and the chunks for one voice and the voices by role.
func (p *Plan) prepareFor(v Voice, with roleVoices) (*voicePlan, error) {
	caps := with.combinedLimits(v.Capabilities)
	o, err := p.options(caps)
	if err != nil {
		return nil, err
	}
	s, err := script.Build(p.page, o)
	if err != nil {
		return nil, err
	}
	t := &voicePlan{voice: v, script: s, chunks: s.Chunks(script.Limit{Max: caps.MaxLength, Unit: caps.Unit})}
	for _, c := range t.chunks {
		t.synthChunks = append(t.synthChunks, synth.Chunk{
			Text: c.Text, Language: p.language, Before: c.Before, After: c.After, Lexicon: c.Lexicon, Normaliser: script.Version,
			Speed: p.site.Speed, Generation: p.generation,
		})
		t.chunkVoices = append(t.chunkVoices, with.voiceFor(c.Kind, v))
	}
	t.hash = p.hash(t)
	return t, nil
}

func (p *Plan) options(caps lector.Capabilities) (o script.Options, err error) {
	o = script.Options{
		Language: p.language, Byline: p.site.Byline, Captions: p.site.Captions, Foreign: p.site.Foreign,
		Normalise: script.Level(caps.Normalise), Site: p.article.Site, Section: p.article.Section, Article: p.article.ID,
	}
	if p.site.SpokenDisclosure != "off" {
		o.Disclosure, _ = lector.DisclosureIn(p.language)
		o.Disclosure = strings.TrimSuffix(o.Disclosure, ".") + "."
		o.DisclosureAtEnd = p.site.SpokenDisclosure == "both"
	}
	if p.site.Lexicon != nil {
		o.Lexicon, err = p.site.Lexicon()
	}
	return o, err
}

// Hash names the rendition that the preferred voice would make: all that goes
// into its sound and its tags.
func (p *Plan) Hash() string { return p.voicePlans[0].hash }

// characters is how many characters the preferred voice would be given.
func (p *Plan) characters() int {
	n, _ := p.voicePlans[0].maxCost()
	return n
}

// maxCost is the cost if no clip is in the cache.
func (t *voicePlan) maxCost() (characters int, dollars float64) {
	for i, c := range t.synthChunks {
		n := c.Characters()
		characters += n
		dollars += float64(n) * t.chunkVoices[i].Capabilities.Price / 1e6
	}
	return characters, dollars
}

func (t *voicePlan) checkBudget(b lector.Budget) error { return b.CheckArticle(t.maxCost()) }
