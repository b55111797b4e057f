package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lector"
	"lector/audio"
	"lector/audio/mpeg"
	"lector/worker/synth"
)

// benchVoice answers each call with silence, as long as its text would be.
type benchVoice struct {
	latency time.Duration
	checks  atomic.Bool // each clip is analysed, as those of other voices are

	mu       sync.Mutex
	open     int       // calls
	since    time.Time // when the first of them began
	total    time.Duration
	analyses map[int]*audio.Analysis // by the bytes of a clip
}

// charactersPerFrame is how much of a text a frame of 24 ms is long enough for.
const charactersPerFrame = 0.36

// silentFrame is MPEG-2 Layer III, 24 kHz mono, 48 kbit/s.
var silentFrame = [4]byte{0xFF, 0xF3, 0x64, 0xC4}

func (v *benchVoice) openVoice(context.Context, string, voiceConfig) (synth.Voice, error) {
	return v, nil
}

// Capabilities implements synth.Voice.
func (v *benchVoice) Capabilities() lector.Capabilities {
	return lector.Capabilities{
		Backend: "silent", Voice: "silent", SampleRate: 24000, Channels: 1, Deterministic: true,
		MaxLength: benchParagraph, Unit: lector.Characters, Normalise: "full",
	}
}

// Speak implements synth.Voice.
func (v *benchVoice) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	v.begin()
	defer v.end()
	select {
	case <-time.After(v.latency):
	case <-ctx.Done():
		return lector.Speech{}, context.Cause(ctx)
	}
	h, _ := mpeg.ParseHeader(silentFrame[:])
	frames := int(float64(len(u.Text))/charactersPerFrame) + 1
	mp3 := make([]byte, 0, frames*h.Size())
	for range frames {
		mp3 = mpeg.AppendSilent(mp3, h)
	}
	return lector.Speech{MP3: mp3, Characters: len(u.Text)}, nil
}

func (v *benchVoice) begin() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.open == 0 {
		v.since = time.Now()
	}
	v.open++
}

func (v *benchVoice) end() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.open--; v.open == 0 {
		v.total += time.Since(v.since)
	}
}

// busy returns for how long at least one call has been open so far.
func (v *benchVoice) busy() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.total
}

// analysis stands for the check of a clip: silence of the same length is analysed
// once, unless v checks.
func (v *benchVoice) analysis(ctx context.Context, mp3 []byte, _ synth.Request, _ lector.Capabilities) (*audio.Analysis, error) {
	body := bytes.NewReader(mp3)
	if v.checks.Load() {
		return audio.Analyze(ctx, body, body.Size())
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if known := v.analyses[len(mp3)]; known != nil {
		return known, nil
	}
	a, err := audio.Analyze(ctx, body, body.Size())
	if err != nil {
		return nil, err
	}
	if v.analyses == nil {
		v.analyses = map[int]*audio.Analysis{}
	}
	v.analyses[len(mp3)] = a
	return a, nil
}

// benchParagraph is how many characters a chunk has at most.
const benchParagraph = 300

// benchArticle returns an article that the voice reads in a number of chunks, the
// title among them; no text of it is in another.
func benchArticle(id string, chunks int) lector.Article {
	var body strings.Builder
	for i := range chunks - 1 {
		fmt.Fprintf(&body, "<p>Paragraph %d of story %s begins like this. %s</p>\n", i+1, id,
			strings.Repeat("The ferry left the old harbour in the rain. ", 5))
	}
	now := time.Now().UTC()
	return lector.Article{
		Site: benchSite, ID: id, Title: "Story " + id + " of a measurement", Language: "en", Visibility: lector.Public,
		URL: "https://bench.example/" + id, PublishedAt: now, UpdatedAt: now,
		Body: lector.Body{ContentType: "text/html", Content: body.String()},
	}
}
