package sound_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/audio/pcm"
	"lector/infra/voice/sound"
	"lector/infra/voice/voicetest"
)

func TestSniff(t *testing.T) {
	t.Parallel()
	for want, samples := range map[string][]string{
		"MP3":               {string(voicetest.MP3(24000, 1, time.Second)), "ID3\x04\x00\x00\x00\x00\x00\x00", "\xff\xf3\x64\xc4"},
		"WAV":               {string(voicetest.WAV(24000, time.Second)), "RF64\xff\xff\xff\xffWAVEds64"},
		"FLAC":              {"fLaC\x00\x00"},
		"Ogg":               {"OggS\x00\x02"},
		"MPEG layer II":     {layerII(0xFD, 0xE4, 1152), layerII(0xFC, 0xA2, 627), layerII(0xF5, 0x84, 384)},
		"AAC":               {"\xff\xf1\x50\x80\x00\x1f\xfc"},
		"a big-endian WAV":  {"RIFX\x00\x00\x10\x00WAVEfmt "},
		"Wave64":            {"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb"},
		"AIFF":              {"FORM\x00\x01\x00\x00AIFFCOMM"},
		"AU":                {".snd\x00\x00\x00\x18"},
		"CAF":               {"caff\x00\x01\x00\x00desc"},
		"WebM":              {"\x1aE\xdf\xa3\x9fB\x86\x81\x01"},
		"AMR":               {"#!AMR\n\x3c"},
		"gzip":              {"\x1f\x8b\x08\x00\x00\x00\x00\x00"},
		"MP4":               {"\x00\x00\x00\x20ftypM4A "},
		"HTML":              {"<!doctype html>", " \n<html>"},
		"JSON":              {`{"error":1}`, "[1]"},
		"text":              {"upstream timed out", "Сервер не відповідає", strings.Repeat("є", 400)},
		"nothing":           {"", " \n"},
		"something unknown": {"\x00\x01\x02\x03", string(make([]byte, 4000)), "\xff\xf3\x64\xc4" + strings.Repeat("\x01", 4000), "\x80\x81"},
	} {
		for _, s := range samples {
			if got := sound.Sniff([]byte(s)); got != want {
				t.Errorf("%.20q: %s, want %s", s, got, want)
			}
		}
	}
}

// layerII is two frames of Layer II of the given size, by the second and third byte of
// their headers.
func layerII(second, third byte, size int) string {
	frame := "\xff" + string([]byte{second, third}) + "\x40" + strings.Repeat("\x05", size-4)
	return frame + frame
}

