package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lector"
)

// Lexicons are how words are pronounced: on all sites, and on single ones.
type Lexicons interface {
	// Lexicon returns the entries of a site, or of allSites, and their version.
	Lexicon(ctx context.Context, site string) (entries []LexiconEntry, version int, err error)
	// ChangeLexicon sets an entry, or removes it, in the version that a person has seen.
	// It is lector.ErrConflict where another one holds, and an error of a person where
	// the entry cannot be used.
	ChangeLexicon(ctx context.Context, site string, version int, e LexiconEntry, remove bool) error
	// Impact says what a change of an entry would have read again.
	Impact(ctx context.Context, site string, e LexiconEntry) (LexiconImpact, error)
}

// allSites is the name of the lexicon that holds on all sites.
const allSites = "all"

// LexiconEntry says how one word or phrase is spoken.
type LexiconEntry struct {
	Match, Alias, IPA string // as written; what is said for it; or these sounds
	Language          string // BCP 47; "" is any
	Section, Article  string // where alone it holds
	Prefix, Case      bool   // it is the beginning of words; capitals count
}

// Word is what the entry matches, as a replay is told it.
func (e LexiconEntry) Word() string {
	if e.Prefix {
		return e.Match + "*"
	}
	return e.Match
}

// Said is what the entry has said, or its sounds.
func (e LexiconEntry) Said() string {
	if e.Alias == "" && e.IPA != "" {
		return "/" + e.IPA + "/"
	}
	return e.Alias
}

// query names the entry in an address.
func (e LexiconEntry) query(site string) url.Values {
	q := url.Values{"site": {site}, "match": {e.Match}}
	for name, value := range map[string]string{"alias": e.Alias, "ipa": e.IPA, "language": e.Language, "section": e.Section,
		"article": e.Article} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, yes := range map[string]bool{"prefix": e.Prefix, "case": e.Case} {
		if yes {
			q.Set(name, "1")
		}
	}
	return q
}

func entryOf(q url.Values) LexiconEntry {
	text := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	return LexiconEntry{
		Match: text("match"), Alias: text("alias"), IPA: text("ipa"), Language: text("language"), Section: text("section"),
		Article: text("article"),
		Prefix:  q.Get("prefix") != "", Case: q.Get("case") != "",
	}
}

// same reports whether two entries are for the same word in the same place.
func (e LexiconEntry) same(o LexiconEntry) bool {
	place := func(e LexiconEntry) LexiconEntry {
		return LexiconEntry{Match: strings.ToLower(e.Match), Language: e.Language, Section: e.Section, Article: e.Article, Prefix: e.Prefix}
	}
	return place(e) == place(o)
}

// LexiconImpact is what a change of an entry would have read again.
type LexiconImpact struct {
	Articles, Segments, Characters int
	Cost                           float64 // US dollars, if no clip is there yet
	Touched                        []TouchedArticle
}

// TouchedArticle is an article that reads the word.
type TouchedArticle struct {
	Site, Article, Title string
	Characters           int
	Example              string // a sentence, as written
}

// lexiconSite reads whose lexicon is meant.
func (k *console) lexiconSite(q url.Values) (string, error) {
	site := q.Get("site")
	if site == "" {
		site = allSites
	}
	if site != allSites && !slices.Contains(k.Sites, site) {
		return "", fmt.Errorf("%w: there is no site %q here", errInput, site)
	}
	return site, nil
}

func (k *console) lexicon(r *http.Request) (view, error) {
	site, err := k.lexiconSite(r.URL.Query())
	if err != nil {
		return view{}, err
	}
	all, version, err := k.Lexicons.Lexicon(r.Context(), site)
	if err != nil {
		return view{}, err
	}
	text := strings.ToLower(r.URL.Query().Get("text"))
	found := slices.DeleteFunc(slices.Clone(all), func(e LexiconEntry) bool {
		return !strings.Contains(strings.ToLower(e.Match+" "+e.Alias+" "+e.IPA), text)
	})
	slices.SortStableFunc(found, func(a, b LexiconEntry) int {
		return strings.Compare(strings.ToLower(a.Match), strings.ToLower(b.Match))
	})
	shown, pages, err := cutOut(r.URL, found)
	if err != nil {
		return view{}, err
	}
	return view{name: "lexicon", title: "Lexicon", goTo: pages.anew, data: struct {
		permitted
		Site, Text   string
		Sites        []string
		Version, All int
		Found        int
		Entries      []LexiconEntry
		Pager        pager
	}{permittedTo(r), site, text, append([]string{allSites}, k.Sites...), version, len(all), len(found), shown, pages}}, nil
}

// heard is a sentence as it is said now, and as it would be.
type heard struct {
	Written  string
	Old, New Sample
}

// entryView is an entry before it is saved.
type entryView struct {
	permitted
	Site, Query string
	Entry       LexiconEntry
	Old         *LexiconEntry // that holds now; nil: none does
	Version     int
	Impact      LexiconImpact
	Unknown     error   // why the impact is not known
	Unsaid      error   // why the sentence cannot be tried
	Example     string  // that is tried
	Heard       *heard  // nil: it cannot be tried
	Digest      string  // of what hearing it costs
	Cost        float64 // of hearing both
	Characters  int
	Spoken      bool // both can be heard
	Changed     bool // what hearing costs is not what was confirmed
}

// entry shows what an entry would change, before it is saved.
func (k *console) entry(r *http.Request) (view, error) {
	v, err := k.entryView(r, r.URL.Query())
	return view{name: "entry", title: "Pronunciation of " + v.Entry.Match, data: v}, err
}

