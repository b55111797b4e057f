// Minify makes player.min.js, which the server sends, of player.js and its two
// style sheets. It runs at go generate and not in the server: the minifier would
// make the binary larger by more than the player itself, for a text that only
// changes when these files do.
//
//	go generate ./publisher/player
package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
)

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "minify:", err)
		os.Exit(1)
	}
}

// generate works in the directory of the player, as go generate does.
func generate() error {
	text, err := player(os.DirFS("."))
	if err != nil {
		return err
	}
	return os.WriteFile("player.min.js", text, 0o644)
}

// player returns the minified script with its style sheets in it. It stands in
// a function, so that its names are its own and may be shortened.
func player(dir fs.FS) ([]byte, error) {
	style, err := sheet(dir, "element.css")
	if err != nil {
		return nil, err
	}
	mark, err := sheet(dir, "mark.css")
	if err != nil {
		return nil, err
	}
	script, err := fs.ReadFile(dir, "player.js")
	if err != nil {
		return nil, fmt.Errorf("read script: %w", err)
	}
	whole := fmt.Sprintf("(()=>{const STYLE=%s,MARK=%s;\n%s})()", style, mark, script)
	m := minify.New()
	m.Add("js", &js.Minifier{})
	out, err := m.String("js", whole)
	if err != nil {
		return nil, fmt.Errorf("minify player.js: %w", err)
	}
	return []byte("// Made of player.js by go generate.\n" + out + "\n"), nil
}

// sheet returns a minified style sheet as a string of JavaScript.
func sheet(dir fs.FS, name string) (string, error) {
	source, err := fs.ReadFile(dir, name)
	if err != nil {
		return "", fmt.Errorf("read style: %w", err)
	}
	m := minify.New()
	m.Add("css", &css.Minifier{})
	text, err := m.String("css", string(source))
	if err != nil {
		return "", fmt.Errorf("minify %s: %w", name, err)
	}
	var quoted strings.Builder
	e := json.NewEncoder(&quoted)
	e.SetEscapeHTML(false)
	if err := e.Encode(joined(text)); err != nil {
		return "", fmt.Errorf("quote %s: %w", name, err)
	}
	return strings.TrimSpace(quoted.String()), nil
}

// joined takes out the line ends that the minifier leaves inside rules which it
// does not know.
func joined(css string) string {
	var b strings.Builder
	for line := range strings.Lines(css) {
		b.WriteString(strings.TrimSpace(line))
	}
	return b.String()
}
