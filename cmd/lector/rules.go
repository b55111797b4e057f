package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"lector"
	"lector/infra/nats"
)

const rulesHelp = `Lists the built-in rules of reading that do not hold at a site, and who has switched
them off: the settings file (sites.NAME.rules.off) or a person in the console. What
the file says of a rule, under rules.off or rules.on, wins over the console.

  lector rules
  lector rules -site havana -json

lector script -explain names the rule that dropped a block. lector script and lector
narrate ask no NATS server: there the file alone holds.`

// ruleOff is a rule that does not hold at a site.
type ruleOff struct {
	Site   string    `json:"site"`
	Rule   string    `json:"rule"`
	By     string    `json:"by"`    // file or console
	Holds  bool      `json:"holds"` // all the same, for the file says so
	Who    string    `json:"who,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Since  time.Time `json:"since,omitzero"`
}

func (a *app) rules(ctx context.Context, args []string) error {
	fs := a.flags("rules")
	set := a.settings(fs)
	site := fs.String("site", "", "only the site `NAME`")
	asJSON := fs.Bool("json", false, "print JSON")
	if err := a.parseFlags(fs, args); err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	if *site != "" {
		if _, err := c.site(*site); err != nil {
			return err
		}
	}
	return a.asOperator(c, func(conn *nats.Conn) error {
		all, err := conn.SiteSettings().All(ctx)
		if err != nil {
			return err
		}
		found := slices.DeleteFunc(c.rulesOff(all), func(r ruleOff) bool { return *site != "" && r.Site != *site })
		if *asJSON {
			return a.printJSON(found)
		}
		return a.printRules(found)
	})
}

// rulesOff returns the rules that the file names, and then those of the console.
func (c *config) rulesOff(set []lector.SiteSettings) []ruleOff {
	all := []ruleOff{}
	for _, name := range slices.Sorted(maps.Keys(c.Sites)) {
		for _, id := range c.Sites[name].Rules.Off {
			all = append(all, ruleOff{Site: name, Rule: id, By: "file"})
		}
	}
	for _, s := range set {
		for _, r := range s.RulesOff {
			holds := slices.Contains(c.Sites[s.Site].Rules.On, r.Rule)
			all = append(all, ruleOff{s.Site, r.Rule, "console", holds, r.Who, r.Reason, r.Since})
		}
	}
	return all
}

func (a *app) printRules(all []ruleOff) error {
	if len(all) == 0 {
		fmt.Fprintln(a.stdout, "all rules hold")
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SITE\tRULE\tOFF BY\tWHO\tSINCE\tREASON")
	for _, r := range all {
		by, since := r.By, ""
		if r.Holds {
			by += ", but the file says that it holds"
		}
		if !r.Since.IsZero() {
			since = r.Since.Local().Format(time.DateTime)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Site, r.Rule, by, oneLine(r.Who), since, oneLine(r.Reason))
	}
	return w.Flush()
}
