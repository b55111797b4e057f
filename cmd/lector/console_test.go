package main

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
)

// ask asks the private listener, and returns the page.
func (h *installation) ask(method, target string, form url.Values) (int, string) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.admin.url()+target, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := (&http.Client{}).Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// TestConsoleOfAnInstallation finds an article by its address and replays it.
func TestConsoleOfAnInstallation(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	if err := h.openConsole(t.Context(), roles{worker: true, publisher: true}); err != nil {
		t.Fatal(err)
	}
	h.start()
	article := sampleArticle("4711")
	article.URL = "https://reader.example/bridge"
	j := h.publishAndWait(lector.Published, article)
	limittest.Until(t, "the index has all jobs", h.index.Complete)
	limittest.Until(t, "the list has the article", func() bool {
		_, page := h.ask(http.MethodGet, "/jobs?state=ready", nil)
		return strings.Contains(page, article.Title)
	})
	status, page := h.ask(http.MethodGet, "/why?q="+url.QueryEscape(article.URL), nil)
	if status != http.StatusOK || !strings.Contains(page, j.ID) || !strings.Contains(page, "its audio is public") {
		t.Errorf("by its address: %d %s", status, page)
	}
	for _, want := range []string{"/manifest.json", ".mp3", ".vtt", "ce-source", `&#34;title&#34;: &#34;` + article.Title} {
		if !strings.Contains(page, want) {
			t.Errorf("the job has no %q in %s", want, page)
		}
	}
	if status, data := h.ask(http.MethodGet, "/jobs/havana/"+j.ID+"/event", nil); status != http.StatusOK || !strings.Contains(data, "opened to walkers") {
		t.Errorf("its event: %d %s", status, data)
	}
	if x, err := h.explain(t.Context(), []string{"closed", "4711"}); err != nil || x.State != "never_seen" {
		t.Errorf("an article of a site that the settings no longer have: %+v, %v", x, err)
	}
	if status, page := h.ask(http.MethodGet, "/jobs/havana/*", nil); status != http.StatusNotFound {
		t.Errorf("any job: %d %s", status, page)
	}
	status, page = h.ask(http.MethodGet, "/replay?job="+j.ID, nil)
	digest := regexp.MustCompile(`name="digest" value="([^"]*)"`).FindStringSubmatch(page)
	if status != http.StatusOK || digest == nil {
		t.Fatalf("the plan: %d %s", status, page)
	}
	status, page = h.ask(http.MethodPost, "/replay?job="+j.ID, url.Values{"digest": digest[1:]})
	if status != http.StatusOK || !strings.Contains(page, "1 article is replayed") {
		t.Fatalf("begun: %d %s", status, page)
	}
	limittest.Until(t, "the article is replayed", func() bool {
		now, _, err := h.jobs.Job(t.Context(), article.Site, article.Key())
		return err == nil && now.Sequence > j.Sequence && now.State == lector.Ready
	})
	if calls := h.voice.calls(); calls != len(j.Chunks) {
		t.Errorf("%d calls for %d chunks", calls, len(j.Chunks))
	}
	if status, _ := h.ask(http.MethodGet, "/healthz", nil); status != http.StatusOK {
		t.Errorf("/healthz: %d", status)
	}
}

// TestEndsInTheConsole: a letter is open until a later event of its article is ready, and an
// article that waits for its embargo is cancelled.
func TestEndsInTheConsole(t *testing.T) {
	t.Parallel()
	v := &silentVoice{fail: func(text string) error {
		if strings.Contains(text, "mayor") {
			return lector.Permanent(errors.New("this text is refused"))
		}
		return nil
	}}
	h := openInstallation(t, t.TempDir(), v)
	if err := h.openConsole(t.Context(), roles{worker: true, publisher: true}); err != nil {
		t.Fatal(err)
	}
	h.start()
	limittest.Until(t, "the index has all jobs", h.index.Complete)
	article := sampleArticle("4711")
	if j := h.publishAndWait(lector.Published, article); j.State != lector.Failed {
		t.Fatalf("job %+v", j)
	}
	limittest.Until(t, "its letter is open", func() bool {
		_, page := h.ask(http.MethodGet, "/deadletters?open=1", nil)
		return strings.Contains(page, "4711") && !strings.Contains(page, ">settled<")
	})
	article.Body.Content = strings.ReplaceAll(article.Body.Content, "mayor", "governor")
	article.UpdatedAt = article.UpdatedAt.Add(time.Hour)
	h.awaitIndex(h.publishAndWait(lector.Updated, article))
	if _, page := h.ask(http.MethodGet, "/deadletters", nil); !strings.Contains(page, ">settled<") {
		t.Errorf("the letter is not settled: %s", page)
	}
	if _, page := h.ask(http.MethodGet, "/deadletters?open=1", nil); strings.Contains(page, "4711") {
		t.Errorf("the letter is open: %s", page)
	}
	later := sampleArticle("4712")
	later.Body.Content, later.PublishedAt = article.Body.Content, time.Now().Add(24*time.Hour)
	h.publish(lector.Published, later)
	state := func(wanted lector.State) func() bool {
		return func() bool {
			j, _, err := h.jobs.Job(t.Context(), later.Site, later.Key())
			return err == nil && j.State == wanted
		}
	}
	limittest.Until(t, "it waits for its embargo", state(lector.Parked))
	if status, page := h.ask(http.MethodPost, "/jobs/"+later.Site+"/"+later.Key()+"/cancel", nil); status != http.StatusOK { // the job, to which it goes on
		t.Errorf("cancelled: %d %s", status, page)
	}
	if !state(lector.Cancelled)() {
		t.Error("it is not cancelled")
	}
}
