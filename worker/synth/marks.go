package synth

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"lector"
	"lector/audio/id3"
)

// owner names our private ID3 frame (ID3v2.4 native frames, 4.27).
const owner = "lector marks 1"

// embedMarks puts the marks of a clip into a tag before its frames, so that a clip
// and its timings are one object in the store. A clip without marks stays as it is.
func embedMarks(mp3 []byte, marks []lector.Mark) ([]byte, error) {
	if len(marks) == 0 {
		return mp3, nil
	}
	data, err := json.Marshal(marks)
	if err != nil {
		return nil, fmt.Errorf("marks: %w", err)
	}
	tag := id3.Tag{Private: []id3.Private{{Owner: owner, Data: data}}}
	return append(tag.Bytes(), mp3...), nil
}

// splitMarks returns the frames and the marks of a clip. A tag that is not ours
// stays with the frames.
func splitMarks(clip []byte) (mp3 []byte, marks []lector.Mark, err error) {
	size, _ := id3.Size(clip) // 0 where no tag begins
	if size > len(clip) {
		return splitCutTag(clip, size)
	}
	tag, _ := id3.Parse(clip[:size]) // one that cannot be read is not ours
	at := slices.IndexFunc(tag.Private, func(p id3.Private) bool { return p.Owner == owner })
	if at < 0 {
		return clip, nil, nil
	}
	if err := json.Unmarshal(tag.Private[at].Data, &marks); err != nil {
		return nil, nil, fmt.Errorf("marks: %w", err)
	}
	return clip[size:], marks, nil
}

// splitCutTag is splitMarks for a clip that is shorter than its tag claims: an
// error if the marks are in the tag.
func splitCutTag(clip []byte, size int) (mp3 []byte, marks []lector.Mark, err error) {
	if bytes.Contains(clip, []byte(owner)) {
		return nil, nil, fmt.Errorf("marks: tag of %d bytes in a clip of %d", size, len(clip))
	}
	return clip, nil, nil
}
