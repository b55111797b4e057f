package synth

import (
	"context"
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
	switch {
	case refused > 0 && paceOf(u, sound) > sameAilment*refused:
		return Unfit{fmt.Sprintf("too short: %.2f s of sound for %d characters, as quick as the whole text that was refused: the answers hold a part of their text", sound.Seconds(), n), true}
	case float64(n)/sound.Seconds() > fastestLong*max(speed, 1):
		return Unfit{fmt.Sprintf("too short: %.2f s of sound for %d characters of a text that was refused", sound.Seconds(), n), true}
	}
	return nil
}
