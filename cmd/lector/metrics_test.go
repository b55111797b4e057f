package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
)

// scrape reads /metrics as Prometheus does, right after the states were looked at.
func (h *installation) scrape() map[string]float64 {
	h.t.Helper()
	h.measureOnce(h.t.Context())
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.admin.url()+"/metrics", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	response, err := (&http.Client{}).Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		h.t.Fatal(response.Status, err)
	}
	values := map[string]float64{}
	for line := range strings.Lines(string(body)) {
		at := strings.LastIndex(line, " ")
		if !strings.HasPrefix(line, "lector_") || at < 0 {
			continue
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(line[at:]), 64)
		if err != nil {
			h.t.Errorf("%s: %v", line, err)
		}
		values[line[:at]] = value
	}
	return values
}

// untilMetrics scrapes until all figures are as they should be.
func (h *installation) untilMetrics(want map[string]float64) map[string]float64 {
	h.t.Helper()
	var got map[string]float64
	h.t.Cleanup(func() {
		if h.t.Failed() {
			for _, name := range slices.Sorted(maps.Keys(got)) {
				h.t.Log(name, got[name])
			}
		}
	})
	limittest.Until(h.t, fmt.Sprint("the figures ", want), func() bool {
		got = h.scrape()
		for name, value := range want {
			if have, there := got[name]; !there || have != value {
				return false
			}
		}
		return true
	})
	return got
}

// openMeasured is an installation with a voice of a provider named kokoro.
func openMeasured(t *testing.T, p *provider, edit func(*siteConfig)) *installation {
	t.Helper()
	return openWithProvider(t, t.TempDir(), 1, func(c *config) {
		c.Voices = map[string]voiceConfig{"kokoro": p.voice()}
		s := c.Sites[defaultSite]
		s.Voices = map[string][]string{"en": {"kokoro"}}
		edit(&s)
		c.Sites[defaultSite] = s
	})
}

func unedited(*siteConfig) {}

func TestMetricsOfAGoodArticle(t *testing.T) {
	t.Parallel()
	p := newProvider(t, nil)
	h := openMeasured(t, p, unedited)
	j := h.publishAndWait(lector.Published, sampleArticle("1"))
	if j.State != lector.Ready {
		t.Fatalf("%+v", j)
	}
	got := h.untilMetrics(map[string]float64{
		`lector_jobs_total{class="",site="havana",state="ready"}`:             1,
		`lector_jobs{class="",lane="normal",site="havana",state="ready"}`:     1,
		`lector_time_to_listen_seconds_count{site="havana"}`:                  1,
		`lector_tts_characters_total{disposition="billed",site="havana"}`:     float64(j.Usage.Billed),
		`lector_tts_characters_total{disposition="paid_twice",site="havana"}`: 0,
		`lector_voice_calls_total{outcome="ok",voice="kokoro"}`:               float64(p.count()),
		`lector_voice_call_duration_seconds_count{voice="kokoro"}`:            float64(p.count()),
		`lector_voice_breaker_open{voice="kokoro"}`:                           0,
		`lector_events_waiting`:                                               0, `lector_events_unsettled`: 0, `lector_events_oldest_age_seconds`: 0,
		`lector_dead_letters{class="",site="havana"}`: 0,
		`lector_ready{check="store"}`:                 1, `lector_ready{check="store_writes"}`: 1, `lector_ready{check="broker"}`: 1,
		`lector_ready{check="nats"}`: 1, `lector_ready{check="streams"}`: 1,
		`lector_sweeps_total{outcome="ok"}`: 1,
	})
	for name := range got {
		if strings.Contains(name, "oldest_age_seconds{") {
			t.Errorf("%s although all is at rest", name)
		}
	}
}

// TestMetricsOfVoicesInTrouble has a voice that does not speak, in the ways in which
// it may.
func TestMetricsOfVoicesInTrouble(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]struct{ outcome, class string }{
		http.StatusServiceUnavailable: {"down", "voice_down"},
		http.StatusUnauthorized:       {"refused", "voice_refused"},
		http.StatusTooManyRequests:    {"throttled", "quota"},
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			p := newProvider(t, func(_ int, w http.ResponseWriter) bool {
				w.Header().Set("Retry-After", "3600")
				if status == http.StatusServiceUnavailable {
					w.Header().Del("Retry-After")
				}
				w.WriteHeader(status)
				return true
			})
			h := openMeasured(t, p, unedited)
			h.publish(lector.Published, sampleArticle("1"))
			parked := `class="` + want.class + `",lane="normal",site="havana",state="parked"}`
			figures := map[string]float64{"lector_jobs{" + parked: 1, `lector_events_unsettled`: 1}
			if want.class != "quota" {
				figures[`lector_voice_breaker_open{voice="kokoro"}`] = 1
			}
			got := h.untilMetrics(figures)
			if got[`lector_voice_calls_total{outcome="`+want.outcome+`",voice="kokoro"}`] < 1 {
				t.Errorf("no call was counted as %s", want.outcome)
			}
			if _, there := got["lector_jobs_oldest_age_seconds{"+parked]; !there {
				t.Error("the age of the parked job is not shown")
			}
		})
	}
}

