package player

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var pageStyle string

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Parse(pageSource))
})

// WritePage writes the embed page: the player and nothing else.
func WritePage(w io.Writer, p Player) error {
	p = p.complete()
	p.Embedded = true
	element, err := p.Element()
	if err != nil {
		return err
	}
	return pageTemplate().Execute(w, map[string]any{
		"Player":  p,
		"Element": element,
		"Style":   template.CSS(pageStyle), //nolint:gosec // embedded in the program
		"Script":  Address(p.Language),
		"Waiting": p.State == Waiting,
	})
}

// Policy returns the content security policy of the embed page, with audio and
// pictures from the given sources. The one inline style is allowed by its hash, and no
// script may turn text into markup.
func Policy(media, images []string) string {
	sum := sha256.Sum256([]byte(pageStyle))
	return fmt.Sprintf("default-src 'none'; script-src 'self'; connect-src 'self'; img-src %s; media-src %s; "+
		"style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
		strings.Join(images, " "), strings.Join(media, " "), base64.StdEncoding.EncodeToString(sum[:]))
}
