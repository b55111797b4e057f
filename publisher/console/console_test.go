package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
	"lector/publisher/access"
	"lector/publisher/intake/reconcile"
)

var now = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// newsroom is what the pages show in tests.
type newsroom struct {
	jobs    []lector.Job
	letters []lector.DeadLetter
	pauses  []lector.Pause
	workers []lector.WorkerPresence
	plan    lector.ReplayPlan
	begun   []lector.ReplayRequest
	done    []string   // to dead letters
	mu      sync.Mutex // of the next two
	audit   []lector.AuditEntry
	blind   error // why nothing can be noted
	fail    error // why a dead letter cannot be dropped
	sound   *sound
	rules   SiteRules
}

func (n *newsroom) SiteRules(context.Context, string) (SiteRules, error) { return n.rules, nil }

// PlanRule has an article in which the rule drops one sentence.
func (n *newsroom) PlanRule(_ context.Context, _ lector.Job, rule string, off bool) (RulePlan, error) {
	if off && rule != "cookie.words" {
		return RulePlan{}, Unusable(fmt.Errorf("no rule %q", rule))
	}
	p := RulePlan{Voice: "amy", Before: []string{"One.", markup}, After: []string{"One.", "Cookies " + markup, markup}, Billed: 47, Cached: 900, Cost: .0125}
	if !off {
		p.Before, p.After = p.After, p.Before
	}
	return p, nil
}

func (n *newsroom) SwitchRule(_ context.Context, _ string, version uint64, rule lector.RuleOff, off bool) error {
	if version != n.rules.Version {
		return lector.ErrConflict
	}
	n.rules.Off = lector.SiteSettings{RulesOff: n.rules.Off}.Without(rule.Rule).RulesOff
	if off {
		n.rules.Off = append(n.rules.Off, rule)
	}
	n.rules.Version++
	return nil
}

func (n *newsroom) RecordAudit(_ context.Context, e lector.AuditEntry) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.blind == nil {
		n.audit = append(n.audit, e)
	}
	return n.blind
}

func (n *newsroom) AuditEntries(_ context.Context, q lector.AuditQuery) iter.Seq2[lector.AuditEntry, error] {
	return func(yield func(lector.AuditEntry, error) bool) {
		n.mu.Lock()
		defer n.mu.Unlock()
		for i, e := range n.audit {
			if e.Sequence = uint64(i + 1); q.Matches(e) && !yield(e, nil) {
				return
			}
		}
	}
}

// FindJobs has them in the order in which they stand.
func (n *newsroom) FindJobs(_ context.Context, f lector.JobFilter, r lector.JobRange) (lector.JobPage, error) {
	found := slices.DeleteFunc(slices.Clone(n.jobs), func(j lector.Job) bool { return !f.Matches(j) })
	at := slices.IndexFunc(found, func(j lector.Job) bool { return j.Place() == r.From })
	from, total := at+1, len(found)
	if r.Back {
		if at < 0 {
			at = len(found)
		}
		from, found = max(0, at-r.Limit), found[:at]
	}
	return lector.JobPage{Total: total, Ahead: from, Jobs: found[from:min(from+r.Limit, len(found))]}, nil
}

func (n *newsroom) Job(_ context.Context, site, key string) (lector.Job, uint64, error) {
	for _, j := range n.jobs {
		if j.Site == site && j.ID == key {
			return j, 1, nil
		}
	}
	return lector.Job{}, 0, lector.ErrNotFound
}

// CancelJob ends what is not at its end.
func (n *newsroom) CancelJob(_ context.Context, ref lector.JobRef) error {
	for i, j := range n.jobs {
		if j.ID == ref.ID && !j.State.Terminal() {
			n.jobs[i].Cancel(now, "cancelled by an operator")
			return nil
		}
	}
	return lector.Permanent(errors.New("there is nothing to cancel"))
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
	if l, err := n.DeadLetter(context.Background(), id); err != nil || l.Unusable != nil {
		return 0, lector.Permanent(cmp.Or(err, l.Unusable))
	}
	n.done = append(n.done, fmt.Sprint("replay ", id, replay, lane))
	return 1, nil
}

