package pcm

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os/exec"
	"strings"
	"testing"
)

// hum is n samples of a wave that never looks like a header.
func hum(n int) []byte {
	pcm := make([]byte, 0, 2*n)
	for i := range n {
		pcm = binary.LittleEndian.AppendUint16(pcm, uint16(int16(9000*math.Sin(float64(i)/17)+500*math.Sin(float64(i)/3))))
	}
	return pcm
}

// sized returns a WAV of 22,050 Hz mono that states the given size of its samples.
func sized(pcm []byte, size uint32) []byte {
	b := NewWAV(pcm, 22050, 1).Bytes()
	binary.LittleEndian.PutUint32(b[4:], size+36)
	binary.LittleEndian.PutUint32(b[40:], size)
	return b
}

// chunk returns a chunk with its true size.
func chunk(name string, body string) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
	b = append(b, body...)
	return append(b, make([]byte, len(body)&1)...)
}

// rewrite reads a WAV and writes it with true sizes.
func rewrite(data []byte) ([]byte, error) {
	w, err := ReadWAV(data)
	if err != nil {
		return nil, err
	}
	return w.Bytes(), nil
}

// info is what ffmpeg and editors write about a file.
var info = chunk("LIST", "INFOISFT\x0e\x00\x00\x00Lavf59.27.100\x00")

func join(pieces ...[]byte) []byte { return bytes.Join(pieces, nil) }

func stated(bits int, n int, order binary.AppendByteOrder) []byte {
	if bits == 64 {
		return order.AppendUint64(nil, uint64(n))
	}
	return order.AppendUint32(nil, uint32(n))
}

// TestBodiesOfServers has what speech servers were seen to send, and what they
// might. All hold one and a half seconds, a in front of b.
func TestBodiesOfServers(t *testing.T) {
	t.Parallel()
	all := hum(33076)
	a, b := all[:20002], all[20002:]
	want := NewWAV(all, 22050, 1).Bytes()
	whole, n := len(all), len(all)
	for name, body := range map[string][]byte{
		"two files, sizes 0":               join(sized(a, 0), sized(b, 0)),
		"two files, sizes 0xFFFFFFFF":      join(sized(a, 0xFFFFFFFF), sized(b, 0xFFFFFFFF)),
		"two files, true sizes":            join(sized(a, uint32(len(a))), sized(b, uint32(len(b)))),
		"two files, the first has all":     join(sized(a, uint32(whole+44)), sized(b, 0)),
		"a header alone, then files":       join(sized(nil, 0), sized(a, 0), sized(b, uint32(len(b)))),
		"a file with LIST, then another":   join(sized(a, 0), info, sized(b, 0), info),
		"true size, then unknown":          join(sized(a, uint32(len(a))), sized(b, 0x7FFFF000)),
		"an odd byte before a header":      join(sized(a, 0), []byte{7}, sized(b, 0)),
		"LIST behind":                      join(sized(all, 0xFFFFFFFF), info),
		"LIST behind a true size":          join(sized(all, uint32(n)), info),
		"LIST behind, cut off":             join(sized(all, uint32(n)), info[:20]),
		"chunks of any name behind":        join(sized(all, 0), chunk("sizE", "\x01\x02\x03\x04"), chunk("xtra", "odd")),
		"LIST inside":                      join(sized(a, 0), info, b),
		"LIST inside a true size":          join(sized(join(a, info, b), uint32(n+len(info)))),
		"two data chunks":                  join(sized(a, uint32(len(a))), chunk("data", string(b))),
		"a data chunk inside":              join(sized(a, 0), []byte("data\xff\xff\xff\xff"), b),
		"the size behind":                  join(sized(all, 0), stated(32, n, binary.LittleEndian)),
		"the size behind, big end first":   join(sized(all, 0x7FFFFFFF), stated(32, n+36, binary.BigEndian)),
		"the size behind, eight bytes":     join(sized(all, 0xFFFFFFFF), stated(64, n+44, binary.LittleEndian)),
		"2,000,000,000":                    sized(all, 2_000_000_000),
		"three hours":                      sized(all, 3*3600*44100),
		"twenty minutes":                   sized(all, 1200*44100),
		"the size of the first piece":      sized(all, uint32(len(a))),
		"the first piece, with LIST":       join(sized(all, 2000), info),
		"RF64":                             bytes.Replace(sized(all, 0xFFFFFFFF), []byte("RIFF"), []byte("RF64"), 1),
		"less than a block behind":         join(sized(all, 0), []byte{1}),
		"a few bytes behind the true size": join(sized(all, uint32(n)), []byte("\r\n0\r\n\r\n")),
	} {
		got, err := rewrite(body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d", name, len(got), len(want))
		}
	}
}

