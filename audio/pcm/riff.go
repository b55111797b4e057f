package pcm

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

// MaxWAV bounds the bytes of one WAV: two hours of 24 kHz mono.
const MaxWAV = 360 << 20

// ReadWAV reads a WAV (RIFF WAVE, EBU Tech 3285; RF64, EBU Tech 3306) of at most
// MaxWAV bytes. Speech servers write headers before they know what comes,
// and put pieces of audio one behind the other as they are, so:
//
//   - A size that cannot be is taken for one that was not known; see unknown.
//   - Whole files behind the first one, and headers inside of the samples, are cut
//     out, and what they hold is joined. All must be of one format.
//   - Chunks behind or inside of the samples are no sound.
//   - What stands behind the samples, is no chunk and is long enough to be heard, is
//     samples: the stated size was that of the first piece.
//
// Samples that end before their stated size are an error, and so are those that no
// encoder here reads, which is an ErrForm. Logarithmic ones become linear.
func ReadWAV(data []byte) (WAV, error) {
	switch {
	case len(data) > MaxWAV:
		return WAV{}, fmt.Errorf("wav is larger than %d MB", MaxWAV>>20)
	case !IsWAV(data):
		return WAV{}, errors.New("no RIFF WAVE header")
	}
	var r riffReader
	if err := r.read(data); err != nil {
		return WAV{}, fmt.Errorf("wav: %w", err)
	}
	for { // cutting something out may have joined the halves of another header
		n := len(r.Samples)
		again := riffReader{WAV: WAV{Format: r.Format}}
		if err := again.readSamples(r.Samples); err != nil {
			return WAV{}, fmt.Errorf("wav: %w", err)
		}
		if r.Samples = again.Samples; len(r.Samples) == n {
			break
		}
	}
	w, err := r.encodable()
	if err != nil {
		return WAV{}, fmt.Errorf("wav: %w", err)
	}
	return w, nil
}

// riffReader holds what was read of a WAV so far.
type riffReader struct {
	WAV
	found  bool // there was a data chunk
	behind bool // there was one in the file at hand
	open   bool // its size was not known, so what is no chunk is samples
}

// read walks over the chunks.
func (r *riffReader) read(rest []byte) error {
	for len(rest) >= chunkHeader {
		if n := riff(rest); n > 0 {
			rest, r.behind, r.open = rest[n:], false, false
			continue
		}
		if r.behind && !r.header(rest) {
			if !r.open && !r.audible(rest) {
				break
			}
			r.open = true
			n, skip := r.extent(rest)
			r.add(rest[:n])
			rest = rest[n+skip:]
			continue
		}
		n, err := r.chunk(rest)
		if err != nil {
			return err
		}
		rest = rest[n:]
	}
	return r.finish(rest)
}

// finish checks that there are samples. Rest is what is too short for a chunk.
func (r *riffReader) finish(rest []byte) error {
	if r.open {
		r.add(rest)
	}
	switch {
	case !r.found:
		return errors.New("no data chunk")
	case len(r.Samples) == 0:
		return errors.New("no samples")
	}
	return nil
}

// chunk reads the chunk at the start of rest and returns its length.
func (r *riffReader) chunk(rest []byte) (int, error) {
	name, size := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
	body := rest[chunkHeader:]
	if name == "data" {
		r.found, r.behind = true, true
		n, err := r.data(body, size)
		return chunkHeader + n, err
	}
	if size > int64(len(body)) {
		if r.found {
			return len(rest), nil // a trailer that is cut off
		}
		return 0, fmt.Errorf("chunk %q: %d bytes stated, %d there", name, size, len(body))
	}
	if name == "fmt " {
		if err := r.setFormat(body[:size]); err != nil {
			return 0, err
		}
	}
	return chunkHeader + padded(size, body), nil
}

// padded is the length of a chunk's body with the byte that makes it even, which some
// programs leave out.
func padded(size int64, body []byte) int {
	if size < int64(len(body)) && begins(body[size:]) {
		return int(size)
	}
	return int(min(size+size&1, int64(len(body))))
}

// setFormat keeps the format; a second one must be the same.
func (r *riffReader) setFormat(format []byte) error {
	switch {
	case len(format) < 16:
		return errors.New("a format of less than 16 bytes")
	case WAV{Format: format}.bytesPerSecond() == 0:
		return errors.New("format without a rate")
	case r.Format == nil:
		r.Format = format
	case !bytes.Equal(r.Format[:16], format[:16]):
		return fmt.Errorf("several files in one answer, and of different forms: %s, then %s", describe(r.Format), describe(format))
	}
	return nil
}

func describe(format []byte) string {
	w := WAV{Format: format}
	return fmt.Sprintf("%d Hz, %d channels, %d bits", w.sampleRate(), w.channels(), w.bits())
}

// data reads the samples of a data chunk and returns how many bytes of body it took.
func (r *riffReader) data(body []byte, size int64) (int, error) {
	if r.Format == nil {
		return 0, errors.New("data without a format")
	}
	have := int64(len(body))
	r.open = r.unknown(size, have)
	if !r.open && size > have {
		return 0, fmt.Errorf("truncated: %d bytes of samples stated, %d there", size, have)
	}
	if r.open {
		size = have
	}
	n, skip := r.extent(body[:size])
	r.add(body[:n])
	if int64(n+skip) < size {
		r.open = true
		return n, nil
	}
	return padded(size, body), nil
}

// header reports whether rest, which stands behind samples, is a chunk; where their
// size was known, also one that is cut off.
func (r *riffReader) header(rest []byte) bool {
	if begins(rest) || chain(rest) {
		return true
	}
	return !r.open && known[string(rest[:4])]
}

// audible reports whether b holds a twentieth of a second.
func (r *riffReader) audible(b []byte) bool { return int64(len(b)) >= r.bytesPerSecond()/20 }

// readSamples reads samples of a known size that stand alone.
func (r *riffReader) readSamples(body []byte) error {
	r.found, r.behind = true, true
	n, err := r.data(body, int64(len(body)))
	if err != nil {
		return err
	}
	return r.read(body[n:])
}

// add appends the whole samples of a piece.
func (r *riffReader) add(piece []byte) {
	block := r.blockSize()
	piece = piece[:len(piece)-len(piece)%block]
	if r.Samples == nil {
		r.Samples = slices.Clip(piece)
		return
	}
	r.Samples = append(r.Samples, piece...)
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
func (r *riffReader) unknown(size, have int64) bool {
	if size == 0 || size >= unsized {
		return true
	}
	stated := time.Duration(size/r.bytesPerSecond()) * time.Second
	mostIsMissing := stated > longForMost && size > mostMissing*have
	return size > have && (stated > longest || mostIsMissing)
}
