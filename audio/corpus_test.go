package audio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lector/audio/mpeg"
)

// install says how to get the programs that the corpus is made and judged with.
const install = "apt-get install flite lame sox ffmpeg mpg123 mp3val"

// need skips a test loudly where a program is missing.
func need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("SKIPPED: %s is not installed: %s", p, install)
		}
	}
}

// withoutRace skips a test with the race detector, with which the decoding takes
// ten times as long. The tests of the pieces and of the matrix's cells stay, in
// which the goroutines meet.
func withoutRace(t *testing.T) {
	t.Helper()
	if racing {
		t.Skip("SKIPPED with the race detector; make test runs it without, too")
	}
}

// run runs a program and returns what it wrote.
func run(t testing.TB, name string, args ...string) (stdout, stderr []byte) {
	t.Helper()
	var out, errs bytes.Buffer
	c := exec.Command(name, args...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return out.Bytes(), errs.Bytes()
}

// sentences are short, so that a matrix of hundreds of cells stays quick.
var sentences = []string{
	"The lector reads aloud.",
	"Smoke hung over the long tables.",
	"At noon, the news.",
	"Nobody spoke; nobody had to.",
	"He turned the page, and went on.",
}

// corpus makes clips once a test run.
type corpus struct {
	dir  string
	mu   sync.Mutex
	once map[string]*sync.Once
}

var clips = corpus{once: map[string]*sync.Once{}}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "lector-corpus-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	clips.dir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// make calls f for a file that does not exist yet, and returns its path.
func (c *corpus) make(name string, f func(path string)) string {
	path := filepath.Join(c.dir, name)
	c.mu.Lock()
	once := c.once[name]
	if once == nil {
		once = &sync.Once{}
		c.once[name] = once
	}
	c.mu.Unlock()
	once.Do(func() { f(path) })
	return path
}

// wav returns sentence n as spoken by flite, in the given mode: stereo has
// another sentence on the right, joint stereo nearly the same one.
func (c *corpus) wav(t testing.TB, n int, mode string) string {
	need(t, "flite", "sox")
	n %= len(sentences)
	mono := func(n int) string {
		return c.make(fmt.Sprintf("s%d.wav", n), func(p string) { run(t, "flite", "-voice", "rms", "-t", sentences[n], "-o", p) })
	}
	left := mono(n)
	switch mode {
	case "s":
		right := mono((n + 1) % len(sentences))
		return c.make(fmt.Sprintf("s%d-s.wav", n), func(p string) { run(t, "sox", "-M", left, right, p) })
	case "j":
		return c.make(fmt.Sprintf("s%d-j.wav", n), func(p string) { run(t, "sox", left, p, "remix", "1", "1v0.9") })
	}
	return left
}

// format is one way to encode: lame's flags.
type format struct {
	rate string // kHz
	mode string // m, s or j
	bits string // -b 48 or -V 4
	more string // further flags
}

func (f format) String() string {
	return strings.ReplaceAll(strings.Join([]string{f.rate, f.mode, f.bits, f.more}, "_"), " ", "")
}

// clip returns sentence n in a format.
func (c *corpus) clip(t testing.TB, n int, f format) string {
	need(t, "lame")
	wav := c.wav(t, n, f.mode)
	return c.make(fmt.Sprintf("%s-%d.mp3", f, n%len(sentences)), func(p string) {
		args := append([]string{"--quiet", "-m", f.mode, "--resample", f.rate}, strings.Fields(f.bits+" "+f.more)...)
		run(t, "lame", append(args, wav, p)...)
	})
}

// parts returns the first n clips of a format as parts.
func (c *corpus) parts(t testing.TB, n int, f format) []Part {
	parts := make([]Part, n)
	for i := range parts {
		parts[i] = filePart(t, c.clip(t, i, f))
	}
	return parts
}

// padded returns a clip with a second of silence in front and half of one behind.
func (c *corpus) padded(t testing.TB, f format) Part {
	need(t, "sox", "lame")
	wav := c.make("padded.wav", func(p string) { run(t, "sox", c.wav(t, 1, "m"), p, "pad", "1.0", "0.5") })
	return filePart(t, c.make("padded"+f.String()+".mp3", func(p string) {
		args := append([]string{"--quiet", "-m", f.mode, "--resample", f.rate}, strings.Fields(f.bits+" "+f.more)...)
		run(t, "lame", append(args, wav, p)...)
	}))
}

func filePart(t testing.TB, path string) Part {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytesPart(filepath.Base(path), b)
}

func bytesPart(name string, b []byte) Part {
	return Part{Name: name, Source: bytes.NewReader(b), Size: int64(len(b))}
}

// samplesOf reads little-endian samples.
func samplesOf(b []byte) []int16 {
	s := make([]int16, len(b)/2)
	for i := range s {
		s[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return s
}

func bytesOf(s []int16) []byte {
	b := make([]byte, 0, 2*len(s))
	for _, x := range s {
		b = binary.LittleEndian.AppendUint16(b, uint16(x))
	}
	return b
}

// decoders are the programs that judge. Both return all samples of the file,
// nothing trimmed, save what the file itself asks to trim when trim is set.
var decoders = map[string]func(t testing.TB, path string, trim bool) []int16{
	"ffmpeg": func(t testing.TB, path string, trim bool) []int16 {
		if known, ok := ahead.decoded.LoadAndDelete(path); ok {
			return known.([]int16)
		}
		need(t, "ffmpeg")
		args := append([]string{"-v", "warning"}, ffmpegInput(path, trim)...)
		out, errs := run(t, "ffmpeg", append(args, "-f", "s16le", "-")...)
		if trim && len(errs) > 0 {
			t.Errorf("ffmpeg warns: %s", errs)
		}
		return samplesOf(out)
	},
	"mpg123": func(t testing.TB, path string, trim bool) []int16 {
		need(t, "mpg123")
		args := []string{"-s"}
		if !trim {
			args = append(args, "--no-gapless", "-q")
		}
		out, errs := run(t, "mpg123", append(args, path)...)
		if s := strings.ToLower(string(errs)); trim && (strings.Contains(s, "warning") || strings.Contains(s, "error")) {
			t.Errorf("mpg123 warns: %s", errs)
		}
		return samplesOf(out)
	},
}

// silentMP3 returns n frames of silence like h, and the header they have.
func silentMP3(h mpeg.Header, n int) []byte {
	var b []byte
	for range n {
		b = mpeg.AppendSilent(b, h)
	}
	return b
}
