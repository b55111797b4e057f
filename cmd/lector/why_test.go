package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/publisher/console"
)

// why is what lector why says of an article.
func (c *terminal) why(words ...string) (x console.Explanation) {
	c.t.Helper()
	if err := json.Unmarshal([]byte(c.must(append([]string{"why", "-json"}, words...)...)), &x); err != nil {
		c.t.Fatal(err)
	}
	return x
}

func TestWhyFollowsAnArticle(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	conn := brokerOf(t, c.dir)
	if x := c.why(defaultSite, "4711"); x.State != "never_seen" || x.Remedy == "" || len(x.Steps) != 0 {
		t.Errorf("before any event: %+v", x)
	}
	article := sampleArticle("4711")
	article.URL = "https://reader.example/bridge/"
	e := newEvent(lector.Published, article)
	sequence, err := conn.Publish(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if x := c.why(defaultSite, "4711"); x.State != "waiting" || !strings.Contains(x.Reason, "waiting: 1 event") || len(x.Steps) != 1 {
		t.Errorf("published: %+v", x)
	}
	c.must("pause", "lane", "normal", "-reason", "election night")
	if x := c.why(defaultSite, "4711"); !strings.Contains(x.Reason, "election night") || x.Remedy != "lector resume lane normal" {
		t.Errorf("while its lane is paused: %+v", x)
	}
	jobs, err := conn.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var j lector.Job
	j.Accept(e, sequence, time.Now().UTC())
	j.State, j.Class, j.Reason = lector.Parked, lector.ClassBudget, "the day's budget of havana is used up"
	if _, err := jobs.Save(t.Context(), j, 0); err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{{defaultSite, "4711"}, {j.ID[:8]}, {"http://reader.example/bridge?utm_source=mail#top"}} {
		x := c.why(words...)
		if x.State != "parked" || x.Article != "4711" || x.Reason != j.Reason || !strings.Contains(x.Remedy, "sites.havana.budget") {
			t.Errorf("why %v: %+v", words, x)
		}
	}
	if x := c.why("https://reader.example/another"); x.State != "never_seen" || x.Article != "https://reader.example/another" {
		t.Errorf("another address: %+v", x)
	}
	if out := c.must("why", "https://reader.example/another"); !strings.HasPrefix(out, "article  https://reader.example/another\n") {
		t.Errorf("printed of another address: %q", out)
	}
	if out := c.must("why", "4711"); !strings.Contains(out, "mend") || !strings.Contains(out, "event") {
		t.Errorf("for a person: %s", out)
	}
	for args, want := range map[string]int{"why": 2, "why a b c": 2, "why nowhere 4711": 2} {
		if code := c.run(strings.Fields(args)...); code != want {
			t.Errorf("lector %s: exit code %d, want %d: %s", args, code, want, &c.err)
		}
	}
}

// TestWhyOfARemovedSite: the settings do not have the site any more, and its job is there.
func TestWhyOfARemovedSite(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	conn := brokerOf(t, c.dir)
	jobs, err := conn.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := sampleArticle("4711")
	a.Site = "matanzas"
	var j lector.Job
	j.Accept(newEvent(lector.Published, a), 1, time.Now().UTC())
	j.State, j.Reason = lector.Failed, "unknown site"
	if _, err := jobs.Save(t.Context(), j, 0); err != nil {
		t.Fatal(err)
	}
	if x := c.why("matanzas", "4711"); x.State != "failed" || !strings.HasPrefix(x.Reason, "unknown site; its site is not in the settings") || x.Job != j.ID {
		t.Errorf("%+v", x)
	}
	if code := c.run("why", "matanzas", "4712"); code != 2 || !strings.Contains(c.err.String(), "matanzas") {
		t.Errorf("an article that never was: exit code %d: %s", code, &c.err)
	}
}

func TestWhyOfADeadLetter(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	conn := brokerOf(t, c.dir)
	giveUp(t, conn, "one", "two")
	x := c.why(defaultSite, "two")
	if x.State != "dead_letter" || !strings.Contains(x.Reason, "the voice of two is unknown") || x.Remedy != "lector deadletters replay 2" {
		t.Errorf("given up: %+v", x)
	}
	c.must("deadletters", "replay", "2", "-yes")
	if x := c.why(defaultSite, "two"); x.State != "waiting" {
		t.Errorf("replayed: %+v", x)
	}
}