func (n *newsroom) DropDeadLetter(_ context.Context, id uint64) error {
	n.done = append(n.done, fmt.Sprint("drop ", id))
	return n.fail
}

func (n *newsroom) PlanReplay(_ context.Context, r lector.ReplayRequest) (lector.ReplayPlan, []lector.JobRef, error) {
	return n.plan, make([]lector.JobRef, n.plan.Articles), nil
}

func (n *newsroom) StartReplay(_ context.Context, r lector.ReplayRequest, _ lector.ReplayPlan, _ []lector.JobRef) (string, error) {
	n.begun = append(n.begun, r)
	return "replay-1", nil
}

func (n *newsroom) All(context.Context) ([]lector.Pause, error) { return n.pauses, nil }

func (n *newsroom) Create(_ context.Context, p lector.Pause) error {
	if slices.ContainsFunc(n.pauses, func(o lector.Pause) bool { return o.Kind == p.Kind && o.Name == p.Name }) {
		return lector.ErrExists
	}
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
	return openWith(t, func(*Config) {})
}

// openWith opens the console of a newsroom of which something is otherwise.
func openWith(t *testing.T, change func(*Config)) (*newsroom, http.Handler) {
	t.Helper()
	n := &newsroom{sound: newSound(), plan: lector.ReplayPlan{Articles: 2, Characters: lector.ReplayCharacters{Billed: 500}, Cost: 1.25}}
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
		{ID: 8, Time: now, Data: []byte{0, 1, 2, 0xff}, Unusable: errors.New("no id")},
	}
	c := Config{
		Sourced: []string{"havana", "lagos"}, Coverage: func() []reconcile.Report { return []reconcile.Report{n.report()} },
		Workers: func(context.Context) ([]lector.WorkerPresence, error) { return n.workers, nil },
		Rules:   n, Renditions: n.renditions, Reading: n.reading, VoiceBook: n.sound, Samples: n.sound, Lexicons: n.sound,
		Listening: n, Counted: []string{"havana"},
		Audit: n, Hosts: []string{"console.reader.example"},
		Jobs: n, Letters: n, Replays: n, Pauses: n, Explain: n.explain, Sites: []string{"havana", "kyiv", "lagos"}, Voices: []string{"amy"},
		Addresses: lector.Addresses{Public: "https://reader.example", Files: "https://files.example"}, Event: n.event,
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
	}
	change(&c)
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return n, h
}

// renditions has two that differ in a sentence; of the second job the one before is gone,
// of the third nobody knows.
func (n *newsroom) renditions(_ context.Context, j lector.Job) (Renditions, error) {
	manifest := func(revision string, sentences ...string) *lector.Manifest {
		m := &lector.Manifest{Site: j.Site, Article: j.Article, Key: j.ID, Links: lector.NewLinks(revision[:1]), Revision: revision, Created: now, Usage: lector.Usage{Billed: 40, Reused: 900}}
		for _, s := range sentences {
			m.Segments = append(m.Segments, lector.Segment{Sentences: []lector.Sentence{{Text: s}}})
		}
		return m
	}
	r := Renditions{Public: manifest("b", "One.", "Three "+markup, "Four."), Before: manifest("a "+markup, "One.", "Two "+markup, "Four.")}
	switch j.ID {
	case n.jobs[1].ID:
		return Renditions{Public: r.Public}, lector.ErrNotFound
	case n.jobs[2].ID:
		return Renditions{}, fmt.Errorf("the store is away %s", markup)
	}
	return r, nil
}

