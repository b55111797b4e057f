package synth

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"lector"
	"lector/audio"
)

// piece is the speech of a part of a text.
type piece struct {
	lector.Speech
	analysis *audio.Analysis // nil: it is decoded where the join needs it
	offset   int             // of the part, in bytes of the text
	pause    time.Duration   // the longest silence wanted behind it
}

// pauseBehind is the pause that a person makes behind a text, by the punctuation
// mark that it ends with.
func pauseBehind(text string) time.Duration {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimSpace(text))
	milliseconds := [...]int{0, 60, 180, 350}[weight(last)]
	return time.Duration(milliseconds) * time.Millisecond
}

// join makes one speech of several, frame by frame. Silences between them that
// are longer than the pieces want are shortened.
func join(ctx context.Context, pieces []piece) (lector.Speech, error) {
	plan, err := planJoin(ctx, pieces)
	if err != nil {
		return lector.Speech{}, fmt.Errorf("join parts: %w", err)
	}
	out := bytes.NewBuffer(make([]byte, 0, plan.Size()))
	if _, err := plan.Write(ctx, out, nil); err != nil {
		return lector.Speech{}, fmt.Errorf("join parts: %w", err)
	}
	s := lector.Speech{MP3: out.Bytes(), RequestID: pieces[0].RequestID}
	if haveMarks(pieces) {
		s.Marks = joinMarks(pieces, plan.Timeline())
	}
	return s, nil
}

// planJoin plans twice where a silence is too long: the first plan measures it.
// A piece that the check has analysed is not decoded again.
func planJoin(ctx context.Context, pieces []piece) (*audio.Plan, error) {
	parts := make([]audio.Part, len(pieces))
	for i, p := range pieces {
		parts[i] = audio.Part{Source: bytes.NewReader(p.MP3), Size: int64(len(p.MP3)), Known: p.analysis}
	}
	plan, err := audio.NewPlan(ctx, parts, audio.Options{Trim: true})
	if err != nil {
		return nil, err
	}
	long := false
	timeline := plan.Timeline().Parts
	for i := range parts[1:] {
		gap := timeline[i+1].Sound.Start - timeline[i].Sound.End
		parts[i].Pause = min(gap, pieces[i].pause)
		long = long || gap > pieces[i].pause
	}
	if !long {
		return plan, nil
	}
	return audio.NewPlan(ctx, parts, audio.Options{Trim: true, Pauses: true})
}

// haveMarks reports whether the voice gave marks for every piece.
func haveMarks(pieces []piece) bool {
	for _, p := range pieces {
		if len(p.Marks) == 0 {
			return false
		}
	}
	return true
}

// joinMarks moves the marks of the pieces to their places in the joined speech.
func joinMarks(pieces []piece, t audio.Timeline) []lector.Mark {
	var all []lector.Mark
	for i, p := range pieces {
		begins := max(t.Parts[i].Origin, 0)
		for _, m := range p.Marks {
			m.At, m.Start, m.End = m.At+begins, m.Start+p.offset, m.End+p.offset
			all = append(all, m)
		}
	}
	return all
}
