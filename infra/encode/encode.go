// Package encode makes MP3 of WAV by a program that stands on the machine:
// lame, else ffmpeg. LAME stays outside of the process and nothing binary is
// part of this repository.
//
// The MP3 is constant bit rate without a bit reservoir, an Info frame or tags,
// so that each of its frames stands alone and can be joined to any other.
package encode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"lector"
	"lector/audio/pcm"
	"lector/infra/environ"
)

// Encoder is one installed MP3 encoder. It is safe for use by many at once.
type Encoder struct {
	path    string
	version string
	args    func(rate, channels, kbps int) []string
}

// Find returns the best encoder that lookPath (as exec.LookPath) can find:
// lame, else ffmpeg. Its error carries the install line as a hint.
func Find(lookPath func(string) (string, error)) (Encoder, error) {
	for _, p := range []struct {
		name string
		flag string
		args func(rate, channels, kbps int) []string
	}{{"lame", "--version", lame}, {"ffmpeg", "-version", ffmpeg}} {
		if path, err := lookPath(p.name); err == nil {
			return Encoder{path, p.name + " " + version(path, p.flag), p.args}, nil
		}
	}
	return Encoder{}, lector.Hint(errors.New("no MP3 encoder is installed"), "apt-get install lame   (macOS: brew install lame)")
}

// Version names the program and its version, as in "lame 3.100". It is part of
// a clip's hash: another encoder makes other bytes.
func (e Encoder) Version() string { return e.version }

// Encode reads a WAV of any rate and returns an MP3 of the given rate in Hz,
// channels (1 or 2) and kbit/s. A WAV written to a pipe, whose sizes are not
// known, is welcome; one that ends before its stated size is an error. The
// program is killed when ctx ends.
func (e Encoder) Encode(ctx context.Context, wav io.Reader, rate, channels, kbps int) ([]byte, error) {
	if e.path == "" {
		return nil, lector.Permanent(errors.New("encode: no encoder"))
	}
	data, err := io.ReadAll(io.LimitReader(wav, pcm.MaxWAV+1))
	if err != nil {
		return nil, fmt.Errorf("encode: read wav: %w", err)
	}
	in, err := pcm.ReadWAV(data)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	if in = in.Mixable(); channels == 2 { // lame encodes mono as mono, whatever mode is asked of it
		in = in.Stereo()
	}
	mp3, err := run(ctx, e.path, e.args(rate, channels, kbps), in.Bytes())
	if err != nil {
		return nil, fmt.Errorf("encode: %s: %w", e.version, err)
	}
	return mp3, nil
}

// lame's arguments: -t leaves out the Info frame, and without any tag option
// there is no ID3.
func lame(rate, channels, kbps int) []string {
	mode := "m"
	if channels == 2 {
		mode = "j"
	}
	khz := strconv.FormatFloat(float64(rate)/1000, 'f', -1, 64)
	return []string{"--quiet", "-m", mode, "--resample", khz, "-b", strconv.Itoa(kbps), "--cbr", "--nores", "-t", "-", "-"}
}

func ffmpeg(rate, channels, kbps int) []string {
	return []string{
		"-hide_banner", "-nostdin", "-loglevel", "error", "-f", "wav", "-i", "pipe:0",
		"-ar", strconv.Itoa(rate), "-ac", strconv.Itoa(channels), "-c:a", "libmp3lame", "-b:a", strconv.Itoa(kbps) + "k",
		"-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0", "-write_id3v1", "0", "-map_metadata", "-1",
		"-fflags", "+bitexact", "-f", "mp3", "pipe:1",
	}
}

// outputDelay is how long the output is read of a program that has ended, or was killed:
// lame may be a script, and what it has started hold the output for ever.
const outputDelay = 10 * time.Second

// run feeds in to the program and returns what it prints. Its error ends with
// the last line of the program's standard error.
func run(ctx context.Context, path string, args []string, in []byte) ([]byte, error) {
	var out, stderr bytes.Buffer
	c := exec.CommandContext(ctx, path, args...)
	c.Env, c.WaitDelay = environ.Of(), outputDelay
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(in), &out, &stderr
	err := c.Run()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, fmt.Errorf("%w%s", err, lastLine(stderr.String()))
	case out.Len() == 0:
		return nil, fmt.Errorf("made no audio%s", lastLine(stderr.String()))
	}
	return out.Bytes(), nil
}

// lastLine returns the last line of s with a colon before it, or "".
func lastLine(s string) string {
	s = strings.TrimSpace(s)
	s = strings.TrimSpace(s[strings.LastIndexAny(s, "\r\n")+1:])
	if s == "" {
		return ""
	}
	return ": " + strings.ToValidUTF8(s, "?")
}
