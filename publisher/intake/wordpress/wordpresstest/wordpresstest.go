// Package wordpresstest starts a real WordPress for tests: Debian's packages,
// unpacked by .ci/wordpress, with a database of its own in a folder of the test,
// on loopback. Both programs end with the test.
package wordpresstest

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The login of the site's only user, who may do everything.
const (
	User     = "chief"
	password = "chief-pass"
)

// Site is a running WordPress.
type Site struct {
	URL         string // without a slash at the end
	AppPassword string // an application password of User
	dir, root   string
}

//go:embed site
var files embed.FS

// Start starts a WordPress with Lector's plugin, for which the constants are
// PHP source by name. The test is skipped where WordPress is not unpacked.
func Start(t testing.TB, constants map[string]string) *Site {
	t.Helper()
	root := os.Getenv("LECTOR_WORDPRESS")
	if root == "" {
		t.Skip("SKIPPED: LECTOR_WORDPRESS names no folder with WordPress, PHP and MariaDB; make wordpress unpacks them by .ci/wordpress")
	}
	s := &Site{root: filepath.Join(root, "root"), dir: t.TempDir()}
	address := freeAddress(t)
	s.URL = "http://" + address
	s.lay(t, constants)
	s.startDatabase(t)
	s.AppPassword = strings.TrimSpace(s.script(t, "install.php", ""))
	s.start(t, []string{"PHP_CLI_SERVER_WORKERS=4"}, append(s.php(), "-S", address, filepath.Join(s.dir, "router.php"))...)
	await(t, "WordPress", func() bool { return answers(address) })
	return s
}

// lay makes the site's folder: WordPress, the plugin, a bare theme and settings.
func (s *Site) lay(t testing.TB, constants map[string]string) {
	t.Helper()
	site := filepath.Join(s.dir, "site")
	must(t, os.CopyFS(site, os.DirFS(filepath.Join(s.root, "usr/share/wordpress"))))
	ours, err := fs.Sub(files, "site")
	must(t, err)
	for _, name := range []string{"request.php", "install.php", "run.php", "router.php"} {
		copyFile(t, ours, name, filepath.Join(s.dir, name))
	}
	must(t, os.RemoveAll(filepath.Join(site, "wp-config.php")))
	copyFile(t, ours, "wp-config.php", filepath.Join(site, "wp-config.php"))
	content := filepath.Join(site, "wp-content")
	copyFile(t, ours, "test.php", filepath.Join(content, "mu-plugins/test.php"))
	copyFile(t, ours, "theme/style.css", filepath.Join(content, "themes/bare/style.css"))
	copyFile(t, ours, "theme/index.php", filepath.Join(content, "themes/bare/index.php"))
	copyFile(t, os.DirFS(pluginDir(t)), "lector.php", filepath.Join(content, "mu-plugins/lector.php"))
	var b strings.Builder
	for name, value := range constants {
		fmt.Fprintf(&b, "define( '%s', %s );\n", name, value)
	}
	s.Configure(t, b.String())
}

// Configure replaces the constants by lines of wp-config.php.
func (s *Site) Configure(t testing.TB, lines string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(s.dir, "constants.php"), []byte("<?php\n"+lines), 0o600))
}

// pluginDir is where the plugin lies in the source, from the folder of the test on
// upwards: a build with -trimpath knows no place of its files.
func pluginDir(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	must(t, err)
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if plugin := filepath.Join(dir, "infra/deploy/wordpress"); isDir(plugin) {
			return plugin
		}
	}
	t.Fatal("infra/deploy/wordpress is in none of the folders above the test")
	return ""
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func (s *Site) startDatabase(t testing.TB) {
	t.Helper()
	data := filepath.Join(s.dir, "data")
	must(t, os.Mkdir(data, 0o750))
	socket := filepath.Join(s.dir, "db")
	args := []string{
		filepath.Join(s.root, "usr/sbin/mariadbd"), "--no-defaults", "--basedir=" + filepath.Join(s.root, "usr"), "--datadir=" + data,
		"--skip-grant-tables", "--skip-networking", "--socket=" + socket, "--innodb-flush-log-at-trx-commit=0",
	}
	if os.Getuid() == 0 {
		args = append(args, "--user=root")
	}
	s.start(t, nil, args...)
	await(t, "MariaDB", func() bool {
		c, err := net.Dial("unix", socket)
		if err != nil {
			return false
		}
		return c.Close() == nil
	})
}

