package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"lector"
	"lector/infra/limittest"
)

// What cannot change while a process runs stays, and is named.
func TestWithRunning(t *testing.T) {
	t.Parallel()
	start := func() config {
		c := defaults()
		c.Voices = map[string]voiceConfig{"amy": {Backend: "polly"}}
		c.Sites = map[string]siteConfig{"havana": {Title: "The Havana Reader"}}
		return c
	}
	for name, tt := range map[string]struct {
		change  func(*config)
		restart []string
		applied func(*config) bool
	}{
		"nothing": {func(*config) {}, nil, func(*config) bool { return true }},
		"a budget": {
			func(c *config) { c.Sites["havana"] = siteConfig{Budget: budgetConfig{CharactersPerDay: 5}} }, nil,
			func(c *config) bool { return c.Sites["havana"].Budget.CharactersPerDay == 5 },
		},
		"a voice and a site more": {
			func(c *config) {
				c.Voices = map[string]voiceConfig{"amy": {Backend: "polly"}, "kokoro": {Backend: "openai"}}
				c.Sites["matanzas"] = siteConfig{Language: "es"}
			}, nil,
			func(c *config) bool { return len(c.Voices) == 2 && c.Sites["matanzas"].Language == "es" },
		},
		"a site less": {func(c *config) { delete(c.Sites, "havana") }, nil, func(c *config) bool { return len(c.Sites) == 0 }},
		"addresses": {
			func(c *config) { c.Listen, c.AdminListen, c.NATS.URL = ":1", "127.0.0.1:2", "nats://x" },
			[]string{"admin_listen", "listen", "nats"},
			func(c *config) bool {
				return c.Listen == ":8080" && c.AdminListen == "127.0.0.1:9090" && c.NATS.URL == ""
			},
		},
		"a CMS and a budget": {
			func(c *config) {
				c.Sites["havana"] = siteConfig{CMS: cmsConfig{Ghost: ghostConfig{URL: "https://g"}}, Budget: budgetConfig{CharactersPerDay: 5}}
			},
			[]string{"sites.havana.cms"},
			func(c *config) bool {
				return c.Sites["havana"].CMS.Ghost.URL == "" && c.Sites["havana"].Budget.CharactersPerDay == 5
			},
		},
		"a new site with a feed": {
			func(c *config) { c.Sites["matanzas"] = siteConfig{SourceFeed: "https://f"} }, []string{"sites.matanzas.source_feed"},
			func(c *config) bool { return c.Sites["matanzas"].SourceFeed == "" },
		},
		"store and worker": {
			func(c *config) { c.Store.Kind, c.Worker.ConcurrentJobs, c.Data = "s3", 9, "/x" }, []string{"data", "store", "worker"},
			func(c *config) bool { return c.Store.Kind == "disk" && c.Data == "./data" },
		},
	} {
		now, read := start(), start()
		tt.change(&read)
		got, restart := now.withRunning(read)
		if !slices.Equal(restart, tt.restart) || !tt.applied(got) {
			t.Errorf("%s: restart %v, %+v", name, restart, got)
		}
		if len(now.Sites) != 1 || now.Sites["havana"].Title != "The Havana Reader" {
			t.Errorf("%s: the settings before were changed: %+v", name, now)
		}
	}
}

// applied hears what a reloader does.
type applied struct {
	loads   int
	reports chan string
}

func (a *applied) reloader(files []string) *reloader {
	r := &reloader{
		files: func(*config) []string { return files }, interval: time.Millisecond, hangup: make(chan os.Signal, 1),
		load: func() (*config, error) {
			data, err := os.ReadFile(files[0])
			if a.loads++; err == nil && strings.HasPrefix(string(data), "wrong") {
				err = errors.New("wrong settings")
			}
			return &config{Data: string(data)}, err
		},
		apply:  func(_ context.Context, c *config) ([]string, error) { return []string{c.Data}, nil },
		report: func(restart []string, err error) { a.reports <- fmt.Sprint(restart, err) },
	}
	r.watch(nil)
	return r
}

func TestReloader(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	settings, key := filepath.Join(dir, "lector.yaml"), filepath.Join(dir, "key")
	write := func(name, text string) {
		t.Helper()
		next := name + ".next"
		if err := errors.Join(os.WriteFile(next, []byte(text), 0o600), os.Rename(next, name)); err != nil {
			t.Fatal(err)
		}
	}
	write(settings, "one")
	a := &applied{reports: make(chan string)}
	r := a.reloader([]string{settings, key})
	ctx, stop := context.WithCancel(limittest.Context(t))
	ended := make(chan error, 1)
	go func() { ended <- r.run(ctx) }()
	for _, step := range []struct {
		what string
		do   func()
		want string
	}{
		{"a change", func() { write(settings, "two") }, "[two] <nil>"},
		{"a secret that was not there", func() { write(key, "k1") }, "[two] <nil>"},
		{"another secret", func() { write(key, "k2") }, "[two] <nil>"},
		{"settings that are refused", func() { write(settings, "wrong") }, "[] wrong settings"},
		{"SIGHUP", func() { r.hangup <- syscall.SIGHUP }, "[] wrong settings"},
		{"mended", func() { write(settings, "three") }, "[three] <nil>"},
		{"SIGHUP without a change", func() { r.hangup <- syscall.SIGHUP }, "[three] <nil>"},
		{"settings that are gone", func() { _ = os.Remove(settings) }, "no such file"},
	} {
		step.do()
		if got := <-a.reports; !strings.Contains(got, step.want) {
			t.Errorf("%s: %s", step.what, got)
		}
	}
	stop()
	if err := <-ended; err != nil || a.loads != 8 {
		t.Errorf("%v, read %d times", err, a.loads)
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(syscall.Mkfifo(at("pipe"), 0o600), os.Mkdir(at("folder"), 0o755), os.WriteFile(at("one"), []byte("same"), 0o600),
		os.WriteFile(at("two"), []byte("other"), 0o600), os.Symlink(at("one"), at("key"))); err != nil {
		t.Fatal(err)
	}
	files := []string{at("pipe"), at("folder"), at("key"), at("missing"), os.DevNull} // a pipe that nobody writes into is not waited for
	before := fingerprint(files)
	if fingerprint(files) != before {
		t.Error("nothing has changed")
	}
	if err := errors.Join(os.Symlink(at("two"), at("next")), os.Rename(at("next"), at("key"))); err != nil {
		t.Fatal(err)
	}
	if fingerprint(files) == before {
		t.Error("the link leads to another file")
	}
}

// A file that grows is read once, when it is whole.
func TestHalfAFileIsNotRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "lector.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	synctest.Test(t, func(t *testing.T) {
		a := &applied{reports: make(chan string, 10)}
		r := a.reloader([]string{file})
		r.interval = time.Second
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.run(ctx) }()
		for _, text := range []string{"", "whole: ", "whole: yes"} {
			time.Sleep(900 * time.Millisecond) // a look is at each second
			write(text)
		}
		time.Sleep(5 * time.Second)
		stop()
		if err := <-ended; err != nil || a.loads != 1 || <-a.reports != "[whole: yes] <nil>" {
			t.Errorf("%v, read %d times", err, a.loads)
		}
	})
}