// event has markup in a megabyte; of other jobs that of a withdrawal, no text, no event at
// all, and one of which nobody knows.
func (n *newsroom) event(_ context.Context, j lector.Job) (lector.EventMessage, error) {
	m := lector.EventMessage{
		Sequence: 7, Stored: now, Subject: "article.v1." + markup, Type: lector.Published, Headers: map[string][]string{markup: {markup + strings.Repeat("x", 9000)}},
		Data: fmt.Appendf(nil, `{"title":%q,"body":{"content":%q}}`, markup, strings.Repeat("x", 1<<20)),
	}
	switch j.ID {
	case n.jobs[1].ID:
		m.Type = lector.Deleted
	case n.jobs[2].ID:
		m.Data = []byte{0xff, 0}
	case n.jobs[3].ID:
		return m, fmt.Errorf("event 7: %w", lector.ErrNotFound)
	case n.jobs[4].ID:
		return m, fmt.Errorf("NATS is away %s", markup)
	case n.jobs[5].ID:
		m.Data = []byte("no JSON " + strings.Repeat("тут", 9000))
	}
	return m, nil
}

// reading has blocks of each kind, and more than a page shows.
func (n *newsroom) reading(context.Context, lector.Job) (Reading, error) {
	r := Reading{Voice: "amy", Public: true, Gone: []string{markup}, Blocks: []Block{
		{Kind: lector.Title, Written: markup, Spoken: markup + strings.Repeat("long ", 2000), Rule: markup, Clips: []string{"ab"}, New: true},
		{Kind: lector.Paragraph, Written: markup, ID: "cookie.words", Rule: "cookie: words"},
	}}
	for len(r.Blocks) < maxBlocks+2 {
		r.Blocks = append(r.Blocks, Block{Kind: lector.Paragraph, Written: "a", Spoken: "a", Changed: true})
	}
	return r, nil
}

// SiteListening has one article with a name, and more without one than a page shows.
func (n *newsroom) SiteListening(ctx context.Context, site string) iter.Seq2[lector.ArticleListening, error] {
	return func(yield func(lector.ArticleListening, error) bool) {
		if site != "havana" {
			return
		}
		first, _ := n.ArticleListening(ctx, site, n.jobs[0].ID)
		if !yield(first, nil) {
			return
		}
		for i := range 1000 {
			a := lector.ArticleListening{Site: site, Key: fmt.Sprint("key", i)}
			a.Count(now.AddDate(0, 0, -6).Format(time.DateOnly), lector.NewListening(0, []int{0}))
			if !yield(a, nil) {
				return
			}
		}
	}
}

// ArticleListening has three plays, of which two left at two thirds; more than a week ago a
// fourth.
func (n *newsroom) ArticleListening(_ context.Context, site, key string) (lector.ArticleListening, error) {
	a := lector.ArticleListening{Site: site, Key: key}
	if key == "nobody" || key == n.jobs[1].ID {
		return a, nil
	}
	day := now.AddDate(0, 0, -1).Format(time.DateOnly)
	for _, most := range []int{13, 13, 20} {
		var parts []int
		for i := range most {
			parts = append(parts, i)
		}
		a.Count(day, lector.NewListening(0, parts))
	}
	a.Count(now.AddDate(0, 0, -8).Format(time.DateOnly), lector.NewListening(0, []int{0}))
	return a, nil
}

// report has an article of each finding, and more than a page shows.
func (n *newsroom) report() reconcile.Report {
	r := reconcile.Report{Site: "havana", Lacking: 150, Last: reconcile.Summary{Finished: now, Listed: 4000, Findings: map[reconcile.Finding]int{reconcile.Correct: 3850}}}
	for i := range 150 {
		r.Entries = append(r.Entries, reconcile.Entry{ID: fmt.Sprint("article/", i), Title: markup, URL: "javascript:alert(1)", Finding: reconcile.Missing, Reason: markup})
	}
	r.Gone = []reconcile.Entry{{ID: "gone", Finding: reconcile.Gone, Reason: "not there"}}
	return r
}

// known lets in who shows one of a few tokens, which are the names of their roles.
func known(h http.Handler) http.Handler {
	return access.Guard{Tokens: rolesAsTokens{}, Log: slog.New(slog.DiscardHandler), Now: time.Now}.Handler(h)
}

type rolesAsTokens struct{}

func (rolesAsTokens) AccessToken(_ context.Context, hash string) (lector.AccessToken, error) {
	for _, role := range lector.Roles() {
		if lector.TokenHash(string(role)) == hash {
			return lector.AccessToken{Name: "somebody who may " + string(role), Role: role}, nil
		}
	}
	return lector.AccessToken{}, lector.ErrNotFound
}

