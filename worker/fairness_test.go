package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lector"
	"lector/audio/mpeg"
	"lector/worker/synth"
)

// slowVoice answers each call after the same time, with silence.
type slowVoice struct{ latency time.Duration }

func (v slowVoice) Capabilities() lector.Capabilities {
	return lector.Capabilities{Backend: "test", Voice: "slow", SampleRate: 24000, Channels: 1, Deterministic: true, Concurrency: 8, Normalise: "full", Languages: []string{"en"}}
}

func (v slowVoice) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	sleep(ctx, v.latency)
	h, _ := mpeg.ParseHeader([]byte{0xFF, 0xF3, 0x64, 0xC4})
	var mp3 []byte
	for range 8 {
		mp3 = mpeg.AppendSilent(mp3, h)
	}
	return lector.Speech{MP3: mp3, Characters: len(u.Text)}, ctx.Err()
}

// voiced is a worker with a voice and eight places for calls. At the end the calls in
// flight are drained.
func (m *fakeServices) voiced(latency time.Duration) (w *Worker, drain func(time.Duration)) {
	w = m.worker()
	flight, ledger := &synth.Singleflight{}, synth.NewMemoryLedger(nil)
	v := slowVoice{latency}
	speaker := synth.LimitCalls(synth.NewSlots(8).Wrap(synth.Meter(synth.WithGracePeriod(v, flight), "slow")), 8, 0)
	w.Narrator = &Narrator{
		Sites:  map[string]Site{"havana": {Language: "en", SpokenDisclosure: "off"}},
		Voices: []Voice{{Name: "slow", Capabilities: v.Capabilities(), Synthesizer: &synth.Synthesizer{Voice: speaker, Clips: Clips{Store: m}, Singleflight: flight, Name: "slow"}}},
		Account: func(site, job, worker string) *synth.Account {
			return synth.NewAccount(site, job, worker, ledger, ledger, slog.New(slog.DiscardHandler))
		},
	}
	w.ConcurrentJobs = 4
	return w, flight.Drain
}

// paragraphs is an article of n chunks: its paragraphs are just too long to be joined.
func (b *fakeBroker) paragraphs(id string, n int) *fakeMessage {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "<p>%s</p>", strings.Repeat(fmt.Sprintf("Row %d of the ferry %s was empty all day. ", i, id), 2))
	}
	return b.publish(lector.ArticleEvent{Type: lector.Published, Article: lector.Article{
		Site: "havana", ID: id, Title: "Ferry " + id, Visibility: lector.Public, Body: lector.Body{ContentType: lector.HTML, Content: text.String()},
	}})
}

// waitOfShortArticles returns how long 20 short articles took behind so many long
// ones, the longest last, by a clock that counts nothing but calls to the voice and
// waiting.
func waitOfShortArticles(t *testing.T, long int) (took []time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m, b := newFakeServices(), &fakeBroker{}
		w, drain := m.voiced(200 * time.Millisecond)
		w.Queue = b
		ends := make(chan string, 100)
		w.OnProgress = func(p Progress) {
			if p.Stage == lector.StageDone {
				ends <- p.Job.Article
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); w.Run(ctx) }()
		for i := range long {
			b.paragraphs(fmt.Sprint("long", i), 120)
		}
		time.Sleep(2 * time.Second)
		began := time.Now()
		for i := range 20 {
			b.paragraphs(fmt.Sprint("short", i), 12)
		}
		for len(took) < 20 {
			if id := <-ends; strings.HasPrefix(id, "short") {
				took = append(took, time.Since(began))
			}
		}
		cancel()
		<-done
		drain(time.Minute)
	})
	slices.Sort(took)
	return took
}

// TestShortArticlesBehindLongOnes holds the bound on what long articles cost short
// ones.
func TestShortArticlesBehindLongOnes(t *testing.T) {
	t.Parallel()
	alone, behind := waitOfShortArticles(t, 0), waitOfShortArticles(t, 4)
	t.Logf("p50 %v alone, %v behind; p95 %v alone, %v behind", alone[10], behind[10], alone[18], behind[18])
	if limit := alone[18] * 3 / 2; behind[18] > limit {
		t.Errorf("the 95th of a hundred took %v behind long articles, %v without", behind[18], alone[18])
	}
}

// TestTakedownWhileLongArticlesRun withdraws an article while every place for articles
// is taken by one of 400 chunks and others wait: its audio is gone within five seconds.
func TestTakedownWhileLongArticlesRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, b := newFakeServices(), &fakeBroker{}
		w, drain := m.voiced(200 * time.Millisecond)
		w.Queue = b
		ends := make(chan string, 100)
		w.OnProgress = func(p Progress) {
			if p.Stage == lector.StageDone {
				ends <- p.Job.Article
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); w.Run(ctx) }()
		b.paragraphs("target", 1)
		if id := <-ends; id != "target" {
			t.Fatalf("%s has ended", id)
		}
		for i := range 12 {
			b.paragraphs(fmt.Sprint("long", i), 400)
		}
		time.Sleep(2 * time.Second)
		began := time.Now()
		b.publish(lector.ArticleEvent{Type: lector.Unpublished, Article: lector.Article{Site: "havana", ID: "target"}})
		if id, took := <-ends, time.Since(began); id != "target" || took > 5*time.Second {
			t.Errorf("%s after %v", id, took)
		}
		if _, err := m.Stat(ctx, lector.PointerKey("havana", keyIn("target"))); !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("its audio is public: %v", err)
		}
		cancel()
		<-done
		drain(10 * time.Minute)
	})
}
