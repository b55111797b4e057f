package synth

import (
	"math"
	"strings"
	"time"
	"unicode"

	"lector"
	"lector/audio"
)

// Extent is a sentence in a chunk's text, in bytes.
type Extent struct{ Start, End int }

// How times are found, as lector.Segment has it.
const (
	byMarks   = "marks"   // the voice gave them
	byPauses  = "pauses"  // from the pauses in the audio
	byLengths = "lengths" // from the lengths of the sentences alone
)

// Times returns when each sentence of a clip is spoken, in the clip's own time,
// and how that was found: by the voice's marks where it gives them, else by the
// pauses in the clip, each sentence expected where its length puts it. The
// spans are in order and within the sound.
func Times(a *audio.Analysis, marks []lector.Mark, text string, sentences []Extent) ([]audio.Span, string) {
	sound := a.Sound
	if a.Silent {
		sound = audio.Span{End: a.Duration}
	}
	if spans := marked(marks, sentences, sound); spans != nil {
		return spans, byMarks
	}
	if len(sentences) == 1 {
		return []audio.Span{sound}, byPauses
	}
	return measured(a, sound, text, sentences)
}

// marked takes the times from marks, if each sentence has one.
func marked(marks []lector.Mark, sentences []Extent, sound audio.Span) []audio.Span {
	var spans []audio.Span
	i := 0
	for _, s := range sentences {
		for i < len(marks) && marks[i].Start < s.Start {
			i++
		}
		if i == len(marks) || marks[i].Start >= s.End {
			return nil
		}
		at := min(max(marks[i].At, sound.Start), sound.End)
		if n := len(spans); n > 0 {
			spans[n-1].End = at
		}
		spans = append(spans, audio.Span{Start: at, End: sound.End})
	}
	return spans
}

// shortestPause is the shortest silence that may be the end of a sentence.
const shortestPause = 90 * time.Millisecond

// measured finds the pause that ends each sentence but the last.
func measured(a *audio.Analysis, sound audio.Span, text string, sentences []Extent) ([]audio.Span, string) {
	var pauses []audio.Span
	for _, p := range a.Quiet(shortestPause) {
		if p.Start > sound.Start && p.End < sound.End {
			pauses = append(pauses, p)
		}
	}
	cuts, timing := place(weights(text, sentences), pauses, sound)
	spans := make([]audio.Span, len(sentences))
	at := sound.Start
	for i, c := range cuts {
		spans[i] = audio.Span{Start: at, End: c.Start}
		at = c.End
	}
	spans[len(spans)-1] = audio.Span{Start: at, End: sound.End}
	return spans, timing
}

// weights is how long each sentence takes to say, in letters. A digit counts four
// because it is said as a word, punctuation three to five because of its pause.
func weights(text string, sentences []Extent) []float64 {
	all := make([]float64, len(sentences))
	for i, s := range sentences {
		for _, r := range text[s.Start:s.End] {
			switch {
			case unicode.IsDigit(r):
				all[i] += 4
			case strings.ContainsRune(",;:—–", r):
				all[i] += 3
			case strings.ContainsRune(".!?", r):
				all[i] += 5
			default:
				all[i]++
			}
		}
	}
	return all
}

// place chooses a pause for each border between sentences, in order, so that
// the sentences' lengths are as near as can be to their weights and the long
// pauses are taken first. Where there are fewer pauses than borders, the
// weights alone decide.
//
// It is a shortest path over borders and pauses: each step costs the squared
// log of how far the pace between two borders is from the mean pace, minus a
// bonus for a long pause.
func place(weights []float64, pauses []audio.Span, sound audio.Span) ([]audio.Span, string) {
	borders := len(weights) - 1
	if len(pauses) < borders {
		return weighed(weights, sound), byLengths
	}
	pace := speech(pauses, sound) / sum(weights) // seconds a letter
	cost := make([][]float64, borders)
	from := make([][]int, borders)
	for k := range borders {
		cost[k], from[k] = make([]float64, len(pauses)), make([]int, len(pauses))
		for j := range pauses {
			cost[k][j] = math.Inf(1)
			if k == 0 {
				cost[k][j] = strain(voiced(sound.Start, pauses[j].Start, pauses[:j]), weights[0]*pace) - worth(pauses[j])
				continue
			}
			for i := range j {
				c := cost[k-1][i] + strain(voiced(pauses[i].End, pauses[j].Start, pauses[i+1:j]), weights[k]*pace) - worth(pauses[j])
				if c < cost[k][j] {
					cost[k][j], from[k][j] = c, i
				}
			}
		}
	}
	best, last := math.Inf(1), 0
	for j := range pauses {
		c := cost[borders-1][j] + strain(voiced(pauses[j].End, sound.End, pauses[j+1:]), weights[borders]*pace)
		if c < best {
			best, last = c, j
		}
	}
	chosen := make([]audio.Span, borders)
	for k := borders - 1; k >= 0; k-- {
		chosen[k] = pauses[last]
		last = from[k][last]
	}
	return chosen, byPauses
}

// strain is the cost of so many seconds of speech where others were expected.
func strain(seconds, expected float64) float64 {
	d := math.Log((seconds + 0.2) / (expected + 0.2))
	return 12 * d * d
}

// worth is the bonus for a pause, by its length: the longer, the likelier it ends
// a sentence.
func worth(p audio.Span) float64 { return 4 * math.Sqrt((p.End - p.Start).Seconds()) }

// voiced is the seconds of speech between two moments, without the pauses.
func voiced(from, to time.Duration, between []audio.Span) float64 {
	d := to - from
	for _, p := range between {
		d -= p.End - p.Start
	}
	return max(d, 0).Seconds()
}

// speech is the seconds of speech in a sound, at least 0.1.
func speech(pauses []audio.Span, sound audio.Span) float64 {
	return max(voiced(sound.Start, sound.End, pauses), 0.1)
}

// weighed places borders in proportion to the weights. They have no length.
func weighed(weights []float64, sound audio.Span) []audio.Span {
	var out []audio.Span
	total, at := sum(weights), 0.0
	for _, w := range weights[:len(weights)-1] {
		at += w
		t := sound.Start + time.Duration(at/total*float64(sound.End-sound.Start))
		out = append(out, audio.Span{Start: t, End: t})
	}
	return out
}

// sum is at least 1, so that it can be divided by.
func sum(weights []float64) float64 {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	return max(total, 1)
}