// ask sends a request as a browser does that shows the console.
func ask(h http.Handler, method, target string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:9090"+target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return askAs(h, r, lector.RoleAdmin)
}

// askAs sends a request with a token.
func askAs(h http.Handler, r *http.Request, role lector.Role) *httptest.ResponseRecorder {
	r.SetBasicAuth("", string(role))
	w := httptest.NewRecorder()
	known(h).ServeHTTP(w, r)
	return w
}

func TestPages(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	for target, want := range map[string]string{
		"/jobs": "8 jobs", "/jobs?state=failed": "1 job.", "/jobs?text=nothing+like+it": "No jobs are like that",
		"/jobs/havana/" + n.jobs[0].ID: "What happened", "/jobs/havana/" + n.jobs[2].ID: "What has changed is not known: the store is away", "/why?q=nobody": "never seen", "/replay?state=failed": "for $1.25",
		"/replay": "this is every article", "/deadletters": "2 letters", "/deadletters?class=quota": "No dead letters", "/deadletters/7": "of 1.0 MB are not shown",
		"/deadletters/8": "no text", "/pauses": "Nothing is paused", "/workers": "does not say that it is there", "/coverage": "150 without correct audio", "/jobs/havana/" + n.jobs[0].ID + "/reading": "2 more", "/jobs/havana/" + n.jobs[0].ID + "/rule?rule=cookie.words": "47 characters to be billed by amy", "/voices": "Spent in 7 days", "/lexicon": "2 of 2", "/lexicon?text=LVI": "1 of 2", "/lexicon?site=havana": "of havana", "/lexicon/entry?match=Kyiv&alias=Keeyiv": "812 at most",
		"/lexicon/entry?match=Lviv": "Remove the entry", "/lexicon/entry?alias=y&prefix=1&match=" + url.QueryEscape(markup): "812 at most", "/replay?word=Kyiv": "whose public audio reads",
		"/audit": "Nothing like that", "/audit?who=nobody": "Nothing like that",
		"/listening": "1,003 plays in 7 days; 0 of 100", "/listening?site=kyiv": "nothing is counted", "/listening?days=1": "Nobody has listened", "/listening?days=90&site=lagos": "Nobody has listened",
		"/listening/havana/" + n.jobs[0].ID: "60–65 %", "/listening/havana/" + n.jobs[1].ID: "Nobody has listened to it",
	} {
		w := ask(h, http.MethodGet, target, nil)
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d, no %q in %.2000s", target, w.Code, want, body)
		}
		body = strings.Replace(body, `<script src="/console.js" defer></script>`, "", 1) // the console's own
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
		"/listening?site=nowhere": http.StatusBadRequest, "/listening?days=0": http.StatusBadRequest, "/listening?days=x": http.StatusBadRequest, "/listening?days=1e9": http.StatusBadRequest,
		"/jobs?text=%zz": http.StatusBadRequest, "/jobs?a;b=c": http.StatusBadRequest, "/jobs?stat=failed": http.StatusBadRequest, "/jobs?state=failed&state=ready": http.StatusBadRequest,
		"/replay?state=%zz": http.StatusBadRequest, "/replay?stat=failed": http.StatusBadRequest, "/replay?job=a&job=b": http.StatusBadRequest, "/why?q=a&site=nowhere": http.StatusBadRequest,
		"/deadletters?clas=input": http.StatusBadRequest, "/deadletters?site=a&site=b": http.StatusBadRequest, "/audit?whom=eva": http.StatusBadRequest,
		"/listening/havana/nobody": http.StatusNotFound, "/jobs/havana/nobody": http.StatusNotFound, "/deadletters/99": http.StatusNotFound, "/deadletters/x": http.StatusNotFound,
		"/jobs/havana/nobody/reading": http.StatusNotFound, "/jobs/havana/nobody/rule?rule=cookie.words": http.StatusNotFound, "/jobs/havana/job0aaaaaaaaaaaaaaaaaaaa/rule?rule=no.such": http.StatusBadRequest, "/lexicon?site=nowhere": http.StatusBadRequest, "/lexicon/entry": http.StatusBadRequest,
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

// TestReplayByItsLinks goes from a filtered list to its plan and on, by the addresses that
// the pages have.
func TestReplayByItsLinks(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	address := func(page, before string) string {
		t.Helper()
		found := regexp.MustCompile(before + `="(/replay[^"]*)"`).FindStringSubmatch(page)
		if found == nil {
			t.Fatalf("no %s in %s", before, page)
		}
		return html.UnescapeString(found[1])
	}
	follow := func(target string) {
		t.Helper()
		plan := ask(h, http.MethodGet, target, nil).Body.String()
		ask(h, http.MethodPost, address(plan, "action"), url.Values{"digest": {digest(n.plan)}})
	}
	list := ask(h, http.MethodGet, "/jobs?state=failed&site=havana&text=a%26state%3Dready", nil).Body.String()
	if strings.Contains(list, "/replay") {
		t.Error("a plan for a list that is empty")
	}
	follow(address(ask(h, http.MethodGet, "/jobs?state=failed&site=havana&text=src%3Dx", nil).Body.String(), "href"))
	follow(address(ask(h, http.MethodGet, jobPath("havana", n.jobs[0].ID), nil).Body.String(), "href"))
	follow("/replay?word=" + url.QueryEscape("Kyiv & more"))
	if len(n.begun) != 3 {
		t.Fatalf("begun: %+v", n.begun)
	}
	if want := (lector.JobFilter{State: lector.Failed, Site: "havana", Text: "src=x"}); n.begun[0].Filter != want {
		t.Errorf("of the list: %+v", n.begun[0])
	}
	if !slices.Equal(n.begun[1].Jobs, []string{n.jobs[0].ID}) || n.begun[2].Word != "Kyiv & more" {
		t.Errorf("of a job and of a word: %+v", n.begun[1:])
	}
}

// TestReplayOfNothingIsNotOfEverything: an empty name of a job selects none.
func TestReplayOfNothingIsNotOfEverything(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	page := ask(h, http.MethodGet, "/replay?job=", nil).Body.String()
	if strings.Contains(page, "this is every article") || !strings.Contains(page, `action="/replay?job="`) {
		t.Errorf("an empty job: %s", page)
	}
	ask(h, http.MethodPost, "/replay?job=", url.Values{"digest": {digest(n.plan)}})
	if len(n.begun) != 1 || !slices.Equal(n.begun[0].Jobs, []string{""}) {
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
		{"/pauses", url.Values{"kind": {"voice"}, "name": {"amy"}, "reason": {"another console"}}, http.StatusConflict},
		{"/pauses", url.Values{"kind": {"voice"}, "name": {"nobody"}}, http.StatusBadRequest},
		{"/pauses", url.Values{"kind": {"planet"}, "name": {"earth"}}, http.StatusBadRequest},
		{"/deadletters/7/replay", nil, http.StatusSeeOther},
		{"/deadletters/8/drop", nil, http.StatusSeeOther},
		{"/deadletters/x/drop", nil, http.StatusNotFound},
		{"/deadletters/8/replay", nil, http.StatusBadRequest},
		{"/pauses/resume", url.Values{"kind": {"voice"}, "name": {"nobody"}}, http.StatusBadRequest},
		{"/pauses/resume", url.Values{"kind": {"*"}, "name": {">"}}, http.StatusBadRequest},
	} {
		if w := ask(h, http.MethodPost, c.target, c.form); w.Code != c.status {
			t.Errorf("POST %s %v: %d, want %d: %s", c.target, c.form, w.Code, c.status, w.Body)
		}
	}
	if len(n.pauses) != 1 || n.pauses[0].Reason != "wrong invoice" || n.pauses[0].Who != "somebody who may admin" || !n.pauses[0].Since.Equal(now) {
		t.Errorf("paused %v", n.pauses)
	}
	for i, want := range map[int]int{0: http.StatusSeeOther, 3: http.StatusBadRequest} { // a queued one, and one that is ready
		if w := ask(h, http.MethodPost, "/jobs/havana/"+n.jobs[i].ID+"/cancel", nil); w.Code != want {
			t.Errorf("cancel a job that is %s: %d: %s", lector.States()[i], w.Code, w.Body)
		}
	}
	if n.jobs[0].State != lector.Cancelled || n.jobs[3].State != lector.Ready {
		t.Errorf("cancelled: %s, %s", n.jobs[0].State, n.jobs[3].State)
	}
	if w := ask(h, http.MethodPost, "/jobs/havana/nosuch/cancel", nil); w.Code != http.StatusNotFound {
		t.Errorf("cancel no job: %d", w.Code)
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
		w := askAs(h, r, lector.RoleAdmin)
		if w.Code < 400 || len(n.done) > 0 {
			t.Errorf("%s: %d, %v", name, w.Code, n.done)
		}
	}
	for host, want := range map[string]int{"localhost:9090": 200, "[::1]:9090": 200, "127.0.0.1": 200, "lector.example:9090": 421} {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:9090/jobs", nil)
		r.Host = host
		w := askAs(h, r, lector.RoleView)
		if w.Code != want {
			t.Errorf("%s: %d", host, w.Code)
		}
	}
}

// TestRoles asks for each page and each action with each role.
func TestRoles(t *testing.T) {
	t.Parallel()
	for target, least := range map[string]lector.Role{
		"GET /jobs": lector.RoleView, "GET /why?q=nobody": lector.RoleView, "GET /replay?state=failed": lector.RoleView, "GET /deadletters": lector.RoleView,
		"GET /deadletters/7": lector.RoleView, "GET /pauses": lector.RoleView, "GET /coverage": lector.RoleView, "GET /audit": lector.RoleAdmin,
		"GET /voices": lector.RoleView, "GET /lexicon": lector.RoleView, "GET /lexicon/entry?match=Kyiv": lector.RoleView, "GET /voices/sample?site=havana&text=a": lector.RoleReplay,
		"POST /lexicon/set?match=Kyiv&alias=Keeyiv&version=4": lector.RoleEdit, "POST /lexicon/remove?match=Lviv&version=4": lector.RoleEdit,
		"POST /jobs/havana/job/rule/off?rule=cookie.words&version=0": lector.RoleEdit, "POST /jobs/havana/job/rule/on?rule=cookie.words&version=0": lector.RoleEdit,
		"POST /jobs/havana/job0aaaaaaaaaaaaaaaaaaaa/cancel": lector.RoleReplay, "POST /replay?state=failed": lector.RoleReplay, "POST /deadletters/7/replay": lector.RoleReplay, "POST /deadletters/7/drop": lector.RoleReplay,
		"POST /pauses?kind=lane&name=backfill": lector.RoleReplay, "POST /pauses/resume?kind=voice&name=amy": lector.RoleReplay,
	} {
		for _, role := range lector.Roles() {
			n, h := open(t)
			n.pauses = []lector.Pause{{Kind: lector.PauseVoice, Name: "amy"}}
			method, path, _ := strings.Cut(target, " ")
			place, query, _ := strings.Cut(path, "?")
			r := httptest.NewRequest(method, "http://127.0.0.1:9090"+path, nil)
			if method == http.MethodPost {
				r = httptest.NewRequest(method, "http://127.0.0.1:9090"+path, strings.NewReader(query+"&digest="+digest(n.plan)))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			w := askAs(h, r, role)
			if refused := w.Code == http.StatusForbidden; refused == role.May(least) || w.Code >= 500 {
				t.Errorf("%s %s as %s: %d", method, place, role, w.Code)
			}
			did := len(n.done) + len(n.begun) + len(n.pauses) - 1
			if !role.May(least) && (did != 0 || len(n.audit) > 0 || !strings.Contains(w.Body.String(), "this needs the role "+string(least))) {
				t.Errorf("%s as %s: done %d, %v", target, role, did, n.audit)
			}
			if method == http.MethodPost && role.May(least) && (len(n.audit) != 1 || n.audit[0].Who != "somebody who may "+string(role) || n.audit[0].Way != "token") {
				t.Errorf("%s as %s is noted as %+v", target, role, n.audit)
			}
		}
	}
	_, h := open(t)
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:9090/jobs", nil)); w.Code != http.StatusForbidden {
		t.Errorf("behind no guard: %d", w.Code)
	}
	if strings.Contains(askAs(h, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:9090/jobs", nil), lector.RoleReplay).Body.String(), "/audit") {
		t.Error("the audit is offered to who may not look at it")
	}
	if w := askAs(h, httptest.NewRequest(http.MethodGet, "http://Console.Reader.Example:9090/jobs", nil), lector.RoleView); w.Code != http.StatusOK {
		t.Errorf("by a configured name: %d", w.Code)
	}
}

func TestAuditSaysWhatWasDone(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	ask(h, http.MethodPost, "/pauses", url.Values{"kind": {"voice"}, "name": {"amy"}, "reason": {markup + strings.Repeat("x", 5000)}})
	ask(h, http.MethodPost, "/replay?state=failed", url.Values{"digest": {"0-0"}}) // a stale plan does nothing
	ask(h, http.MethodPost, "/replay?state=failed", url.Values{"digest": {digest(n.plan)}})
	n.fail = fmt.Errorf("%s: %w", markup, lector.ErrNotFound)
	ask(h, http.MethodPost, "/deadletters/7/drop", nil)
	said := ""
	for _, e := range n.audit {
		said += fmt.Sprintf("%s %s %t; ", e.Action, e.Target, e.Failed != "")
	}
	if want := "pause voice amy false; replay state=failed false; deadletter-drop 7 false; deadletter-drop 7 true; "; said != want {
		t.Errorf("noted: %s", said)
	}
	if d := n.audit[1].Detail; d != "2 articles, 500 characters to be billed, $1.25" || len(n.audit[0].Detail) > 200 {
		t.Errorf("details %q, %d", d, len(n.audit[0].Detail))
	}
	page := ask(h, http.MethodGet, "/audit?action=deadletter-drop", nil).Body.String()
	if !strings.Contains(page, "somebody who may admin") || !strings.Contains(page, "failed: ") || strings.Contains(page, "<script") || strings.Contains(page, ">state=failed<") {
		t.Errorf("the page: %s", page)
	}
}

func TestWhatCannotBeNotedIsNotDone(t *testing.T) {
	t.Parallel()
	n, h := open(t)
	n.blind = fmt.Errorf("no answer")
	for _, target := range []string{"/deadletters/7/drop", "/deadletters/7/replay", "/replay?state=failed", "/pauses"} {
		form := url.Values{"digest": {digest(n.plan)}, "kind": {"voice"}, "name": {"amy"}}
		w := ask(h, http.MethodPost, target, form)
		if w.Code != http.StatusServiceUnavailable || len(n.done)+len(n.begun)+len(n.pauses) > 0 || !strings.Contains(w.Body.String(), "nothing was done") {
			t.Errorf("%s: %d, %v %v %v", target, w.Code, n.done, n.begun, n.pauses)
		}
	}
}

// away sets why nothing can be noted, and adds entries that had arrived before.
func (n *newsroom) away(why error, arrived ...lector.AuditEntry) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.blind, n.audit = why, append(n.audit, arrived...)
}

func (n *newsroom) fault() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.blind
}

