package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"lector"
	"lector/publisher/console"
	"lector/worker"
	"lector/worker/extract"
)

// consoleRules switches rules of reading off in the bucket of settings. What the file of
// settings names stays as that says.
type consoleRules struct{ server *server }

// SiteRules implements console.Rules.
func (c consoleRules) SiteRules(ctx context.Context, site string) (console.SiteRules, error) {
	set, err := c.server.conn.SiteSettings().Site(ctx, site)
	file := c.server.current().Sites[site].Rules
	return console.SiteRules{FileOff: file.Off, FileOn: file.On, Off: set.RulesOff, Version: set.Version}, err
}

// PlanRule implements console.Rules.
func (c consoleRules) PlanRule(ctx context.Context, j lector.Job, rule string, off bool) (plan console.RulePlan, err error) {
	set, err := c.switched(ctx, j.Site, lector.RuleOff{Rule: rule}, off)
	if err != nil {
		return plan, err
	}
	a, err := c.server.readArticle(ctx, j)
	if err != nil {
		return plan, err
	}
	before, err := c.server.worker.Reading(ctx, a)
	if err != nil {
		return plan, unreadable(err)
	}
	after, cost, err := c.server.worker.ReadingWith(ctx, a, j.Generation, set.RuleIDs())
	return console.RulePlan{
		Voice: after.Voice, Before: spokenSentences(before), After: spokenSentences(after), Billed: cost.Billed, Cached: cost.Cached, Cost: cost.Cost,
	}, unreadable(err)
}

// SwitchRule implements console.Rules.
func (c consoleRules) SwitchRule(ctx context.Context, site string, version uint64, rule lector.RuleOff, off bool) error {
	set, err := c.switched(ctx, site, rule, off)
	if err != nil {
		return err
	}
	if set.Version != version {
		return lector.ErrConflict
	}
	return c.server.siteSettings.Change(ctx, set)
}

// switched returns what the console has set for a site, with a rule switched off or on
// again. It is an error of a person where the rule cannot be switched.
func (c consoleRules) switched(ctx context.Context, site string, rule lector.RuleOff, off bool) (lector.SiteSettings, error) {
	set, err := c.server.siteSettings.Site(ctx, site)
	if err != nil {
		return set, err
	}
	if !off {
		if !slices.Contains(set.RuleIDs(), rule.Rule) {
			return set, fmt.Errorf("the console has not switched the rule %q off: %w", rule.Rule, lector.ErrNotFound)
		}
		return set.Without(rule.Rule), nil
	}
	file := c.server.current().Sites[site].Rules
	switch {
	case !extract.CanSwitchOff(rule.Rule):
		return set, console.Unusable(lector.Hint(fmt.Errorf("the rule %q cannot be switched off", rule.Rule), "there is none, or it keeps what is not for everybody"))
	case slices.Contains(slices.Concat(file.Off, file.On), rule.Rule):
		return set, console.Unusable(fmt.Errorf("lector.yaml says whether the rule %s holds at %s", rule.Rule, site))
	}
	return set.With(rule), nil
}

// spokenSentences are the sentences of a script as they are spoken.
func spokenSentences(r worker.Reading) (all []string) {
	for _, segment := range r.Script.Segments {
		for _, s := range segment.Sentences {
			all = append(all, s.Text)
		}
	}
	return all
}

// readArticle returns a job's article as its event has it.
func (s *server) readArticle(ctx context.Context, j lector.Job) (lector.Article, error) {
	e, err := s.conn.Event(ctx, j.Sequence)
	if errors.Is(err, lector.ErrNotFound) {
		return lector.Article{}, lector.Hint(fmt.Errorf("the article's event is no longer kept: %w", err), "publish the article again")
	}
	if err == nil && e.Type.Withdraws() {
		err = fmt.Errorf("the article is withdrawn: %w", lector.ErrNotFound)
	}
	return e.Article, err
}

// unreadable marks the error of an article that cannot be read at all, so that a person
// is told.
func unreadable(err error) error {
	if lector.IsPermanent(err) {
		return console.Unusable(err)
	}
	return err
}
