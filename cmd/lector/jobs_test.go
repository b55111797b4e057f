package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
	"lector/infra/nats"
)

// saveJobs writes records of articles 1 to n: each third has failed.
func saveJobs(t *testing.T, conn *nats.Conn, n int) {
	t.Helper()
	l, err := conn.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= n; i++ {
		j := lector.Job{
			Site: defaultSite, Article: fmt.Sprint(i), Title: fmt.Sprint("Storm number ", i), State: lector.Ready, Stage: lector.StageDone,
			Section: "Weather", Voice: "test", Changed: time.Date(2026, 11, 20, 8, i, 0, 0, time.UTC),
			Chunks: []lector.ChunkState{{Hash: strings.Repeat("a", 64), Characters: 100, State: "synthesized"}},
		}
		j.ID = j.Article + lector.Key(j.Site, j.Article)[1:]
		if i%3 == 0 {
			j.State, j.Class, j.Reason = lector.Failed, lector.ClassQuota, "no more characters"
		}
		if _, err := l.Save(t.Context(), j, 0); err != nil {
			t.Fatal(err)
		}
	}
}

// jobsListed returns the articles of jobs list -json.
func (c *terminal) jobsListed(args ...string) (articles []string) {
	c.t.Helper()
	if code := c.run(append([]string{"jobs", "list", "-json"}, args...)...); code != 0 {
		c.t.Fatalf("exit code %d: %s", code, &c.err)
	}
	for line := range strings.Lines(c.out.String()) {
		var j lector.Job
		if err := json.Unmarshal([]byte(line), &j); err != nil || len(j.Chunks) != 1 {
			c.t.Fatalf("%v: %s", err, line)
		}
		articles = append(articles, j.Article)
	}
	return articles
}

// TestJobsList lists the same jobs from the index of a worker and from the bucket.
func TestJobsList(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ index bool }{"from the bucket": {false}, "from the index": {true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &terminal{t: t, dir: t.TempDir()}
			if test.index {
				h := openInstallation(t, c.dir, &silentVoice{}).start()
				saveJobs(t, h.conn, 9)
				limittest.Until(t, "the index knows them", func() bool { n, _ := h.index.Find(lector.JobFilter{}); return n == 9 && h.index.Complete() })
			} else {
				saveJobs(t, brokerOf(t, c.dir), 9)
			}
			for _, list := range []struct {
				args []string
				want []string
			}{
				{nil, []string{"9", "8", "7", "6", "5", "4", "3", "2", "1"}},
				{[]string{"-state", "failed"}, []string{"9", "6", "3"}},
				{[]string{"-class", "quota", "-limit", "2"}, []string{"9", "6"}},
				{[]string{"-text", "STORM number 7"}, []string{"7"}},
				{[]string{"-text", "no more", "-section", "weather", "-voice", "test", "-lane", "normal", "-site", defaultSite}, []string{"9", "6", "3"}},
				{[]string{"-since", "2026-11-20T08:07:00Z"}, []string{"9", "8", "7"}},
				{[]string{"-until", "2026-11-20T08:03:00Z"}, []string{"2", "1"}},
				{[]string{"-lane", "backfill"}, nil},
				{[]string{"-fallback"}, nil},
			} {
				if got := c.jobsListed(list.args...); !slices.Equal(got, list.want) {
					t.Errorf("%v: %v", list.args, got)
				}
			}
			if code := c.run("jobs", "list", "-state", "failed"); code != 0 || strings.Count(c.out.String(), "failed (quota)") != 3 {
				t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
			}
			if code := c.run("jobs", "list", "-limit", "4"); code != 0 || strings.Count(c.out.String(), "\n") != 5 || !strings.Contains(c.err.String(), "4 of 9 jobs") {
				t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
			}
			if code := c.run("jobs", "list", "-text", "nobody wrote this"); code != 0 || c.out.String() != "no jobs\n" {
				t.Errorf("exit code %d: %s %s", code, &c.out, &c.err)
			}
		})
	}
}

// TestUnknownFilters: what cannot select anything is refused, with what can.
func TestUnknownFilters(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	for _, command := range []string{"jobs", "replay", "deadletters"} {
		for _, test := range []struct{ flag, value, known string }{
			{"-state", "done", "queued"}, {"-class", "typo", "voice_refused"}, {"-lane", "fast", "backfill"}, {"-since", "yesterday", "90m"},
			{"-until", "-4h", "90m"},
		} {
			if command == "deadletters" && (test.flag == "-state" || test.flag == "-lane") {
				continue
			}
			if code := c.run(command, test.flag, test.value); code != 2 || !strings.Contains(c.err.String(), test.known) || c.out.Len() > 0 {
				t.Errorf("%s %s: exit code %d: %s", command, test.flag, code, &c.err)
			}
		}
		if code := c.run(command, "-since", "2026-11-20", "-until", "2026-11-20"); code != 2 {
			t.Errorf("%s: an empty time: exit code %d: %s", command, code, &c.err)
		}
	}
}