// TestAuditSaysWhatBecameOfWhatItHas loses the confirmation of an entry and the end of an
// action. When NATS is back the audit says what became of each.
func TestAuditSaysWhatBecameOfWhatItHas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n, _ := open(t)
		live := NewLive()
		h, err := New(Config{
			Audit: n, Letters: n, Pauses: n, Sites: []string{"havana"}, Voices: []string{"amy"}, Live: live, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go live.Run(ctx, Watched{Fault: n.fault, DeadLetters: nil})
		n.fail = lector.WithClass(errors.New("timeout"), lector.ClassStorage)
		ask(h, http.MethodPost, "/deadletters/7/drop", nil)
		n.away(errors.New("no answer"))
		ask(h, http.MethodPost, "/pauses", url.Values{"kind": {"voice"}, "name": {"amy"}})
		n.away(n.fault(), lector.AuditEntry{Action: "pause", Target: "voice amy"})
		time.Sleep(time.Minute)
		synctest.Wait()
		n.away(nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		said := ""
		for _, e := range n.audit {
			said += fmt.Sprintf("%s: %s; ", e.Action, e.Failed)
		}
		want := "deadletter-drop: ; deadletter-drop: nobody knows whether it was done: timeout; pause: ; " +
			"pause: nothing was done, for NATS did not confirm that it was noted; "
		if said != want {
			t.Errorf("noted: %s", said)
		}
	})
}

