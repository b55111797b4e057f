package exec

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lector"
	"lector/infra/voice/voicetest"
)

// program returns a voice whose program is a shell script. The shell reads the
// script as an argument, so nothing just written is executed.
func program(t *testing.T, script string, c Config) *Voice {
	t.Helper()
	c.Command, c.Timeout = []string{"sh", "-c", script}, cmp.Or(c.Timeout, 24*time.Hour)
	if c.Encoder == nil {
		c.Encoder = voicetest.Encoder{}
	}
	v, err := New(c)
	if err != nil {
		t.Skipf("no shell: %v", err)
	}
	return v
}

// sample writes audio to a file that a script can cat.
func sample(t *testing.T, audio []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sample")
	if err := os.WriteFile(path, audio, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		audio []byte
		rate  int
	}{
		"wav": {voicetest.WAV(22050, 3*time.Second), 0},
		"mp3": {voicetest.MP3(24000, 1, 3*time.Second), 0},
		"raw": {voicetest.WAV(16000, 3*time.Second)[44:], 16000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := program(t, "cat >/dev/null; cat "+sample(t, test.audio), Config{SampleRate: test.rate})
			voicetest.Run(t, voicetest.Subject{Voice: v})
		})
	}
}

func TestWhatTheProgramGets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	v := program(t, "cat >"+dir+"/text; env >"+dir+"/env; cat "+sample(t, voicetest.WAV(16000, time.Second)), Config{Voice: "lesya"})
	text := `-o $(touch ` + dir + `/hacked) [[x]] "quoted"`
	if _, err := v.Speak(t.Context(), lector.Utterance{Text: text, Language: "uk", Speed: 1.25}); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(dir + "/text")
	if want := `-o $(touch ` + dir + `/hacked) x "quoted"` + "\n"; string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
	if _, err := os.Stat(dir + "/hacked"); err == nil {
		t.Error("the text was obeyed")
	}
	env, _ := os.ReadFile(dir + "/env")
	for _, want := range []string{"LECTOR_LANGUAGE=uk\n", "LECTOR_VOICE=lesya\n", "LECTOR_SPEED=1.25\n"} {
		if !strings.Contains(string(env), want) {
			t.Errorf("no %q", want)
		}
	}
}

// TestProgramSeesNoSecrets: Lector holds the keys of other services in its
// environment, and a voice's program is somebody else's.
func TestProgramSeesNoSecrets(t *testing.T) { //nolint:paralleltest // it sets the environment
	for name, value := range map[string]string{
		"AWS_SECRET_ACCESS_KEY": "hunter2", "LECTOR_NATS_URL": "nats://cms:hunter2@h", "OPENAI_API_KEY": "hunter2", "MODEL": "of lector",
		"HOME": "/home/reader", "LANG": "C.UTF-8", "TMPDIR": "/tmp",
	} {
		t.Setenv(name, value)
	}
	for _, memory := range []int{0, -1} { // through the shell that bounds it, and without
		file := filepath.Join(t.TempDir(), "env")
		config := Config{Env: []string{"MODEL=/models/x"}, MemoryMB: memory}
		v := program(t, "env >"+file+"; cat "+sample(t, voicetest.WAV(16000, time.Second)), config)
		if _, err := v.Speak(t.Context(), lector.Utterance{Text: "Good morning.", Language: "en"}); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for line := range strings.Lines(string(data)) {
			name, _, _ := strings.Cut(line, "=")
			if name != "PWD" && name != "SHLVL" && name != "_" { // the shell's own
				names = append(names, name)
			}
		}
		slices.Sort(names)
		want := []string{"HOME", "LANG", "LECTOR_LANGUAGE", "LECTOR_SPEED", "LECTOR_VOICE", "MODEL", "PATH", "TMPDIR"}
		if !slices.Equal(names, want) {
			t.Errorf("sees %v", names)
		}
		if !strings.Contains(string(data), "MODEL=/models/x\n") || strings.Contains(string(data), "hunter2") {
			t.Errorf("sees %s", data)
		}
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script    string
		permanent bool
		says      string
	}{
		"fails":        {"echo one >&2; echo 'no model' >&2; exit 3", false, `exit status 3: "no model"`},
		"not found":    {"exec /no/such/program", true, "exit status 127"},
		"writes none":  {"cat >/dev/null", false, "no audio"},
		"writes text":  {"echo usage: piper MODEL", false, "text in place of audio"},
		"writes FLAC":  {"printf fLaCxxxx", true, "FLAC"},
		"writes noise": {`printf '\001\002\003\004'`, true, "no audio that I know"},
		"floods":       {"exec yes", true, "more than 64 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := program(t, test.script, Config{}).Speak(t.Context(), lector.Utterance{Text: "Good morning."})
			if err == nil || lector.IsPermanent(err) != test.permanent || !strings.Contains(err.Error(), test.says) {
				t.Errorf("permanent %v: %v", lector.IsPermanent(err), err)
			}
		})
	}
}

// TestTimeIsBounded has a program that never ends.
func TestTimeIsBounded(t *testing.T) {
	t.Parallel()
	v := program(t, "exec tail -f /dev/null", Config{Timeout: 50 * time.Millisecond})
	_, err := v.Speak(t.Context(), lector.Utterance{Text: "Good morning."})
	if err == nil || !strings.Contains(err.Error(), "not done within") || lector.HintOf(err) == "" {
		t.Errorf("%v, hint %q", err, lector.HintOf(err))
	}
}

// TestEndKillsTheFamily starts a child that would outlive its parent and keep
// the pipe open. All of them hold a FIFO, which ends with the last of them.
func TestEndKillsTheFamily(t *testing.T) {
	t.Parallel()
	fifo := filepath.Join(t.TempDir(), "alive")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	v := program(t, "exec 3>"+fifo+"; tail -f /dev/null & echo up >&3; exec tail -f /dev/null", Config{Timeout: 24 * time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := v.Speak(ctx, lector.Utterance{Text: "Good morning."})
		ended <- err
	}()
	alive, err := os.Open(fifo) // waits for the program
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Close()
	if up, err := bufio.NewReader(alive).ReadString('\n'); err != nil || up != "up\n" {
		t.Fatalf("%q, %v", up, err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := io.Copy(io.Discard, alive); err != nil { // until nobody is left
		t.Error(err)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	v := program(t, `ulimit -v`, Config{MemoryMB: 300})
	_, err := v.Speak(t.Context(), lector.Utterance{Text: "Good morning."})
	if err == nil || !strings.Contains(err.Error(), "307200") {
		t.Errorf("the limit is not set: %v", err)
	}
}

func TestRefusedAtStart(t *testing.T) {
	t.Parallel()
	for name, command := range map[string][]string{"none": nil, "empty": {""}, "missing": {"/no/such/piper"}} {
		if _, err := New(Config{Command: command}); !lector.IsPermanent(err) || lector.HintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
