package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"lector"
	"lector/publisher/access"
)

// Rules are the built-in rules of reading, as sites have them.
type Rules interface {
	// SiteRules returns which rules are off at a site.
	SiteRules(ctx context.Context, site string) (SiteRules, error)
	// PlanRule says what becomes of a job's article when a rule is switched off at its
	// site, or on again. It is an error of a person where the rule cannot be switched.
	PlanRule(ctx context.Context, j lector.Job, rule string, off bool) (RulePlan, error)
	// SwitchRule switches a rule off, or on again, in the version that a person has seen.
	// It is lector.ErrConflict where another one holds.
	SwitchRule(ctx context.Context, site string, version uint64, rule lector.RuleOff, off bool) error
}

// SiteRules are the rules that are not as they come, at one site. What the file of
// settings says of a rule wins over what the console does.
type SiteRules struct {
	FileOff, FileOn []string         // IDs that the file names
	Off             []lector.RuleOff // by the console
	Version         uint64           // of what the console has set
}

// Fixed reports whether the file of settings names a rule.
func (r SiteRules) Fixed(id string) bool {
	return slices.Contains(r.FileOff, id) || slices.Contains(r.FileOn, id)
}

// byConsole returns what the console has set for a rule, or nil.
func (r SiteRules) byConsole(id string) *lector.RuleOff {
	if i := slices.IndexFunc(r.Off, func(o lector.RuleOff) bool { return o.Rule == id }); i >= 0 {
		return &r.Off[i]
	}
	return nil
}

// RulePlan is what a switched rule changes in an article.
type RulePlan struct {
	Voice          string   // that would read it
	Before, After  []string // sentences as they are spoken
	Billed, Cached int      // characters of reading it afterwards
	Cost           float64  // US dollars
}

// ruleView is a rule before it is switched.
type ruleView struct {
	permitted
	Job        lector.Job
	Rule       string
	Rules      SiteRules
	Now        *lector.RuleOff // who has switched it off; nil: nobody
	Plan       RulePlan
	Difference difference
}

// rule shows what switching a rule changes, before it is done.
func (k *console) rule(r *http.Request) (view, error) {
	j, _, err := k.Jobs.Job(r.Context(), r.PathValue("site"), r.PathValue("id"))
	if err != nil {
		return view{}, err
	}
	v := ruleView{permitted: permittedTo(r), Job: j, Rule: r.URL.Query().Get("rule")}
	if v.Rules, err = k.Rules.SiteRules(r.Context(), j.Site); err != nil {
		return view{}, err
	}
	v.Now = v.Rules.byConsole(v.Rule)
	if v.Plan, err = k.Rules.PlanRule(r.Context(), j, v.Rule, v.Now == nil); err != nil {
		return view{}, err
	}
	v.Difference = compareScripts(v.Plan.Before, v.Plan.After)
	return view{name: "rule", title: "The rule " + brief(v.Rule), data: v}, nil
}

func (k *console) switchRuleOff(r *http.Request) (view, error) { return k.switchRule(r, true) }
func (k *console) switchRuleOn(r *http.Request) (view, error)  { return k.switchRule(r, false) }

// switchRule switches a rule for all articles of a job's site, and goes back to what is
// read of the job's.
func (k *console) switchRule(r *http.Request, off bool) (view, error) {
	site := r.PathValue("site")
	version, err := strconv.ParseUint(r.PostFormValue("version"), 10, 64)
	if err != nil || !slices.Contains(k.Sites, site) {
		return view{}, fmt.Errorf("%w: the site is not here, or the version is missing", errInput)
	}
	rule := lector.RuleOff{Rule: r.PostFormValue("rule"), Who: access.Who(r.Context()).Name, Reason: brief(r.PostFormValue("reason")), Since: k.Now().UTC()}
	e := lector.AuditEntry{Action: "rule-on", Target: site, Detail: rule.Rule}
	if off {
		e.Action, e.Detail = "rule-off", rule.Rule+" "+rule.Reason
	}
	err = k.do(r, e, func(ctx context.Context) error { return k.Rules.SwitchRule(ctx, site, version, rule, off) })
	if errors.Is(err, lector.ErrConflict) {
		err = lector.Hint(fmt.Errorf("%w: somebody else has changed the rules of this site meanwhile", errStale), "look at the rule again, and switch it then")
	}
	return view{goTo: jobPath(site, r.PathValue("id")) + "/reading"}, err
}
