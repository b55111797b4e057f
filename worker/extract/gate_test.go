package extract_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"lector/worker/extract"
)

// The gate runs by make rules. pagesDir is a folder of annotated pages that are
// not part of this repository; each folder in it holds a pages.json (DESIGN.md).
var (
	gate     = flag.Bool("rules", false, "measure the rules")
	pagesDir = flag.String("pages", "", "measure them on the annotated pages in this `FOLDER` too")
)

// annotated is a page of which it is known what is to be read: all of it, or
// texts that are to be read and texts that are not.
type annotated struct {
	File    string   `json:"file"`
	Site    string   `json:"site"`
	Must    []string `json:"must"`
	MustNot []string `json:"must_not"`
	Gold    string   `json:"gold"`

	set  string
	data []byte
}

// held reports whether the page is of the half, by its site, that rules are not
// made by.
func (a annotated) held() bool {
	h := fnv.New32a()
	h.Write([]byte(a.Site))
	return h.Sum32()%2 == 1
}

// tally adds up what is right and wrong on pages.
type tally struct {
	pages, refused           int
	gold                     int
	precision, recall, f1    float64
	must, kept, not, wrongly int
	verbatim                 int // of wrongly, those that stand there letter by letter
}

func (t *tally) add(o tally) {
	t.pages, t.refused, t.gold = t.pages+o.pages, t.refused+o.refused, t.gold+o.gold
	t.precision, t.recall, t.f1 = t.precision+o.precision, t.recall+o.recall, t.f1+o.f1
	t.must, t.kept, t.not, t.wrongly = t.must+o.must, t.kept+o.kept, t.not+o.not, t.wrongly+o.wrongly
	t.verbatim += o.verbatim
}

func (t tally) minus(o tally) tally {
	return tally{
		precision: t.precision - o.precision, recall: t.recall - o.recall, f1: t.f1 - o.f1,
		kept: t.kept - o.kept, wrongly: t.wrongly - o.wrongly, refused: t.refused - o.refused,
	}
}

func (t tally) String() string {
	s := fmt.Sprintf("%4d pages, %2d refused", t.pages, t.refused)
	if n := float64(t.gold); n > 0 {
		s += fmt.Sprintf("; F1 %.4f, precision %.4f, recall %.4f", t.f1/n, t.precision/n, t.recall/n)
	}
	if t.must > 0 {
		s += fmt.Sprintf("; %.2f %% of %d read that must be, %.2f %% of %d read that must not, %.2f %% letter by letter",
			share(t.kept, t.must), t.must, share(t.wrongly, t.not), t.not, share(t.verbatim, t.not))
	}
	return s
}

func share(n, of int) float64 { return 100 * float64(n) / float64(max(1, of)) }

// measure reads a page and counts.
func (a annotated) measure(r extract.Rules) (tally, extract.Page) {
	p, err := extract.File(a.File, a.data, r)
	t := tally{pages: 1}
	if err != nil {
		t.refused = 1
	}
	body, all := "", ""
	for _, b := range p.Kept() {
		if running(b) {
			body += b.Text + "\n"
		}
		all += b.Text + "\n"
	}
	if a.Gold != "" {
		t.gold = 1
		t.precision, t.recall, t.f1 = score(heard(p, a.Gold), a.Gold)
	}
	said, told := letters(body), letters(all)
	for _, s := range a.Must {
		t.must++
		if strings.Contains(told, letters(s)) {
			t.kept++
		}
	}
	for _, s := range a.MustNot {
		t.not++
		if strings.Contains(said, letters(s)) {
			t.wrongly++
			if strings.Contains(oneLine(body), oneLine(s)) {
				t.verbatim++
			}
		}
	}
	return t, p
}

// oneLine joins the words of a text by single spaces.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// ownPages are the pages of this repository, which rules were made by.
func ownPages(t testing.TB) []annotated {
	t.Helper()
	files, err := filepath.Glob("testdata/pages/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no pages", err)
	}
	var out []annotated
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(data), "=== ")[1:] {
			name, page, _ := strings.Cut(part, "\n")
			clean := strings.NewReplacer(goldOpen, "", goldShut, "").Replace(page)
			out = append(out, annotated{File: name, Site: name, Gold: goldOf(page), set: "own", data: []byte(clean)})
		}
	}
	return out
}

// foreignPages are those of the folders in pagesDir.
func foreignPages(t *testing.T) []annotated {
	t.Helper()
	if *pagesDir == "" {
		return nil
	}
	lists, err := filepath.Glob(filepath.Join(*pagesDir, "*/pages.json"))
	if err != nil || len(lists) == 0 {
		t.Fatal("no pages.json in the folders of ", *pagesDir, err)
	}
	var out []annotated
	for _, list := range lists {
		data, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		var pages []annotated
		if err := json.Unmarshal(data, &pages); err != nil {
			t.Fatal(list, err)
		}
		for _, p := range pages {
			p.set = filepath.Base(filepath.Dir(list))
			if p.data, err = os.ReadFile(filepath.Join(filepath.Dir(list), p.File)); err != nil {
				t.Fatal(err)
			}
			out = append(out, p)
		}
	}
	return out
}

