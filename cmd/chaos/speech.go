package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Frames of the speech: MPEG-2 Layer III of 24 kHz, mono, 48 kbit/s, without a
// bit reservoir, so that each stands alone and any run of them is a clip.
const (
	frameBytes      = 144
	framesPerSecond = 1000.0 / 24
	charsPerSecond  = 20.0 // the pace of the metering voice
)

// speech is a stretch of real speech from which clips of any length are cut.
type speech struct{ frames []byte }

// spokenText is what the metering voice says, whatever it is asked for.
const spokenText = `The harbour was quiet when the first boats came in, and nobody on the pier expected what the captain would tell them.
He had seen lights under the water, he said, green and slow, and they had followed his boat for the better part of an hour.
The baker laughed and went back to his oven. The teacher did not laugh. She asked how many there were, and whether they had kept together.
Seven, said the captain, and they had moved like people who walk home after a long day. By noon the whole town had heard of it.
Some wanted to go out at once with lanterns and nets; others thought that what lives below should be left alone.
In the end the mayor ordered two boats to be made ready for the evening, one for the curious and one for the careful.`

// makeSpeech has flite and lame make the speech in a directory.
func makeSpeech(ctx context.Context, dir string) (speech, error) {
	wav, mp3 := filepath.Join(dir, "speech.wav"), filepath.Join(dir, "speech.mp3")
	for _, args := range [][]string{
		{"flite", "-voice", "rms", "-t", spokenText, "-o", wav},
		{"lame", "--quiet", "-t", "-m", "m", "--resample", "24", "-b", "48", "--cbr", "--nores", wav, mp3},
	} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return speech{}, fmt.Errorf("%s: %w: %s (apt-get install flite lame)", args[0], err, strings.TrimSpace(string(out)))
		}
	}
	return readSpeech(mp3)
}

// cut returns a clip for a text, as long as a reader would need, from a place
// that the text decides.
func (s speech) cut(text string) []byte {
	total := len(s.frames) / frameBytes
	n := min(int((float64(utf8.RuneCountInString(text))/charsPerSecond+0.3)*framesPerSecond), total)
	h := fnv.New32a()
	_, _ = h.Write([]byte(text)) // never fails
	from := int(h.Sum32()) % (total - n + 1)
	return s.frames[from*frameBytes : (from+n)*frameBytes]
}

// checkFrames reports whether data is whole frames of the expected size.
func checkFrames(data []byte) error {
	if len(data) < 100*frameBytes || len(data)%frameBytes != 0 {
		return fmt.Errorf("%d bytes of speech are no whole frames", len(data))
	}
	for at := 0; at < len(data); at += frameBytes {
		if data[at] != 0xFF || data[at+1]&0xF0 != 0xF0 {
			return errors.New("the speech is not in frames of constant size")
		}
	}
	return nil
}

// readSpeech reads frames from a file. The first frames of an encoder hold its
// delay, so they are left out.
func readSpeech(file string) (speech, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return speech{}, err
	}
	if err := checkFrames(data); err != nil {
		return speech{}, fmt.Errorf("%s: %w", file, err)
	}
	return speech{data[10*frameBytes:]}, nil
}