func TestBodiesThatAreUnfit(t *testing.T) {
	t.Parallel()
	pcm := hum(22050)
	for name, test := range map[string]struct {
		body []byte
		want string
	}{
		"another rate behind": {join(sized(pcm, 0), NewWAV(pcm, 24000, 1).Bytes()), "22050 Hz, 1 channels, 16 bits, then 24000 Hz, 1 channels"},
		"another form behind": {join(sized(pcm, 0), NewWAV(pcm, 22050, 2).Bytes()), "of different forms"},
		"half of it":          {sized(pcm, 2*44100), "truncated"},
		"nine of ten minutes": {sized(pcm, 540*44100), "truncated"},
		"nothing":             {join(sized(nil, 0), info, sized(nil, 0)), "no samples"},
		"chunks only":         {join(sized(nil, 0)[:36], info), "no data chunk"},
	} {
		if _, err := rewrite(test.body); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

// TestPipes reads what programs write to a pipe, whose sizes they do not know.
func TestPipes(t *testing.T) {
	t.Parallel()
	for _, test := range [][]string{
		{"sox", "-n", "-r", "16000", "-b", "16", "-c", "1", "-t", "wav", "-", "synth", "1", "sine", "300"},
		{"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=300:r=16000:d=1", "-metadata", "title=A title", "-f", "wav", "-"},
		{"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=300:r=16000:d=1", "-rf64", "always", "-f", "wav", "-"},
		{"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=300:r=16000:d=1", "-c:a", "pcm_s24le", "-f", "wav", "-"},
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(test[0]); err != nil {
				t.Skipf("%s is not installed: apt-get install %s", test[0], test[0])
			}
			body, err := exec.CommandContext(t.Context(), test[0], test[1:]...).Output()
			if err != nil {
				t.Fatal(err)
			}
			once, err := ReadWAV(body)
			if err != nil {
				t.Fatal(err)
			}
			if want := 16000 * once.blockSize(); len(once.Samples) != want {
				t.Errorf("%d bytes of samples, want a second: %d", len(once.Samples), want)
			}
			twice, err := ReadWAV(join(body, body, info))
			if err != nil || !bytes.Equal(twice.Samples, join(once.Samples, once.Samples)) {
				t.Errorf("twice in one body: %d bytes of samples, want %d, %v", len(twice.Samples), 2*len(once.Samples), err)
			}
		})
	}
}

func TestBadWAV(t *testing.T) {
	t.Parallel()
	good := NewWAV(hum(24000), 16000, 1).Bytes()
	rateless := bytes.Clone(good)
	clear(rateless[24:28])
	for name, test := range map[string]struct {
		wav  []byte
		want string
	}{
		"empty":      {nil, "no RIFF"},
		"html":       {[]byte("<html>no voice today</html>"), "no RIFF"},
		"mp3":        {bytes.Repeat([]byte{0xFF, 0xF3, 0x64, 0xC4}, 36), "no RIFF"},
		"no data":    {good[:36], "no data chunk"},
		"no samples": {good[:44], "truncated"},
		"truncated":  {good[:len(good)/2], "truncated"},
		"no rate":    {rateless, "rate"},
		"no format":  {append([]byte("RIFF\x00\x00\x00\x00WAVEdata\x02\x00\x00\x00"), 1, 2), "without a format"},
		"long chunk": {append([]byte("RIFF\x00\x00\x00\x00WAVELIST\x00\x10\x00\x00"), 1, 2), "stated"},
	} {
		if _, err := rewrite(test.wav); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func TestExtraChunksAndOddSizes(t *testing.T) {
	t.Parallel()
	good := NewWAV(hum(24000), 16000, 1).Bytes()
	odd := bytes.Clone(good[:36])
	odd = append(odd, "LIST\x03\x00\x00\x00abc\x00"...)
	odd = append(odd, good[36:]...)
	got, err := rewrite(odd)
	if err != nil || !bytes.Equal(got, good) {
		t.Errorf("%v, %d bytes, want %d", err, len(got), len(good))
	}
	notes := chunk("iXML", strings.Repeat("<NOTE>read twice</NOTE>", 400)) // long enough to be heard
	for name, unpadded := range map[string][]byte{
		"behind an odd chunk": join(good[:36], []byte("LIST\x03\x00\x00\x00abc"), good[36:]),
		"behind odd samples":  join(good[:36], []byte("data\x81\xbb\x00\x00"), good[44:], []byte{7}, notes),
	} {
		if got, err := rewrite(unpadded); err != nil || !bytes.Equal(got, good) {
			t.Errorf("no pad byte %s: %v, %d bytes, want %d", name, err, len(got), len(good))
		}
	}
}

func FuzzReadWAV(f *testing.F) {
	f.Add(NewWAV([]byte{1, 2, 3, 4}, 16000, 1).Bytes())
	f.Add(join(sized(hum(40), 0), info, sized(hum(20), 7), []byte("data\x00\x00\x00\x00xy")))
	f.Add([]byte("RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00"))
	f.Add(coded(muLaw, 8, []byte{1, 2, 3}))
	f.Add(coded(float, 64, make([]byte, 16)))
	f.Fuzz(func(t *testing.T, data []byte) {
		once, err := rewrite(data)
		if err != nil {
			return
		}
		if twice, err := rewrite(once); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("not stable: %v", err)
		}
	})
}
