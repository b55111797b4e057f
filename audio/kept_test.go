package audio

import (
	"bytes"
	"context"
	"io"
	"reflect"
	"testing"
)

// TestKeptAnalysis keeps the analysis of clips and recalls it.
func TestKeptAnalysis(t *testing.T) {
	t.Parallel()
	p := filePart(t, clips.clip(t, 1, format{"24", "m", "-b 48", ""}))
	speech, err := io.ReadAll(io.NewSectionReader(p.Source, 0, p.Size))
	if err != nil {
		t.Fatal(err)
	}
	for name, mp3 := range map[string][]byte{"speech": speech, "silence": silentMP3(stereo44, 30)} {
		a, err := Analyze(context.Background(), bytes.NewReader(mp3), int64(len(mp3)))
		if err != nil {
			t.Fatal(err)
		}
		kept := a.Keep(mp3)
		got := Recall(kept, mp3)
		want := *a
		want.tone, want.noise, want.Problems, want.peaks = toneMeter{}, noiseMeter{}, nil, nil
		if got == nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: recalled %+v of %+v", name, got, want)
		}
		if len(kept) > 300+len(mp3)/8 {
			t.Errorf("%s: %d bytes kept of %d", name, len(kept), len(mp3))
		}
		other := bytes.Clone(mp3)
		other[len(other)-1] ^= 1
		older := bytes.Clone(kept)
		older[0]++
		for why, again := range map[string]*Analysis{
			"other bytes": Recall(kept, other), "another version": Recall(older, mp3),
			"cut off": Recall(kept[:len(kept)-1], mp3), "longer": Recall(append(kept[:len(kept):len(kept)], 0), mp3), "nothing": Recall(nil, mp3),
		} {
			if again != nil {
				t.Errorf("%s, %s: recalled all the same", name, why)
			}
		}
	}
}