func TestMetricsOfPausesAndReplays(t *testing.T) {
	t.Parallel()
	h := openMeasured(t, newProvider(t, nil), unedited)
	for kind, name := range map[lector.PauseKind]string{lector.PauseLane: "backfill", lector.PauseSite: defaultSite, lector.PauseVoice: "nobody"} {
		if err := h.conn.Pauses().Set(t.Context(), lector.Pause{Kind: kind, Name: name, Since: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	records, err := h.conn.Replays(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	paused := lector.Replay{ID: "replay-one", State: lector.ReplayPaused, Created: time.Now()}
	if err := records.Create(t.Context(), paused, []lector.JobRef{{Site: defaultSite, ID: "x"}}); err != nil {
		t.Fatal(err)
	}
	h.untilMetrics(map[string]float64{
		`lector_paused{kind="lane",name="backfill"}`: 1, `lector_paused{kind="site",name="havana"}`: 1, `lector_paused{kind="voice",name="unknown"}`: 1,
		`lector_replays{state="paused"}`: 1, `lector_replays{state="running"}`: 0,
	})
}

func TestMetricsOfARefusedText(t *testing.T) {
	t.Parallel()
	p := newProvider(t, func(_ int, w http.ResponseWriter) bool { w.WriteHeader(http.StatusBadRequest); return true })
	h := openMeasured(t, p, unedited)
	a := sampleArticle("1")
	h.publish(lector.Published, a)
	got := h.untilMetrics(map[string]float64{
		`lector_jobs_total{class="input",site="havana",state="failed"}`:         1,
		`lector_jobs{class="input",lane="normal",site="havana",state="failed"}`: 1,
		`lector_dead_letters{class="input",site="havana"}`:                      1,
		`lector_voice_breaker_open{voice="kokoro"}`:                             0,
	})
	if got[`lector_voice_calls_total{outcome="rejected",voice="kokoro"}`] < 1 {
		t.Error("no call was counted as rejected")
	}
}

// TestMetricsOfUnfitAnswers has a voice that once reads half a text.
func TestMetricsOfUnfitAnswers(t *testing.T) {
	t.Parallel()
	p := newProvider(t, nil)
	var half atomic.Pointer[string]
	p.holds = func(text string) string {
		if len(text) > 60 && half.CompareAndSwap(nil, &text) {
			return text[:len(text)/3]
		}
		return text
	}
	h := openMeasured(t, p, unedited)
	if j := h.publishAndWait(lector.Published, sampleArticle("1")); j.State != lector.Ready {
		t.Fatalf("%+v", j)
	}
	all, unique := p.billed()
	h.untilMetrics(map[string]float64{
		`lector_voice_unfit_answers_total{voice="kokoro"}`:                    1,
		`lector_tts_characters_total{disposition="billed",site="havana"}`:     float64(all),
		`lector_tts_characters_total{disposition="paid_twice",site="havana"}`: float64(all - unique),
	})
	if all == unique {
		t.Error("nothing was paid twice")
	}
}

func TestMetricsOfAnExhaustedBudget(t *testing.T) {
	t.Parallel()
	h := openMeasured(t, newProvider(t, nil), func(s *siteConfig) { s.Budget = budgetConfig{CharactersPerDay: 450, DollarsPerMonth: 7} })
	j := h.publishAndWait(lector.Published, sampleArticle("1"))
	if j.State != lector.Ready {
		t.Fatalf("%+v", j)
	}
	more := sampleArticle("2")
	more.Body.Content = strings.ReplaceAll(more.Body.Content, "river", "canal")
	more.Body.Content = strings.ReplaceAll(more.Body.Content, "The", "And the")
	h.publish(lector.Published, more)
	h.untilMetrics(map[string]float64{
		`lector_jobs{class="budget",lane="normal",site="havana",state="parked"}`: 1,
		`lector_budget_characters_limit{period="day",site="havana"}`:             450,
		`lector_budget_characters_used{period="day",site="havana"}`:              float64(j.Usage.Billed),
		`lector_budget_dollars_limit{period="month",site="havana"}`:              7,
	})
}

// TestMetricsOfEventsThatWait has no worker, and an event of a site without settings.
func TestMetricsOfEventsThatWait(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	h.worker.OnProgress = h.onProgress
	other := sampleArticle("2")
	other.Site = "matanzas"
	h.publish(lector.Published, sampleArticle("1"))
	n := h.publish(lector.Published, other)
	limittest.Until(t, "both events wait, which the broker tells a moment after it has stored them", func() bool {
		q, err := h.conn.QueueState(t.Context())
		return err == nil && q.Waiting == 2
	})
	h.start()
	h.awaitJob(other, n)
	h.untilMetrics(map[string]float64{`lector_events_waiting`: 0})
	for name := range h.scrape() {
		if strings.Contains(name, "matanzas") {
			t.Errorf("%s: a name of an event is a label", name)
		}
	}
}

// TestMetricsOfAStoreThatTakesNothing has a file where the store writes.
func TestMetricsOfAStoreThatTakesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := openInstallation(t, dir, &silentVoice{}).start()
	h.untilMetrics(map[string]float64{`lector_ready{check="store"}`: 1})
	writes := filepath.Join(dir, "store", "~tmp")
	if err := errors.Join(os.RemoveAll(writes), os.WriteFile(writes, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	h.untilMetrics(map[string]float64{`lector_ready{check="store"}`: 0, `lector_ready{check="broker"}`: 1})
}
