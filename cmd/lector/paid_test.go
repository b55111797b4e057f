package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"lector"
	"lector/infra/encode"
	"lector/infra/voice/openai"
	"lector/worker"
	"lector/worker/synth"

	"lector/infra/store/disk"
)

// blockingEncoder is an encoder that stands still once an answer is there, until it is
// told to go on. A context that ends stops it.
type blockingEncoder struct {
	encode.Encoder
	reached, open chan struct{}
	once          sync.Once
}

func (g *blockingEncoder) Encode(ctx context.Context, wav io.Reader, rate, channels, kbps int) ([]byte, error) {
	g.once.Do(func() { close(g.reached) })
	<-g.open
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return g.Encoder.Encode(ctx, wav, rate, channels, kbps)
}

// TestAnswerIsKept ends an article while the answer of a provider is encoded:
// by a lost lease, by a newer revision. The clip is kept all the same, and the
// next who wants it pays nothing.
func TestAnswerIsKept(t *testing.T) {
	t.Parallel()
	for name, why := range map[string]error{"lease lost": errors.New("lease lost"), "overtaken": errors.New("superseded by a newer event"), "stopped": context.Canceled} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t, nil)
			lame, err := encode.Find((&app{}).lookPath)
			if err != nil {
				t.Fatal(err)
			}
			g := &blockingEncoder{Encoder: lame, reached: make(chan struct{}), open: make(chan struct{})}
			bare, err := openai.New(openai.Config{URL: p.URL, Model: "m", Voice: "v", Encoder: g})
			if err != nil {
				t.Fatal(err)
			}
			store, err := disk.Open(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			ledger := synth.NewMemoryLedger(nil)
			metered := &metering{usage: ledger, budget: ledger, checkClip: synth.CheckAudio, log: slog.New(slog.DiscardHandler)}
			flight := &synth.Singleflight{}
			synthesizer := &synth.Synthesizer{
				Voice: metered.wrapVoice(bare, "v", flight, synth.NewSlots(8), synth.NewBreaker(synth.BreakerConfig{}), nil),
				Clips: worker.Clips{Store: store}, Singleflight: flight,
			}
			chunk := synth.Chunk{Text: "The ferry left the harbour on time, as it does on every day of the week.", Language: "en"}
			ctx, end := context.WithCancelCause(t.Context())
			done := make(chan error)
			go func() {
				_, err := synthesizer.Synthesize(ctx, metered.account("s", "j", "w"), []synth.Chunk{chunk}, nil, nil)
				done <- err
			}()
			<-g.reached
			end(why)
			if err := <-done; !errors.Is(err, why) {
				t.Errorf("the article waits for its call: %v", err)
			}
			close(g.open)
			clips, err := synthesizer.Synthesize(t.Context(), metered.account("s", "j", "w"), []synth.Chunk{chunk}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if all, unique := p.billed(); all != unique || clips[0].State != synth.Reused {
				t.Errorf("the provider bills %d for %d characters, and the clip is %s", all, unique, clips[0].State)
			}
		})
	}
}

// narrateWith has a page narrated by a voice alone, and returns what lector said
// of it.
func narrateWith(t *testing.T, p *provider, page string) (code int, stdout, stderr string) {
	t.Helper()
	dir := t.TempDir()
	settings := fmt.Sprintf("voices:\n  kokoro: {backend: openai, url: %q, model: m, voice: v, concurrency: 8}\n", p.URL)
	for name, text := range map[string]string{"lector.yaml": settings, "page.html": page} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs strings.Builder
	a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" }}
	code = a.run(t.Context(), []string{"narrate", "-json", "-config", filepath.Join(dir, "lector.yaml"), "-data", filepath.Join(dir, "data"), "-o", dir, filepath.Join(dir, "page.html")})
	return code, out.String(), errs.String()
}

// longPage is an article of n long paragraphs.
func longPage(n int) string {
	var b strings.Builder
	b.WriteString("<title>The harbour</title><h1>The harbour</h1>")
	for i := range n {
		fmt.Fprintf(&b, "<p>Paragraph number %d of the story begins here. ", i+1)
		for j := range 7 {
			fmt.Fprintf(&b, "The ferry left the pier on time, and %d people of row %d waved after it. ", 20+j, i+1)
		}
		b.WriteString("</p>\n")
	}
	return b.String()
}

// TestServerThatStopsAtALength has a server that ends each answer at 300
// characters as if it were whole.
// TestSpoolIsEmptiedBeforeNATSAnswers starts a worker whose earlier process has left an
// answer in the spool, the store being away, while NATS is away too: another worker may
// want the answer, so it goes to the store although this one cannot start.
func TestSpoolIsEmptiedBeforeNATSAnswers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	spool := filepath.Join(dir, "answers")
	if err := errors.Join(os.MkdirAll(spool, 0o700), os.WriteFile(filepath.Join(spool, "aa00"), []byte("an answer"), 0o600)); err != nil {
		t.Fatal(err)
	}
	c := testConfig(dir)
	c.NATS.URL = "nats://127.0.0.1:1" // nobody answers there
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: testLog{t}, getenv: func(string) string { return "" }}
	h := a.resources(c)
	t.Cleanup(func() {
		var err error
		if h.close(&err); err != nil {
			t.Error(err)
		}
	})
	if _, err := h.openServer(t.Context(), roles{worker: true}); err == nil {
		t.Fatal("it started without NATS")
	}
	s, err := h.store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stat(t.Context(), lector.AnswerKey("aa00")); err != nil {
		t.Errorf("the answer is not in the store: %v", err)
	}
}

func TestServerThatStopsAtALength(t *testing.T) {
	t.Parallel()
	p := newProvider(t, nil)
	p.holds = func(text string) string {
		r := []rune(text)
		return string(r[:min(len(r), 300)])
	}
	code, out, said := narrateWith(t, p, longPage(5))
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, said)
	}
	var got struct {
		Duration   float64
		Characters struct{ Billed, Reused int }
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	all, _ := p.billed()
	t.Logf("%d characters billed, %.1f s", all, got.Duration)
	if !regexp.MustCompile(`this server stops at about (2[6-9]|3[0-4])0 characters: set max_chars`).MatchString(said) {
		t.Errorf("nobody is told: %s", said)
	}
	article := 0
	for _, c := range strings.Split(longPage(5), "<p>")[1:] {
		article += utf8.RuneCountInString(c) - len("</p>\n")
	}
	if want := float64(article) / 14; got.Duration < want || all > 3*article/2+600 {
		t.Errorf("%.1f s of %.1f, %d characters billed for %d", got.Duration, want, all, article)
	}
}

// TestServerThatReturnsHalf has a server of which every answer is half its text.
func TestServerThatReturnsHalf(t *testing.T) {
	t.Parallel()
	p := newProvider(t, nil)
	p.holds = func(text string) string { return text[:len(text)/2] }
	code, _, said := narrateWith(t, p, longPage(1))
	all, _ := p.billed()
	if article := utf8.RuneCountInString(longPage(1)); code != 1 || !strings.Contains(said, "too short") || all > 4*article {
		t.Errorf("exit code %d, %d characters billed for %d: %s", code, all, article, said)
	}
}
