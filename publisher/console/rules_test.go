package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lector"
)

// TestRuleIsSwitchedOffAndOnAgain goes the way of an editor: from the block to the plan,
// to the rule that is off, and back.
func TestRuleIsSwitchedOffAndOnAgain(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	job := "/jobs/havana/" + n.jobs[0].ID
	lacks := func(target string, texts ...string) {
		t.Helper()
		page := ask(h, http.MethodGet, target, nil).Body.String()
		for _, want := range texts {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %q in %.4000s", target, want, page)
			}
		}
	}
	lacks(job+"/reading", `href="`+job+`/rule?rule=cookie.words"`, "Switch cookie.words off …")
	lacks(job+"/rule?rule=cookie.words", "1 added, 0 removed, 2 kept", "47 characters to be billed", "900 in the cache", "$0.0125", "<ins>Cookies &lt;script", `action="`+job+`/rule/off"`)
	form := url.Values{"rule": {"cookie.words"}, "version": {"0"}, "reason": {"we write about cookies " + strings.Repeat("x", 500)}}
	if w := ask(h, http.MethodPost, job+"/rule/off", form); w.Code != http.StatusSeeOther || w.Header().Get("Location") != job+"/reading" {
		t.Fatalf("off: %d %v", w.Code, w.Header())
	}
	if len(n.rules.Off) != 1 || n.rules.Off[0].Who != "somebody who may admin" || !n.rules.Off[0].Since.Equal(now) || len(n.rules.Off[0].Reason) > 200 {
		t.Fatalf("off: %+v", n.rules)
	}
	if w := ask(h, http.MethodPost, job+"/rule/off", form); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "somebody else has changed the rules") {
		t.Errorf("by who has seen an older version: %d %s", w.Code, w.Body)
	}
	lacks(job+"/reading", "by the console, somebody who may admin", "we write about cookies", "Switch cookie.words on again")
	lacks(job+"/rule?rule=cookie.words", "<del>Cookies &lt;script", `action="`+job+`/rule/on"`, "we write about cookies")
	form.Set("version", "1")
	if w := ask(h, http.MethodPost, job+"/rule/on", form); w.Code != http.StatusSeeOther || len(n.rules.Off) > 0 {
		t.Errorf("on again: %d %+v", w.Code, n.rules)
	}
	said := ""
	for _, e := range n.audit {
		said += fmt.Sprintf("%s %s %.12s %t; ", e.Action, e.Target, e.Detail, e.Failed != "")
	}
	if want := "rule-off havana cookie.words false; rule-off havana cookie.words false; rule-off havana cookie.words true; rule-on havana cookie.words false; "; said != want {
		t.Errorf("noted %s", said)
	}
	for target, version := range map[string]string{"/jobs/nowhere/a/rule/off": "2", job + "/rule/off": ""} {
		if w := ask(h, http.MethodPost, target, url.Values{"rule": {"cookie.words"}, "version": {version}}); w.Code != http.StatusBadRequest {
			t.Errorf("%s in version %q: %d", target, version, w.Code)
		}
	}
}

// TestFileOfSettingsWins: what it names is shown as fixed, and nothing is offered.
func TestFileOfSettingsWins(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	n.rules = SiteRules{FileOff: []string{"tag.table"}, FileOn: []string{"cookie.words"}, Off: []lector.RuleOff{{Rule: "cookie.words", Who: "Ann"}}}
	page := ask(h, http.MethodGet, "/jobs/havana/"+n.jobs[0].ID+"/reading", nil).Body.String()
	for _, want := range []string{"<code>tag.table</code>: by <code>lector.yaml</code>", "(lector.yaml says that it holds)", "without effect, for lector.yaml names the rule"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %.3000s", want, page)
		}
	}
	if strings.Contains(page, "Switch cookie.words off …") {
		t.Error("what the file names can be switched")
	}
}