// A tag before an MP3 is no sound, whatever its kind.
func TestTagsBeforeMP3(t *testing.T) {
	t.Parallel()
	mp3 := voicetest.MP3(24000, 1, time.Second)
	ape := "APETAGEX\xd0\x07\x00\x00\x2a\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\xa0" + strings.Repeat("\x00", 8) + "0123456789"
	ape += "APETAGEX\xd0\x07\x00\x00\x2a\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x80" + strings.Repeat("\x00", 8)
	w := sound.Want{Rate: 24000, Channels: 1}
	for name, tag := range map[string]string{"APE": ape, "ID3 and APE": "ID3\x04\x00\x00\x00\x00\x00\x03abc" + ape, "a line end and APE": "\r\n" + ape} {
		if _, err := w.MP3(t.Context(), append([]byte(tag), mp3...)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := w.MP3(t.Context(), []byte(tag)); err == nil {
			t.Errorf("%s alone is taken for audio", name)
		}
	}
}

func TestWalk(t *testing.T) {
	t.Parallel()
	for _, form := range []struct{ Rate, Channels int }{{Rate: 24000, Channels: 1}, {Rate: 22050, Channels: 2}, {Rate: 44100, Channels: 1}} {
		mp3 := voicetest.MP3(form.Rate, form.Channels, 2*time.Second)
		tagged := append([]byte("ID3\x04\x00\x00\x00\x00\x00\x03abcID3\x03\x00\x00\x00\x00\x00\x00"), mp3...)
		tagged = append(tagged, "TAG"+strings.Repeat("x", 125)...)
		got, err := sound.ScanFrames(tagged)
		if err != nil || got.Rate != form.Rate || got.Channels != form.Channels || got.Duration.Round(100*time.Millisecond) != 2*time.Second {
			t.Errorf("%+v: %+v, %v", form, got, err)
		}
		if _, err := sound.ScanFrames(mp3[:len(mp3)-1]); err == nil || !strings.Contains(err.Error(), "cut off") {
			t.Errorf("cut: %v", err)
		}
		if _, err := sound.ScanFrames(append(mp3, "garbage"...)); err == nil {
			t.Error("garbage behind the frames")
		}
	}
	mixed := append(voicetest.MP3(24000, 1, time.Second), voicetest.MP3(24000, 2, time.Second)...)
	if _, err := sound.ScanFrames(mixed); err == nil {
		t.Error("mono, then stereo")
	}
}

// A file that names itself is no raw samples, for which it would be heard as noise.
func TestFilesAreNoSamples(t *testing.T) {
	t.Parallel()
	w := sound.Want{Rate: 24000, Channels: 1, Raw: 24000, Encoder: voicetest.Encoder{}}
	for kind, head := range map[string]string{
		"AIFF":             "FORM\x00\x01\x00\x00AIFFCOMM",
		"AU":               ".snd\x00\x00\x00\x18",
		"a big-endian WAV": "RIFX\x00\x01\x00\x00WAVEfmt ",
	} {
		_, err := w.MP3(t.Context(), append([]byte(head), make([]byte, 48000)...))
		if !lector.IsPermanent(err) || !strings.Contains(err.Error(), "the answer is "+kind) || !strings.Contains(lector.HintOf(err), "format: mp3") {
			t.Errorf("%s: %v, hint %q", kind, err, lector.HintOf(err))
		}
	}
}

// lost is an encoder that finds no level in its samples.
type lost struct{ voicetest.Encoder }

func (lost) Encode(context.Context, io.Reader, int, int, int) ([]byte, error) {
	return nil, fmt.Errorf("encode: %w", pcm.ErrLevel)
}

// Samples that are no level are the model's fault: the next answer may be good.
func TestSamplesWithoutLevel(t *testing.T) {
	t.Parallel()
	_, err := sound.Want{Rate: 24000, Channels: 1, Encoder: lost{}}.MP3(t.Context(), voicetest.WAV(24000, time.Second))
	if err == nil || lector.IsPermanent(err) || !strings.Contains(lector.HintOf(err), "model") {
		t.Errorf("%v, hint %q", err, lector.HintOf(err))
	}
}

// A line end before a file is no part of it; samples keep theirs.
func TestSpaceBeforeFile(t *testing.T) {
	t.Parallel()
	w := sound.Want{Rate: 24000, Channels: 1, Raw: 24000, Encoder: voicetest.Encoder{}}
	for name, file := range map[string][]byte{"WAV": voicetest.WAV(24000, time.Second), "MP3": voicetest.MP3(24000, 1, time.Second)} {
		want, err := w.MP3(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.MP3(t.Context(), append([]byte("\r\n "), file...))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: %d bytes, want %d, %v", name, len(got), len(want), err)
		}
	}
}

// unreadable is an encoder that got samples of a form that it does not read.
type unreadable struct{ voicetest.Encoder }

// Encode refuses.
func (unreadable) Encode(context.Context, io.Reader, int, int, int) ([]byte, error) {
	return nil, fmt.Errorf("encode: %w: IMA ADPCM", pcm.ErrForm)
}

// A form of samples that is not read here is the voice's setting: every answer of it
// would have that form.
func TestSamplesThatAreNotRead(t *testing.T) {
	t.Parallel()
	w := sound.Want{Rate: 24000, Channels: 1, Raw: 24000, Encoder: unreadable{}}
	if _, err := w.MP3(t.Context(), voicetest.WAV(24000, time.Second)); !lector.IsPermanent(err) || !strings.Contains(lector.HintOf(err), "format: mp3") {
		t.Errorf("%v, hint %q", err, lector.HintOf(err))
	}
}

func TestWithoutEncoder(t *testing.T) {
	t.Parallel()
	w := sound.Want{Rate: 24000, Channels: 1}
	if _, err := w.MP3(t.Context(), voicetest.WAV(24000, time.Second)); !lector.IsPermanent(err) || !strings.Contains(lector.HintOf(err), "lame") {
		t.Errorf("%v, hint %q", err, lector.HintOf(err))
	}
}

func FuzzWant(f *testing.F) {
	f.Add(voicetest.MP3(24000, 1, 100*time.Millisecond))
	f.Add(voicetest.WAV(24000, 10*time.Millisecond))
	f.Add([]byte("ID3\x04\x00\x00\x7f\x7f\x7f\x7f"))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		w := sound.Want{Rate: 24000, Channels: 1, Raw: 24000, Encoder: voicetest.Encoder{}}
		if mp3, err := w.MP3(t.Context(), data); err == nil && len(mp3) == 0 {
			t.Error("no audio and no error")
		}
	})
}