func TestCoverageOfEachSite(t *testing.T) {
	t.Parallel()
	_, h := open(t)
	page := ask(h, http.MethodGet, "/coverage", nil).Body.String()
	for _, want := range []string{
		"3,850", "1 with audio and not there any more", "1–100 of 151", `href="/why?q=article%2F0&amp;site=havana"`,
		"Nothing says what kyiv has published", "It has not been compared yet", "20 Nov 2026 08:00:00",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %s", want, page)
		}
	}
	if strings.Contains(page, "None is withdrawn") || strings.Contains(page, "asks.") {
		t.Error("it says that withdrawals are held")
	}
}

// absentJobs never answers.
type absentJobs struct{ Jobs }

func (absentJobs) Job(ctx context.Context, _, _ string) (lector.Job, uint64, error) {
	<-ctx.Done()
	return lector.Job{}, 0, ctx.Err()
}

// TestNobodyWaitsWhileNATSIsAway: what is known to be away is not waited for, and the page
// that says so asks again by itself, unless it would change something.
func TestNobodyWaitsWhileNATSIsAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n, _ := open(t)
		live := NewLive()
		h, err := New(Config{Jobs: absentJobs{n}, Live: live, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			fault error
			limit time.Duration
		}{{nil, limit}, {errors.New("NATS is away"), limitAtFault}} {
			live.SetFault(c.fault)
			began := time.Now()
			w := ask(h, http.MethodGet, "/jobs/havana/a", nil)
			if waited := time.Since(began); w.Code != http.StatusServiceUnavailable || waited != c.limit {
				t.Errorf("with the fault %v: %d after %s", c.fault, w.Code, waited)
			}
			if w.Header().Get("Refresh") != "5" || !strings.Contains(w.Body.String(), "each 5 seconds") {
				t.Errorf("with the fault %v it is not asked for again: %v %s", c.fault, w.Header(), w.Body)
			}
		}
		w := ask(h, http.MethodPost, "/jobs/havana/a/cancel", nil)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Refresh") != "" || strings.Contains(w.Body.String(), "again by itself") {
			t.Errorf("a change is asked for again: %d, %v", w.Code, w.Header())
		}
	})
}

