package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"lector"
	"lector/audio"
	"lector/worker/synth"
)

const voicesHelp = `Lists what can speak here: each configured voice with its languages, limits and
price. A voice that cannot be used is listed with what to do about it.

  lector voices                the list
  lector voices test reader    speaks one sentence and reports form, time, price

Voices are configured in lector.yaml, under voices:. Their fields, by backend:

  system       engine (flite, espeak-ng or say), voice, env
  exec         command [PROGRAM, ARGUMENT…], voice, sample_rate of raw samples,
               memory_mb, env; text on its standard input, WAV, MP3 or samples
               out
  openai       url, model, voice, format (mp3, wav, pcm), sample_rate; any
               server with POST /v1/audio/speech. OPENAI_API_KEY if it wants one
  polly        region, engine (standard, neural, long-form, generative), voice,
               marks. The usual credentials of AWS
  elevenlabs   model, voice (the id), format (mp3_44100_128, pcm_24000 …),
               send_context. ELEVENLABS_API_KEY
  google       voice (uk-UA-Wavenet-A). GOOGLE_API_KEY
  azure        region, voice (uk-UA-PolinaNeural). AZURE_SPEECH_KEY
  all          max_chars concurrency per_second price_per_million languages
               speed normalise timeout

The programs of system and exec get PATH, HOME, LANG and TMPDIR of Lector's own
environment, and what env names: [NAME, …] hands variables on, {NAME: value} sets
them. A value that stands in lector.yaml is part of the voice: another one is
another sound.

A key stands in the environment, or in a file that the variable with _FILE
behind its name points to; key_env: names another variable.`

// voices lists the voices, or tries one.
func (a *app) voices(ctx context.Context, args []string) error {
	fs := a.flags("voices")
	set := a.settings(fs)
	asJSON := fs.Bool("json", false, "print JSON")
	rest, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	switch {
	case len(rest) == 0, len(rest) == 1 && rest[0] == "list":
		return a.listVoices(ctx, c, *asJSON)
	case len(rest) == 2 && rest[0] == "test":
		return a.testVoice(ctx, c, rest[1], *asJSON)
	}
	return usageError{lector.Hint(fmt.Errorf("voices: %q is not understood", strings.Join(rest, " ")), "lector voices [list | test NAME]")}
}

// voiceRow is one voice in the list.
type voiceRow struct {
	Name string `json:"name"`
	*lector.Capabilities
	Backend string `json:"backend"`
	Error   string `json:"error,omitempty"`
	Hint    string `json:"hint,omitempty"`
}

func (a *app) listVoices(ctx context.Context, c *config, asJSON bool) error {
	rows := []voiceRow{}
	broken := 0
	for _, name := range slices.Sorted(maps.Keys(c.Voices)) {
		row := voiceRow{Name: name, Backend: c.Voices[name].Backend}
		if v, err := a.openVoice(ctx, name, c.Voices[name]); err != nil {
			row.Error, row.Hint = err.Error(), lector.HintOf(err)
			broken++
		} else {
			caps := v.Capabilities()
			row.Capabilities = &caps
		}
		rows = append(rows, row)
	}
	if err := a.printVoices(rows, asJSON); err != nil {
		return err
	}
	if broken == len(rows) {
		return lector.Hint(fmt.Errorf("voices: nothing can speak here"), "%s", rows[0].Hint)
	}
	return nil
}

