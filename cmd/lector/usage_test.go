package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"lector"
	"lector/infra/limittest"
)

// provider is a server of the speech dialect that bills what it answers. Its
// speech is noise in syllables, which passes for a voice.
type provider struct {
	*httptest.Server
	mu    sync.Mutex
	calls int
	said  map[string]int                                      // answered, by text
	pace  float64                                             // that was asked for last
	fault func(call int, w http.ResponseWriter) (served bool) // nil: none
	holds func(text string) string                            // what an answer holds of a text; nil: all of it
}

func newProvider(t *testing.T, fault func(call int, w http.ResponseWriter) bool) *provider {
	t.Helper()
	if _, err := exec.LookPath("lame"); err != nil {
		t.Skip("SKIPPED: needs lame (apt-get install lame)")
	}
	p := &provider{said: map[string]int{}, fault: fault}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Input string
		Speed float64
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Input == "" {
		http.Error(w, "no input", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	p.calls++
	p.pace = in.Speed
	call := p.calls
	p.mu.Unlock()
	if p.fault != nil && p.fault(call, w) {
		return
	}
	p.mu.Lock()
	p.said[in.Input]++
	p.mu.Unlock()
	if p.holds != nil {
		in.Input = p.holds(in.Input)
	}
	_, _ = w.Write(syllables(in.Input))
}

// billed returns the characters of all answers, and of all texts once.
func (p *provider) billed() (all, unique int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for text, n := range p.said {
		all += n * utf8.RuneCountInString(text)
		unique += utf8.RuneCountInString(text)
	}
	return all, unique
}

func (p *provider) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls
}

// syllables is a WAV of a fourteenth of a second for each character: noise in
// syllables, never two alike.
func syllables(text string) []byte {
	const rate = 16000
	n := utf8.RuneCountInString(text) * rate / 14
	b := []byte("RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\xff\xff\xff\xff")
	loud, from, length := 0.0, 0, 0
	for i := range n {
		if i >= from+length {
			from, length, loud = i, rate/8+rand.IntN(rate/6), 2000+6000*rand.Float64()
		}
		s := loud * math.Sin(float64(i-from)*math.Pi/float64(length)) * (2*rand.Float64() - 1)
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(s)))
	}
	return b
}

// openWithProvider is an installation with a voice that costs money, and workers.
func openWithProvider(t *testing.T, dir string, workers int, edit func(*config)) *installation {
	t.Helper()
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: testLog{t}, getenv: func(string) string { return "" }}
	c := testConfig(dir)
	edit(c)
	h := a.resources(c)
	t.Cleanup(func() {
		var err error
		if h.close(&err); err != nil {
			t.Error(err)
		}
	})
	startEmbedded(t, h)
	s, err := h.openServer(t.Context(), roles{publisher: true, worker: true})
	if err != nil {
		t.Fatal(err)
	}
	s.answers.Hesitation = time.Hour // a busy disk would cost a write for each answer that waits for it
	th := &installation{server: s, t: t}
	for range workers - 1 {
		more, err := h.openServer(t.Context(), roles{worker: true})
		if err != nil {
			t.Fatal(err)
		}
		more.answers.Hesitation = time.Hour
		th.others = append(th.others, more)
	}
	for _, more := range th.others { // what they share is open by now
		(&installation{server: more, t: t}).start()
	}
	return th.start()
}

