package audio

import (
	"context"
	"errors"
	"testing"
)

// TestCompareByBoth has go-mp3 decode what it decodes well; it cuts values towards
// zero and is off by a few in joint stereo.
func TestCompareByBoth(t *testing.T) {
	t.Parallel()
	for _, f := range []format{{"24", "m", "-b 48", ""}, {"22.05", "m", "-b 32", ""}, {"44.1", "j", "-V 4", "-p"}, {"16", "s", "-b 64", "--nores"}} {
		p := filePart(t, clips.clip(t, 1, f))
		c, err := Compare(context.Background(), p.Source, p.Size)
		if err != nil || c.Samples == 0 || c.Largest > 8 || c.Differ > c.Samples/10 {
			t.Errorf("%v: %+v %v", f, c, err)
		}
	}
	p := bytesPart("8 kHz", silentMP3(mono8, 3))
	if _, err := Compare(context.Background(), p.Source, p.Size); !errors.Is(err, errNotComparable) {
		t.Error(err)
	}
}
