package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"lector"
)

const articleFile = `{"site":"havana","id":"file","revision":"7","title":"Of the file","visibility":"public","language":"en","section":"City",
	"updated_at":"2026-11-20T08:00:00Z","body":{"content_type":"text/plain","content":"The bridge over the river was opened on Friday."}}`

// TestFlagsOverrideTheFile: who says members at the terminal must not get
// public audio because the file says public.
func TestFlagsOverrideTheFile(t *testing.T) {
	t.Parallel()
	c := testConfig(t.TempDir())
	said := publishFlags{article: lector.Article{ID: "said", Title: "As said", Visibility: lector.Members, Language: "uk"}, authors: "Ana Ruiz, Bo"}
	for name, file := range map[string]string{"an article": articleFile, "an event": `{"specversion":"1.0","type":"x","data":` + articleFile + `}`} {
		a, err := said.complete(c, "a.json", []byte(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if a.ID != "said" || a.Title != "As said" || a.Visibility != lector.Members || a.Language != "uk" || len(a.Authors) != 2 {
			t.Errorf("%s: %+v", name, a)
		}
		if a.Revision != "7" || a.Section != "City" || a.UpdatedAt.IsZero() || a.Body.Content == "" {
			t.Errorf("%s: lost what the file alone says: %+v", name, a)
		}
		if a, err = (publishFlags{}).complete(c, "a.json", []byte(file)); err != nil || a.ID != "file" || a.Title != "Of the file" || a.Visibility != lector.Public {
			t.Errorf("%s without flags: %+v, %v", name, a, err)
		}
	}
}

// TestFileOfANumberedArticle: a file is read as an event is.
func TestFileOfANumberedArticle(t *testing.T) {
	t.Parallel()
	c := testConfig(t.TempDir())
	numbered := strings.NewReplacer(
		`"id":"file"`, `"id":9007199254740993`, `"revision":"7"`, `"revision":7,"image":null,"authors":[null,"Ana"]`,
	).Replace(articleFile)
	for name, file := range map[string]string{"an article": numbered, "an event": `{"specversion":"1.0","id":1,"data":` + numbered + `}`} {
		a, err := (publishFlags{}).complete(c, "a.json", []byte(file))
		if err != nil || a.ID != "9007199254740993" || a.Revision != "7" || len(a.Authors) != 1 {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	_, err := (publishFlags{}).complete(c, "a.json", []byte(strings.Replace(articleFile, `"id":"file"`, `"id":4711.0`, 1)))
	if err == nil || !strings.Contains(err.Error(), `id: 4711.0 is neither`) {
		t.Errorf("%v", err)
	}
}

func TestJSONWithoutABodyIsRefused(t *testing.T) {
	t.Parallel()
	c := testConfig(t.TempDir())
	const story = `{"version":"0.10.7","headlines":{"basic":"Bridge opened"},"content_elements":[{"type":"text","content":"<p>The bridge was opened to walkers on Friday morning.</p>"}]}`
	_, err := (publishFlags{}).complete(c, "a.json", []byte(story))
	if err == nil || !strings.Contains(err.Error(), "a.json: not an article in JSON") || lector.HintOf(err) == "" {
		t.Errorf("%v (%s)", err, lector.HintOf(err))
	}
}

// TestWaitThatEndsBeforeTheJob: whose wait ends is told that the article goes on.
func TestWaitThatEndsBeforeTheJob(t *testing.T) {
	t.Parallel()
	for want, why := range map[string]error{
		"job abc is not done after 5s":                                        context.DeadlineExceeded,
		"job abc is not done, and the wait was interrupted: context canceled": context.Canceled,
	} {
		err := publishFlags{timeout: 5 * time.Second}.waitError(why, "abc")
		if err.Error() != want || lector.HintOf(err) != "it goes on by itself; lector why abc says what it waits for" {
			t.Errorf("%v (%s)", err, lector.HintOf(err))
		}
	}
	other := errors.New("no NATS")
	if err := (publishFlags{}).waitError(other, "abc"); !errors.Is(err, other) || lector.HintOf(err) != "" {
		t.Errorf("%v (%s)", err, lector.HintOf(err))
	}
}

// TestNoTextCommandsTheTerminal lists a job whose texts hold escape sequences.
func TestNoTextCommandsTheTerminal(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{fail: func(string) error { return lector.Permanent(errors.New("no \x1b[2J")) }}).start()
	a := sampleArticle("id\x1b[31m\r\nroot\u202e")
	a.Title = "Red\x1b]0;owned\a\u009b31m"
	h.publishAndWait(lector.Published, a)
	var out strings.Builder
	h.app.stdout = &out
	l := addressedJobs{h.jobs, h.config}
	if err := errors.Join(h.app.listJobs(t.Context(), l, h.conn, &jobsFlags{}), h.app.showJob(t.Context(), l, h.conn, &jobsFlags{}, a.ID)); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\a\r\u009b\u202e") || !strings.Contains(out.String(), "Red") {
		t.Errorf("%q", out.String())
	}
}

func TestLostAttemptIsNotRunning(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	now := time.Now()
	showAttempts(&out, lector.Job{Attempts: []lector.Attempt{{Number: 1, Started: now, Stage: lector.StageTake}, {Number: 2, Started: now, Stage: lector.StageTake}}})
	if first, second, _ := strings.Cut(out.String(), "\n"); !strings.Contains(first, "lost") || !strings.Contains(second, "running") {
		t.Errorf("%q", out.String())
	}
}

// TestListenURL: lector publish does not know with which
// -listen the installation was started, and the manifest does.
func TestListenURL(t *testing.T) {
	t.Parallel()
	c := testConfig(t.TempDir())
	j := lector.Job{ID: lector.Key("havana", "a b"), Site: "havana", Article: "a b"}
	j.Manifest = "http://127.0.0.1:8099/" + lector.PointerKey(j.Site, j.ID)
	if got := c.listenURL(j); got != "http://127.0.0.1:8099/embed/havana/a%20b" {
		t.Error(got)
	}
	c.PublicURL = "https://audio.example"
	if got := c.listenURL(j); got != "https://audio.example/embed/havana/a%20b" {
		t.Error(got)
	}
}

// TestLocalURL: an address that is printed is one at which somebody answers.
func TestLocalURL(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		":8080": "http://127.0.0.1:8080", "0.0.0.0:8080": "http://127.0.0.1:8080", "[::]:8080": "http://127.0.0.1:8080", "127.0.0.1:0": "http://127.0.0.1",
		"127.0.7.1:8080": "http://127.0.7.1:8080", "[::1]:8080": "http://[::1]:8080", "[::1]:0": "http://[::1]", "localhost:8080": "http://localhost:8080", "": "http://127.0.0.1",
	} {
		if got := localURL(listen); got != want {
			t.Errorf("%q: %s, want %s", listen, got, want)
		}
	}
}

// TestDemoListensWhereItIsTold: in a container the loopback address of the
// default would be reached by nobody.
func TestDemoListensWhereItIsTold(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{"": "127.0.0.1:8080", ":8080": ":8080", "0.0.0.0:8090": "0.0.0.0:8090"} {
		a := &app{getenv: func(string) string { return "" }}
		set := a.settings(a.flags("demo"))
		set.listen = said
		c, err := a.loadOver(demoDefaults(), set)
		if err != nil {
			t.Fatal(err)
		}
		if c.addDemoSite(); c.Listen != want || c.AdminListen != "127.0.0.1:0" {
			t.Errorf("-listen %q: %s and %s", said, c.Listen, c.AdminListen)
		}
	}
}
