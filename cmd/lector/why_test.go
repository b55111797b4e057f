package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"lector"
)

// why is what lector why says of an article.
func (c *terminal) why(words ...string) (x explanation) {
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
	if x := c.why(defaultSite, "4711"); x.State != stateNeverSeen || x.Remedy == "" || len(x.Steps) != 0 {
		t.Errorf("before any event: %+v", x)
	}
	article := sampleArticle("4711")
	article.URL = "https://reader.example/bridge/"
	e := newEvent(lector.Published, article)
	sequence, err := conn.Publish(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if x := c.why(defaultSite, "4711"); x.State != stateWaiting || !strings.Contains(x.Reason, "1 events wait") || len(x.Steps) != 1 {
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
	if x := c.why("https://reader.example/another"); x.State != stateNeverSeen || x.Article != "https://reader.example/another" {
		t.Errorf("another address: %+v", x)
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

func TestWhyOfADeadLetter(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	conn := brokerOf(t, c.dir)
	giveUp(t, conn, "one", "two")
	x := c.why(defaultSite, "two")
	if x.State != stateDeadLetter || !strings.Contains(x.Reason, "the voice of two is unknown") || x.Remedy != "lector deadletters replay 2" {
		t.Errorf("given up: %+v", x)
	}
	c.must("deadletters", "replay", "2", "-yes")
	if x := c.why(defaultSite, "two"); x.State != stateWaiting {
		t.Errorf("replayed: %+v", x)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	job := func(state lector.State, class lector.Class, reason string) *lector.Job {
		return &lector.Job{ID: "abcdefghijklmnopqrstuvwxyz", Site: "havana", Article: "1", Sequence: 5, State: state, Class: class, Reason: reason, Changed: now}
	}
	fallback, ignored := job(lector.Ready, "", ""), job(lector.Ready, "", "")
	fallback.Fallback = "amy is down"
	ignored.Ignored = &lector.IgnoredEvent{Sequence: 7, Reason: "its updated_at is older"}
	for name, c := range map[string]struct {
		evidence
		state, reason, mend string
	}{
		"ready":             {evidence{job: job(lector.Ready, "", "")}, "ready", "its audio is public", ""},
		"by another voice":  {evidence{job: fallback}, "ready", "amy is down", "lector replay abcdefghij"},
		"a later event":     {evidence{job: ignored}, "ready", "its updated_at is older", "updated_at"},
		"running":           {evidence{job: job(lector.Running, "", "")}, "running", "at it", ""},
		"withdrawn":         {evidence{job: job(lector.Removed, "", "")}, "removed", "withdrawn", "publish it again"},
		"refused":           {evidence{job: job(lector.Refused, "", "not public")}, "refused", "not public", "lector script"},
		"cancelled":         {evidence{job: job(lector.Cancelled, "", "")}, "cancelled", "cancelled", "lector replay abcdefghij"},
		"key refused":       {evidence{job: job(lector.Parked, lector.ClassVoiceRefused, "401")}, "parked", "401", "lector voices test"},
		"voice away":        {evidence{job: job(lector.Parked, lector.ClassVoiceDown, "503")}, "parked", "503", "by itself"},
		"store away":        {evidence{job: job(lector.Parked, lector.ClassStorage, "full")}, "parked", "full", "lector doctor"},
		"poison":            {evidence{job: job(lector.Failed, lector.ClassPoison, "lost")}, "failed", "lost", "look at their logs"},
		"nothing to read":   {evidence{job: job(lector.Failed, lector.ClassInput, "no text")}, "failed", "no text", "mend the article"},
		"unreadable letter": {evidence{letter: &lector.DeadLetter{ID: 3, Reason: "no id", Unusable: lector.ErrNotFound}}, stateDeadLetter, "no id", "mend what the CMS sends"},
		"an older letter":   {evidence{job: job(lector.Ready, "", ""), letter: &lector.DeadLetter{Time: now.Add(-time.Hour)}}, "ready", "public", ""},
	} {
		x := explain(c.evidence)
		if x.State != c.state || !strings.Contains(x.Reason, c.reason) || !strings.Contains(x.Remedy, c.mend) || c.mend == "" && x.Remedy != "" {
			t.Errorf("%s: %+v", name, x)
		}
	}
}
