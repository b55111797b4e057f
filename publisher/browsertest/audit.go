package browsertest

import (
	_ "embed"
	"fmt"
	"os"
)

//go:embed audit.js
var audit string

// AuditScript returns the expression that Audit evaluates.
func AuditScript() string { return audit }

// Audit returns what on the page a person with other eyes or hands would
// stumble over: controls without a name or too small, text without contrast,
// a page that must be scrolled sideways (WCAG 2.2 1.1.1, 1.3.1, 1.4.3, 1.4.10,
// 2.4.2, 2.5.3, 2.5.8, 3.1.1, 4.1.2, as far as a script can tell). Inside a component
// targets must measure 44 px (2.5.5). What axe-core finds beside these is among
// them where LECTOR_AXE names its script and the page may run scripts.
func (p *Page) Audit() ([]string, error) {
	found, err := Run[[]string](p, audit)
	if err != nil || p.look.NoScript || os.Getenv("LECTOR_AXE") == "" {
		return found, err
	}
	more, err := p.axe(os.Getenv("LECTOR_AXE"))
	return append(found, more...), err
}

// axeRun returns a line for each element that breaks a rule of axe-core.
const axeRun = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.flatMap(v =>
	v.nodes.map(n => "axe: " + v.id + ": " + n.target.flat(9).join(" ") + ": " + n.failureSummary)))`

// axe runs the script of axe-core in the page.
func (p *Page) axe(file string) ([]string, error) {
	script, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("axe-core: %w", err)
	}
	if _, err := Run[string](p, string(script)+"\n;axe.version"); err != nil {
		return nil, fmt.Errorf("axe-core: %w", err)
	}
	found, err := Run[[]string](p, axeRun)
	if err != nil {
		return nil, fmt.Errorf("axe-core: %w", err)
	}
	return found, nil
}
