package sound_test

import (
	"strings"
	"testing"
	"time"

	"lector"
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
		"AAC":               {"\xff\xf1\x50\x80\x00\x1f\xfc"},
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
