package synth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

func texts(n int) []Chunk {
	chunks := make([]Chunk, n)
	for i := range chunks {
		chunks[i] = Chunk{Text: fmt.Sprintf("Paragraph %d of the article.", i), Language: "en", Normaliser: "1"}
	}
	return chunks
}

func TestOrderAndProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &fake{}
		v.answer = func(call int, u lector.Utterance) (lector.Speech, error) {
			time.Sleep(time.Duration(100-call) * time.Millisecond) // the last is ready first
			return spoken(u), nil
		}
		r := Synthesizer{Voice: v, Clips: &memory{}}
		var seen []int
		clips, err := r.Synthesize(t.Context(), nil, texts(30), nil, func(done, total int, c Clip) {
			seen = append(seen, done)
			if total != 30 || c.State != Synthesized {
				t.Errorf("progress: %d of %d, %s", done, total, c.State)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range clips {
			if want := fmt.Sprintf("mp3 of Paragraph %d of the article.", i); string(c.MP3) != want {
				t.Errorf("clip %d: %q", i, c.MP3)
			}
		}
		if len(seen) != 30 || !slices.IsSorted(seen) {
			t.Errorf("progress %v", seen)
		}
	})
}

func TestSecondReadingCostsNothing(t *testing.T) {
	t.Parallel()
	v, clips := &fake{caps: lector.Capabilities{Price: 16}}, &memory{}
	r := Synthesizer{Voice: v, Clips: clips}
	first, err := r.Synthesize(t.Context(), nil, texts(5), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := r.Synthesize(t.Context(), nil, texts(5), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range first {
		if first[i].State != Synthesized || first[i].Billed != first[i].Characters || first[i].Cost == 0 {
			t.Errorf("first: %+v", first[i])
		}
		if second[i].State != Reused || second[i].Billed != 0 || second[i].Cost != 0 || string(second[i].MP3) != string(first[i].MP3) {
			t.Errorf("second: %+v", second[i])
		}
	}
	if v.count() != 5 {
		t.Errorf("%d calls", v.count())
	}
}

func TestOneParagraphEdited(t *testing.T) {
	t.Parallel()
	v := &fake{}
	r := Synthesizer{Voice: v, Clips: &memory{}}
	article := texts(40)
	for i := 1; i < 39; i++ {
		article[i].Before, article[i].After = article[i-1].Text, article[i+1].Text
	}
	if _, err := r.Synthesize(t.Context(), nil, article, nil, nil); err != nil {
		t.Fatal(err)
	}
	before := v.count()
	article[20].Text = "This paragraph was corrected."
	article[19].After, article[21].Before = article[20].Text, article[20].Text
	clips, err := r.Synthesize(t.Context(), nil, article, nil, nil)
	if err != nil || v.count() != before+1 {
		t.Fatalf("%d calls, %v", v.count()-before, err)
	}
	for i, c := range clips {
		if (c.State == Synthesized) != (i == 20) {
			t.Errorf("clip %d: %s", i, c.State)
		}
	}
}

func TestIdenticalChunks(t *testing.T) {
	t.Parallel()
	v := &fake{latency: time.Millisecond}
	r := Synthesizer{Voice: v, Clips: &memory{}}
	chunks := append(texts(3), texts(3)...)
	clips, err := r.Synthesize(t.Context(), nil, chunks, nil, nil)
	if err != nil || v.count() != 3 {
		t.Fatalf("%d calls, %v", v.count(), err)
	}
	paid := 0
	for i, c := range clips {
		if string(c.MP3) != "mp3 of "+chunks[i].Text {
			t.Errorf("clip %d: %q", i, c.MP3)
		}
		paid += c.Billed
	}
	if paid != 3*len(chunks[0].Text) {
		t.Errorf("billed %d", paid)
	}
}

// TestManySynthesizers has articles with shared paragraphs over three workers,
// each with its own Singleflight. Each article is read twice.
func TestManySynthesizers(t *testing.T) {
	t.Parallel()
	v, clips, leases := &fake{latency: time.Millisecond}, &memory{}, &memoryLeases{}
	var wait sync.WaitGroup
	var billed atomic.Int64
	unique := 0
	for _, c := range texts(4) {
		unique += c.Characters()
	}
	for article := range 34 {
		unique += (Chunk{Text: fmt.Sprintf("Only in article %d.", article)}).Characters()
	}
	for range 3 {
		flight := &Singleflight{}
		for article := range 34 {
			r := Synthesizer{Voice: v, Clips: clips, Singleflight: flight, Leases: leases}
			chunks := append(texts(4), Chunk{Text: fmt.Sprintf("Only in article %d.", article)})
			wait.Go(func() {
				for range 2 {
					got, err := r.Synthesize(t.Context(), nil, chunks, nil, nil)
					if err != nil {
						t.Error(err)
					}
					for _, c := range got {
						billed.Add(int64(c.Billed))
					}
				}
			})
		}
	}
	wait.Wait()
	if v.count() != 4+34 || billed.Load() != int64(unique) {
		t.Errorf("%d calls for 38 chunks, %d characters billed of %d unique", v.count(), billed.Load(), unique)
	}
}

func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, clips := &fake{latency: time.Second}, &memory{}
		v.answer = func(_ int, u lector.Utterance) (lector.Speech, error) {
			if strings.Contains(u.Text, "Paragraph 3 ") {
				return lector.Speech{}, lector.Permanent(errors.New("content policy"))
			}
			return spoken(u), nil
		}
		r := Synthesizer{Voice: v, Clips: clips}
		got, err := r.Synthesize(t.Context(), nil, texts(100), nil, nil)
		if got != nil || !lector.IsPermanent(err) || !strings.Contains(err.Error(), "chunk 4 of 100") {
			t.Fatalf("%d clips, %v", len(got), err)
		}
		// The calls that ran were paid for, so their clips are stored; nothing else began.
		if kept := len(clips.keys()); kept != v.count()-1 || v.count() > 2*minWorkers {
			t.Errorf("%d calls, %d kept", v.count(), kept)
		}
	})
}

func TestStoreFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := Synthesizer{Voice: &fake{}, Clips: &memory{fail: errors.New("disk full")}}
		if got, err := r.Synthesize(t.Context(), nil, texts(2), nil, nil); got != nil || err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("%v, %v", got, err)
		}
	})
}

func TestDamagedClipIsMadeAgain(t *testing.T) {
	t.Parallel()
	v, clips := &fake{}, &memory{clips: map[string][]byte{}}
	r := Synthesizer{Voice: v, Clips: clips}
	for i, c := range texts(2) {
		clips.clips[r.hash(c)] = [][]byte{nil, []byte("ID3\x04\x00\x00\x7f\x7f\x7f\x7fPRIV\x00\x00\x00\x10\x00\x00lector marks 1\x00{")}[i]
	}
	got, err := r.Synthesize(t.Context(), nil, texts(2), nil, nil)
	if err != nil || v.count() != 2 || got[0].State != Synthesized {
		t.Errorf("%d calls, %v", v.count(), err)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		v := &fake{latency: time.Second}
		r := Synthesizer{Voice: v, Clips: &memory{}}
		began := time.Now()
		if _, err := r.Synthesize(ctx, nil, texts(100), nil, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("ended after %v", took)
		}
	})
}

// TestTimeToAudio has 40 chunks, 500 ms a call, eight at once: it may take 1.15
// times the ideal plus 100 ms.
func TestTimeToAudio(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &fake{latency: 500 * time.Millisecond}
		r := Synthesizer{Voice: NewSlots(64).Wrap(LimitCalls(v, 8, 0)), Clips: &memory{}, Leases: &memoryLeases{}}
		began := time.Now()
		if _, err := r.Synthesize(t.Context(), nil, texts(40), nil, nil); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 2975*time.Millisecond {
			t.Errorf("took %v", took)
		}
		if v.most != 8 {
			t.Errorf("%d at once", v.most)
		}
	})
}

func TestNoChunks(t *testing.T) {
	t.Parallel()
	r := Synthesizer{Voice: &fake{}, Clips: &memory{}}
	if clips, err := r.Synthesize(t.Context(), nil, nil, nil, nil); err != nil || len(clips) != 0 {
		t.Errorf("%v, %v", clips, err)
	}
}
