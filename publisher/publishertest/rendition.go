package publishertest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"lector"
)

// Samples of one frame and the rate of silence, in Hz (MPEG-2 Layer III).
const (
	frameSamples = 576
	sampleRate   = 24000
)

// silence returns an MP3 of at least the given seconds without a sound:
// 24 kHz mono, 48 kbit/s, 144 bytes a frame.
func silence(seconds float64) (mp3 []byte, samples int64) {
	frame := make([]byte, 144)
	copy(frame, "\xff\xf3\x64\xc4")
	n := int(seconds*sampleRate/frameSamples) + 1
	return bytes.Repeat(frame, n), int64(n) * frameSamples
}

// Rendition puts a rendition of the article into the store: silence, four
// seconds a paragraph, whose sentences are those given. Its links are relative;
// with a base they begin with that address, as they once were stored.
func (s *Store) Rendition(base string, a lector.Article, paragraphs ...string) lector.Manifest {
	m := manifest(base, a)
	m.Segments = append(segments(lector.SpokenDisclosure, 0, lector.DisclosureText+"."), segments(lector.Title, 4, a.Title)...)
	m.Segments = append(m.Segments, segments(lector.Paragraph, 8, paragraphs...)...)
	mp3, samples := silence(float64(4 * len(m.Segments)))
	sum := sha256.Sum256(mp3)
	m.Bytes, m.SHA256 = int64(len(mp3)), hex.EncodeToString(sum[:])
	m.Samples, m.SampleRate, m.Duration = samples, sampleRate, float64(samples)/sampleRate

	prefix := lector.Prefix(a.Site, a.Key())
	s.Put(prefix+m.Hash+".mp3", mp3)
	s.Put(prefix+m.Hash+".vtt", captions(m))
	s.PutManifest(m)
	return m
}

// PutManifest puts a manifest into the store, and the pointer to it.
func (s *Store) PutManifest(m lector.Manifest) {
	data, err := json.Marshal(m)
	if err != nil {
		panic(err) // a manifest holds nothing that JSON cannot
	}
	prefix := lector.Prefix(m.Site, m.Key)
	s.Put(prefix+m.Hash+".manifest.json", data)
	s.Put(prefix+"manifest.json", data)
}

func manifest(base string, a lector.Article) lector.Manifest {
	hash := a.Fingerprint()
	text, in := lector.DisclosureIn(a.Language)
	links := lector.NewLinks(hash)
	links.Article = a.URL
	m := lector.Manifest{
		Site: a.Site, Article: a.ID, Key: a.Key(), Revision: a.Revision, Hash: hash,
		Title: a.Title, Authors: a.Authors, PublishedAt: a.PublishedAt, Created: a.PublishedAt,
		Language: a.Language,
		Disclosure: lector.Disclosure{
			Text: text, Language: in, Spoken: "start",
			SourceType: "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia",
		},
		Voices: []lector.SpokenBy{{Name: "silence", Backend: "test"}},
		Links:  links,
	}
	if base != "" {
		m.Links = lector.Addresses{Public: base, Files: base}.Links(m)
	}
	return m
}

// segments places paragraphs of one sentence a line, four seconds each.
func segments(kind lector.SegmentKind, start float64, paragraphs ...string) []lector.Segment {
	var all []lector.Segment
	for _, text := range paragraphs {
		g := lector.Segment{Kind: kind, Text: text, Source: text, Start: start, End: start + 3.5}
		lines := strings.Split(text, "\n")
		each := 3.5 / float64(len(lines))
		for i, line := range lines {
			from := start + float64(i)*each
			g.Sentences = append(g.Sentences, lector.Sentence{Text: line, Source: line, Start: from, End: from + each})
		}
		all = append(all, g)
		start += 4
	}
	return all
}

func captions(m lector.Manifest) []byte {
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	for _, g := range m.Segments {
		for _, s := range g.Sentences {
			fmt.Fprintf(&b, "\n%s --> %s\n%s\n", vttTimestamp(s.Start), vttTimestamp(s.End), s.Source)
		}
	}
	return []byte(b.String())
}

func vttTimestamp(s float64) string {
	return fmt.Sprintf("00:%02d:%06.3f", int(s)/60, s-float64(int(s)/60*60))
}
