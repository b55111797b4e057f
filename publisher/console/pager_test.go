package console

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/publisher/intake/reconcile"
)

// long gives each list of a newsroom as many rows as there are numbers below n.
func (n *newsroom) long(rows int) {
	n.jobs, n.letters, n.audit = nil, nil, nil
	for i := range rows {
		n.jobs = append(n.jobs, lector.Job{ID: fmt.Sprint("id", i), Title: fmt.Sprintf("row%dx", i), Site: "havana", State: lector.Failed, Changed: now.Add(-time.Duration(i) * time.Second)})
		// Their oldest come first.
		n.letters = append(n.letters, lector.DeadLetter{ID: uint64(i + 1), Class: "input", Reason: fmt.Sprintf("row%dx", rows-1-i)})
		n.audit = append(n.audit, lector.AuditEntry{Who: "eva", Action: "replay", Target: fmt.Sprintf("row%dx", rows-1-i)})
	}
}

// row is what each row of the lists has once.
var row = regexp.MustCompile(`row\d+x`)

// rowsOf are the rows of a page, in their order.
func rowsOf(page string) []string { return slices.Compact(row.FindAllString(page, -1)) }

// goTo returns the address of a link that a page has once, or "".
func goTo(page, name string) string {
	found := regexp.MustCompile(`<a href="([^"]*)"[^>]*>` + name + `</a>`).FindStringSubmatch(page)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1])
}

// TestListsAreReadPageByPage goes through each list from its beginning to its end and back
// by the links of its pages: each row is there once, and the filters stay.
func TestListsAreReadPageByPage(t *testing.T) {
	t.Parallel()
	const rows = 2*listed + 7
	n, h := openWith(t, func(c *Config) {
		c.Coverage = func() []reconcile.Report {
			r := reconcile.Report{Site: "havana"}
			for i := range rows {
				r.Entries = append(r.Entries, reconcile.Entry{ID: "a", Title: fmt.Sprintf("row%dx", i), Finding: reconcile.Missing})
			}
			return []reconcile.Report{r}
		}
	})
	n.long(rows)
	var want []string
	for i := range rows {
		want = append(want, fmt.Sprintf("row%dx", i))
	}
	for _, list := range []string{"/jobs?class=&site=havana&state=failed", "/deadletters?class=input", "/audit?who=eva", "/coverage?site=havana"} {
		page := func(address string) string {
			t.Helper()
			w := ask(h, http.MethodGet, address, nil)
			if w.Code != http.StatusOK || withoutPlace(t, address) != list {
				t.Fatalf("%s: %d %.300s", address, w.Code, w.Body)
			}
			return w.Body.String()
		}
		first := page(list)
		if goTo(first, "Previous") != "" || goTo(first, "First") != "" || !strings.Contains(first, "1–100 of 207") {
			t.Errorf("%s has something before its first page: %s", list, first)
		}
		second := page(goTo(first, "Next"))
		third := page(goTo(second, "Next"))
		if got := slices.Concat(rowsOf(first), rowsOf(second), rowsOf(third)); !slices.Equal(got, want) {
			t.Errorf("%s forwards: %d rows, %q", list, len(got), got)
		}
		if goTo(third, "Next") != "" || goTo(third, "Last") != "" || !strings.Contains(third, "201–207 of 207") {
			t.Errorf("%s has something behind its last page: %s", list, third)
		}
		end := page(goTo(first, "Last"))
		middle := page(goTo(end, "Previous"))
		if got := slices.Concat(rowsOf(middle), rowsOf(end)); !slices.Equal(got, want[7:]) || !strings.Contains(middle, "8–107 of 207") {
			t.Errorf("%s backwards: %d rows, %q", list, len(got), got)
		}
		w := ask(h, http.MethodGet, goTo(middle, "Previous"), nil)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != list || goTo(middle, "First") != list {
			t.Errorf("%s before the eighth row: %d, %q", list, w.Code, w.Header())
		}
	}
}

// withoutPlace is the address of a list without the part of it that is asked for.
func withoutPlace(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Del("after")
	q.Del("before")
	u.RawQuery = q.Encode()
	return u.String()
}

// TestPlacesThatAreNone refuses what is no place in a list, and shows the beginning of a
// list in place of an empty page.
func TestPlacesThatAreNone(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	n.long(3)
	for address, want := range map[string]int{
		"/jobs?after=x": http.StatusBadRequest, "/jobs?before=1-": http.StatusBadRequest, "/jobs?after=1-a&before=1-a": http.StatusBadRequest,
		"/deadletters?after=-1": http.StatusBadRequest, "/deadletters?before=x": http.StatusBadRequest, "/deadletters?before=0": http.StatusBadRequest,
		"/audit?after=1e3": http.StatusBadRequest, "/coverage?after=1": http.StatusBadRequest, "/coverage?site=nowhere": http.StatusBadRequest, "/coverage?site=havana&after=-1": http.StatusBadRequest,
		"/replay?after=1-a": http.StatusBadRequest, "/listening?after=x": http.StatusBadRequest, "/lexicon?before=x": http.StatusBadRequest,
		"/jobs?before=end": http.StatusSeeOther, "/deadletters?before=end": http.StatusSeeOther, "/audit?before=end": http.StatusSeeOther,
		"/deadletters?after=1": http.StatusSeeOther, "/audit?after=1": http.StatusSeeOther, "/lexicon?after=9999": http.StatusSeeOther, "/coverage?site=havana&after=99999": http.StatusSeeOther,
		"/coverage?before=end&site=havana": http.StatusOK, "/listening?before=end": http.StatusOK,
	} {
		if w := ask(h, http.MethodGet, address, nil); w.Code != want {
			t.Errorf("%s: %d, want %d: %.500s", address, w.Code, want, w.Body)
		}
	}
}
