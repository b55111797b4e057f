package system

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"lector"
)

// espeak is espeak-ng (GPLv3, which stays in its own process): hard to love,
// and it reads a hundred languages.
type espeak struct{}

func (espeak) name() string { return "espeak-ng" }

var espeakVersion = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`text-to-speech: (\S+)`) })

// describe leaves the voice empty where none is asked for: espeak-ng has one
// for each language.
func (espeak) describe(ctx context.Context, t tool, voice string) (description, error) {
	d := description{voice: voice, normalise: "light"}
	out, err := t.run(ctx, "", "--version")
	if err != nil {
		return d, fmt.Errorf("ask for the version: %w", err)
	}
	if m := espeakVersion().FindSubmatch(out); m != nil {
		d.version = string(m[1])
	}
	out, err = t.run(ctx, "", "--voices")
	if err != nil {
		return d, fmt.Errorf("list voices: %w", err)
	}
	d.languages = espeakLanguages(string(out))
	if voice == "" {
		return d, nil
	}
	if !slices.Contains(d.languages, lector.Primary(voice)) {
		return d, lector.Permanent(lector.Hint(fmt.Errorf("there is no voice %q", voice), "see espeak-ng --voices"))
	}
	d.languages = []string{lector.Primary(voice)}
	return d, nil
}

// espeakLanguages reads the second column of the table of voices.
func espeakLanguages(table string) []string {
	var languages []string
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 4 || fields[0] == "Pty" {
			continue
		}
		languages = append(languages, lector.Primary(fields[1]))
		if name, ok := legacyNames[fields[1]]; ok {
			languages = append(languages, name)
		}
	}
	slices.Sort(languages)
	return slices.Compact(languages)
}

// legacyNames maps languages that espeak-ng calls by another name than BCP 47 does.
var legacyNames = map[string]string{"cmn": "zh", "nb": "no"}

// voice returns what to ask espeak-ng for.
func (espeak) voice(r request) string {
	for theirs, ours := range legacyNames {
		if r.language == ours {
			r.language = theirs
		}
	}
	return cmp.Or(r.voice, r.language, "en")
}

// speak uses --stdin, which reads the whole of it at once. Markup is off
// without -m; the brackets that switch to phonemes are gone by now.
func (e espeak) speak(ctx context.Context, t tool, r request) ([]byte, error) {
	speed := strconv.Itoa(int(175*r.speed + 0.5))
	return t.run(ctx, r.text, "-v", e.voice(r), "-s", speed, "-b", "1", "--stdin", "--stdout")
}
