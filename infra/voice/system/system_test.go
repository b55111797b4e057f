package system

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"lector"
	"lector/infra/encode"
	"lector/infra/voice/voicetest"
)

// find opens a program that must be installed for this test.
func find(t *testing.T, name, voice string) *Voice {
	t.Helper()
	for _, p := range []string{name, "lame"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not installed: apt-get install flite espeak-ng lame", p)
		}
	}
	e, err := encode.Find(exec.LookPath)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Find(t.Context(), Config{Program: name, Voice: voice, LookPath: exec.LookPath, Encoder: e})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, language := range map[string]string{"flite": "en-US", "espeak-ng": "uk"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			voicetest.Run(t, voicetest.Subject{Voice: find(t, name, ""), Language: language})
		})
	}
}

func TestCapabilities(t *testing.T) {
	t.Parallel()
	c := find(t, "flite", "").Capabilities()
	if c.Voice != "rms" || !slices.Equal(c.Languages, []string{"en"}) || c.Normalise != "full" || !strings.HasPrefix(c.Engine, "flite 2") {
		t.Errorf("flite: %+v", c)
	}
	if !strings.Contains(c.Parameters, "lame 3") {
		t.Errorf("the encoder's version is missing: %q", c.Parameters)
	}
	c = find(t, "espeak-ng", "").Capabilities()
	for _, want := range []string{"en", "uk", "zh", "no"} {
		if !slices.Contains(c.Languages, want) {
			t.Errorf("espeak-ng does not know %s: %v", want, c.Languages)
		}
	}
	if c = find(t, "espeak-ng", "en-us").Capabilities(); !slices.Equal(c.Languages, []string{"en"}) {
		t.Errorf("espeak-ng en-us: %v", c.Languages)
	}
}

func TestUnknownVoice(t *testing.T) {
	t.Parallel()
	for name, hint := range map[string]string{"flite": "slt", "espeak-ng": "espeak-ng --voices"} {
		v := find(t, name, "")
		_, err := Find(t.Context(), Config{Program: name, Voice: "caruso", LookPath: exec.LookPath, Encoder: v.encoder})
		if !lector.IsPermanent(err) || !strings.Contains(err.Error(), `"caruso"`) || !strings.Contains(lector.HintOf(err), hint) {
			t.Errorf("%s: %v, hint %q", name, err, lector.HintOf(err))
		}
	}
}

func TestNothingInstalled(t *testing.T) {
	t.Parallel()
	none := func(string) (string, error) { return "", exec.ErrNotFound }
	for _, program := range []string{"", "flite", "espeak-ng"} {
		_, err := Find(t.Context(), Config{Program: program, LookPath: none})
		if err == nil || !strings.Contains(lector.HintOf(err), "apt-get install") {
			t.Errorf("%q: %v, hint %q", program, err, lector.HintOf(err))
		}
	}
}

func TestSpeed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"flite", "espeak-ng"} {
		v := find(t, name, "")
		length := func(speed float64) int {
			s, err := v.Speak(t.Context(), lector.Utterance{Text: voicetest.Sentence, Language: "en", Speed: speed})
			if err != nil {
				t.Fatal(err)
			}
			return len(s.MP3) // constant bit rate: bytes are time
		}
		slow, own, quick := length(0.75), length(1), length(1.5)
		if slow < own*5/4 || quick > own*4/5 {
			t.Errorf("%s: %d, %d and %d bytes at 0.75, 1 and 1.5", name, slow, own, quick)
		}
	}
}

