package extract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"lector"
)

// Rules are a site's own settings. They take precedence over the built-in rules, and
// data-audio="skip" or "speak" in the markup takes precedence over them.
type Rules struct {
	Skip     []string `yaml:"skip"`     // CSS selectors that are never read
	Speak    []string `yaml:"speak"`    // CSS selectors that are always read
	Captions bool     `yaml:"captions"` // read captions of pictures
	Callouts bool     `yaml:"callouts"` // read call-out boxes
	Toggles  bool     `yaml:"toggles"`  // read toggles that are no questions
	Tables   bool     `yaml:"tables"`   // read tables row by row
	Teaser   bool     `yaml:"teaser"`   // of a members' article, read what stands before the cut
	Off      []string `yaml:"off"`      // built-in rules that do not hold, by their ID
	On       []string `yaml:"on"`       // built-in rules that the console cannot switch off, by their ID
}

// selectors are Rules ready for use.
type selectors struct {
	Rules
	book        rulebook
	skip, speak []cascadia.Selector
	gates       []cascadia.Selector // what the page itself says is not free
}

// Check reports the first selector that is not valid CSS, and the first ID that
// is no rule's.
func (r Rules) Check() error {
	_, err := r.compile()
	return err
}

func (r Rules) compile() (selectors, error) {
	s := selectors{Rules: r}
	var err error
	if s.book, err = switchOff(r.Off); err != nil {
		return s, err
	}
	if err := r.checkOn(); err != nil {
		return s, err
	}
	if s.skip, err = compileAll(r.Skip); err != nil {
		return s, fmt.Errorf("rule skip: %w", err)
	}
	if s.speak, err = compileAll(r.Speak); err != nil {
		return s, fmt.Errorf("rule speak: %w", err)
	}
	return s, nil
}

// checkOn refuses an ID in On that is no rule's, or that stands in Off too.
func (r Rules) checkOn() error {
	for _, id := range r.On {
		if data().rules[id] == nil || slices.Contains(r.Off, id) {
			return lector.Hint(lector.Permanent(fmt.Errorf("rule on: %q is no rule's ID, or stands under off too", id)), "lector script -explain shows the ID of the rule that dropped a block")
		}
	}
	return nil
}

// CanSwitchOff reports whether an ID is that of a rule that a site may switch off.
func CanSwitchOff(id string) bool {
	r := data().rules[id]
	return r != nil && !r.fixed
}

// WithOff returns the rules with further ones switched off. An ID that stands in On or is
// no rule's any more, or that of a rule which cannot be switched off, changes nothing.
func (r Rules) WithOff(ids []string) Rules {
	r.Off = slices.Clone(r.Off)
	for _, id := range ids {
		if CanSwitchOff(id) && !slices.Contains(r.On, id) {
			r.Off = append(r.Off, id)
		}
	}
	return r
}

func compileAll(list []string) ([]cascadia.Selector, error) {
	var out []cascadia.Selector
	for _, text := range list {
		sel, err := cascadia.Compile(text)
		if err != nil {
			return nil, lector.Hint(lector.Permanent(fmt.Errorf("selector %q: %w", text, err)), "write a CSS selector such as .promo or #donate")
		}
		out = append(out, sel)
	}
	return out, nil
}

// verdict is what a rule says about an element and all that is in it.
type verdict int

const (
	silent verdict = iota // says nothing
	skip
	speak
)

// saying is the reason that the markup or the site gives.
type saying struct{ id, detail, words string }

// ask returns what the markup or the site says about n.
func (s selectors) ask(n *html.Node) (verdict, saying) {
	switch v := strings.ToLower(attr(n, "data-audio")); v {
	case "skip", "speak":
		if v == "skip" {
			return skip, saying{id: "markup.skip"}
		}
		return speak, saying{words: `markup: data-audio="speak"`}
	}
	for i, sel := range s.skip {
		if sel.Match(n) {
			return skip, saying{id: "site.skip", detail: " " + s.Skip[i]}
		}
	}
	for i, sel := range s.speak {
		if sel.Match(n) {
			return speak, saying{words: "site: speak " + s.Speak[i]}
		}
	}
	return silent, saying{}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}
