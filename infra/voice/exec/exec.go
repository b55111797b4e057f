// Package exec speaks with any program that reads text on standard input and
// writes WAV, MP3 or raw samples on standard output: piper, espeak-ng, a
// newsroom's own script.
//
// Credentials: whatever the program has. Price: none known; tell it with
// price_per_million. What it cannot do: timings, neighbouring text.
//
// The program is started without a shell. It learns the language, the voice
// and the pace from LECTOR_LANGUAGE, LECTOR_VOICE and LECTOR_SPEED; of Lector's
// own environment it gets PATH, HOME, LANG and TMPDIR, and what is named for it.
// Its whole process group is killed when its time is over; on Unix its memory
// is bounded.
package exec

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"lector"
	"lector/infra/environ"
	"lector/infra/voice/plain"
	"lector/infra/voice/sound"
)

// Config describes the program.
type Config struct {
	Command    []string // the program and its arguments
	Voice      string   // passed to the program
	SampleRate int      // Hz of raw 16-bit mono samples, or of MP3; 0: no raw samples, MP3 of 24000
	MaxLength  int      // characters of one call; 0 is 1000
	Languages  []string
	Timeout    time.Duration // of one call; 0 is 60 s
	MemoryMB   int           // address space of the program; 0 is 8192, negative no bound
	Env        []string      // NAME=value, beside PATH, HOME, LANG and TMPDIR
	Encoder    sound.Encoder
}

// Voice is one program. It is safe for use by many.
type Voice struct {
	config Config
	path   string
	caps   lector.Capabilities
}

// New finds the program. It does not start it.
func New(c Config) (*Voice, error) {
	if len(c.Command) == 0 || c.Command[0] == "" {
		return nil, lector.Permanent(lector.Hint(errors.New("command: is missing"), "give the program and its arguments as a list"))
	}
	path, err := exec.LookPath(c.Command[0])
	if err != nil {
		return nil, lector.Permanent(lector.Hint(fmt.Errorf("command: %w", err), "install it, or give its whole path"))
	}
	c.MaxLength, c.Timeout, c.MemoryMB = cmp.Or(c.MaxLength, 1000), cmp.Or(c.Timeout, time.Minute), cmp.Or(c.MemoryMB, 8192)
	return &Voice{c, path, lector.Capabilities{
		Backend: "exec", Engine: strings.Join(c.Command, " "), Voice: c.Voice, Languages: c.Languages,
		MaxLength: c.MaxLength, Unit: lector.Characters, SampleRate: cmp.Or(c.SampleRate, sound.Rate), Channels: sound.Channels,
		Concurrency: 2, Normalise: "full", Synthetic: lector.TrainedAlgorithmicMedia, Parameters: sound.Parameters(c.Encoder),
	}}, nil
}

// Capabilities tells what the voice can do. It does not change.
func (v *Voice) Capabilities() lector.Capabilities {
	c := v.caps
	if v.config.SampleRate > 0 { // raw samples are encoded at our rate
		c.SampleRate = sound.Rate
	}
	return c
}

// maxOutput bounds what a program may write: twenty minutes of WAV.
const maxOutput = 64 << 20

// Speak runs the program once.
func (v *Voice) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	text := plain.Unbracketed(u.Text)
	if _, err := plain.CheckLength(text, v.caps); err != nil {
		return lector.Speech{}, fmt.Errorf("exec: %w", err)
	}
	out, err := v.run(ctx, text, u)
	if err != nil {
		return lector.Speech{}, fmt.Errorf("exec %s: %w", v.config.Command[0], err)
	}
	mp3, err := v.want().MP3(ctx, out)
	if err != nil {
		return lector.Speech{}, fmt.Errorf("exec %s: %w", v.config.Command[0], err)
	}
	return lector.Speech{MP3: mp3}, nil
}

func (v *Voice) want() sound.Want {
	return sound.Want{Rate: v.Capabilities().SampleRate, Channels: sound.Channels, Raw: v.config.SampleRate, Encoder: v.config.Encoder}
}

// run returns what the program writes.
func (v *Voice) run(ctx context.Context, text string, u lector.Utterance) ([]byte, error) {
	limit := v.config.Timeout
	short, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not done within %v", limit))
	defer cancel()
	out, stderr := limitedBuffer{limit: maxOutput, stop: cancel}, limitedBuffer{limit: 64 << 10}
	c := v.command(short)
	c.Env = append(environ.Of(v.config.Env...), "LECTOR_LANGUAGE="+u.Language, "LECTOR_VOICE="+v.config.Voice,
		"LECTOR_SPEED="+strconv.FormatFloat(cmp.Or(max(u.Speed, 0), 1), 'f', 2, 64))
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(text+"\n"), &out, &stderr
	c.WaitDelay = limit // a grandchild may hold the pipe; on a busy machine the last bytes come long after the end
	killAsGroup(c)
	err := c.Run()
	switch {
	case out.exceeded:
		return nil, lector.Permanent(fmt.Errorf("wrote more than %d MB", maxOutput>>20))
	case err == nil:
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case short.Err() != nil:
		return nil, lector.Hint(context.Cause(short), "raise timeout: of this voice, or set a smaller max_chars")
	default:
		return nil, explainFailure(err, stderr.data.String())
	}
	return out.data.Bytes(), nil
}

// explainFailure explains a program that failed. Exit codes 126 and 127 of the shell mean
// that it cannot start the program, which is permanent.
func explainFailure(err error, stderr string) error {
	stderr = strings.TrimSpace(stderr)
	if last := strings.TrimSpace(stderr[strings.LastIndexAny(stderr, "\r\n")+1:]); last != "" {
		err = fmt.Errorf("%w: %s", err, sound.Excerpt([]byte(last)))
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && (exit.ExitCode() == 126 || exit.ExitCode() == 127) {
		return lector.WithClass(lector.Permanent(lector.Hint(err, "check the command of this voice")), lector.ClassVoiceRefused)
	}
	return lector.Hint(err, "try it by hand; of Lector's environment it gets PATH, HOME, LANG, TMPDIR and what env: of this voice names")
}

// limitedBuffer is a buffer of at most limit bytes. bytes.Buffer is not embedded,
// since io.Copy would then use its ReadFrom, which has no limit.
type limitedBuffer struct {
	data     bytes.Buffer
	limit    int
	exceeded bool
	stop     func()
}

// Write keeps p where it fits; else it stops the program and fails.
func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.data.Len()+len(p) <= b.limit {
		return b.data.Write(p)
	}
	b.exceeded = true
	if b.stop != nil {
		b.stop()
		return 0, errors.New("too much")
	}
	return len(p), nil // what the program says beyond the limit is left out
}
