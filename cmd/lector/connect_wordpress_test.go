package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
	"lector/publisher/intake/wordpress/wordpresstest"
)

// wordPressDesk is a terminal beside a real WordPress.
type wordPressDesk struct {
	t        *testing.T
	dir      string
	site     *wordpresstest.Site
	password string
}

// run runs a command of the page for newcomers, with this site's values.
func (d *wordPressDesk) run(line string) (code int, printed string) {
	d.t.Helper()
	line = strings.NewReplacer("https://reader.example", d.site.URL, "lector.php", filepath.Join(d.dir, "lector.php"),
		"-user ada", "-user "+wordpresstest.User).Replace(line)
	var out strings.Builder
	env := map[string]string{"WORDPRESS_APP_PASSWORD": d.password}
	a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(name string) string { return env[name] }}
	args := append(strings.Fields(line)[1:], "-config", filepath.Join(d.dir, "lector.yaml"))
	if strings.Contains(line, "-url") {
		args = append(args, "-allow-private")
	}
	return a.run(d.t.Context(), args), out.String()
}

// settings writes lector.yaml.
func (d *wordPressDesk) settings(public, hooks string) {
	d.t.Helper()
	text := fmt.Sprintf("data: %s\npublic_url: %s\nsites:\n  havana:\n    language: en\n%s", d.dir, public, hooks)
	if err := os.WriteFile(filepath.Join(d.dir, "lector.yaml"), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// rest asks WordPress as the block editor does.
func (d *wordPressDesk) rest(method, path string, fields map[string]any) (id string) {
	d.t.Helper()
	body, err := json.Marshal(fields)
	if err != nil {
		d.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(d.t.Context(), method, d.site.URL+"/wp-json/wp/v2/posts"+path, bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.SetBasicAuth(wordpresstest.User, d.password)
	response, err := (&http.Client{}).Do(request)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	var post struct{ ID int }
	if err != nil || response.StatusCode >= 300 || json.Unmarshal(answer, &post) != nil {
		d.t.Fatalf("%s: %v %s", response.Status, err, answer)
	}
	return fmt.Sprint(post.ID)
}

var (
	documentedCommand = regexp.MustCompile(`(?m)^\$ (lector .*)$`)
	printedConstants  = regexp.MustCompile(`(?m)^define\(.*$`)
)

// TestConnectWordPress goes the way of docs/connect-wordpress.md with a real
// WordPress, and then publishes an article there, edits it and takes it back.
func TestConnectWordPress(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../docs/connect-wordpress.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := documentedCommand.FindAllStringSubmatch(string(document), -1)
	if len(commands) != 2 {
		t.Fatalf("the page has %d commands", len(commands))
	}
	d := &wordPressDesk{t: t, dir: t.TempDir(), site: wordpresstest.Start(t, nil)}
	d.password = d.site.AppPassword
	getPlugin, connect := commands[0][1], commands[1][1]

	d.settings("http://127.0.0.1:1", "")
	if code, printed := d.run(getPlugin); code != 0 || !exists(filepath.Join(d.dir, "lector.php")) {
		t.Fatalf("exit %d\n%s", code, printed)
	}
	code, printed := d.run(connect)
	secretFile := filepath.Join(d.dir, "hooks", "wordpress-havana")
	secret, err := os.ReadFile(secretFile)
	if err != nil || code != 1 || !strings.Contains(printed, "lacks LECTOR_URL") || strings.Contains(printed, strings.TrimSpace(string(secret))) {
		t.Fatalf("exit %d, %v\n%s", code, err, printed)
	}
	hooks := "      hooks: {wordpress: {secrets: [{file: " + fmt.Sprintf("%q", secretFile) + "}]}}\n"
	if !strings.Contains(printed, hooks) {
		t.Errorf("no line for lector.yaml in\n%s", printed)
	}

	h := d.installation(secretFile)
	d.settings(h.public.url(), strings.TrimPrefix(hooks, "  "))
	_, printed = d.run(connect)
	lines := strings.Join(printedConstants.FindAllString(printed, -1), "\n")
	d.site.Configure(t, strings.Replace(lines, "…", strings.TrimSpace(string(secret)), 1))
	var first string
	for i := range 2 {
		code, printed := d.run(connect)
		if code != 0 || !strings.Contains(printed, "signature: right") || !strings.Contains(printed, "Connected") {
			t.Fatalf("run %d: exit %d\n%s", i+1, code, printed)
		}
		if first == "" {
			first = withoutClock(printed)
		} else if withoutClock(printed) != first {
			t.Errorf("the second run says\n%s\nthe first said\n%s", printed, first)
		}
	}
	(&wordPressLife{wordPressDesk: d, meter: meter{h: h}}).run()
	d.compared(h, strings.Replace(lines, "…", strings.TrimSpace(string(secret)), 1))
	d.mistakes(connect, lines, string(secret))
}

func withoutClock(printed string) string {
	return regexp.MustCompile(`clock: \S+`).ReplaceAllString(printed, "clock")
}

// installation runs Lector with the settings that connect has printed.
func (d *wordPressDesk) installation(secretFile string) *installation {
	d.t.Helper()
	c := testConfig(d.t.TempDir())
	s := c.Sites[defaultSite]
	s.Hooks = map[string]hookConfig{"wordpress": {Secrets: []secretSource{{File: secretFile}}}}
	c.Sites["havana"] = s
	password := filepath.Join(d.t.TempDir(), "password")
	writeSecret(d.t, password, d.site.AppPassword)
	cms := wordpressConfig{URL: d.site.URL, User: wordpresstest.User, Password: secretSource{File: password}}
	return writingInstallation(d.t, c, cmsConfig{WordPress: cms, WriteBack: true}).start()
}

// written waits until a theme has the audio that a job has made, or none.
func (d *wordPressDesk) written(h *installation, id string, j lector.Job) {
	d.t.Helper()
	want := "null"
	if j.Rendition != "" {
		want = h.config.addresses().Object(lector.Prefix(j.Site, j.ID) + j.Rendition + ".mp3")
	}
	limittest.Until(d.t, "a theme has "+want, func() bool { return d.site.PHP(d.t, `echo Lector\audio_of( `+id+` )['mp3'] ?? 'null';`) == want })
}

// compared has the plugin reach nobody: what is published, withdrawn and deleted then, the
// comparison finds.
func (d *wordPressDesk) compared(h *installation, constants string) {
	t := d.t
	t.Helper()
	d.site.Configure(t, constants+"\ndefine( 'LECTOR_HOOKS_URL', 'http://127.0.0.1:1' );")
	places, err := h.conn.Places(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.reconciler(h.conn, h.jobs, places, "havana")
	if err != nil {
		t.Fatal(err)
	}
	ahead := time.Duration(0)
	r.Now = func() time.Time { return time.Now().Add(ahead) }
	compare := func(f func(context.Context) error) {
		t.Helper()
		if err := f(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	compare(r.Poll) // from here on
	var ids []string
	for i := range 2 {
		ids = append(ids, d.rest(http.MethodPost, "", map[string]any{
			"title": fmt.Sprintf("Bridge number %d", i), "status": "publish", "content": "<p>The bridge was opened to walkers on Friday.</p>"}))
	}
	compare(r.Poll)
	row := func(what, id string, want lector.State) {
		t.Helper()
		j := h.newest(lector.Article{Site: "havana", ID: id})
		t.Logf("what the comparison finds:\n| %-13s | %-8s | %4d billed |", what, j.State, j.Usage.Billed)
		if j.State != want {
			t.Errorf("%s: %+v", what, j)
		}
	}
	row("publish", ids[0], lector.Ready)
	row("publish", ids[1], lector.Ready)
	d.rest(http.MethodPost, "/"+ids[0], map[string]any{"status": "draft"})
	compare(r.Poll)
	compare(r.Poll)
	d.rest(http.MethodDelete, "/"+ids[1]+"?force=true", nil)
	compare(r.Pass)
	ahead = 2 * time.Minute
	compare(r.Poll)
	h.awaitState(ids[0], func(j lector.Job) bool { return j.State.Terminal() && j.Rendition == "" })
	row("delete", ids[1], lector.Removed)
	if got := r.Report(); got.Lacking != 0 {
		t.Errorf("without correct audio: %+v", got.Entries)
	}
}

// mistakes are those that a newcomer makes, and what is said of each.
func (d *wordPressDesk) mistakes(connect, lines, secret string) {
	d.t.Helper()
	good := strings.Replace(lines, "…", strings.TrimSpace(secret), 1)
	for what, m := range map[string]struct {
		lines, password, command string
		code                     int
		want                     string
	}{
		"another secret":     {strings.Replace(lines, "…", "b3RoZXIgc2VjcmV0", 1), "", connect, 1, "another secret"},
		"another site":       {strings.Replace(good, "'havana'", "'paris'", 1), "", connect, 1, `"paris", not "havana"`},
		"nobody there":       {good + "\ndefine( 'LECTOR_HOOKS_URL', 'http://127.0.0.1:1' );", "", connect, 1, "LECTOR_HOOKS_URL"},
		"a wrong password":   {good, "wrong", connect, 1, "Application Passwords"},
		"no password":        {good, "none", connect, 2, "WORDPRESS_APP_PASSWORD"},
		"no user":            {good, "", strings.Replace(connect, "-user ada", "", 1), 2, "-user"},
		"no WordPress":       {good, "", strings.Replace(connect, "-url https://reader.example", "-url https://reader.example/wp-admin", 1), 1, "-url is the address"},
		"an unknown site":    {good, "", strings.Replace(connect, "-site havana", "-site rome", 1), 2, "rome"},
		"not on our network": {good, "", strings.Replace(connect, "-url https://reader.example", "-url http://no-such-host.invalid", 1), 1, "no-such-host"},
	} {
		d.site.Configure(d.t, m.lines)
		d.password = d.site.AppPassword
		switch m.password {
		case "":
		case "none":
			d.password = ""
		default:
			d.password = m.password
		}
		if code, printed := d.run(m.command); code != m.code || !strings.Contains(printed, m.want) {
			d.t.Errorf("%s: exit %d, want %d and %q\n%s", what, code, m.code, m.want, printed)
		}
	}
}
