package browsertest

import _ "embed"

//go:embed audit.js
var audit string

// AuditScript returns the expression that Audit evaluates.
func AuditScript() string { return audit }

// Audit returns what on the page a person with other eyes or hands would
// stumble over: controls without a name or too small, text without contrast,
// a page that must be scrolled sideways (WCAG 2.2 1.1.1, 1.3.1, 1.4.3, 1.4.10,
// 2.4.2, 2.5.3, 2.5.8, 3.1.1, 4.1.2, as far as a script can tell). Inside a component
// targets must measure 44 px (2.5.5).
func (p *Page) Audit() ([]string, error) { return Run[[]string](p, audit) }
