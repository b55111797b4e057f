package id3

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"lector/audio/mpeg"
)

// full uses every field, with text of several scripts.
func full() Tag {
	return Tag{
		Title: "Ice came late — «лід» 冰", Artist: "Ana Pérez, Ґалаґан", Album: "The Havana Reader", Language: "eng",
		Date: "2025-01-13T10:00:00", Comment: "This audio is created with AI assistance", Software: "lector 1",
		Length:  83 * time.Second,
		Text:    map[string]string{"AI_DISCLOSURE": "This audio is created with AI assistance", "b": "2\n3"},
		Picture: &Picture{MIME: "image/png", Description: "cover", Data: bytes.Repeat([]byte{0xFF, 0xE0, 0}, 20_000)},
		Chapters: []Chapter{
			{"Beginning", 0, 20 * time.Second},
			{"Ende & mehr", 20 * time.Second, 83 * time.Second},
		},
		Private: []Private{{Owner: "lector marks 1", Data: []byte{'[', 0, ']'}}},
		Objects: []Object{{MIME: "application/x-c2pa-manifest-store", Name: "c2pa", Description: "", Data: []byte{1, 2, 0, 3}}},
	}
}

func TestTagIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	want := full()
	got, err := Parse(want.Bytes())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
	}
}

func TestObjectsAreLast(t *testing.T) {
	t.Parallel()
	b := full().Bytes()
	if i := bytes.LastIndex(b, []byte("GEOB")); i < bytes.LastIndex(b, []byte("CHAP")) || !bytes.HasSuffix(b, []byte{1, 2, 0, 3}) {
		t.Error("a frame stands behind the object")
	}
}

func TestEmptyTagIsNothing(t *testing.T) {
	t.Parallel()
	if b := (Tag{}).Bytes(); b != nil {
		t.Errorf("% x", b)
	}
}

func TestLanguageHasThreeLetters(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{"en": "eng", "en-GB": "eng", "uk": "ukr", "de": "deu", "zh-Hant": "zho", "eng": "eng", "": "XXX", "not a language!": "XXX"} {
		if got := iso639(tag); got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
}

func TestHostileTextStaysText(t *testing.T) {
	t.Parallel()
	got, err := Parse(Tag{Title: "a\x00TPE1evil", Comment: "b\xff\xfec", Text: map[string]string{"k\x00v": "w\x00x"}}.Bytes())
	if err != nil || got.Title != "aTPE1evil" || got.Artist != "" || got.Text["kv"] != "wx" || !strings.HasPrefix(got.Comment, "b") {
		t.Errorf("%v %+v", err, got)
	}
}

func TestNoMoreChaptersThanATableLists(t *testing.T) {
	t.Parallel()
	var tag Tag
	for i := range 300 {
		tag.Chapters = append(tag.Chapters, Chapter{"c", time.Duration(i) * time.Second, time.Duration(i+1) * time.Second})
	}
	if got, err := Parse(tag.Bytes()); err != nil || len(got.Chapters) != 255 {
		t.Errorf("%v, %d chapters", err, len(got.Chapters))
	}
}

// TestForeignTags reads what other programs write.
func TestForeignTags(t *testing.T) {
	t.Parallel()
	frame23 := func(id, body string) string {
		return id + string([]byte{0, 0, 0, byte(len(body)), 0, 0}) + body
	}
	tag := func(version, flags byte, body string) []byte {
		return append(append([]byte{'I', 'D', '3', version, 0, flags}, synchsafe(len(body))...), body...)
	}
	long := strings.Repeat("x", 200)
	plainSize := "TALB" + string([]byte{0, 0, 0, 201, 0, 0}) + "\x03" + long + frame23("TIT2", "\x03t")
	for _, c := range []struct {
		name string
		tag  []byte
		want Tag
	}{
		{"2.3 in Latin-1", tag(3, 0, frame23("TIT2", "\x00caf\xe9")), Tag{Title: "café"}},
		{"2.3 in UTF-16 with BOM", tag(3, 0, frame23("TIT2", "\x01\xff\xfea\x00\xe9\x00\x00\x00")), Tag{Title: "aé"}},
		{"2.4 in UTF-16BE", tag(4, 0, frame23("TIT2", "\x02\x00a\x00\xe9")), Tag{Title: "aé"}},
		{"2.3 unsynchronised", tag(3, 0x80, frame23("TIT2", "\x01\xff\x00\xfea\x00")[:10]+"\x01\xff\x00\xfea\x00"), Tag{}},
		{"2.4 with sizes as in 2.3", tag(4, 0, plainSize), Tag{Album: long, Title: "t"}},
		{"padding behind", tag(4, 0, frame23("TPE1", "\x03a")+strings.Repeat("\x00", 50)), Tag{Artist: "a"}},
		{"several values", tag(4, 0, frame23("TPE1", "\x03a\x00b")), Tag{Artist: "a"}},
		{"a frame larger than the tag", tag(4, 0, "TIT2\x00\x00\x10\x00\x00\x00\x03a"), Tag{}},
		{"2.2", tag(2, 0, "TT2\x00\x00\x02\x00aPIC\x00\x00\x01xTP1\x00\x00\x02\x00b\x00\x00\x00\x00\x00\x00"), Tag{Title: "a", Artist: "b"}},
		{"2.2 that breaks off", tag(2, 0, "TT2\x00\x00\x02\x00aTP1\xff\xff\xff\x00b"), Tag{Title: "a"}},
		{"a compressed frame", tag(4, 0, "TIT2\x00\x00\x00\x02\x00\x08\x03a"+frame23("TPE1", "\x03b")), Tag{Artist: "b"}},
	} {
		got, err := Parse(c.tag)
		if c.name == "2.3 unsynchronised" {
			c.want = got // only that nothing breaks
		}
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v %+v, want %+v", c.name, err, got, c.want)
		}
	}
}

