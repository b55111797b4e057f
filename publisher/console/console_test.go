package console

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lector"
)

var now = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// newsroom is what the pages show in tests.
type newsroom struct {
	jobs    []lector.Job
	letters []lector.DeadLetter
	pauses  []lector.Pause
	plan    lector.ReplayPlan
	begun   []lector.ReplayRequest
	done    []string // to dead letters
}

func (n *newsroom) FindJobs(_ context.Context, f lector.JobFilter, limit int) (total int, found []lector.Job, err error) {
	for _, j := range n.jobs {
		if !f.Matches(j) {
			continue
		}
		if total++; len(found) < limit {
			found = append(found, j)
		}
	}
	return total, found, nil
}

func (n *newsroom) Job(_ context.Context, site, key string) (lector.Job, uint64, error) {
	for _, j := range n.jobs {
		if j.Site == site && j.ID == key {
			return j, 1, nil
		}
	}
	return lector.Job{}, 0, lector.ErrNotFound
}

func (n *newsroom) CountJobs(context.Context) (map[lector.State]int, error) {
	counts := map[lector.State]int{}
	for _, j := range n.jobs {
		counts[j.State]++
	}
	return counts, nil
}

func (n *newsroom) DeadLetters(_ context.Context, q lector.DeadLetterQuery) iter.Seq2[lector.DeadLetter, error] {
	return func(yield func(lector.DeadLetter, error) bool) {
		for _, l := range n.letters {
			if q.Matches(l) && !yield(l, nil) {
				return
			}
		}
	}
}

func (n *newsroom) DeadLetter(_ context.Context, id uint64) (lector.DeadLetter, error) {
	for _, l := range n.letters {
		if l.ID == id {
			return l, nil
		}
	}
	return lector.DeadLetter{}, fmt.Errorf("dead letter %d: %w", id, lector.ErrNotFound)
}

func (n *newsroom) ReplayDeadLetter(_ context.Context, id uint64, replay string, lane lector.Lane) (uint64, error) {
	n.done = append(n.done, fmt.Sprint("replay ", id, replay, lane))
	return 1, nil
}

func (n *newsroom) DropDeadLetter(_ context.Context, id uint64) error {
	n.done = append(n.done, fmt.Sprint("drop ", id))
	return nil
}

func (n *newsroom) PlanReplay(_ context.Context, r lector.ReplayRequest) (lector.ReplayPlan, []lector.JobRef, error) {
	return n.plan, make([]lector.JobRef, n.plan.Articles), nil
}

func (n *newsroom) StartReplay(_ context.Context, r lector.ReplayRequest, _ lector.ReplayPlan, _ []lector.JobRef) (string, error) {
	n.begun = append(n.begun, r)
	return "replay-1", nil
}

func (n *newsroom) All(context.Context) ([]lector.Pause, error) { return n.pauses, nil }

func (n *newsroom) Set(_ context.Context, p lector.Pause) error {
	n.pauses = append(n.pauses, p)
	return nil
}

func (n *newsroom) Remove(_ context.Context, p lector.Pause) error {
	n.pauses = nil
	return nil
}

func (n *newsroom) explain(_ context.Context, words []string) (Explanation, error) {
	for _, j := range n.jobs {
		if j.Article == words[len(words)-1] {
			return Explain(Evidence{Site: j.Site, Article: j.Article, Job: &j}), nil
		}
	}
	return Explain(Evidence{Article: words[len(words)-1]}), nil
}

// markup is a title that would do something if it were not escaped.
const markup = `<script>alert(1)</script>"'><img src=x>`

