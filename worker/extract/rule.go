package extract

import (
	"fmt"
	"slices"
	"strings"

	"lector"
	"lector/worker/pattern"
)

// Reason says in one word why a block is not read. Several rules can have one
// reason.
type Reason string

// The reasons that Go code names; the others are in data/rules.txt only.
const (
	private  Reason = "private"  // not for everybody
	wish     Reason = "wish"     // of the markup or the site
	hidden   Reason = "hidden"   // not shown
	outside  Reason = "outside"  // outside the article
	related  Reason = "related"  // leads to another article
	feed     Reason = "feed"     // begins a list of them
	signup   Reason = "signup"   // asks for an address
	appeal   Reason = "appeal"   // asks for money or for company
	advert   Reason = "advert"   //
	share    Reason = "share"    //
	comments Reason = "comments" //
	author   Reason = "author"   // tells of the author
	cookie   Reason = "cookie"   //
	control  Reason = "control"  // of the page
	label    Reason = "label"    //
	readTime Reason = "readtime" //
	credit   Reason = "credit"   // of a picture, or its caption
	tags     Reason = "tags"     //
	legal    Reason = "legal"    // small print
	service  Reason = "service"  // to the reader: a typo, a correction
	when     Reason = "date"     // a date or a time alone
	live     Reason = "live"     // of a live blog
	imprint  Reason = "imprint"  //
	notes    Reason = "notes"    // about the article
	form     Reason = "form"     //
	repeat   Reason = "repeat"   // is there twice
	// navigation leads through the site.
	navigation Reason = "navigation"
)

// rule is a rule of data/rules.txt.
type rule struct {
	id     string
	reason Reason
	sure   bool   // never revoked
	fixed  bool   // nor switched off
	says   string // what people are told
	words  bool   // it goes by the words of a line

	onLines          bool // it has conditions for lines of text
	begin, any, need []string
	plain, text      []*pattern.Pattern
	not              *pattern.Pattern
	under            int
	open, unquoted   bool
}

// holds reports whether a line of text meets the rule's conditions; plain is the
// line folded.
func (r *rule) holds(text, plain string) bool {
	switch {
	case r.under > 0 && len(plain) > r.under:
		return false
	case r.open && ended(text):
		return false
	case r.need != nil && !containsAny(plain, r.need) && !containsAny(text, r.need):
		return false
	case !r.found(text, plain):
		return false
	case r.unquoted && quotes(text):
		return false
	}
	return r.not == nil || !r.not.MatchString(text)
}

// found reports whether one of the rule's phrases or patterns is there.
func (r *rule) found(text, plain string) bool {
	if beginsAny(plain, r.begin) || containsAny(plain, r.any) {
		return true
	}
	return matchesAny(plain, r.plain) || matchesAny(text, r.text)
}

func matchesAny(s string, patterns []*pattern.Pattern) bool {
	return slices.ContainsFunc(patterns, func(p *pattern.Pattern) bool { return p.MatchString(s) })
}

// rulebook are the rules as a site has them.
type rulebook struct{ off map[string]bool }

// get returns a rule by its ID, or nil where the site has switched it off.
func (k rulebook) get(id string) *rule {
	r := data().rules[id]
	if r == nil {
		panic("no rule " + id) // a test looks for each
	}
	return k.on(r)
}

// on returns a rule, or nil where there is none or it is off.
func (k rulebook) on(r *rule) *rule {
	if r == nil || k.off[r.id] {
		return nil
	}
	return r
}

// switchOff makes the rulebook of a site that switches rules off.
func switchOff(ids []string) (rulebook, error) {
	k := rulebook{off: map[string]bool{}}
	for _, id := range ids {
		r := data().rules[id]
		switch {
		case r == nil:
			return k, lector.Hint(lector.Permanent(fmt.Errorf("rule off: no rule has the ID %q", id)), "lector script -explain shows the ID of the rule that dropped a block")
		case r.fixed:
			return k, lector.Hint(lector.Permanent(fmt.Errorf("rule off: %s cannot be switched off", id)), "it keeps what is not for everybody, or what the site itself set")
		}
		k.off[id] = true
	}
	return k, nil
}

// drop notes that a rule drops the block, with what only this page can tell.
// It does nothing without a rule, or to a block that is dropped already.
func (b *Block) drop(r *rule, detail ...string) bool {
	if r == nil || !b.Keep {
		return false
	}
	b.Keep, b.ID, b.Reason = false, r.id, r.reason
	b.Rule = r.says + strings.Join(detail, "")
	return true
}

// worded reports whether the block was dropped for its words.
func (b Block) worded() bool { return b.ID != "" && data().rules[b.ID].words }

// keep notes what decided that a block is read.
func (b *Block) keep(why string) { b.Keep, b.Rule, b.ID, b.Reason = true, why, "", "" }

// has returns whether a word stands in a list of data/words.txt.
func has(list, word string) bool { return data().sets[list][word] }

// listed returns a list of data/words.txt.
func listed(name string) []string { return data().lists[name] }
