package extract_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"lector/worker/extract"
)

const (
	measuredFile = "testdata/measured.txt"
	measuredHead = `# What each rule changes, as make rules PAGES=FOLDER UPDATE=-update measured it on annotated pages that are not in this repository.
# rule  pages  changed  F1-own  F1-others  takes  [held]  stops  [held]  right  sites
#   pages: others on which it drops something    changed: pages that are read otherwise without it
#   takes: texts that must be read and are not, for it    stops: texts that must not be read and are not, for it; [of these, on the held half]
#   right: other pages of which notes say that something that it drops is not to be read, and of how many sites
`
	// A rule that gains nothing on other pages needs at least so many cases, from
	// so many sites, that it was not written for.
	leastCases, leastSites = 3, 2
)

// exempt are the rules that no page needs to prove: they follow what a system or
// a standard publishes of its own markup, or what this program promises; and those
// that no annotated set can show.
var exempt = map[string]string{
	"members.": "the marks by which systems say what is not for everybody",
	"markup.":  "our own attribute", "site.": "the site's own settings",
	"tag.": "elements of HTML", "card.": "Ghost's cards", "block.": "WordPress's blocks", "ans.": "Arc's story elements", "note.mark": "HTML's sup",
	"text.shortcode": "WordPress's shortcodes", "text.nothing": "a line without a letter or a digit",
	"saved.": "pages saved as text: no set has any", "caption.line": "likewise", "byline.time": "likewise",
	"repeat.summary": "what the text says again",
}

// measured is what was measured of a rule.
type measured struct {
	id               string
	pages, changed   int
	own, foreign     float64
	takes, heldTakes int
	stops, heldStops int
	right, sites     int
	cases            int
	site             map[string]bool
}

func (m measured) line() string {
	return fmt.Sprintf("%-28s %4d %3d %+.3f %+.3f %3d [%d] %3d [%d] %4d %4d", m.id, m.pages, m.changed, m.own, m.foreign, m.takes, m.heldTakes, m.stops, m.heldStops, m.right, m.sites)
}

// gains reports whether other pages are read better for the rule.
func (m measured) gains() bool { return float64(m.stops-m.takes)+10*m.foreign > 0.1 }

// loses reports whether they are read worse.
func (m measured) loses() bool { return float64(m.stops-m.takes)+10*m.foreign < -0.5 }

func (m measured) report() string {
	verdict := "right on other pages"
	switch {
	case m.gains():
		verdict = "gains"
	case m.loses():
		verdict = "LOSES"
	case m.right < leastCases || m.sites < leastSites:
		verdict = "NOTHING SPEAKS FOR IT but its own pages"
	}
	return "RULE " + m.line() + ": " + verdict
}

// fails says why a rule must not stay, or "".
func (m measured) fails() string {
	for prefix := range exempt {
		if strings.HasPrefix(m.id, prefix) {
			return ""
		}
	}
	switch {
	case m.gains(), m.right >= leastCases && m.sites >= leastSites, m.cases >= leastCases && len(m.site) >= leastSites:
		return ""
	}
	return fmt.Sprintf("gains nothing on pages that it was not made by, is right on %d of them (%d sites) and has %d cases of %d sites; "+
		"write %d of %d sites that it was not written for to testdata/cases.txt, or measure it: make rules PAGES=FOLDER UPDATE=-update",
		m.right, m.sites, m.cases, len(m.site), leastCases, leastSites)
}

// readMeasured reads the figures of the rules.
func readMeasured(t *testing.T) map[string]*measured {
	t.Helper()
	data, err := os.ReadFile(measuredFile)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*measured{}
	for n, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		m := &measured{site: map[string]bool{}}
		line = strings.NewReplacer("[", "", "]", "").Replace(line)
		if _, err := fmt.Sscan(line, &m.id, &m.pages, &m.changed, &m.own, &m.foreign, &m.takes, &m.heldTakes, &m.stops, &m.heldStops, &m.right, &m.sites); err != nil {
			t.Fatalf("%s:%d: %v", measuredFile, n+1, err)
		}
		out[m.id] = m
	}
	return out
}

