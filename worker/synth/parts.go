package synth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"lector"
)

// part returns the request of a part of a text, in bytes.
func (r Request) part(from, to int) Request {
	p := r
	p.Text = strings.TrimSpace(r.Text[from:to])
	if before := strings.TrimSpace(r.Text[:from]); before != "" {
		p.Before = before
	}
	if after := strings.TrimSpace(r.Text[to:]); after != "" {
		p.After = after
	}
	return p
}

// tooShort returns the request of a text whose audio was refused because it ended
// too early; its parts are checked more strictly.
func (r Request) tooShort(sound time.Duration) Request {
	r.isPart, r.refusedPace = true, paceOf(r.Utterance, sound)
	return r
}

// sameShare is the share of a refused pace at which a part is no better than the
// whole was: a server that says a fixed share of each text does so of a part as
// well.
const sameShare = 0.85

// checkPart refuses a part that ends too early like its whole. A part is short,
// and of short texts the check allows more than of long ones, but not where text
// was dropped once.
func checkPart(r Request, speed float64, sound time.Duration) error {
	if !r.isPart || sound <= 0 {
		return nil
	}
	n := utf8.RuneCountInString(r.Text)
	quick := fmt.Sprintf("too short: %.2f s of sound for %d characters", sound.Seconds(), n)
	switch {
	case r.refusedPace > 0 && paceOf(r.Utterance, sound) > sameShare*r.refusedPace:
		return unfitError{quick + ", as quick as the whole text that was refused: the answers hold a part of their text", true}
	case float64(n)/sound.Seconds() > fastestLong*max(speed, 1):
		return unfitError{quick + " of a text that was refused", true}
	}
	return nil
}

// speakPart is how one part of a text is spoken.
type speakPart func(ctx context.Context, r Request) (Result, error)

// cachedPart returns a part from the cache of clips, or has it spoken and puts it
// there: a part is paid for like a whole clip, also when the next one fails or
// the worker stops.
func cachedPart(ctx context.Context, r Request, speak speakPart) (Result, error) {
	if r.clips == nil {
		return speak(ctx, r)
	}
	hash := partHash(r.chunk, r.Text)
	res, err := r.storedPart(ctx, hash)
	if err == nil || !errors.Is(err, lector.ErrNotFound) {
		return res, err
	}
	res, err = speak(ctx, r)
	if err != nil {
		return res, err
	}
	if clip, err := embed(res.MP3, res.Marks, res.Analysis, r.payerOf(res)); err == nil &&
		r.clips.Put(context.WithoutCancel(ctx), hash, clip) == nil {
		r.dropAnswer(ctx) // else the part is in memory, and the whole may yet be stored
	}
	return res, nil
}

// storedPart returns a part that is in the cache, or lector.ErrNotFound. One that
// cannot be read is as good as none.
func (r Request) storedPart(ctx context.Context, hash string) (res Result, err error) {
	data, err := r.clips.Get(ctx, hash)
	if err != nil {
		return res, fmt.Errorf("part of a clip: %w", err)
	}
	if res.MP3, res.Marks, res.Analysis, err = split(data); err != nil || len(res.MP3) == 0 {
		return Result{}, fmt.Errorf("part of a clip: %w", lector.ErrNotFound)
	}
	res.Calls = []lector.Call{{Chunk: r.chunk, Characters: utf8.RuneCountInString(r.Text), Outcome: lector.CallReused}}
	return res, nil
}

// partHash is the address of a part of a chunk.
func partHash(chunk, text string) string {
	sum := sha256.Sum256([]byte("lector part 1\x00" + chunk + "\x00" + text))
	return hex.EncodeToString(sum[:])
}
