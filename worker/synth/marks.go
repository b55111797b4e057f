package synth

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"lector"
	"lector/audio"
	"lector/audio/id3"
)

// Our private ID3 frames (ID3v2.4 native frames, 4.27): the marks of a clip, what it
// sounds like, which attempt paid for it, and the SHA-256 of an answer's frames: a power
// cut may have cut it short.
const (
	marksOwner    = "lector marks 1"
	analysisOwner = "lector analysis 1"
	payerOwner    = "lector payer 1"
	sumOwner      = "lector sum 1"
)

// embed puts the marks, the analysis and the payer of a clip into a tag before its
// frames, so that all of it is one object in the store. A clip with none of them
// stays as it is. more is what else the tag holds.
func embed(mp3 []byte, marks []lector.Mark, a *audio.Analysis, payer string, more ...id3.Private) ([]byte, error) {
	tag := id3.Tag{Private: more}
	if len(marks) > 0 {
		data, err := json.Marshal(marks)
		if err != nil {
			return nil, fmt.Errorf("marks: %w", err)
		}
		tag.Private = append(tag.Private, id3.Private{Owner: marksOwner, Data: data})
	}
	if a != nil {
		tag.Private = append(tag.Private, id3.Private{Owner: analysisOwner, Data: a.Keep(mp3)})
	}
	if payer != "" {
		tag.Private = append(tag.Private, id3.Private{Owner: payerOwner, Data: []byte(payer)})
	}
	if tag.Private == nil {
		return mp3, nil
	}
	return append(tag.Bytes(), mp3...), nil
}

// split returns the frames, the marks and the analysis of a clip; of an analysis that
// is not there or not of these frames, nil. A tag that is not ours stays with the
// frames.
func split(clip []byte) (mp3 []byte, marks []lector.Mark, a *audio.Analysis, err error) {
	size, _ := id3.Size(clip) // 0 where no tag begins
	if size > len(clip) {
		return splitCutTag(clip, size)
	}
	tag, _ := id3.Parse(clip[:size]) // one that cannot be read is not ours
	mp3 = clip
	for _, p := range tag.Private {
		switch p.Owner {
		case marksOwner:
			mp3 = clip[size:]
			if err := json.Unmarshal(p.Data, &marks); err != nil {
				return nil, nil, nil, fmt.Errorf("marks: %w", err)
			}
		case analysisOwner:
			mp3 = clip[size:]
			a = audio.Recall(p.Data, mp3)
		case payerOwner:
			mp3 = clip[size:]
		case sumOwner:
			mp3 = clip[size:]
			if sum := sha256.Sum256(mp3); !bytes.Equal(sum[:], p.Data) {
				return nil, nil, nil, errors.New("it is cut short")
			}
		}
	}
	return mp3, marks, a, nil
}

// Payer returns the ID of the attempt whose call made a stored clip or answer, or ""
// where it is not recorded.
func Payer(clip []byte) string {
	size, _ := id3.Size(clip) // 0 where no tag begins
	tag, _ := id3.Parse(clip[:min(size, len(clip))])
	for _, p := range tag.Private {
		if p.Owner == payerOwner {
			return string(p.Data)
		}
	}
	return ""
}

// splitCutTag is split for a clip that is shorter than its tag claims: an error if the
// tag is ours.
func splitCutTag(clip []byte, size int) (mp3 []byte, marks []lector.Mark, a *audio.Analysis, err error) {
	ours := func(owner string) bool { return bytes.Contains(clip, []byte(owner)) }
	if slices.ContainsFunc([]string{marksOwner, analysisOwner, payerOwner, sumOwner}, ours) {
		return nil, nil, nil, fmt.Errorf("tag of %d bytes in a clip of %d", size, len(clip))
	}
	return clip, nil, nil, nil
}
