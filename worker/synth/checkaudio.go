package synth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"lector"
	"lector/audio"
)

// CheckAudio is a Checker that decodes the audio and compares it with the text.
// Text in place of audio is a transient error, a wrong form a permanent one, and
// all else means that the audio is unfit.
func CheckAudio(ctx context.Context, mp3 []byte, r Request, c lector.Capabilities) (*audio.Analysis, error) {
	verdict, err := audio.Check(ctx, mp3, expect(r.Utterance, c))
	if err != nil {
		return nil, err
	}
	err = verdict.Err()
	var bad *audio.CheckError
	switch {
	case err == nil:
		return verdict.Analysis, nil
	case !errors.As(err, &bad):
		return verdict.Analysis, err
	}
	return verdict.Analysis, classify(bad)
}

// classify says what a fault of the audio means for its request.
func classify(bad *audio.CheckError) error {
	switch {
	case bad.Has(audio.NotAudio):
		return lector.Hint(fmt.Errorf("the voice sent %w", bad), "is the url of this voice the speech server's? See its log")
	case bad.Has(audio.WrongFormat):
		return lector.Permanent(lector.Hint(fmt.Errorf("the voice sent the wrong form: %w", bad),
			"set sample_rate: or format: for this voice"))
	}
	return lector.Hint(unfitError{bad.Error(), len(bad.Findings) == 1 && bad.Has(audio.TooShort)},
		"listen with lector voices test; another voice or model, or a smaller max_chars, may do better")
}

// expect returns what the audio of an utterance must be like. Slowest and
// Fastest are characters a second.
func expect(u lector.Utterance, c lector.Capabilities) audio.Expect {
	e := audio.Expect{Characters: len([]rune(u.Text)), SampleRate: c.SampleRate, Channels: c.Channels}
	slow, fast := 5.0, 32.0
	if e.Characters > longEnough {
		fast = fastestLong
	}
	if slices.Contains([]string{"zh", "ja", "ko", "yue"}, lector.Primary(u.Language)) {
		slow = 1.5 // a character is a syllable or a word
	}
	speed := speedOf(u, c)
	slow, fast = slow*min(speed, 1), fast*max(speed, 1)
	e.Slowest, e.Fastest = slow, fast
	e.EndsTwice, e.NeverThrice = endsTwice(u.Text), !saysThrice(u.Text)
	return e
}

// endsTwice reports whether a text ends with the same words twice, as a chant does.
func endsTwice(text string) bool {
	words := wordsOf(text)
	for n := 1; 2*n <= len(words); n++ {
		end := len(words) - n
		if slices.Equal(words[end-n:end], words[end:]) {
			return true
		}
	}
	return false
}

// saysThrice reports whether a text says the same three times in a row: words, or the
// signs of one word, as "www", "ha ha ha" or "555".
func saysThrice(text string) bool {
	words := wordsOf(text)
	return thrice(words) || slices.ContainsFunc(words, func(word string) bool { return thrice([]rune(word)) })
}

// thrice reports whether some of all, of any number, stand there three times in a row.
func thrice[T comparable](all []T) bool {
	for n := 1; 3*n <= len(all); n++ {
		same := 0
		for i := n; i < len(all); i++ {
			if same++; all[i] != all[i-n] {
				same = 0
			}
			if same == 2*n {
				return true
			}
		}
	}
	return false
}

// wordsOf returns the words and numbers of a text, in lower case.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