func open(t *testing.T) (*newsroom, http.Handler) {
	t.Helper()
	n := &newsroom{plan: lector.ReplayPlan{Articles: 2, Characters: lector.ReplayCharacters{Billed: 500}, Cost: 1.25}}
	for i, state := range lector.States() {
		n.jobs = append(n.jobs, lector.Job{
			ID: fmt.Sprintf("job%d%s", i, strings.Repeat("a", 20)), Site: "havana", Article: fmt.Sprint("article/", i), Title: markup + strings.Repeat("long ", 2000),
			State: state, Class: lector.ClassInput, Reason: markup, Changed: now, URL: "javascript:alert(1)", Rendition: "abc",
			Attempts: []lector.Attempt{{Number: 1, Worker: markup, Started: now, Error: markup}},
			Chunks:   []lector.ChunkState{{Hash: strings.Repeat("b", 64), Characters: 20, State: "reused"}},
		})
	}
	n.letters = []lector.DeadLetter{
		{ID: 7, Time: now, Class: "input", Reason: markup, Data: []byte(markup + strings.Repeat("x", 1<<20)), Size: 1 << 20, Headers: map[string][]string{markup: {markup}}},
		{ID: 8, Time: now, Data: []byte{0, 1, 2, 0xff}, Unusable: lector.ErrNotFound},
	}
	h, err := New(Config{
		Jobs: n, Letters: n, Replays: n, Pauses: n, Explain: n.explain, Sites: []string{"havana"}, Voices: []string{"amy"},
		Embed: func(site, article string) string {
			return "https://reader.example/embed/" + site + "/" + url.PathEscape(article)
		},
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, h
}

// ask sends a request as a browser does that shows the console.
func ask(h http.Handler, method, target string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:9090"+target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPages(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	for target, want := range map[string]string{
		"/jobs": "8 jobs", "/jobs?state=failed": "1 job.", "/jobs?text=nothing+like+it": "No jobs are like that",
		"/jobs/havana/" + n.jobs[0].ID: "What happened", "/why?q=nobody": "never_seen", "/replay?state=failed": "for $1.25",
		"/replay": "this is every article", "/deadletters": "2 letters", "/deadletters?class=quota": "No dead letters", "/deadletters/7": "bytes more",
		"/deadletters/8": "no text", "/pauses": "Nothing is paused",
	} {
		w := ask(h, http.MethodGet, target, nil)
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d, no %q in %.2000s", target, w.Code, want, body)
		}
		if strings.Contains(body, "<script") || strings.Contains(body, "<img") || strings.Contains(body, "javascript:") {
			t.Errorf("%s holds markup of an article", target)
		}
		if w.Header().Get("Content-Security-Policy") != policy || strings.Contains(body, "style=") || !strings.HasSuffix(strings.TrimSpace(body), "</html>") {
			t.Errorf("%s: %v", target, w.Header())
		}
	}
	if w := ask(h, http.MethodGet, "/console.css", nil); w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("the style: %d %v", w.Code, w.Header())
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	_, h := open(t)
	for target, want := range map[string]int{
		"/": http.StatusFound, "/jobs?state=sleepy": http.StatusBadRequest, "/jobs?class=none": http.StatusBadRequest, "/jobs?lane=slow": http.StatusBadRequest,
		"/jobs/havana/nobody": http.StatusNotFound, "/deadletters/99": http.StatusNotFound, "/deadletters/x": http.StatusNotFound,
		"/nowhere": http.StatusNotFound, "/frame.html": http.StatusNotFound, "/why": http.StatusSeeOther, "/why?q=article%2F1": http.StatusSeeOther,
	} {
		if w := ask(h, http.MethodGet, target, nil); w.Code != want {
			t.Errorf("%s: %d, want %d", target, w.Code, want)
		}
	}
}

func TestReplayAsksAgainWhenItsPlanIsStale(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	confirmed := url.Values{"digest": {digest(n.plan)}}
	n.plan.Characters.Billed = 9000
	if w := ask(h, http.MethodPost, "/replay?state=failed", confirmed); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "have changed") || len(n.begun) > 0 {
		t.Errorf("a stale plan: %d, %v", w.Code, n.begun)
	}
	confirmed.Set("digest", digest(n.plan))
	if w := ask(h, http.MethodPost, "/replay?state=failed&site=havana", confirmed); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "replay-1") {
		t.Errorf("confirmed: %d %s", w.Code, w.Body)
	}
	if want := (lector.JobFilter{State: lector.Failed, Site: "havana"}); len(n.begun) != 1 || n.begun[0].Filter != want {
		t.Errorf("begun: %+v", n.begun)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	for _, c := range []struct {
		target string
		form   url.Values
		status int
	}{
		{"/pauses", url.Values{"kind": {"voice"}, "name": {"amy"}, "reason": {"wrong invoice"}}, http.StatusSeeOther},
		{"/pauses", url.Values{"kind": {"voice"}, "name": {"nobody"}}, http.StatusBadRequest},
		{"/pauses", url.Values{"kind": {"planet"}, "name": {"earth"}}, http.StatusBadRequest},
		{"/deadletters/7/replay", nil, http.StatusSeeOther},
		{"/deadletters/8/drop", nil, http.StatusSeeOther},
		{"/deadletters/x/drop", nil, http.StatusNotFound},
	} {
		if w := ask(h, http.MethodPost, c.target, c.form); w.Code != c.status {
			t.Errorf("POST %s %v: %d, want %d: %s", c.target, c.form, w.Code, c.status, w.Body)
		}
	}
	if len(n.pauses) != 1 || n.pauses[0].Reason != "wrong invoice" || !n.pauses[0].Since.Equal(now) {
		t.Errorf("paused %v", n.pauses)
	}
	if got := strings.Join(n.done, ", "); got != "replay 7consolenormal, drop 8" {
		t.Errorf("done: %s", got)
	}
	if w := ask(h, http.MethodPost, "/pauses/resume", url.Values{"kind": {"voice"}, "name": {"amy"}}); w.Code != http.StatusSeeOther || len(n.pauses) > 0 {
		t.Errorf("resumed: %d %v", w.Code, n.pauses)
	}
}

// TestStrangers sends what the page of somebody else can have a browser send.
func TestStrangers(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	for name, change := range map[string]func(*http.Request){
		"another origin":      func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another port":        func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:8080") },
		"a name of their own": func(r *http.Request) { r.Host = "console.attacker.example" },
	} {
		r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:9090/deadletters/7/drop", nil)
		change(r)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code < 400 || len(n.done) > 0 {
			t.Errorf("%s: %d, %v", name, w.Code, n.done)
		}
	}
	for host, want := range map[string]int{"localhost:9090": 200, "[::1]:9090": 200, "127.0.0.1": 200, "lector.example:9090": 421} {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:9090/jobs", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: %d", host, w.Code)
		}
	}
}
