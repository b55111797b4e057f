package synth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	"lector"
)

type partKey struct{}

// withPart returns the context of parts of a text that was refused because it
// ended too early, at a pace of so many letters a second.
func withPart(ctx context.Context, refused float64) context.Context {
	return context.WithValue(ctx, partKey{}, refused)
}

// sameAilment is the share of a refused pace at which a part is no better than
// the whole was: an answer that holds a fixed share of its text does so of a
// part as well.
const sameAilment = 0.85

// partially refuses a part that ends too early like its whole. A part is short,
// and of short texts the check allows more than of long ones; but who has
// dropped text once is not given that.
func partially(ctx context.Context, u lector.Utterance, speed float64) error {
	refused, ok := ctx.Value(partKey{}).(float64)
	sound := errandOf(ctx).heard()
	if !ok || sound <= 0 {
		return nil
	}
	n := utf8.RuneCountInString(u.Text)
	quick := fmt.Sprintf("too short: %.2f s of sound for %d characters", sound.Seconds(), n)
	switch {
	case refused > 0 && paceOf(u, sound) > sameAilment*refused:
		return Unfit{quick + ", as quick as the whole text that was refused: the answers hold a part of their text", true}
	case float64(n)/sound.Seconds() > fastestLong*max(speed, 1):
		return Unfit{quick + " of a text that was refused", true}
	}
	return nil
}

// kept has a part spoken unless it was before, and puts it into the cache of
// clips: a part is paid for like a whole clip, also when the next one fails or
// the worker stops.
func kept(ctx context.Context, u lector.Utterance, one speaker) (lector.Speech, error) {
	e := errandOf(ctx)
	if e.clips == nil {
		return one(ctx, u)
	}
	hash := partHash(e.chunk, u.Text)
	if s, ok := e.again(ctx, hash); ok {
		return s, nil
	}
	s, err := one(ctx, u)
	if err != nil {
		return s, err
	}
	if sealed, err := seal(s.MP3, s.Marks); err == nil {
		_ = e.clips.Put(context.WithoutCancel(ctx), hash, sealed) // it is in hand: the whole may yet be kept
	}
	return s, nil
}

// again returns a part that was kept.
func (e *errand) again(ctx context.Context, hash string) (s lector.Speech, ok bool) {
	data, err := e.clips.Get(ctx, hash)
	if err != nil {
		return s, false
	}
	if s.MP3, s.Marks, err = unseal(data); err != nil || len(s.MP3) == 0 {
		return s, false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.analysis, e.metered = nil, true // nobody listened, and it cost nothing now
	return s, true
}

// partHash is the address of a part of a chunk.
func partHash(chunk, text string) string {
	sum := sha256.Sum256([]byte("lector part 1\x00" + chunk + "\x00" + text))
	return hex.EncodeToString(sum[:])
}
