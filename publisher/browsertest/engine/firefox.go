package engine

import (
	"context"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

//go:embed firefox.user.js
var firefoxPreferences []byte

// firefoxReady is what Firefox says when it can be driven.
var firefoxReady = regexp.MustCompile(`WebDriver BiDi listening on (ws://\S+)`)

// firefox is a running Firefox. Its pages are tabs, each with storage of its own.
type firefox struct {
	ctx     context.Context
	process *process
	bidi    *bidi
	profile string
	chrome  string // the context of its own window, where its preferences can be set
}

func startFirefox(ctx context.Context) (Browser, error) {
	path, err := find("firefox-esr", "firefox")
	if err != nil {
		return nil, fmt.Errorf("firefox: %w (apt-get install firefox-esr)", err)
	}
	f := &firefox{ctx: ctx}
	if err := f.start(path); err != nil {
		return nil, errors.Join(fmt.Errorf("start firefox: %w", err), f.Close())
	}
	return f, nil
}

// find returns the path of the first program that is there, or ErrAbsent.
func find(programs ...string) (string, error) {
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrAbsent
}

func (f *firefox) start(path string) (err error) {
	if f.profile, err = os.MkdirTemp("", "lector-firefox-"); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(f.profile, "user.js"), firefoxPreferences, 0o600); err != nil {
		return err
	}
	cmd := exec.Command(path, "--headless", "--profile", f.profile,
		"--remote-debugging-port", "0", "--remote-allow-origins", origin, "--remote-allow-system-access", "about:blank")
	cmd.Env = append(os.Environ(), "MOZ_CRASHREPORTER_DISABLE=1", "HOME="+f.profile)
	if f.process, err = launch(f.ctx, cmd); err != nil {
		return err
	}
	found, err := f.process.announced(f.ctx, firefoxReady)
	if err != nil {
		return err
	}
	if f.bidi, err = dialBiDi(f.ctx, found[1]+"/session"); err != nil {
		return err
	}
	if err := f.bidi.call(f.ctx, "session.new", object{"capabilities": object{}}, nil); err != nil {
		return err
	}
	return f.findWindow()
}

// object is a JSON object of a protocol.
type object = map[string]any

// findWindow learns which context is the browser's own window.
func (f *firefox) findWindow() error {
	var tree struct {
		Contexts []struct {
			Context string `json:"context"`
		} `json:"contexts"`
	}
	if err := f.bidi.call(f.ctx, "browsingContext.getTree", object{"moz:scope": "chrome"}, &tree); err != nil {
		return err
	}
	if len(tree.Contexts) == 0 {
		return errors.New("it has no window")
	}
	f.chrome = tree.Contexts[0].Context
	return nil
}

// Close ends Firefox and removes its profile.
func (f *firefox) Close() error {
	if f.bidi != nil {
		_ = f.bidi.conn.Close()
	}
	if f.process != nil {
		f.process.close()
	}
	return os.RemoveAll(f.profile)
}

// colourScheme sets which scheme all pages are told that the reader prefers.
func (f *firefox) colourScheme(dark bool) error {
	const script = `Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", %d)`
	value := 1
	if dark {
		value = 0
	}
	return f.bidi.call(f.ctx, "script.evaluate", object{
		"expression": fmt.Sprintf(script, value), "target": object{"context": f.chrome}, "awaitPromise": false,
	}, nil)
}

func (f *firefox) Open(address string, look Look) (Page, error) {
	p := &firefoxPage{firefox: f}
	if err := p.open(address, look); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", address, err), p.Close())
	}
	return p, nil
}

// firefoxPage is a tab in a container of its own.
type firefoxPage struct {
	*firefox
	container, tab string
}

func (p *firefoxPage) open(address string, look Look) error {
	if err := p.colourScheme(look.Dark); err != nil {
		return err
	}
	var container struct {
		ID string `json:"userContext"`
	}
	if err := p.bidi.call(p.ctx, "browser.createUserContext", object{}, &container); err != nil {
		return err
	}
	p.container = container.ID
	var tab struct {
		ID string `json:"context"`
	}
	if err := p.bidi.call(p.ctx, "browsingContext.create", object{"type": "tab", "userContext": p.container}, &tab); err != nil {
		return err
	}
	p.tab = tab.ID
	size := object{"width": look.Width, "height": look.Height}
	if err := p.bidi.call(p.ctx, "browsingContext.setViewport", object{"context": p.tab, "viewport": size}, nil); err != nil {
		return err
	}
	return p.bidi.call(p.ctx, "browsingContext.navigate", object{"context": p.tab, "url": address, "wait": "complete"}, nil)
}

func (p *firefoxPage) Evaluate(expression string) (string, error) {
	var out struct {
		Type   string `json:"type"`
		Result struct {
			Value string `json:"value"`
		} `json:"result"`
		Exception struct {
			Text string `json:"text"`
		} `json:"exceptionDetails"`
	}
	err := p.bidi.call(p.ctx, "script.evaluate", object{
		"expression": expression, "target": object{"context": p.tab}, "awaitPromise": true,
	}, &out)
	if err == nil && out.Type != "success" {
		err = errors.New(out.Exception.Text)
	}
	return out.Result.Value, err
}

func (p *firefoxPage) Click(x, y float64) error {
	return p.bidi.call(p.ctx, "input.performActions", object{"context": p.tab, "actions": clickActions(x, y)}, nil)
}

// clickActions is a click of a mouse as WebDriver and WebDriver BiDi write it.
func clickActions(x, y float64) []object {
	return []object{{
		"type": "pointer", "id": "mouse", "parameters": object{"pointerType": "mouse"},
		"actions": []object{
			{"type": "pointerMove", "x": int(x), "y": int(y), "origin": "viewport"},
			{"type": "pointerDown", "button": 0},
			{"type": "pointerUp", "button": 0},
		},
	}}
}

func (p *firefoxPage) Screenshot() ([]byte, error) {
	var picture struct {
		Data string `json:"data"`
	}
	if err := p.bidi.call(p.ctx, "browsingContext.captureScreenshot", object{"context": p.tab}, &picture); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(picture.Data)
}

// Close removes the container, and with it the tab and what it has stored.
func (p *firefoxPage) Close() error {
	if p.container == "" {
		return nil
	}
	return p.bidi.call(p.ctx, "browser.removeUserContext", object{"userContext": p.container}, nil)
}
