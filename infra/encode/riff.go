package encode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"
)

// The lengths of a RIFF header and of that of a chunk.
const (
	riffHeader  = 12
	chunkHeader = 8
)

// read returns the format and the samples of a WAV (RIFF WAVE, EBU Tech 3285;
// RF64, EBU Tech 3306). Speech servers write headers before they know what comes,
// and put pieces of audio one behind the other as they are, so:
//
//   - A size that cannot be is taken for one that was not known; see unknown.
//   - Whole files behind the first one, and headers inside of the samples, are cut
//     out, and what they hold is joined. All must be of one format.
//   - Chunks behind or inside of the samples are no sound.
//   - What stands behind the samples, is no chunk and is long enough to be heard, is
//     samples: the stated size was that of the first piece.
//
// Samples that end before their stated size are an error.
func read(data []byte) (format, samples []byte, err error) {
	switch {
	case len(data) > maxWAV:
		return nil, nil, fmt.Errorf("wav is larger than %d MB", maxWAV>>20)
	case riff(data) == 0:
		return nil, nil, errors.New("no RIFF WAVE header")
	}
	var w wave
	if err := w.read(data); err != nil {
		return nil, nil, fmt.Errorf("wav: %w", err)
	}
	for { // what was cut out may have parted another header
		n := len(w.samples)
		again := wave{format: w.format}
		if err := again.take(w.samples); err != nil {
			return nil, nil, fmt.Errorf("wav: %w", err)
		}
		if w.samples = again.samples; len(w.samples) == n {
			return w.format, w.samples, nil
		}
	}
}

// wave is what was read of a WAV so far.
type wave struct {
	format  []byte
	samples []byte
	found   bool // there was a data chunk
	behind  bool // there was one in the file at hand
	open    bool // its size was not known, so what is no chunk is samples
}

// read walks over the chunks.
func (w *wave) read(rest []byte) error {
	for len(rest) >= chunkHeader {
		if n := riff(rest); n > 0 {
			rest, w.behind, w.open = rest[n:], false, false
			continue
		}
		if w.behind && !w.header(rest) {
			if !w.open && !w.audible(rest) {
				break
			}
			w.open = true
			n, skip := w.extent(rest)
			w.add(rest[:n])
			rest = rest[n+skip:]
			continue
		}
		n, err := w.chunk(rest)
		if err != nil {
			return err
		}
		rest = rest[n:]
	}
	return w.verdict(rest)
}

// verdict says whether there is anything to hear. Rest is what is too short for a
// chunk.
func (w *wave) verdict(rest []byte) error {
	if w.open {
		w.add(rest)
	}
	switch {
	case !w.found:
		return errors.New("no data chunk")
	case len(w.samples) == 0:
		return errors.New("no samples")
	}
	return nil
}

// chunk reads the chunk at the start of rest and returns its length.
func (w *wave) chunk(rest []byte) (int, error) {
	name, size := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
	body := rest[chunkHeader:]
	if name == "data" {
		w.found, w.behind = true, true
		n, err := w.data(body, size)
		return chunkHeader + n, err
	}
	if size > int64(len(body)) {
		if w.found {
			return len(rest), nil // a trailer that is cut off
		}
		return 0, fmt.Errorf("chunk %q: %d bytes stated, %d there", name, size, len(body))
	}
	if name == "fmt " {
		if err := w.form(body[:size]); err != nil {
			return 0, err
		}
	}
	return chunkHeader + padded(size, body), nil
}

// padded is the length of a chunk's body with the byte that makes it even.
func padded(size int64, body []byte) int { return int(min(size+size&1, int64(len(body)))) }

// form takes the format; a second one must be the same.
func (w *wave) form(format []byte) error {
	switch {
	case len(format) < 16:
		return errors.New("a format of less than 16 bytes")
	case binary.LittleEndian.Uint16(format[12:]) == 0 || binary.LittleEndian.Uint32(format[4:]) == 0:
		return errors.New("format without a rate")
	case w.format == nil:
		w.format = format
	case !bytes.Equal(w.format[:16], format[:16]):
		return fmt.Errorf("several files in one answer, and of different forms: %s, then %s", describe(w.format), describe(format))
	}
	return nil
}

func describe(format []byte) string {
	return fmt.Sprintf("%d Hz, %d channels, %d bits", binary.LittleEndian.Uint32(format[4:]),
		binary.LittleEndian.Uint16(format[2:]), binary.LittleEndian.Uint16(format[14:]))
}

// data reads the samples of a data chunk and returns how many bytes of body it took.
func (w *wave) data(body []byte, size int64) (int, error) {
	if w.format == nil {
		return 0, errors.New("data without a format")
	}
	have := int64(len(body))
	w.open = w.unknown(size, have)
	if !w.open && size > have {
		return 0, fmt.Errorf("truncated: %d bytes of samples stated, %d there", size, have)
	}
	if w.open {
		size = have
	}
	n, skip := w.extent(body[:size])
	w.add(body[:n])
	if int64(n+skip) < size {
		w.open = true
		return n, nil
	}
	return padded(size, body), nil
}

// header reports whether rest, which stands behind samples, is a chunk; where their
// size was known, also one that is cut off.
func (w *wave) header(rest []byte) bool {
	return begins(rest) || chain(rest) || !w.open && known[string(rest[:4])]
}

// audible reports whether b holds a twentieth of a second.
func (w *wave) audible(b []byte) bool { return int64(len(b)) >= w.bytesPerSecond()/20 }

func (w *wave) bytesPerSecond() int64 {
	return int64(binary.LittleEndian.Uint32(w.format[4:])) * int64(binary.LittleEndian.Uint16(w.format[12:]))
}

// take reads samples of a known size that stand alone.
func (w *wave) take(body []byte) error {
	w.found, w.behind = true, true
	n, err := w.data(body, int64(len(body)))
	if err != nil {
		return err
	}
	return w.read(body[n:])
}

// add appends the whole samples of a piece.
func (w *wave) add(piece []byte) {
	block := int(binary.LittleEndian.Uint16(w.format[12:]))
	piece = piece[:len(piece)-len(piece)%block]
	if w.samples == nil {
		w.samples = slices.Clip(piece)
		return
	}
	w.samples = append(w.samples, piece...)
}

// Sizes that cannot be. Seen for "I do not know" are 0, 0x7FFFFFFF, 0x7FFFF000,
// 0xFFFFFFFF and round figures such as 2,000,000,000. An utterance lasts minutes:
// more than an hour is no utterance's, and neither is one beside which the samples
// that are there would be a twentieth at most, so long as it is no short one.
const (
	unsized     = 0x7FFF0000
	longest     = time.Hour
	longForMost = 10 * time.Minute
	mostMissing = 20
)

// unknown reports whether the stated size of samples says nothing, where have bytes
// are there.
func (w *wave) unknown(size, have int64) bool {
	if size == 0 || size >= unsized {
		return true
	}
	stated := time.Duration(size/w.bytesPerSecond()) * time.Second
	return size > have && (stated > longest || stated > longForMost && size > mostMissing*have)
}