func TestSettingsFiles(t *testing.T) {
	t.Parallel()
	a := &app{getenv: func(name string) string {
		return map[string]string{"OPENAI_API_KEY_FILE": "/run/openai", "AMY_FILE": "/run/amy", "OTHER_FILE": "/run/other"}[name]
	}}
	c := &config{Voices: map[string]voiceConfig{"a": {Backend: "openai"}, "b": {Backend: "openai", KeyEnv: "AMY"}, "c": {Backend: "system"}}}
	if got := a.settingsFiles("")(c); !slices.Equal(got, []string{"lector.yaml", "/run/openai", "/run/amy"}) {
		t.Errorf("looked at: %v", got)
	}
	if got := a.settingsFiles("x.yaml")(&config{}); !slices.Equal(got, []string{"x.yaml"}) {
		t.Errorf("looked at: %v", got)
	}
}

// status is how an address answers what is posted without a signature.
func status(t *testing.T, address string) int {
	t.Helper()
	answer, err := http.Post(address, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// privatePage is what a private address of a running lector answers.
func (r *process) privatePage(t *testing.T, path string) string {
	t.Helper()
	m := regexp.MustCompile(`admin=(\S+)`).FindStringSubmatch(r.Args[len(r.Args)-1])
	answer, err := http.Get(m[1] + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// A running lector takes another budget, and another site, from its file; what it refuses
// changes nothing, and is seen.
func TestSettingsChangeWhileItRuns(t *testing.T) {
	t.Parallel()
	p := newPrograms(t)
	p.page("article.html", 3)
	settings := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(p.dir, "lector.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sites := func(budget int, more string) string {
		return fmt.Sprintf("sites:\n  havana: {language: en, budget: {characters_per_day: %d}}\n%s", budget, more)
	}
	settings(sites(10, ""))
	run := p.start("serve", "-data", "data")
	p.run("publish", "-data", "data", "-site", "havana", "-id", "one", "article.html")
	limittest.Until(t, "the article waits for its budget", func() bool {
		out := p.run("jobs", "list", "-data", "data", "-json")
		return strings.Contains(out, `"parked"`) && strings.Contains(out, `"budget"`)
	})
	settings("sites: {havana: {budget: {characters_per_dya: 5}}}\n")
	limittest.Until(t, "the new settings are refused", func() bool { return strings.Contains(run.privatePage(t, "/metrics"), "lector_settings_refused 1") })
	if ready := run.privatePage(t, "/readyz"); !strings.HasPrefix(ready, "ready\nnote: settings refused") || !strings.Contains(ready, "characters_per_dya") {
		t.Errorf("readyz: %s", ready)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "hook-secret"), []byte("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := status(t, run.public()+"/hooks/webhook/matanzas"); got != http.StatusNotFound {
		t.Errorf("a hook that is not there yet answers %d", got)
	}
	settings(sites(1_000_000, "  matanzas: {language: en, hooks: {webhook: {secrets: [{file: hook-secret}]}}}\n"))
	limittest.Until(t, "the new settings hold", func() bool {
		text := run.privatePage(t, "/metrics")
		return strings.Contains(text, "lector_settings_refused 0") && strings.Contains(text, `lector_settings_reloads_total{outcome="applied"} 1`)
	})
	if ready := run.privatePage(t, "/readyz"); ready != "ready\n" {
		t.Errorf("readyz: %s", ready)
	}
	if got := status(t, run.public()+"/hooks/webhook/matanzas"); got != http.StatusUnauthorized {
		t.Errorf("the first hook of the process answers %d to what is not signed", got)
	}
	p.run("replay", "-data", "data", "-site", "havana", "-wait", "one")
	p.run("publish", "-data", "data", "-site", "matanzas", "-id", "two", "-wait", "article.html")
	for _, id := range []string{"havana one", "matanzas two"} {
		if out := p.run(append([]string{"why", "-data", "data", "-json"}, strings.Fields(id)...)...); !strings.Contains(out, `"state": "`+string(lector.Ready)+`"`) {
			t.Errorf("%s: %s", id, out)
		}
	}
}