// startEmbedded starts the embedded server on a directory that another one of this
// process may just have left: a program that another test starts at that moment
// keeps its lock for the blink between fork and exec.
func startEmbedded(t *testing.T, h *resources) {
	t.Helper()
	var err error
	limittest.Until(t, "the directory is free", func() bool {
		err = h.embedded(t.Context())
		return err == nil || !strings.Contains(err.Error(), "in use")
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (p *provider) voice() voiceConfig {
	return voiceConfig{Backend: "openai", URL: p.URL, Model: "kokoro", Voice: "af_heart", Price: 10, Languages: []string{"en"}, Concurrency: 8, Timeout: 24 * time.Hour}
}

// article is an article of the given paragraphs.
func article(id string, paragraphs ...string) lector.Article {
	a := sampleArticle(id)
	a.Body.Content = "<p>" + strings.Join(paragraphs, "</p>\n<p>") + "</p>"
	return a
}

// usageSum adds the ledger up, and shows calls that should not be in it: a
// chunk that was paid for twice.
func usageSum(t *testing.T, h *installation) (sum lector.UsageTotal) {
	t.Helper()
	paid := map[string][]lector.Call{}
	m, err := h.conn.UsageLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var calls []lector.Call
	now := time.Now()
	for c, err := range m.Calls(t.Context(), "", now.Add(-24*time.Hour), now.Add(24*time.Hour)) {
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
		if c.Outcome == lector.CallPaid {
			paid[c.Chunk] = append(paid[c.Chunk], c)
		}
	}
	for chunk, all := range paid {
		for _, c := range all {
			if len(all) > 1 {
				t.Errorf("chunk %.8s is paid for %d times: %s to %s, %s", chunk, len(all), c.Began.Format("05.000"), c.Ended.Format("05.000"), c.Error)
			}
		}
	}
	for _, s := range lector.SumUsage(calls) {
		sum.Calls += s.Calls
		sum.Billed += s.Billed
		sum.Reused += s.Reused
		sum.Unknown += s.Unknown
		sum.Cost += s.Cost
	}
	return sum
}

// TestPaidOnce has articles with shared paragraphs, three
// workers, duplicate events, replays, 5xx and connections that end before the
// provider answers. What is billed is each text once.
func TestPaidOnce(t *testing.T) {
	t.Parallel()
	p := newProvider(t, func(call int, w http.ResponseWriter) bool {
		switch call % 9 {
		case 3:
			http.Error(w, `{"error":{"message":"overloaded"}}`, http.StatusServiceUnavailable)
			return true
		case 7:
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = c.Close()
			}
			return true
		}
		return false
	})
	h := openWithProvider(t, t.TempDir(), 3, func(c *config) { c.Voices = map[string]voiceConfig{"amy": p.voice()} })
	var waits []func()
	for i := range 24 {
		a := article(fmt.Sprint("a", i), fmt.Sprintf("Ferry number %d left the harbour on time.", i),
			fmt.Sprintf("The weather office expects rain in district %d.", i%5), "Nobody was hurt, the harbour master said.")
		e := newEvent(lector.Published, a)
		first, err := h.conn.Publish(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.conn.Publish(t.Context(), e); err != nil { // the CMS sends it again
			t.Fatal(err)
		}
		again := newEvent(lector.Updated, a)
		again.Replay = "the editor wants to hear it again"
		second, err := h.conn.Publish(t.Context(), again)
		if err != nil {
			t.Fatal(err)
		}
		waits = append(waits, func() {
			if j := h.awaitJob(a, max(first, second)); j.State != lector.Ready {
				t.Errorf("%s is %s: %s", a.ID, j.State, j.Reason)
			}
		})
	}
	for _, wait := range waits {
		wait()
	}
	all, unique := p.billed()
	sum := usageSum(t, h)
	if all != unique || sum.Billed != unique {
		t.Errorf("the provider bills %d and the ledger says %d, of %d unique characters", all, sum.Billed, unique)
	}
	if want := float64(unique) * 10 / 1e6; math.Abs(sum.Cost-want) > 1e-9 {
		t.Errorf("the ledger says %.6f dollars, want %.6f", sum.Cost, want)
	}
	if sum.Unknown == 0 {
		t.Error("calls without an answer are not shown as unknown")
	}
}

// TestEditPaysForOneParagraph edits a long article, and then what nobody hears of it.
func TestEditPaysForOneParagraph(t *testing.T) {
	t.Parallel()
	p := newProvider(t, nil)
	h := openWithProvider(t, t.TempDir(), 1, func(c *config) { c.Voices = map[string]voiceConfig{"amy": p.voice()} })
	paragraphs := make([]string, 16)
	for i := range paragraphs {
		paragraphs[i] = fmt.Sprintf("This is paragraph number %d of the long story about the harbour, and it has its own <a href=\"/old\">ending</a> in row %d of sixteen.", i, 16-i)
	}
	a := article("long", paragraphs...)
	if j := h.publishAndWait(lector.Published, a); j.State != lector.Ready {
		t.Fatalf("%s: %s", j.State, j.Reason)
	}
	before := p.count()
	paragraphs[8] = "This paragraph was corrected: the ferry was not late, and the captain was not aboard when it left the harbour."
	b := article("long", paragraphs...)
	b.UpdatedAt = a.UpdatedAt.Add(time.Hour)
	j := h.publishAndWait(lector.Updated, b)
	if p.count() != before+1 || j.Usage.Billed != utf8.RuneCountInString(paragraphs[8]) {
		t.Errorf("%d calls, %+v", p.count()-before, j.Usage)
	}
	c := article("long", paragraphs...)
	c.UpdatedAt = b.UpdatedAt.Add(time.Hour)
	c.Tags, c.Image = []string{"harbour"}, "https://reader.example/new.jpg"
	c.Body.Content = strings.ReplaceAll(strings.ReplaceAll(c.Body.Content, "/old", "/new"), "of the long", "of \n the  long")
	if h.publishAndWait(lector.Updated, c); p.count() != before+1 {
		t.Errorf("%d calls for an edit that nobody hears", p.count()-before-1)
	}
}

func TestBudgetParksAndGoesOn(t *testing.T) {
	t.Parallel()
	p := newProvider(t, nil)
	dir := t.TempDir()
	budget := func(n int) func(*config) {
		return func(c *config) {
			c.Voices = map[string]voiceConfig{"amy": p.voice()}
			s := c.Sites[defaultSite]
			s.Budget.CharactersPerDay = n
			c.Sites[defaultSite] = s
		}
	}
	a := sampleArticle("1")
	var sequence uint64
	t.Run("too small", func(t *testing.T) { //nolint:paralleltest // see above
		h := openWithProvider(t, dir, 1, budget(120))
		sequence = h.publish(lector.Published, a)
		for j, err := range h.jobs.Watch(limittest.Context(t), a.Site, a.Key()) {
			if err != nil {
				t.Fatal(err)
			}
			if j.State == lector.Parked {
				if !strings.Contains(j.Reason, "characters_per_day is 120") {
					t.Errorf("reason %q", j.Reason)
				}
				break
			}
		}
		if all, _ := p.billed(); all != 0 {
			t.Errorf("spent %d for an article that the budget has no room for", all)
		}
	})
	t.Run("raised", func(t *testing.T) { //nolint:paralleltest // see above
		h := openWithProvider(t, dir, 1, budget(10000))
		if j := h.awaitJob(a, sequence); j.State != lector.Ready {
			t.Errorf("%s: %s", j.State, j.Reason)
		}
		all, unique := p.billed()
		if all != unique {
			t.Errorf("%d billed of %d unique characters", all, unique)
		}
		j, _, err := h.jobs.Job(t.Context(), a.Site, a.Key())
		dollars := float64(all) * 10 / 1e6
		if err != nil || j.Usage.Billed != all || math.Abs(j.Cost-dollars) > 1e-9 {
			t.Errorf("the provider bills %d, the record says %+v, %f dollars, %v", all, j.Usage, j.Cost, err)
		}
		if m := h.manifest(a); m.Usage.Billed != all {
			t.Errorf("the provider bills %d, the manifest says %+v", all, m.Usage)
		}
	})
}

// TestFallbackReadsTheWholeArticle has a first voice that is down.
func TestFallbackReadsTheWholeArticle(t *testing.T) {
	t.Parallel()
	var healed atomic.Bool
	down := newProvider(t, func(_ int, w http.ResponseWriter) bool {
		if !healed.Load() {
			http.Error(w, "no", http.StatusBadGateway)
		}
		return !healed.Load()
	})
	up := newProvider(t, nil)
	dir := t.TempDir()
	both := func(c *config) {
		spare := up.voice()
		spare.Voice = "am_adam"
		c.Voices = map[string]voiceConfig{"cloud": down.voice(), "spare": spare}
		s := c.Sites[defaultSite]
		s.Voices = map[string][]string{"en": {"cloud", "spare"}}
		c.Sites[defaultSite] = s
	}
	h := openWithProvider(t, dir, 1, both)
	a := sampleArticle("1")
	if j := h.publishAndWait(lector.Published, a); j.State != lector.Ready {
		t.Fatalf("%s: %s", j.State, j.Reason)
	}
	m := h.manifest(a)
	if len(m.Voices) != 1 || m.Voices[0].Name != "spare" || !strings.Contains(m.Fallback, "voice cloud") {
		t.Errorf("voices %+v, fallback %q", m.Voices, m.Fallback)
	}
	// A new worker, whose circuit is whole: the better voice reads it again.
	h.shutdown()
	healed.Store(true)
	out := new(strings.Builder)
	a2 := &app{stdin: strings.NewReader(""), stdout: out, stderr: out, getenv: func(string) string { return "" }}
	if code := a2.run(t.Context(), []string{"replay", "-fallback", "-yes", "-data", dir}); code != 0 || !strings.Contains(out.String(), ": 1 article; ") {
		t.Fatalf("exit code %d: %s", code, out)
	}
	more, err := h.openServer(t.Context(), roles{worker: true, publisher: true})
	if err != nil {
		t.Fatal(err)
	}
	h = (&installation{server: more, t: t}).start()
	limittest.Until(t, "the better voice is heard", func() bool { return h.manifest(a).Voices[0].Name == "cloud" })
	if j, _, err := h.jobs.Job(t.Context(), a.Site, a.Key()); err != nil || j.Fallback != "" {
		t.Errorf("%v, fallback %q", err, j.Fallback)
	}
}

func TestCost(t *testing.T) {
	t.Parallel()
	p := newProvider(t, nil)
	dir := t.TempDir()
	h := openWithProvider(t, dir, 1, func(c *config) { c.Voices = map[string]voiceConfig{"amy": p.voice()} })
	j := h.publishAndWait(lector.Published, sampleArticle("1"))
	out := new(strings.Builder)
	a := &app{stdin: strings.NewReader(""), stdout: out, stderr: testLog{t}, getenv: func(string) string { return "" }}
	if code := a.run(t.Context(), []string{"cost", "-json", "-data", dir}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	var sums []lector.UsageTotal
	if err := json.Unmarshal([]byte(out.String()), &sums); err != nil {
		t.Fatal(err)
	}
	if len(sums) != 1 {
		t.Fatalf("%+v", sums)
	}
	got := sums[0]
	if want := (lector.UsageTotal{
		Day: got.Day, Site: defaultSite, Voice: "amy", Calls: len(j.Chunks), Billed: j.Usage.Billed,
		Reused: got.Reused, Unknown: got.Unknown, Cost: got.Cost,
	}); got != want || math.Abs(got.Cost-j.Cost) > 1e-9 {
		t.Errorf("%+v; the job says %+v, %f dollars", got, j.Usage, j.Cost)
	}
	out.Reset()
	if code := a.run(t.Context(), []string{"cost", "-data", dir, "-from", "2020-01-01", "-to", "2020-12-31"}); code != 0 || !strings.Contains(out.String(), "total") {
		t.Errorf("exit code %d: %s", code, out)
	}
	for _, args := range [][]string{{"cost", "-from", "yesterday"}, {"cost", "-from", "2026-11-02", "-to", "2026-11-01"}, {"cost", "now"}} {
		if code := a.run(t.Context(), args); code != 2 {
			t.Errorf("%v: exit code %d", args, code)
		}
	}
}
