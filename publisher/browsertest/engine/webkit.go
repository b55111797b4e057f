package engine

import (
	"context"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// webkit is WebKitGTK's small browser, driven by WebKitWebDriver. It needs a
// screen, which Xvfb plays.
type webkit struct {
	webdriver
	ctx     context.Context
	screen  *process
	driver  *process
	home    string
	browser string // path of MiniBrowser
	session string // path of the session, empty before the first
	dark    bool   // the session's colour scheme
}

// miniBrowser is where Debian, Fedora and Arch put WebKitGTK's own browser.
var miniBrowser = []string{
	"/usr/lib/*/webkit2gtk-4.1/MiniBrowser", "/usr/lib/*/webkitgtk-6.0/MiniBrowser",
	"/usr/libexec/webkit2gtk-4.1/MiniBrowser", "/usr/lib/webkit2gtk-4.1/MiniBrowser",
}

func startWebKit(ctx context.Context) (Browser, error) {
	driver, errDriver := find("WebKitWebDriver")
	screen, errScreen := find("Xvfb")
	w := &webkit{ctx: ctx}
	for _, pattern := range miniBrowser {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			w.browser = found[0]
		}
	}
	if errDriver != nil || errScreen != nil || w.browser == "" {
		return nil, fmt.Errorf("webkitgtk: %w (apt-get install webkit2gtk-driver xvfb)", ErrAbsent)
	}
	if err := w.start(driver, screen); err != nil {
		return nil, errors.Join(fmt.Errorf("start webkitgtk: %w", err), w.Close())
	}
	return w, nil
}

// screenReady is what Xvfb writes when it can be used: the number of its display.
var screenReady = regexp.MustCompile(`^(\d+)$`)

func (w *webkit) start(driver, screen string) (err error) {
	if err := w.settle(); err != nil {
		return err
	}
	cmd := exec.Command(screen, "-displayfd", "1", "-screen", "0", "1600x1400x24", "-nolisten", "tcp")
	if w.screen, err = launch(w.ctx, cmd); err != nil {
		return err
	}
	display, err := w.screen.announced(w.ctx, screenReady)
	if err != nil {
		return err
	}
	return w.startDriver(driver, ":"+display[1])
}

//go:embed webkit.css
var narrowToolbar []byte

// settle makes the directory in which the browser finds its settings.
func (w *webkit) settle() (err error) {
	if w.home, err = os.MkdirTemp("", "lector-webkit-"); err != nil {
		return err
	}
	for _, toolkit := range []string{"gtk-3.0", "gtk-4.0"} {
		dir := filepath.Join(w.home, toolkit)
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "gtk.css"), narrowToolbar, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// tries is how often another free port is tried.
const tries = 5

func (w *webkit) startDriver(path, display string) (err error) {
	for range tries {
		port, errPort := freePort()
		if errPort != nil {
			return errPort
		}
		cmd := exec.Command(path, "--port="+strconv.Itoa(port))
		cmd.Env = append(os.Environ(), "DISPLAY="+display, "HOME="+w.home, "XDG_CACHE_HOME="+w.home, "XDG_CONFIG_HOME="+w.home,
			"XDG_DATA_HOME="+w.home, "NO_AT_BRIDGE=1", "DBUS_SESSION_BUS_ADDRESS=disabled:", "GTK_USE_PORTAL=0")
		if w.driver, err = launch(w.ctx, cmd); err != nil {
			return err
		}
		w.webdriver = webdriver{"http://127.0.0.1:" + strconv.Itoa(port)}
		if err = w.listens(); err == nil {
			return nil
		}
	}
	return err
}

// freePort returns a port that nobody listens on at this moment.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// listens waits until the driver, which says nothing when it is ready, answers.
func (w *webkit) listens() error {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if err := w.call(w.ctx, http.MethodGet, "/status", nil, nil); err == nil {
			return nil
		}
		select {
		case <-again.C:
		case <-w.driver.exited:
			return fmt.Errorf("WebKitWebDriver has ended:\n%s", w.driver.log)
		case <-w.ctx.Done():
			return context.Cause(w.ctx)
		}
	}
}