// TestCommandsAreNotObeyed compares text with phoneme brackets to the same
// text without them: espeak-ng obeys brackets wherever it meets them.
func TestCommandsAreNotObeyed(t *testing.T) {
	t.Parallel()
	v := find(t, "espeak-ng", "en")
	say := func(text string) string {
		s, err := v.Speak(t.Context(), lector.Utterance{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		return string(s.MP3)
	}
	if say("The [[h@loU]] harbour") != say("The h@loU harbour") {
		t.Error("brackets switched to phonemes")
	}
}

func TestASCII(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Zoë’s “café” — naïve":  `Zoe's "cafe" , naive`,
		"Łódź, Ørsted, Šibenik": "Lodz, Orsted, Sibenik",
		"5 €":                   "5  euros ",
		"東京":                    "  ",
	} {
		got := ascii(in)
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestSay uses a program that stands in for macOS say: it keeps what it was given.
func TestSay(t *testing.T) {
	t.Parallel()
	listed := "Alex                en_US    # Most people recognise me.\nBad News            en_US    # x\nLesya               uk_UA    # y\n"
	dir := t.TempDir()
	path := standIn(t, dir, `case "$*" in "-v ?") cat <<'END'
`+listed+`END
;; *) printf '%s\n' "$@" >`+dir+`/args; cat "$2" >`+dir+`/heard; printf RIFF >"$4";; esac`)
	d, err := say{}.describe(t.Context(), tool{path: path}, "Bad News")
	if err != nil || !slices.Equal(d.languages, []string{"en"}) {
		t.Errorf("Bad News: %+v, %v", d, err)
	}
	if _, err := (say{}).describe(t.Context(), tool{path: path}, "Bad"); !lector.IsPermanent(err) {
		t.Errorf("half a name: %v", err)
	}
	wav, err := say{}.speak(t.Context(), tool{path: path}, request{"-o nothing", "Lesya", "uk", 2})
	if err != nil || string(wav) != "RIFF" {
		t.Fatalf("%q, %v", wav, err)
	}
	if got := read(t, dir+"/heard"); got != "-o nothing" {
		t.Errorf("heard %q", got)
	}
	if got := read(t, dir+"/args"); !strings.Contains(got, "\n-r\n350\n-v\nLesya\n") {
		t.Errorf("arguments %q", got)
	}
}

// TestProgramSeesNoSecrets: the program gets what it needs to run and what its
// voice names, when it is looked at and when it speaks.
func TestProgramSeesNoSecrets(t *testing.T) { //nolint:paralleltest // it sets the environment
	for name, value := range map[string]string{
		"AWS_SECRET_ACCESS_KEY": "hunter2", "LECTOR_NATS_PASSWORD": "hunter2", "HOME": "/home/reader", "LANG": "C.UTF-8", "TMPDIR": t.TempDir(),
	} {
		t.Setenv(name, value)
	}
	dir := t.TempDir()
	path := standIn(t, dir, `env >>`+dir+`/env
case "$*" in --voices) echo "5 en M x y";; --version) echo "text-to-speech: 1";; *) printf RIFF;; esac`)
	v, err := Find(t.Context(), Config{
		Program: "espeak-ng", Env: []string{"ESPEAK_DATA_PATH=/data"}, Encoder: voicetest.Encoder{},
		LookPath: func(string) (string, error) { return path, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = v.Speak(t.Context(), lector.Utterance{Text: "Good morning."}) // it makes no speech
	seen := "\n" + read(t, dir+"/env")
	if strings.Contains(seen, "hunter2") {
		t.Errorf("sees %s", seen)
	}
	for _, want := range []string{"\nPATH=", "\nHOME=/home/reader\n", "\nLANG=C.UTF-8\n", "\nTMPDIR=", "\nESPEAK_DATA_PATH=/data\n"} {
		if strings.Count(seen, want) != 3 {
			t.Errorf("sees %s %d times, not 3: %s", want, strings.Count(seen, want), seen)
		}
	}
}

func TestProgramFails(t *testing.T) {
	t.Parallel()
	path := standIn(t, t.TempDir(), "echo 'no such dictionary' >&2; exit 4")
	_, err := espeak{}.speak(t.Context(), tool{path: path}, request{"x", "", "en", 1})
	if err == nil || !strings.Contains(err.Error(), "exit status 4: no such dictionary") {
		t.Errorf("%v", err)
	}
	path = standIn(t, t.TempDir(), "exit 0") // as flite does when the disk is full
	if _, err = (flite{}).speak(t.Context(), tool{path: path}, request{"x", "rms", "en", 1}); err == nil || !strings.Contains(err.Error(), "no speech") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = (flite{}).speak(ctx, tool{path: path}, request{"x", "rms", "en", 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
