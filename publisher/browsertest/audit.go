package browsertest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
)

//go:embed audit.js
var audit string

// AuditScript returns the expression that Audit evaluates.
func AuditScript() string { return audit }

// Audit returns what on the page a person with other eyes or hands would
// stumble over: controls without a name or too small, text without contrast,
// a page that must be scrolled sideways, what scrolls and no key reaches (WCAG 2.2
// 1.1.1, 1.3.1, 1.4.3, 1.4.10, 2.1.1, 2.4.2, 2.5.3, 2.5.8, 3.1.1, 4.1.2, as far as a script can tell). Inside a component
// targets must measure 44 px (2.5.5). What axe-core finds beside these is among
// them where LECTOR_AXE names its script and the page may run scripts: by the rules
// that are named, or by all.
func (p *Page) Audit(axeRules ...string) ([]string, error) {
	found, err := Run[[]string](p, audit)
	if err != nil || p.look.NoScript || os.Getenv("LECTOR_AXE") == "" {
		return found, err
	}
	more, err := p.axe(os.Getenv("LECTOR_AXE"), axeRules)
	return append(found, more...), err
}

// axeRun returns a line for each element that breaks one of the rules of axe-core that
// are listed, or one of all where none is.
const axeRun = `(rules => axe.run(document, {resultTypes: ["violations"], ...rules.length && {runOnly: rules}}).then(r => r.violations.flatMap(v =>
	v.nodes.map(n => "axe: " + v.id + ": " + n.target.flat(9).join(" ") + ": " + n.failureSummary))))(%s)`

// loadAxe runs the script of axe-core in the page, unless the page has it already.
func (p *Page) loadAxe(file string) error {
	if loaded, err := Run[bool](p, `"axe" in window`); err != nil || loaded {
		return err
	}
	script, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	_, err = Run[string](p, string(script)+"\n;axe.version")
	return err
}

// axe returns what axe-core finds.
func (p *Page) axe(file string, rules []string) ([]string, error) {
	if err := p.loadAxe(file); err != nil {
		return nil, fmt.Errorf("axe-core: %w", err)
	}
	list, err := json.Marshal(append([]string{}, rules...)) // never null
	if err != nil {
		return nil, fmt.Errorf("axe-core: %w", err)
	}
	found, err := Run[[]string](p, fmt.Sprintf(axeRun, list))
	if err != nil {
		return nil, fmt.Errorf("axe-core: %w", err)
	}
	return found, nil
}
