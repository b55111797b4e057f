package elevenlabs

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lector"
)

// wordMarks makes marks of words of the times of characters. Times that do not
// belong to the text, or that run backwards, give no marks at all: wrong
// captions are worse than measured ones.
func wordMarks(text string, characters []string, starts []float64) []lector.Mark {
	if strings.Join(characters, "") != text || len(starts) < len(characters) {
		return nil
	}
	var marks []lector.Mark
	at, last, inside := 0, 0.0, false
	for i, c := range characters {
		if starts[i] < last {
			return nil
		}
		last = starts[i]
		r, _ := utf8.DecodeRuneInString(c)
		joins := strings.ContainsRune("'’-", r) || unicode.Is(unicode.Mn, r)
		word := unicode.In(r, unicode.L, unicode.Nd) || inside && joins
		switch {
		case word && !inside:
			when := time.Duration(starts[i] * float64(time.Second))
			marks = append(marks, lector.Mark{Kind: lector.WordMark, At: when, Start: at})
		case !word && inside:
			marks[len(marks)-1].End = at
		}
		inside = word
		at += len(c)
	}
	if inside {
		marks[len(marks)-1].End = at
	}
	return marks
}