func (a *app) printVoices(rows []voiceRow, asJSON bool) error {
	if asJSON {
		return a.printJSON(rows)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "VOICE\tSPEAKS WITH\tLANGUAGES\tLONGEST TEXT\tAT ONCE\tUSD PER MILLION")
	for _, r := range rows {
		if r.Capabilities == nil {
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d %s\t%s\t%.2f\n", r.Name, speaker(*r.Capabilities), languageList(r.Languages),
			r.MaxLength, r.Unit, orUnlimited(r.Concurrency), r.Price)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range rows {
		if r.Error != "" {
			fmt.Fprintf(a.stdout, "\n%s\n  %s\n", r.Error, r.Hint)
		}
	}
	return nil
}

// speaker names backend, engine and voice.
func speaker(c lector.Capabilities) string {
	return strings.Join(slices.DeleteFunc([]string{c.Backend, c.Engine, c.Voice}, func(s string) bool { return s == "" }), " ")
}

// languageList lists languages, but no more than fit a line.
func languageList(languages []string) string {
	const most = 6
	switch n := len(languages); {
	case n == 0:
		return "any"
	case n <= most:
		return strings.Join(languages, " ")
	default:
		return fmt.Sprintf("%s and %d more", strings.Join(languages[:most], " "), n-most)
	}
}

func orUnlimited(n int) string {
	if n == 0 {
		return "any number"
	}
	return fmt.Sprint(n)
}

// testSentences are the sentences of lector voices test.
var testSentences = map[string]string{
	"en": "Good morning. This is a test of the voice that reads the news.",
	"uk": "Доброго ранку. Це перевірка голосу, який читає новини.",
	"de": "Guten Morgen. Dies ist eine Probe der Stimme, die die Nachrichten liest.",
	"fr": "Bonjour. Ceci est un essai de la voix qui lit les nouvelles.",
	"es": "Buenos días. Esta es una prueba de la voz que lee las noticias.",
}

// testSentence returns a language that the voice speaks, and a sentence of it.
func testSentence(c lector.Capabilities) (language, sentence string) {
	for _, l := range []string{"en", "uk", "de", "fr", "es"} {
		if c.Speaks(l) {
			return l, testSentences[l]
		}
	}
	return c.Languages[0], testSentences["en"]
}

// voiceTest is what a trial found out.
type voiceTest struct {
	Name       string  `json:"name"`
	Backend    string  `json:"backend"`
	Language   string  `json:"language"`
	Text       string  `json:"text"`
	Format     string  `json:"format"`
	SampleRate int     `json:"sample_rate"`
	Channels   int     `json:"channels"`
	Duration   float64 `json:"duration"` // seconds
	Bytes      int     `json:"bytes"`
	Latency    float64 `json:"latency"` // seconds
	Billed     int     `json:"billed"`  // characters
	Cost       float64 `json:"cost"`    // US dollars
	RequestID  string  `json:"request_id,omitempty"`
	Marks      int     `json:"marks"`
}

func (a *app) testVoice(ctx context.Context, c *config, name string, asJSON bool) error {
	settings, ok := c.Voices[name]
	if !ok {
		return usageError{lector.Hint(fmt.Errorf("there is no voice %q", name), "configured are %s", joinKeys(c.Voices))}
	}
	v, err := a.openVoice(ctx, name, settings)
	if err != nil {
		return err
	}
	r, err := speakOnce(ctx, v)
	if err != nil {
		return fmt.Errorf("voice %s: %w", name, err)
	}
	r.Name = name
	if asJSON {
		return a.printJSON(r)
	}
	_, err = fmt.Fprintf(a.stdout, "%s says (%s): %s\n%s, %d Hz, %s, %.1f s in %d bytes after %.0f ms; %d characters billed, %.6f USD\n",
		name, r.Language, r.Text, r.Format, r.SampleRate, channels(r.Channels), r.Duration, r.Bytes, 1000*r.Latency, r.Billed, r.Cost)
	return err
}

// speakOnce speaks one sentence once, and listens to it.
func speakOnce(ctx context.Context, v synth.Voice) (voiceTest, error) {
	caps := v.Capabilities()
	language, text := testSentence(caps)
	u := lector.Utterance{Text: text, Language: language, Speed: 1}
	began := time.Now()
	s, err := v.Speak(ctx, u)
	took := time.Since(began)
	if err != nil {
		return voiceTest{}, err
	}
	if _, err := synth.CheckAudio(ctx, s.MP3, synth.Request{Utterance: u}, caps); err != nil {
		return voiceTest{}, err
	}
	form, err := audio.Inspect(ctx, bytes.NewReader(s.MP3), int64(len(s.MP3)))
	if err != nil {
		return voiceTest{}, err
	}
	billed := cmp.Or(s.Characters, utf8.RuneCountInString(text)) // as the ledger counts a backend that does not say
	return voiceTest{
		Backend: caps.Backend, Language: language, Text: text, Format: "mp3", SampleRate: form.SampleRate, Channels: form.Channels,
		Duration: form.Duration, Bytes: len(s.MP3), Latency: took.Seconds(), Billed: billed,
		Cost: float64(billed) * caps.Price / 1e6, RequestID: s.RequestID, Marks: len(s.Marks),
	}, nil
}

func channels(n int) string {
	if n == 1 {
		return "mono"
	}
	return "stereo"
}

// checkVoices reports the state of each voice to doctor.
func (a *app) checkVoices(ctx context.Context, c *config) []finding {
	var found []finding
	for _, name := range slices.Sorted(maps.Keys(c.Voices)) {
		f := finding{what: "voice " + name}
		v, err := a.openVoice(ctx, name, c.Voices[name])
		if err != nil {
			f.err = err
		} else {
			caps := v.Capabilities()
			f.detail = speaker(caps) + ", " + languageList(caps.Languages)
			if c.Voices[name].Backend != "system" {
				f.detail += "; not called, lector voices test " + name + " does"
			}
		}
		found = append(found, f)
	}
	return found
}
