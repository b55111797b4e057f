package encode

import "encoding/binary"

// maxWAV bounds the bytes of one WAV: two hours of 24 kHz mono.
const maxWAV = 360 << 20

// mend reads a WAV as read does and returns one whose sizes are true, with one fmt
// and one data chunk.
func mend(data []byte) ([]byte, error) {
	format, samples, err := read(data)
	if err != nil {
		return nil, err
	}
	return assemble(format, samples), nil
}

// stereo returns a WAV that mend returned with two channels: of one, each has all
// of it. lame encodes mono as mono, whatever mode is asked of it.
func stereo(wav []byte) []byte {
	format, samples, err := read(wav)
	if err != nil || binary.LittleEndian.Uint16(format[2:]) != 1 {
		return wav
	}
	format = append([]byte(nil), format...)
	block := int(binary.LittleEndian.Uint16(format[12:]))
	binary.LittleEndian.PutUint16(format[2:], 2)
	binary.LittleEndian.PutUint32(format[8:], 2*binary.LittleEndian.Uint32(format[8:]))
	binary.LittleEndian.PutUint16(format[12:], uint16(2*block))
	if len(format) >= 24 { // the speakers of the extensible form: front left and right
		binary.LittleEndian.PutUint32(format[20:], 3)
	}
	both := make([]byte, 0, 2*len(samples))
	for ; len(samples) >= block; samples = samples[block:] {
		both = append(append(both, samples[:block]...), samples[:block]...)
	}
	return assemble(format, both)
}

func assemble(format, samples []byte) []byte {
	n := len(format) + len(format)&1
	out := make([]byte, 0, 28+n+len(samples))
	out = append(out, "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(20+n+len(samples)))
	out = append(out, "WAVEfmt "...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(format)))
	out = append(out, format...)
	if len(format)&1 == 1 {
		out = append(out, 0)
	}
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(samples)))
	return append(out, samples...)
}

// WAV puts a header before raw samples: signed 16-bit little-endian PCM of the
// given rate in Hz and channels.
func WAV(pcm []byte, rate, channels int) []byte {
	block := 2 * channels
	format := make([]byte, 0, 16)
	format = binary.LittleEndian.AppendUint16(format, 1)
	format = binary.LittleEndian.AppendUint16(format, uint16(channels))
	format = binary.LittleEndian.AppendUint32(format, uint32(rate))
	format = binary.LittleEndian.AppendUint32(format, uint32(rate*block))
	format = binary.LittleEndian.AppendUint16(format, uint16(block))
	format = binary.LittleEndian.AppendUint16(format, 16)
	return assemble(format, pcm[:len(pcm)-len(pcm)%block])
}
