package script

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"lector/worker/script/lang"
)

// nounKinds are the nouns that numbers count in writing: "5 km", "5 €", "5 Mio.".
const nounKinds = "unit currency scale"

// noun is what is said for a unit, a currency or a scale of numbers.
type noun struct {
	cldr   string // its name in CLDR; "" for none
	gender string
	end    string            // may a sentence end behind it, as in abbreviations.txt
	forms  map[string]string // by plural category, and by case behind "gen:" and so on
}

// readNouns reads units.txt, currencies.txt and scales.txt: how it is written
// (ways parted by |), its CLDR name, its gender, its forms where CLDR has none or
// the newsroom's word is another, and whether a sentence ends behind it where
// that is not as the setting unit-end says.
func (p *pack) readNouns(files fs.FS, dir string) error {
	for i, kind := range strings.Fields(nounKinds) {
		name := []string{"units.txt", "currencies.txt", "scales.txt"}[i]
		rows, err := readRows(files, path.Join(dir, name), 3, 1)
		if err != nil {
			return err
		}
		p.nouns[kind] = map[string]noun{}
		for _, r := range rows {
			if err := p.addNoun(kind, r, p.settings["unit-end"]); err != nil {
				return err
			}
		}
	}
	return p.readNames(files, dir)
}

// readNames reads names.txt, which a language may have: kinds of words of its
// own that are said in another way than they are written: kind, written (ways
// parted by |), forms.
func (p *pack) readNames(files fs.FS, dir string) error {
	name := path.Join(dir, "names.txt")
	if _, err := fs.Stat(files, name); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	rows, err := readRows(files, name, 3, 2)
	if err != nil {
		return err
	}
	for _, r := range rows {
		kind := r.columns[0]
		if p.nouns[kind] == nil {
			p.nouns[kind] = map[string]noun{}
		}
		if err := p.addNoun(kind, row{file: r.file, line: r.line, columns: []string{r.columns[1], "-", "-", r.columns[2]}}, "no"); err != nil {
			return err
		}
	}
	return nil
}

// addNoun adds the noun of a row under each way to write it.
func (p *pack) addNoun(kind string, r row, end string) error {
	n, err := parseNoun(r, end)
	if err != nil {
		return err
	}
	for written := range strings.SplitSeq(r.columns[0], "|") {
		if _, twice := p.nouns[kind][written]; twice {
			return r.refuse("%q stands twice", written)
		}
		p.nouns[kind][written] = n
	}
	return nil
}

// noun returns what is written so of a kind; of a field that is written as an
// expression, it is a unit.
func (p *pack) noun(kind, written string) (noun, bool) {
	if p.nouns[kind] == nil {
		kind = "unit"
	}
	n, ok := p.nouns[kind][written]
	return n, ok
}

func parseNoun(r row, end string) (noun, error) {
	n := noun{cldr: r.column(1), gender: shortForms[r.column(2)].Gender, end: cmp.Or(r.column(4), end), forms: map[string]string{}}
	for part := range strings.SplitSeq(r.column(3), ", ") {
		form, name, found := strings.Cut(part, "=")
		if found {
			n.forms[form] = name
		} else if part != "" {
			n.forms["other"] = part
		}
	}
	if !endKind(n.end) {
		return n, r.refuse("a sentence ends behind it: %q", n.end)
	}
	if n.cldr == "" && n.forms["other"] == "" {
		return n, r.refuse("neither a CLDR name nor the form %q", "other")
	}
	return n, nil
}

// written returns all ways that nouns of a kind are written, the longest first.
func (p *pack) written(kind string) []string {
	var all []string
	for w := range p.nouns[kind] {
		all = append(all, w)
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return all
}

// name returns the noun as it is said behind a number of a plural category and
// in a case.
func (p *pack) name(n noun, category, grammatical string) string {
	for _, form := range []string{short(grammatical) + ":" + category, short(grammatical) + ":other"} {
		if n.forms[form] != "" {
			return n.forms[form]
		}
	}
	if n.forms["other"] != "" {
		return n.form(category, grammatical)
	}
	for _, way := range []string{grammatical, ""} {
		if name, ok := lang.UnitName(p.tag, n.cldr, "long", category, way); ok {
			return name
		}
	}
	return n.cldr
}

// form returns a noun's own form: the genitive is that behind many, or behind a
// fraction for one. Behind a fraction it is the same in each case.
func (n noun) form(category, grammatical string) string {
	if grammatical == "genitive" && category == "few" && n.forms["many"] != "" {
		category = "many"
	}
	if grammatical == "genitive" && category == "one" && n.forms["few"] != "" {
		category = "other"
	}
	if n.forms[category] != "" {
		return n.forms[category]
	}
	return n.forms["other"]
}

// inFull reports whether a noun is written as a word, which stays as it is.
func (n noun) inFull(written string) bool {
	for _, form := range n.forms {
		if form == written {
			return true
		}
	}
	return false
}

// short returns the packs' name of a case.
func short(grammatical string) string { return grammatical[:min(3, len(grammatical))] }