// php is PHP with the extensions that WordPress needs, and no settings of this
// machine.
func (s *Site) php() []string {
	programs, _ := filepath.Glob(filepath.Join(s.root, "usr/bin/php[0-9]*"))
	dirs, _ := filepath.Glob(filepath.Join(s.root, "usr/lib/php/2*"))
	if len(programs) == 0 || len(dirs) == 0 {
		return []string{"php is not in " + s.root}
	}
	args := []string{programs[0], "-n", "-d", "extension_dir=" + dirs[0]}
	for _, e := range []string{"mysqlnd", "mysqli", "ctype", "tokenizer", "iconv", "mbstring", "curl", "xml", "dom", "simplexml", "fileinfo"} {
		args = append(args, "-d", "extension="+e)
	}
	args = append(args, "-d", "zend_extension=opcache", "-d", "opcache.enable_cli=1", "-d", "opcache.file_cache="+s.dir, "-d", "opcache.jit=off", "-d", "opcache.revalidate_freq=0")
	return append(args, "-d", "memory_limit=256M", "-d", "display_errors=stderr", "-d", "error_reporting=-1")
}

// environ holds what the unpacked programs need, and nothing secret.
func (s *Site) environ() []string {
	lib := filepath.Join(s.root, "usr/lib")
	var dirs []string
	for _, pattern := range []string{lib + "/*-linux-gnu*", filepath.Join(s.root, "lib/*-linux-gnu*")} {
		found, _ := filepath.Glob(pattern)
		dirs = append(dirs, found...)
	}
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "TMPDIR=" + s.dir, "LD_LIBRARY_PATH=" + strings.Join(dirs, ":"),
		"SITE_ADDRESS=" + strings.TrimPrefix(s.URL, "http://"),
	}
}

// guard runs a program, with all that it starts, until its standard input ends:
// when the test stops it, and also when the test is killed, alone or with its group.
const guard = `trap : TERM INT HUP; set -m; "$@" </dev/null & read -r _; kill -- -$!; wait $!`

// start runs a program until the test ends.
func (s *Site) start(t testing.TB, environ []string, args ...string) {
	t.Helper()
	log, err := os.Create(filepath.Join(s.dir, filepath.Base(args[0])+".log"))
	must(t, err)
	c := exec.CommandContext(t.Context(), "bash", append([]string{"-c", guard, "guard"}, args...)...)
	c.Cancel = func() error { return nil } // the end of its standard input ends it
	c.Env = append(s.environ(), environ...)
	c.Dir, c.Stdout, c.Stderr = s.dir, log, log
	stdin, err := c.StdinPipe()
	must(t, err)
	must(t, c.Start())
	t.Cleanup(func() {
		stdin.Close()
		_ = c.Wait() // it was killed
		log.Close()
	})
}

// PHP loads WordPress in a process of its own, as WP-CLI does, runs a program
// there and returns what it prints.
func (s *Site) PHP(t testing.TB, program string) string {
	t.Helper()
	return s.script(t, "run.php", "<?php\n"+program)
}

func (s *Site) script(t testing.TB, name, stdin string) string {
	t.Helper()
	args := append(s.php(), filepath.Join(s.dir, name))
	c := exec.CommandContext(t.Context(), args[0], args[1:]...)
	c.Env, c.Dir, c.Stdin = s.environ(), s.dir, strings.NewReader(stdin)
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: %v\n%s%s", name, err, out, stderr.String())
	}
	return string(out)
}

// Log is what WordPress and PHP have complained of.
func (s *Site) Log(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, "wordpress.log"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return string(data)
}

// Login returns a browser in which User is signed in. It follows no redirection.
func (s *Site) Login(t testing.TB) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	form := url.Values{"log": {User}, "pwd": {password}, "testcookie": {"1"}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/wp-login.php", strings.NewReader(form.Encode()))
	must(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.AddCookie(&http.Cookie{Name: "wordpress_test_cookie", Value: "WP Cookie check"})
	response, err := c.Do(request)
	must(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	if response.StatusCode != http.StatusFound {
		t.Fatalf("log in: %s\n%s", response.Status, body)
	}
	return c
}

func copyFile(t testing.TB, from fs.FS, name, to string) {
	t.Helper()
	data, err := fs.ReadFile(from, name)
	must(t, err)
	must(t, os.MkdirAll(filepath.Dir(to), 0o750))
	must(t, os.WriteFile(to, data, 0o600))
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, l.Close())
	return l.Addr().String()
}

func answers(address string) bool {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	return c.Close() == nil
}

// await asks until there is an answer, as often as a very busy machine may need.
func await(t testing.TB, what string, there func() bool) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for range 10_000 {
		if there() {
			return
		}
		<-again.C
	}
	t.Fatalf("%s does not start", what)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
