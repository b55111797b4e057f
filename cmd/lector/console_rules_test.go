package main

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lector"
	"lector/infra/limittest"
)

// TestRuleSwitchedOffInTheConsole switches a rule off that drops a table, hears it after a
// replay for the characters that were shown, and has a second editor refused.
func TestRuleSwitchedOffInTheConsole(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	if err := h.openConsole(t.Context(), roles{worker: true, publisher: true}); err != nil {
		t.Fatal(err)
	}
	h.start()
	article := sampleArticle("tables")
	article.Body.Content += "<table><tr><th>Year</th><th>Cars</th></tr><tr><td>twenty</td><td>a dozen of them</td></tr></table>"
	j := h.publishAndWait(lector.Published, article)
	const notRead = "not read</span> <code>tag.table</code>"
	job := "/jobs/" + j.Site + "/" + j.ID
	if status, page := h.ask(http.MethodGet, job+"/reading", nil); status != http.StatusOK || !strings.Contains(page, job+"/rule?rule=tag.table") {
		t.Fatalf("the reading: %d %s", status, page)
	}
	status, page := h.ask(http.MethodGet, job+"/rule?rule=tag.table", nil)
	billed := regexp.MustCompile(`(\d+) characters to be billed by test, (\d+) in the cache`).FindStringSubmatch(page)
	if status != http.StatusOK || billed == nil || billed[1] == "0" || billed[2] == "0" || !strings.Contains(page, "a dozen of them") {
		t.Fatalf("the plan: %d %s", status, page)
	}
	off := url.Values{"rule": {"tag.table"}, "version": {"0"}, "reason": {"we read tables"}}
	status, page = h.ask(http.MethodPost, job+"/rule/off", off) // and follows to the reading
	if status != http.StatusOK || !strings.Contains(page, "we read tables") || strings.Contains(page, notRead) {
		t.Fatalf("off: %d %s", status, page)
	}
	again := h.awaitJob(article, h.replay(j))
	if strconv.Itoa(again.Usage.Billed) != billed[1] {
		t.Errorf("billed %d, shown %s", again.Usage.Billed, billed[1])
	}
	if status, page := h.ask(http.MethodGet, job, nil); status != http.StatusOK || !strings.Contains(page, "<ins>a dozen of them") || !strings.Contains(page, " 0 removed") {
		t.Errorf("what has changed: %d %s", status, page)
	}
	for target, want := range map[string]int{
		job + "/rule/off": http.StatusConflict, job + "/rule/on": http.StatusConflict,
	} {
		if status, _ := h.ask(http.MethodPost, target, off); status != want {
			t.Errorf("%s by who has seen an older version: %d", target, status)
		}
	}
	for _, rule := range []string{"members.cut", "no.such"} {
		if status, page := h.ask(http.MethodGet, job+"/rule?rule="+rule, nil); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", rule, status, page)
		}
	}
	c := h.terminal()
	if said := c.must("rules"); !strings.Contains(said, "tag.table") || !strings.Contains(said, "we read tables") || !strings.Contains(said, "console") {
		t.Errorf("lector rules: %s", said)
	}
	if said := c.must("rules", "-site", defaultSite, "-json"); !strings.Contains(said, `"by": "console"`) && !strings.Contains(said, `"by":"console"`) {
		t.Errorf("lector rules -json: %s", said)
	}
	_, page = h.ask(http.MethodGet, job+"/rule?rule=tag.table", nil)
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page)
	if version == nil {
		t.Fatalf("the way back: %s", page)
	}
	off.Set("version", version[1])
	if status, page := h.ask(http.MethodPost, job+"/rule/on", off); status != http.StatusOK || !strings.Contains(page, notRead) {
		t.Errorf("on again: %d %s", status, page)
	}
	if said := c.must("rules"); !strings.Contains(said, "all rules hold") {
		t.Errorf("lector rules: %s", said)
	}
	if said := c.must("audit"); strings.Count(said, "rule-off") < 2 || !strings.Contains(said, "rule-on") {
		t.Errorf("the audit: %s", said)
	}
}

// TestFileWinsOverTheConsole: what lector.yaml names cannot be switched in the console, and
// what the console had set of it has no effect.
func TestFileWinsOverTheConsole(t *testing.T) {
	t.Parallel()
	config := testConfig(t.TempDir())
	site := config.Sites[defaultSite]
	site.Rules.On = []string{"tag.table"}
	config.Sites[defaultSite] = site
	h := openInstallationWith(t, config, &silentVoice{})
	if err := h.siteSettings.Change(t.Context(), lector.SiteSettings{Site: defaultSite}.With(lector.RuleOff{Rule: "tag.table"})); err != nil {
		t.Fatal(err)
	}
	h.start()
	limittest.Until(t, "the worker knows it", func() bool { return len(h.siteSettings.RulesOff(defaultSite)) == 1 })
	article := sampleArticle("tables")
	article.Body.Content += "<table><tr><th>Year</th><th>Cars</th></tr><tr><td>twenty</td><td>a dozen of them</td></tr></table>"
	r, err := h.server.worker.Reading(t.Context(), article)
	if err != nil || len(r.Page.Dropped()) == 0 || r.Page.Dropped()[0].ID != "tag.table" {
		t.Errorf("dropped %+v, %v", r.Page.Dropped(), err)
	}
	off := lector.RuleOff{Rule: "tag.table"}
	err = consoleRules{h.server}.SwitchRule(t.Context(), defaultSite, 1, off, true)
	if err == nil || errors.Is(err, lector.ErrConflict) || !strings.Contains(err.Error(), "lector.yaml") {
		t.Errorf("switched: %v", err)
	}
	all, err := h.conn.SiteSettings().All(t.Context())
	if found := h.config.rulesOff(all); err != nil || len(found) != 1 || !found[0].Holds || found[0].By != "console" {
		t.Errorf("lector rules: %+v, %v", found, err)
	}
}
