package worker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"lector"
	"lector/audio/id3"
)

// captions writes WebVTT with one cue a sentence. A cue's id is the number of
// its segment and of the sentence in it, both from 0; its text is as the
// article has it, not as it is spoken.
func captions(m lector.Manifest) []byte {
	var b bytes.Buffer
	b.WriteString("WEBVTT\n\nNOTE " + m.Disclosure.Text + "\n")
	for i, s := range m.Segments {
		for k, c := range s.Sentences {
			fmt.Fprintf(&b, "\n%d.%d\n%s --> %s\n%s\n", i, k, vttTimestamp(c.Start), vttTimestamp(c.End), cueText(c.Source))
		}
	}
	return b.Bytes()
}

// vttTimestamp writes a WebVTT timestamp: hours, minutes, seconds, milliseconds.
func vttTimestamp(seconds float64) string {
	ms := time.Duration(seconds * float64(time.Second)).Round(time.Millisecond).Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}

var cueEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// cueText is a text on one line, in which nothing is markup.
func cueText(text string) string { return cueEscaper.Replace(strings.Join(strings.Fields(text), " ")) }

// chapters makes one of each heading, and one of what stands before the first.
// An article with fewer than two headings has none.
func chapters(segments []lector.Segment) []id3.Chapter {
	var out []id3.Chapter
	end := time.Duration(0)
	for _, s := range segments {
		end = duration(s.End)
		if s.Kind == lector.Heading || len(out) == 0 && s.Kind == lector.Title {
			out = append(out, id3.Chapter{Title: s.Source, Start: duration(s.Start)})
		}
	}
	if len(out) < 3 {
		return nil
	}
	out[0].Start = 0
	for i := range out {
		out[i].End = end
		if i+1 < len(out) {
			out[i].End = out[i+1].Start
		}
	}
	return out
}

func duration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

// chaptersJSON writes the podcast namespace's JSON chapters, version 1.2.0.
func chaptersJSON(chapters []id3.Chapter) ([]byte, error) {
	type chapter struct {
		Start float64 `json:"startTime"`
		Title string  `json:"title"`
	}
	var list []chapter
	for _, c := range chapters {
		list = append(list, chapter{seconds(c.Start), c.Title})
	}
	return json.Marshal(map[string]any{"version": "1.2.0", "chapters": list})
}
