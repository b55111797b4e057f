package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"lector"
	"lector/infra/limittest"
)

// terminal runs commands beside the installation.
func (h *installation) terminal() *terminal { return &terminal{t: h.t, dir: h.config.Data} }

// must runs a command that has to succeed.
func (c *terminal) must(args ...string) string {
	c.t.Helper()
	if code := c.run(args...); code != 0 {
		c.t.Fatalf("lector %s: exit code %d: %s", strings.Join(args, " "), code, &c.err)
	}
	return c.out.String()
}

func TestPauseAtTheTerminal(t *testing.T) {
	t.Parallel()
	c := &terminal{t: t, dir: t.TempDir()}
	brokerOf(t, c.dir)
	if out := c.must("pause"); out != "nothing is paused\n" {
		t.Errorf("without pauses: %q", out)
	}
	c.must("pause", "voice", "reader", "-reason", "wrong\x1b invoice")
	c.must("pause", "lane", "normal")
	c.must("pause", "site", defaultSite)
	if out := c.must("pause", "site", defaultSite, "-reason", "second thoughts"); !strings.HasPrefix(out, "before, since ") {
		t.Errorf("paused already, and not a word: %q", out)
	}
	var all []lector.Pause
	if err := json.Unmarshal([]byte(c.must("pause", "-json")), &all); err != nil || len(all) != 3 {
		t.Fatalf("%v, %v", all, err)
	}
	who := terminalUser()
	want := []string{"lane normal is paused by " + who, "site havana is paused by " + who + ": second thoughts"}
	if got := []string{all[0].String(), all[1].String()}; !slices.Equal(got, want) || all[0].Since.IsZero() {
		t.Errorf("paused %v", got)
	}
	if out := c.must("pause"); !strings.Contains(out, "wrong  invoice") || strings.Contains(out, "\x1b") {
		t.Errorf("listed %q", out)
	}
	for args, want := range map[string]int{
		"pause lane slow": 2, "pause site nowhere": 2, "pause voice nobody": 2, "pause planet earth": 2, "pause lane": 2,
		"resume": 2, "resume lane backfill": 1, "resume site nowhere": 1, "resume voice reader": 0, "resume site havana": 0, "resume lane normal": 0,
	} {
		if code := c.run(strings.Fields(args)...); code != want {
			t.Errorf("lector %s: exit code %d: %s %s", args, code, &c.out, &c.err)
		}
	}
	if out := c.must("pause"); out != "nothing is paused\n" {
		t.Errorf("after resume: %q", out)
	}
}

// What is paused waits, also over a restart; a withdrawal does not; and it goes on by
// itself.
func TestPausedSiteWaits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := openInstallation(t, dir, &silentVoice{}).start()
	public := sampleArticle("public")
	h.publishAndWait(lector.Published, public)
	h.terminal().must("pause", "site", defaultSite, "-reason", "election night")
	limittest.Until(t, "the worker knows", func() bool {
		p, paused := h.pauses.Paused(lector.PauseSite, defaultSite)
		return paused && p.Reason == "election night"
	})
	waiting := sampleArticle("waiting")
	n := h.publish(lector.Published, waiting)
	if j := h.publishAndWait(lector.Unpublished, lector.Article{Site: public.Site, ID: public.ID}); j.State != lector.Removed {
		t.Errorf("the withdrawal: %+v", j)
	}
	h.shutdown()
	h.closeAll()
	again := openInstallation(t, dir, &silentVoice{}).start()
	if _, paused := again.pauses.Paused(lector.PauseSite, defaultSite); !paused {
		t.Error("not paused after the restart")
	}
	if _, _, err := again.jobs.Job(t.Context(), waiting.Site, waiting.Key()); err == nil {
		t.Error("the paused article was begun")
	}
	again.terminal().must("resume", "site", defaultSite)
	if j := again.awaitJob(waiting, n); j.State != lector.Ready {
		t.Errorf("job %+v", j)
	}
}

// Another voice reads for one that is paused. Where there is none the article is parked
// with the reason, without a call, and is read by itself once the voice goes on.
func TestPausedVoiceIsNotCalled(t *testing.T) {
	t.Parallel()
	first, second := newProvider(t, nil), newProvider(t, nil)
	h := openWithProvider(t, t.TempDir(), 1, func(c *config) {
		c.Voices = map[string]voiceConfig{"amy": first.voice(), "bob": second.voice()}
		s := c.Sites[defaultSite]
		s.Voices = map[string][]string{"en": {"amy", "bob"}}
		c.Sites[defaultSite] = s
		c.Sites["lima"] = siteConfig{Title: "Lima", Language: "en", SpokenDisclosure: "off", Voices: map[string][]string{"en": {"amy"}}}
	})
	pause := lector.Pause{Kind: lector.PauseVoice, Name: "amy", Reason: "wrong invoice"}
	if err := h.conn.Pauses().Set(t.Context(), pause); err != nil {
		t.Fatal(err)
	}
	limittest.Until(t, "the worker knows", func() bool {
		_, paused := h.pauses.Paused(lector.PauseVoice, "amy")
		return paused
	})
	if j := h.publishAndWait(lector.Published, article("1", "This is the first story of the day.")); j.State != lector.Ready || j.Voice != "bob" {
		t.Errorf("with another voice: %+v", j)
	}
	lima := article("2", "This is the second story of the day.")
	lima.Site = "lima"
	n := h.publish(lector.Published, lima)
	limittest.Until(t, "the article is parked", func() bool {
		j, _, err := h.jobs.Job(t.Context(), lima.Site, lima.Key())
		return err == nil && j.State == lector.Parked && strings.Contains(j.Reason, "voice amy is paused: wrong invoice")
	})
	if calls := first.count(); calls != 0 {
		t.Errorf("%d calls of a paused voice", calls)
	}
	if err := h.conn.Pauses().Remove(t.Context(), pause); err != nil {
		t.Fatal(err)
	}
	if j := h.awaitJob(lima, n); j.State != lector.Ready || j.Voice != "amy" {
		t.Errorf("after it goes on: %+v", j)
	}
}