// loadingJobs are jobs that are still being read.
type loadingJobs struct{ *newsroom }

func (loadingJobs) FindJobs(context.Context, lector.JobFilter, lector.JobRange) (lector.JobPage, error) {
	return lector.JobPage{}, fmt.Errorf("list: %w", ErrLoading)
}

func (loadingJobs) CountJobs(context.Context) (map[lector.State]int, error) {
	return nil, ErrLoading
}

// What is still being read is no error: the page says so, asks again by itself, and the
// log stays empty.
func TestLoading(t *testing.T) {
	t.Parallel()
	n, _ := open(t)
	var log strings.Builder
	h, err := New(Config{Jobs: loadingJobs{n}, Live: NewLive(), Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	w := ask(h, http.MethodGet, "/jobs", nil)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Refresh") != "2" || w.Header().Get("Retry-After") != "2" {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
	if body := w.Body.String(); !strings.Contains(body, "Lector has just started") || !strings.Contains(body, "loaded again by itself") {
		t.Errorf("shown: %s", body)
	}
	if log.Len() > 0 {
		t.Errorf("logged: %s", log.String())
	}
	v := loading(httptest.NewRequest(http.MethodPost, "/replay", nil))
	if v.again != 0 {
		t.Errorf("what changes something is sent again after %d s", v.again)
	}
}
