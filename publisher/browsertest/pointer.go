package browsertest

import (
	"fmt"

	"github.com/chromedp/chromedp"
)

// Click clicks in the middle of what the expression evaluates to, with a real
// mouse event: inside a component, too.
func (p *Page) Click(expression string) error {
	at, err := Run[[]float64](p, fmt.Sprintf(
		`(e => { e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })(%s)`, expression))
	if err != nil {
		return fmt.Errorf("find %s: %w", expression, err)
	}
	return chromedp.Do(p.Context, chromedp.MouseClickXY(at[0], at[1]))
}

// Press presses keys, as chromedp's kb package names them.
func (p *Page) Press(keys string) error {
	return chromedp.Do(p.Context, chromedp.KeyEvent(keys))
}

// Reload loads the page again.
func (p *Page) Reload() error { return chromedp.Do(p.Context, chromedp.Reload()) }
