package worker

import (
	"math"
	"strings"
	"testing"

	"lector"
	"lector/audio"
	"lector/worker/synth"
)

// TestLoudnessOfASite is what each setting asks of the stitch.
func TestLoudnessOfASite(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		setting  Loudness
		channels int
		want     *audio.Level
	}{
		{Loudness{}, 1, &audio.Level{Target: -19, Ceiling: -1}},
		{Loudness{}, 2, &audio.Level{Target: -16, Ceiling: -1}},
		{Loudness{Target: -23}, 2, &audio.Level{Target: -23, Ceiling: -1}},
		{Loudness{Off: true}, 1, nil},
	} {
		got := test.setting.level(test.channels)
		if (got == nil) != (test.want == nil) || got != nil && *got != *test.want {
			t.Errorf("%+v, %d channels: %+v, want %+v", test.setting, test.channels, got, test.want)
		}
	}
}

// TestLoudnessIsInTheHash makes another rendition of another setting, and none of
// the same. The clips do not know of it.
func TestLoudnessIsInTheHash(t *testing.T) {
	t.Parallel()
	article := lector.Article{
		Site: "paper", ID: "1", Revision: "1", Language: "en", Visibility: lector.Public, Title: "A bridge",
		Body: lector.Body{ContentType: "text/html", Content: "<p>The bridge over the river was opened to walkers on Friday morning.</p>"},
	}
	hashes, clips, chunks := map[string]Loudness{}, map[string]bool{}, 0
	for range 2 {
		for _, l := range []Loudness{{}, {Off: true}, {Target: -16}, {Target: -23}} {
			n := Narrator{
				Sites:  map[string]Site{"paper": {Title: "Paper", Language: "en", SpokenDisclosure: "off", Loudness: l}},
				Voices: []Voice{{Name: "v", Capabilities: lector.Capabilities{MaxLength: 600, Unit: lector.Characters}}},
			}
			p, err := n.Prepare(t.Context(), article, func(Progress) {})
			if err != nil {
				t.Fatal(err)
			}
			if other, there := hashes[p.Hash()]; there && other != l {
				t.Errorf("%+v and %+v have the same hash", other, l)
			}
			hashes[p.Hash()] = l
			chunks = len(p.voicePlans[0].synthChunks)
			for i, c := range p.voicePlans[0].synthChunks {
				clips[synth.Hash(c, p.voicePlans[0].chunkVoices[i].Capabilities)] = true
			}
		}
	}
	if len(hashes) != 4 || len(clips) != chunks {
		t.Errorf("%d hashes of 4 settings, %d clips of %d chunks", len(hashes), len(clips), chunks)
	}
}

// TestMissedLevelIsTold says why a rendition is not as loud as it should be.
func TestMissedLevelIsTold(t *testing.T) {
	t.Parallel()
	want := &audio.Level{Target: -19, Ceiling: -1}
	const told = "-22.0 LUFS and not to -19: the peaks of 3 clips"
	if why := levelWarning(&audio.Levels{After: -22.04, Limited: make([]audio.Limit, 3)}, want); !strings.Contains(why, told) {
		t.Errorf("%q", why)
	}
	for _, l := range []*audio.Levels{nil, {After: -19.7}, {After: -18.3, Limited: make([]audio.Limit, 1)}, {After: math.Inf(-1)}} {
		if why := levelWarning(l, want); why != "" {
			t.Errorf("%+v: %q", l, why)
		}
	}
	if why := levelWarning(&audio.Levels{After: -30}, nil); why != "" {
		t.Errorf("nothing was asked: %q", why)
	}
}