func (k *console) entryView(r *http.Request, q url.Values) (v entryView, err error) {
	v = entryView{permitted: permittedTo(r), Entry: entryOf(q), Example: strings.TrimSpace(q.Get("example"))}
	if v.Site, err = k.lexiconSite(q); err != nil {
		return v, err
	}
	if v.Entry.Match == "" || len(v.Entry.Match) > maxSample || len(v.Example) > 4*maxSample {
		return v, fmt.Errorf("%w: give the word, and no more than %d characters", errInput, maxSample)
	}
	all, version, err := k.Lexicons.Lexicon(r.Context(), v.Site)
	if err != nil {
		return v, err
	}
	v.Version, v.Query = version, v.Entry.query(v.Site).Encode()
	if i := slices.IndexFunc(all, v.Entry.same); i >= 0 {
		v.Old = &all[i]
	}
	v.Impact, v.Unknown = k.Lexicons.Impact(r.Context(), v.Site, v.Entry)
	if errors.Is(v.Unknown, errInput) {
		return v, v.Unknown
	}
	return k.tried(r.Context(), v), nil
}

// Unusable marks an entry that cannot be used, so that a person is told.
func Unusable(err error) error { return fmt.Errorf("%w: %w", errInput, err) }

// tried adds how a sentence is said with the entry and without.
func (k *console) tried(ctx context.Context, v entryView) entryView {
	site := v.Site
	if site == allSites && len(k.Sites) > 0 {
		site = k.Sites[0]
	}
	if len(v.Impact.Touched) > 0 {
		site = v.Impact.Touched[0].Site
		if v.Example == "" {
			v.Example = v.Impact.Touched[0].Example
		}
	}
	if v.Example == "" {
		v.Example = v.Entry.Match
	}
	h, err := k.hear(ctx, k.Samples.PlanSample, site, v)
	if err != nil {
		v.Unsaid = err
		return v
	}
	v.Heard, v.Characters, v.Cost = &h, h.Old.Characters+h.New.Characters, h.Old.Cost+h.New.Cost
	v.Digest, v.Spoken = sampleDigest(h.Old)+"-"+sampleDigest(h.New), v.Characters == 0
	return v
}

// hear has the example said as it is now, and as it would be.
func (k *console) hear(ctx context.Context, say func(context.Context, SampleRequest) (Sample, error), site string,
	v entryView) (h heard, err error) {
	h.Written = v.Example
	request := SampleRequest{Site: site, Language: v.Entry.Language, Text: v.Example}
	if h.Old, err = say(ctx, request); err != nil {
		return h, err
	}
	request.Entry, request.Without = &v.Entry, v.Entry.Said() == ""
	h.New, err = say(ctx, request)
	if h.Old.Clip == h.New.Clip { // paid for once
		h.New.Characters, h.New.Cost = 0, 0
	}
	return h, err
}

// hearEntry has the example said both ways, for the price that was shown.
func (k *console) hearEntry(r *http.Request) (view, error) {
	if err := r.ParseForm(); err != nil {
		return view{}, fmt.Errorf("%w: %w", errInput, err)
	}
	v, err := k.entryView(r, r.PostForm)
	if err != nil || v.Unsaid != nil {
		return view{}, errors.Join(err, v.Unsaid)
	}
	title := "Pronunciation of " + v.Entry.Match
	if r.PostFormValue("digest") != v.Digest {
		v.Changed = true
		return view{name: "entry", title: title, data: v, status: http.StatusConflict}, nil
	}
	site := v.Site
	if len(v.Impact.Touched) > 0 {
		site = v.Impact.Touched[0].Site
	} else if site == allSites {
		site = k.Sites[0]
	}
	e := lector.AuditEntry{Action: "sample", Target: site + " " + v.Heard.Old.Voice,
		Detail: fmt.Sprintf("%d characters to be billed, $%.4f: %s", v.Characters, v.Cost, v.Example)}
	err = k.do(r, e, func(ctx context.Context) (err error) {
		*v.Heard, err = k.hear(ctx, k.Samples.SpeakSample, site, v)
		return err
	})
	v.Spoken = true
	return view{name: "entry", title: title, data: v}, err
}

func (k *console) setEntry(r *http.Request) (view, error)    { return k.changeLexicon(r, false) }
func (k *console) removeEntry(r *http.Request) (view, error) { return k.changeLexicon(r, true) }

// changeLexicon saves an entry or removes it, and goes on to the plan that reads again
// what it concerns.
func (k *console) changeLexicon(r *http.Request, remove bool) (view, error) {
	if err := r.ParseForm(); err != nil {
		return view{}, fmt.Errorf("%w: %w", errInput, err)
	}
	site, err := k.lexiconSite(r.PostForm)
	if err != nil {
		return view{}, err
	}
	e := entryOf(r.PostForm)
	version, err := strconv.Atoi(r.PostFormValue("version"))
	if err != nil || e.Match == "" {
		return view{}, fmt.Errorf("%w: the word or the version is missing", errInput)
	}
	action, detail := "lexicon-set", e.Match+" → "+e.Said()
	if remove {
		action, detail = "lexicon-remove", e.Match
	}
	err = k.do(r, lector.AuditEntry{Action: action, Target: site, Detail: detail}, func(ctx context.Context) error {
		return k.Lexicons.ChangeLexicon(ctx, site, version, e, remove)
	})
	if errors.Is(err, lector.ErrConflict) {
		err = lector.Hint(fmt.Errorf("%w: somebody else has changed this lexicon meanwhile", errStale),
			"look at the entry again, and save it then")
	}
	q := url.Values{"word": {e.Word()}}
	if site != allSites {
		q.Set("site", site)
	}
	return view{goTo: "/replay?" + q.Encode()}, err
}