// inParallel does something for each page, on all cores.
func inParallel(pages []annotated, do func(i int, a annotated)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				do(i, pages[i])
			}
		})
	}
	for i := range pages {
		next <- i
	}
	close(next)
	wg.Wait()
}

// TestGate measures what is read of the repository's own pages and of others,
// and what each rule changes: it is switched off, and the pages on which it
// dropped something are read again.
func TestGate(t *testing.T) {
	t.Parallel()
	if !*gate {
		t.Skip("run by make rules PAGES=FOLDER")
	}
	pages := append(ownPages(t), foreignPages(t)...)
	base, fired := make([]tally, len(pages)), make([]map[string]bool, len(pages))
	inParallel(pages, func(i int, a annotated) {
		var p extract.Page
		base[i], p = a.measure(extract.Rules{})
		fired[i] = a.drops(p)
		a.write(t, p)
	})
	sums := map[string]*tally{}
	for i, a := range pages {
		for _, name := range []string{a.set, a.half()} {
			if sums[name] == nil {
				sums[name] = &tally{}
			}
			sums[name].add(base[i])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		t.Logf("SCORE %-22s %s", name, sums[name])
	}
	if testing.Short() {
		return
	}
	var out strings.Builder
	out.WriteString(measuredHead)
	for _, id := range extract.RuleIDs() {
		if extract.Fixed(id) {
			continue
		}
		m := withoutRule(id, pages, base, fired)
		t.Log(m.report())
		out.WriteString(m.line() + "\n")
	}
	if !*update {
		return
	}
	if *pagesDir == "" {
		t.Fatal("nothing to write: without PAGES nothing is measured on pages that rules were not made by")
	}
	if err := os.WriteFile(measuredFile, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// withoutRule measures what a rule changes: it is switched off, and the pages on
// which it dropped something are read again.
func withoutRule(id string, pages []annotated, base []tally, fired []map[string]bool) measured {
	m := measured{id: id, site: map[string]bool{}}
	var on []int
	var some []annotated
	for i, a := range pages {
		if _, dropped := fired[i][id]; dropped {
			on, some = append(on, i), append(some, a)
		}
	}
	without := make([]tally, len(some))
	inParallel(some, func(i int, a annotated) { without[i], _ = a.measure(extract.Rules{Off: []string{id}}) })
	for k, i := range on {
		d, a := base[i].minus(without[k]), pages[i]
		if d != (tally{}) {
			m.changed++
		}
		if a.set == "own" {
			m.own += d.f1
			continue
		}
		m.pages++
		m.foreign += d.f1
		m.takes, m.stops = m.takes-d.kept, m.stops-d.wrongly
		if a.held() {
			m.heldTakes, m.heldStops = m.heldTakes-d.kept, m.heldStops-d.wrongly
		}
		if fired[i][id] {
			m.right++
			m.site[a.Site] = true
		}
	}
	m.sites = len(m.site)
	return m
}

// drops says which rules drop something of the page, and whether the page's
// notes say of it that it is not to be read.
func (a annotated) drops(p extract.Page) map[string]bool {
	gold, out := letters(a.Gold), map[string]bool{}
	for _, b := range p.Dropped() {
		text := letters(b.Text)
		right := gold != "" && len(text) > 20 && !strings.Contains(gold, text)
		for _, s := range a.MustNot {
			right = right || strings.Contains(text, letters(s))
		}
		for _, s := range a.Must {
			right = right && !strings.Contains(text, letters(s))
		}
		out[b.ID] = out[b.ID] || right
	}
	return out
}

// half names the page's set and half.
func (a annotated) half() string {
	if a.held() {
		return a.set + ", held out"
	}
	return a.set + ", made by"
}

// write leaves what is read of a page in the folder OUT, to be looked at.
func (a annotated) write(t *testing.T, p extract.Page) {
	dir := os.Getenv("OUT")
	if dir == "" {
		return
	}
	var b strings.Builder
	for _, x := range p.Blocks {
		mark := "-"
		if x.Keep {
			mark = "+"
		}
		fmt.Fprintf(&b, "%s [%s] {%s} {%s} %s\n", mark, x.Kind, x.ID, x.Rule, x.Text)
	}
	if err := os.MkdirAll(filepath.Join(dir, a.set), 0o755); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, a.set, a.File+".txt"), []byte(b.String()), 0o644); err != nil {
		t.Error(err)
	}
}