// readJudged adds what a person found right on other pages.
func readJudged(t *testing.T, all map[string]*measured) {
	t.Helper()
	data, err := os.ReadFile("testdata/judged.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var id string
		var right, sites, wrong int
		if _, err := fmt.Sscan(line, &id, &right, &sites, &wrong); err != nil || all[id] == nil {
			t.Errorf("testdata/judged.txt: %q: %v", line, err)
			continue
		}
		m := all[id]
		m.right, m.sites = max(m.right, right-wrong), max(m.sites, sites)
	}
}

// ruleCase is a piece of a page and the rule that is to drop it.
type ruleCase struct{ id, site, inside string }

// readCases reads testdata/cases.txt: a line "=== RULE SITE", and what stands in
// the text of a page there.
func readCases(t *testing.T) []ruleCase {
	t.Helper()
	data, err := os.ReadFile("testdata/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []ruleCase
	for _, part := range strings.Split("\n"+string(data), "\n=== ")[1:] {
		head, inside, _ := strings.Cut(part, "\n")
		id, site, ok := strings.Cut(head, " ")
		if !ok {
			t.Fatalf("testdata/cases.txt: %q: want a rule and a site", head)
		}
		out = append(out, ruleCase{id, site, inside})
	}
	return out
}

// TestRulesPay: each rule gains something on pages that it was not made by, or
// has cases of sites that it was not written for.
func TestRulesPay(t *testing.T) {
	t.Parallel()
	all := readMeasured(t)
	readJudged(t, all)
	for _, c := range readCases(t) {
		if all[c.id] == nil {
			all[c.id] = &measured{id: c.id, site: map[string]bool{}}
		}
		all[c.id].cases++
		all[c.id].site[c.site] = true
	}
	there := map[string]bool{}
	for _, id := range extract.RuleIDs() {
		there[id] = true
		if extract.Fixed(id) {
			continue
		}
		m := all[id]
		if m == nil {
			m = &measured{id: id}
		}
		if why := m.fails(); why != "" {
			t.Errorf("rule %s: %s", id, why)
		}
	}
	for id := range all {
		if !there[id] {
			t.Errorf("%s: there is no rule %s any more", measuredFile, id)
		}
	}
}

// TestGateFails: the gate lets no rule pass of which nothing is known, or that
// pays on its own pages only.
func TestGateFails(t *testing.T) {
	t.Parallel()
	two := map[string]bool{"a.example": true, "b.example": true}
	tests := map[string]struct {
		m      measured
		passes bool
	}{
		"unknown":                  {measured{id: "x"}, false},
		"pays on its own pages":    {measured{id: "x", pages: 9, changed: 4, own: 0.5}, false},
		"loses elsewhere":          {measured{id: "x", pages: 9, changed: 4, own: 0.5, takes: 2, stops: 1}, false},
		"right on two pages":       {measured{id: "x", right: 2, sites: 2}, false},
		"right on one site":        {measured{id: "x", right: 5, sites: 1}, false},
		"two cases":                {measured{id: "x", cases: 2, site: two}, false},
		"cases of one site":        {measured{id: "x", cases: 3, site: map[string]bool{"a.example": true}}, false},
		"stops one":                {measured{id: "x", pages: 9, changed: 1, stops: 1}, true},
		"right on pages of two":    {measured{id: "x", right: 3, sites: 2}, true},
		"three cases of two sites": {measured{id: "x", cases: 3, site: two}, true},
		"published by a system":    {measured{id: "card.new"}, true},
	}
	for name, tc := range tests {
		if why := tc.m.fails(); (why == "") != tc.passes {
			t.Errorf("%s: passes %v, want %v: %s", name, why == "", tc.passes, why)
		}
	}
}

// TestRuleCases: what stands in testdata/cases.txt is dropped by its rule.
func TestRuleCases(t *testing.T) {
	t.Parallel()
	for _, c := range readCases(t) {
		t.Run(c.id+" "+c.site, func(t *testing.T) {
			t.Parallel()
			p, err := extract.File(c.site, []byte(framed(c.inside)), extract.Rules{})
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range p.Dropped() {
				if b.ID == c.id {
					return
				}
			}
			t.Errorf("not dropped by %s: %+v", c.id, p.Blocks)
		})
	}
}