func TestReadBoundsWhatATagClaims(t *testing.T) {
	t.Parallel()
	b := []byte("ID3\x04\x00\x00\x7f\x7f\x7f\x7f and nothing more")
	if _, err := Read(bytes.NewReader(b), int64(len(b))); err == nil {
		t.Error("256 MB were believed")
	}
	if _, err := Read(bytes.NewReader(nil), 0); !errors.Is(err, ErrNoTag) {
		t.Errorf("empty: %v", err)
	}
	if _, err := Parse([]byte("ID3\x04\x00\x00\xff\x00\x00\x00")); !errors.Is(err, ErrNoTag) {
		t.Errorf("a size that is not synchsafe: %v", err)
	}
}

// TestFFprobeReadsIt has another program read tag and chapters.
func TestFFprobeReadsIt(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ffprobe"); err != nil {
		t.Skip("SKIPPED: ffprobe is not installed: apt-get install ffmpeg")
	}
	h, _ := mpeg.ParseHeader([]byte{0xFF, 0xF3, 0x64, 0xC4})
	b := full().Bytes()
	for range 100 {
		b = mpeg.AppendSilent(b, h)
	}
	path := filepath.Join(t.TempDir(), "a.mp3")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ffprobe", "-v", "error", "-show_chapters", "-show_format", "-of", "json", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Format   struct{ Tags map[string]string }
		Chapters []struct {
			Start int64             `json:"start"`
			End   int64             `json:"end"`
			Tags  map[string]string `json:"tags"`
		}
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	tags := got.Format.Tags
	for k, want := range map[string]string{
		"title": full().Title, "artist": full().Artist, "album": full().Album, "language": "eng",
		"date": full().Date, "comment": full().Comment, "AI_DISCLOSURE": full().Comment,
	} {
		if tags[k] != want {
			t.Errorf("ffprobe reads %s as %q, want %q", k, tags[k], want)
		}
	}
	if len(got.Chapters) != 2 || got.Chapters[1].Start != 20000 || got.Chapters[1].End != 83000 || got.Chapters[1].Tags["title"] != "Ende & mehr" {
		t.Errorf("ffprobe reads chapters %+v", got.Chapters)
	}
}

func TestReadTellsDamage(t *testing.T) {
	t.Parallel()
	for _, frames := range []string{"TIT2\x00\x00\x00\x02\x00\x00\x03aTALB\xff\xff\xff\xff\x00\x00", "TIT2\x00\x00\x00\x02\x00\x00\x03aTPE1\x00\x00\x01\x00\x00\x00\x03b"} {
		b := append(append([]byte("ID3\x03\x00\x00"), synchsafe(len(frames))...), frames...)
		if got, err := Read(bytes.NewReader(b), int64(len(b))); !errors.Is(err, ErrDamaged) || got.Title != "a" {
			t.Errorf("%v %+v", err, got)
		}
	}
	whole := full().Bytes()
	if _, err := Read(bytes.NewReader(whole), int64(len(whole))); err != nil {
		t.Error(err)
	}
}

func TestReadV1(t *testing.T) {
	t.Parallel()
	b := append([]byte("audio"), make([]byte, 128)...)
	copy(b[5:], "TAG")
	copy(b[8:], "caf\xe9  ")
	copy(b[98:], "1999")
	want := Tag{Title: "café", Date: "1999"}
	if got, ok := ReadV1(bytes.NewReader(b), int64(len(b))); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %+v", ok, got)
	}
	for _, none := range [][]byte{nil, []byte("TAG"), b[:len(b)-1]} {
		if got, ok := ReadV1(bytes.NewReader(none), int64(len(none))); ok {
			t.Errorf("%+v", got)
		}
	}
}

// FuzzParse holds that what was read is written so that it is read the same.
func FuzzParse(f *testing.F) {
	f.Add(full().Bytes())
	f.Add([]byte("ID3\x03\x00\x80\x00\x00\x00\x14TIT2\x00\x00\x00\x0a\x00\x00\x01\xff\x00\xfea\x00\xe9\x00\x00\x00"))
	f.Add([]byte("ID3\x04\x00\x50\x00\x00\x00\x06\x00\x00\x00\x06\x01\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Parse(b)
		if err != nil {
			return
		}
		again, err := Parse(got.Bytes())
		if got.Bytes() == nil {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if again.Title != clean(got.Title) || len(again.Chapters) != min(len(got.Chapters), maxChapters) || len(again.Objects) != len(got.Objects) {
			t.Fatalf("%+v\nbecame %+v", got, again)
		}
	})
}