// Close ends the driver, the browser and the screen.
func (w *webkit) Close() error {
	for _, p := range []*process{w.driver, w.screen} {
		if p != nil {
			p.close()
		}
	}
	return os.RemoveAll(w.home)
}

// Open shows the address in the one window of the browser, which is started anew
// when the colour scheme is another one: it is told so at its start.
func (w *webkit) Open(address string, look Look) (Page, error) {
	if err := w.open(address, look); err != nil {
		return nil, fmt.Errorf("open %s: %w", address, err)
	}
	return webkitPage{w}, nil
}

func (w *webkit) open(address string, look Look) error {
	if err := w.begin(look.Dark); err != nil {
		return err
	}
	if err := w.resize(look); err != nil {
		return err
	}
	return w.do("/url", object{"url": address}, nil)
}

// noTimeout is an hour in milliseconds: the test's own deadline comes first.
const noTimeout = 3_600_000

// begin begins a session, unless there is one with this colour scheme.
func (w *webkit) begin(dark bool) error {
	if w.session != "" && w.dark == dark {
		return nil
	}
	if err := w.end(); err != nil {
		return err
	}
	args := []string{"--automation"}
	if dark {
		args = append(args, "--dark-mode")
	}
	var session struct {
		ID string `json:"sessionId"`
	}
	err := w.call(w.ctx, http.MethodPost, "/session", object{"capabilities": object{"alwaysMatch": object{
		"webkitgtk:browserOptions": object{"binary": w.browser, "args": args},
		"timeouts":                 object{"script": noTimeout, "pageLoad": noTimeout},
	}}}, &session)
	w.session, w.dark = "/session/"+session.ID, dark
	return err
}

func (w *webkit) end() error {
	if w.session == "" {
		return nil
	}
	err := w.call(w.ctx, http.MethodDelete, w.session, nil, nil)
	w.session = ""
	return err
}

// do sends a command of the session.
func (w *webkit) do(path string, params, result any) error {
	return w.call(w.ctx, http.MethodPost, w.session+path, params, result)
}

// resize makes the viewport as large as wanted: the window by what it has around
// it larger.
func (w *webkit) resize(look Look) error {
	if err := w.do("/window/rect", object{"x": 0, "y": 0, "width": look.Width, "height": look.Height}, nil); err != nil {
		return err
	}
	size, err := value[[]int](webkitPage{w}, `[innerWidth, innerHeight]`)
	if err != nil {
		return err
	}
	return w.do("/window/rect", object{"x": 0, "y": 0, "width": 2*look.Width - size[0], "height": 2*look.Height - size[1]}, nil)
}

// webkitPage is what the window shows.
type webkitPage struct{ *webkit }

// awaited calls back with the value of an expression, or with the reason why it
// has none.
const awaited = `const done = arguments[0]; (async () => %s)().then(value => done({value}), why => done({why: String(why)}));`

func (p webkitPage) Evaluate(expression string) (string, error) {
	var out struct{ Value, Why string }
	if err := p.do("/execute/async", object{"script": fmt.Sprintf(awaited, expression), "args": []any{}}, &out); err != nil {
		return "", err
	}
	if out.Why != "" {
		return "", errors.New(out.Why)
	}
	return out.Value, nil
}

func (p webkitPage) Click(x, y float64) error {
	return p.do("/actions", object{"actions": clickActions(x, y)}, nil)
}

// Screenshot waits until the page has been painted as it is now: this browser
// takes what was painted last.
func (p webkitPage) Screenshot() ([]byte, error) {
	if err := Do(p, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))`); err != nil {
		return nil, err
	}
	var picture string
	if err := p.call(p.ctx, http.MethodGet, p.session+"/screenshot", nil, &picture); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(picture)
}

// Close empties the window and forgets what the page has stored.
func (p webkitPage) Close() error {
	if err := Do(p, `(localStorage.clear(), sessionStorage.clear())`); err != nil {
		return err
	}
	return p.do("/url", object{"url": "about:blank"}, nil)
}
