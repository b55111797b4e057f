package synth

import (
	"bytes"
	"context"
	"io"
	"sync"
	"sync/atomic"

	"lector"
	"lector/audio"
)

// newVoiceClips is for how many clips a voice counts as new.
const newVoiceClips = 100

// decoderTolerance is how far the 16-bit samples of two decoders may be apart: −66 dBFS.
// On clips of lame and ffmpeg go-mp3 is off by 8 at most, where it is off at all.
const decoderTolerance = 16

// CrossCheck returns c, and has the first clips of a voice decoded by go-mp3 too, one
// after the other and beside all else: a new voice may use an encoder that was never
// tested. differs is called with those that sound different. The clips are used
// meanwhile, whatever the result: what to do is for a person to decide. A clip that
// go-mp3 cannot decode is not compared.
func CrossCheck(c Checker, differs func(chunk string, d audio.Comparison)) Checker {
	o := &crossCheck{compare: audio.Compare, differs: differs}
	o.left.Store(newVoiceClips)
	return o.wrap(c)
}

type crossCheck struct {
	compare func(ctx context.Context, r io.ReaderAt, size int64) (audio.Comparison, error)
	differs func(chunk string, d audio.Comparison)
	left    atomic.Int64 // clips until the voice is not new any more
	turn    sync.Mutex   // of the clip that is being compared
	all     sync.WaitGroup
}

func (o *crossCheck) wrap(c Checker) Checker {
	return func(ctx context.Context, mp3 []byte, r Request, caps lector.Capabilities) (*audio.Analysis, error) {
		if o.left.Load() > 0 && o.left.Add(-1) >= 0 {
			o.all.Go(func() { o.compareClip(context.WithoutCancel(ctx), mp3, r.chunk) })
		}
		return c(ctx, mp3, r, caps)
	}
}

// compareClip decodes a clip by both. A panic of the second decoder concerns nobody.
func (o *crossCheck) compareClip(ctx context.Context, mp3 []byte, chunk string) {
	o.turn.Lock()
	defer o.turn.Unlock()
	defer func() { _ = recover() }()
	d, err := o.compare(ctx, bytes.NewReader(mp3), int64(len(mp3)))
	if err == nil && d.Largest > decoderTolerance {
		o.differs(chunk, d)
	}
}
