package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"

	"lector/infra/encode"
	"lector/infra/voice/openai"
	"lector/worker"
	"lector/worker/synth"

	"lector/infra/store/disk"
)

// gate is an encoder that stands still once an answer is there, until it is
// told to go on. A context that ends stops it.
type gate struct {
	encode.Encoder
	reached, open chan struct{}
	once          sync.Once
}

func (g *gate) Encode(ctx context.Context, wav io.Reader, rate, channels, kbps int) ([]byte, error) {
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
			g := &gate{Encoder: lame, reached: make(chan struct{}), open: make(chan struct{})}
			bare, err := openai.New(openai.Config{URL: p.URL, Model: "m", Voice: "v", Encoder: g})
			if err != nil {
				t.Fatal(err)
			}
			store, err := disk.Open(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			books := synth.NewBooks(nil)
			purse := &purse{ledger: books, budget: books, listen: synth.Sound, log: slog.New(slog.DiscardHandler)}
			flight := &synth.Flight{}
			reader := &synth.Reader{Voice: purse.equip(bare, "v", flight, synth.NewSlots(8)), Clips: worker.Clips{Store: store}, Flight: flight}
			chunk := synth.Chunk{Text: "The ferry left the harbour on time, as it does on every day of the week.", Language: "en"}
			ctx, end := context.WithCancelCause(t.Context())
			done := make(chan error)
			go func() {
				_, err := reader.Read(ctx, []synth.Chunk{chunk}, nil)
				done <- err
			}()
			<-g.reached
			end(why)
			if err := <-done; !errors.Is(err, why) {
				t.Errorf("the article waits for its call: %v", err)
			}
			close(g.open)
			clips, err := reader.Read(t.Context(), []synth.Chunk{chunk}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if all, unique := p.billed(); all != unique || clips[0].State != synth.Reused {
				t.Errorf("the provider bills %d for %d characters, and the clip is %s", all, unique, clips[0].State)
			}
		})
	}
}
