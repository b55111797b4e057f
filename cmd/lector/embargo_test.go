package main

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lector"
)

// TestEmbargo: an article that is public later is spoken, and kept back until then;
// then nothing is left to be spoken.
func TestEmbargo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := openInstallation(t, dir, &silentVoice{})
	var ahead atomic.Int64
	h.worker.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	h.start()
	a := sampleArticle("1")
	a.PublishedAt = time.Now().Add(time.Hour).Truncate(time.Second)
	h.publish(lector.Published, a)
	j := h.awaitState("1", func(j lector.Job) bool { return j.State == lector.Parked })
	calls := h.voice.calls()
	if j.Class != lector.ClassEmbargo || !j.PublicAt.Equal(a.PublishedAt) || j.Rendition != "" || calls == 0 || j.Usage.Billed == 0 {
		t.Errorf("job %+v after %d calls", j, calls)
	}
	h.nothingPublic(a)
	desk := &terminal{t: t, dir: dir}
	if code := desk.run("jobs", "show", "1"); code != 0 || !strings.Contains(desk.out.String(), a.PublishedAt.Local().Format(time.DateTime)) {
		t.Errorf("jobs show, which says until when: %d\n%s%s", code, desk.out.String(), desk.err.String())
	}
	ahead.Store(int64(time.Hour + time.Second))
	j = h.publishAndWait(lector.Updated, a)
	if j.State != lector.Ready || !j.PublicAt.IsZero() || h.voice.calls() != calls || j.Usage.Reused == 0 {
		t.Errorf("job %+v after %d calls, %d before", j, h.voice.calls(), calls)
	}
	if got := h.announced(a); strings.Join(got, " ") != lector.AudioReady {
		t.Errorf("announced %v", got)
	}
	ahead.Store(0)
	h.publish(lector.Updated, a) // it is to be public later again
	h.awaitState("1", func(j lector.Job) bool { return j.State == lector.Parked })
	h.nothingPublic(a)
	if got := h.announced(a); got[len(got)-1] != lector.AudioRemoved {
		t.Errorf("announced %v", got)
	}
}

// nothingPublic looks for what listeners could find of an article.
func (h *installation) nothingPublic(a lector.Article) {
	h.t.Helper()
	if files := h.files(a); len(files) > 0 {
		h.t.Errorf("in the store: %v", files)
	}
	if r, _ := h.get("/" + lector.PointerKey(a.Site, a.Key())); r.StatusCode == 200 {
		h.t.Error("the manifest is public")
	}
}

// TestScheduledIsSpokenAhead: the event that publishes the article calls no voice.
func TestScheduledIsSpokenAhead(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	var ahead atomic.Int64
	h.worker.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	h.start()
	a := sampleArticle("1")
	a.PublishedAt = time.Now().Add(24 * time.Hour)
	j := h.publishAndWait(lector.Scheduled, a)
	calls := h.voice.calls()
	if j.State != lector.Refused || !strings.Contains(j.Reason, "spoken") || calls == 0 || len(h.announced(a)) != 0 {
		t.Errorf("job %+v after %d calls", j, calls)
	}
	h.nothingPublic(a)
	a.Body.Content = strings.Replace(a.Body.Content, "The mayor", "The governor", 1)
	a.UpdatedAt = a.UpdatedAt.Add(time.Minute)
	h.publishAndWait(lector.Scheduled, a)
	edited := h.voice.calls()
	if edited != calls+1 {
		t.Errorf("%d calls for an edited paragraph", edited-calls)
	}
	ahead.Store(int64(24 * time.Hour))
	a.UpdatedAt = a.UpdatedAt.Add(time.Hour)
	if j := h.publishAndWait(lector.Published, a); j.State != lector.Ready || h.voice.calls() != edited {
		t.Errorf("job %+v after %d calls, %d before", j, h.voice.calls(), edited)
	}
	a.Body.Content, a.UpdatedAt = "", a.UpdatedAt.Add(time.Hour)
	if j := h.publishAndWait(lector.Scheduled, a); j.State != lector.Refused || j.Rendition != "" {
		t.Errorf("scheduled again: %+v", j)
	}
	h.nothingPublic(a)
}

// TestPolicyOfASite: what a site does not read calls no voice, whatever way it came
// through, and says why.
func TestPolicyOfASite(t *testing.T) {
	t.Parallel()
	c := testConfig(t.TempDir())
	site := c.Sites[defaultSite]
	site.Policy = policyConfig{Sections: []string{"live"}, ShorterThan: 150, LongerThan: 2000}
	c.Sites[defaultSite] = site
	h := openInstallationWith(t, c, &silentVoice{}).start()
	for id, change := range map[string]func(*lector.Article){
		"section": func(a *lector.Article) { a.Section = "Live" },
		"opt out": func(a *lector.Article) { a.Audio = "off" },
		"tag":     func(a *lector.Article) { a.Tags = []string{"no-audio"} },
		"short":   func(a *lector.Article) { a.Body.Content = "<p>It rains.</p>" },
		"long": func(a *lector.Article) {
			for n := range 30 {
				a.Body.Content += fmt.Sprintf("<p>Lamp number %d stands on the bridge over the river since last week.</p>", n)
			}
		},
	} {
		a := sampleArticle(id)
		change(&a)
		if j := h.publishAndWait(lector.Published, a); j.State != lector.Refused || j.Reason == "" || h.voice.calls() != 0 {
			t.Errorf("%s: %+v after %d calls", id, j, h.voice.calls())
		}
	}
	a := sampleArticle("read")
	h.publishAndWait(lector.Published, a)
	a.Audio, a.UpdatedAt = "off", a.UpdatedAt.Add(time.Hour)
	if j := h.publishAndWait(lector.Updated, a); j.State != lector.Refused || j.Rendition != "" {
		t.Errorf("an editor changed her mind: %+v", j)
	}
	h.nothingPublic(a)
}
