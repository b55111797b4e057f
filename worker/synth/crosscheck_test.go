package synth

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"

	"lector"
	"lector/audio"
	"lector/audio/mpeg"
)

// TestCrossCheck has the first clips of a voice compared, and none after them; each
// goes on whatever the other decoder makes of it.
func TestCrossCheck(t *testing.T) {
	t.Parallel()
	refused := errors.New("unfit")
	for _, test := range []struct {
		name    string
		largest int
		failure error // of the comparison
		verdict error // of the check
		want    int64 // clips that are told of
	}{
		{"decoders that round otherwise", decoderTolerance, nil, nil, 0},
		{"decoders that differ", decoderTolerance + 1, nil, nil, newVoiceClips},
		{"a clip that is unfit", decoderTolerance + 1, nil, refused, newVoiceClips},
		{"what the other cannot decode", 30000, errors.New("8 kHz"), nil, 0},
	} {
		var compared, told atomic.Int64
		o := &crossCheck{
			compare: func(context.Context, io.ReaderAt, int64) (audio.Comparison, error) {
				compared.Add(1)
				return audio.Comparison{Largest: test.largest}, test.failure
			},
			differs: func(chunk string, d audio.Comparison) {
				if told.Add(1); chunk != "hash" || d.Largest != test.largest {
					t.Errorf("%s: told of %q, %+v", test.name, chunk, d)
				}
			},
		}
		o.left.Store(newVoiceClips)
		found := &audio.Analysis{}
		check := o.wrap(func(context.Context, []byte, Request, lector.Capabilities) (*audio.Analysis, error) {
			return found, test.verdict
		})
		for range newVoiceClips + 20 {
			if a, err := check(t.Context(), nil, Request{chunk: "hash"}, lector.Capabilities{}); a != found || !errors.Is(err, test.verdict) {
				t.Fatalf("%s: the clip does not go on: %v", test.name, err)
			}
		}
		o.all.Wait()
		if compared.Load() != newVoiceClips || told.Load() != test.want {
			t.Errorf("%s: %d compared, %d told, want %d", test.name, compared.Load(), told.Load(), test.want)
		}
	}
}

// TestCrossCheckOfSilence has both decoders agree; a clip in pieces is compared too.
func TestCrossCheckOfSilence(t *testing.T) {
	t.Parallel()
	var mp3 []byte
	for range 50 {
		mp3 = mpeg.AppendSilent(mp3, 0xFFF364C4)
	}
	for name, clip := range map[string][]byte{"whole": mp3, "cut off": mp3[:1000], "no MP3": []byte("503")} {
		var told atomic.Int64
		o := &crossCheck{compare: audio.Compare, differs: func(string, audio.Comparison) { told.Add(1) }}
		o.left.Store(1)
		check := o.wrap(func(context.Context, []byte, Request, lector.Capabilities) (*audio.Analysis, error) { return nil, nil })
		if _, err := check(t.Context(), clip, Request{}, lector.Capabilities{}); err != nil {
			t.Fatal(err)
		}
		o.all.Wait()
		if told.Load() != 0 {
			t.Errorf("%s: told of a difference", name)
		}
	}
}
