package synth

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"lector"
	"lector/audio/id3"
)

// owner names our private ID3 frame (ID3v2.4 native frames, 4.27).
const owner = "lector marks 1\x00"

// embedMarks puts the marks of a clip into a tag before its frames, so that a clip
// and its timings are one object in the store. A clip
// without marks stays as it is.
func embedMarks(mp3 []byte, marks []lector.Mark) ([]byte, error) {
	if len(marks) == 0 {
		return mp3, nil
	}
	data, err := json.Marshal(marks)
	if err != nil {
		return nil, fmt.Errorf("marks: %w", err)
	}
	size := len(owner) + len(data)
	tag := append([]byte("ID3\x04\x00\x00"), synchsafe(10+size)...)
	tag = append(tag, "PRIV"...)
	tag = append(tag, synchsafe(size)...)
	tag = append(tag, 0, 0)
	tag = append(tag, owner...)
	tag = append(tag, data...)
	return append(tag, mp3...), nil
}

// splitMarks returns the frames and the marks of a clip. A tag that is not ours
// stays with the frames.
func splitMarks(clip []byte) (mp3 []byte, marks []lector.Mark, err error) {
	const head = 20 // bytes of the tag's header and the frame's
	if len(clip) < head || string(clip[:3]) != "ID3" || string(clip[10:14]) != "PRIV" {
		return clip, nil, nil
	}
	if !bytes.HasPrefix(clip[head:], []byte(owner)) {
		return clip, nil, nil
	}
	end, err := id3.Size(clip[:10])
	if err != nil {
		return nil, nil, fmt.Errorf("marks: %w", err)
	}
	if end < head+len(owner) || end > len(clip) {
		return nil, nil, fmt.Errorf("marks: tag of %d bytes in a clip of %d", end, len(clip))
	}
	if err := json.Unmarshal(clip[head+len(owner):end], &marks); err != nil {
		return nil, nil, fmt.Errorf("marks: %w", err)
	}
	return clip[end:], marks, nil
}

// synchsafe writes a size in four bytes of seven bits (ID3v2.4 structure, 6.2).
func synchsafe(n int) []byte {
	return binary.BigEndian.AppendUint32(nil, uint32(n>>21&0x7F)<<24|uint32(n>>14&0x7F)<<16|uint32(n>>7&0x7F)<<8|uint32(n&0x7F))
}
