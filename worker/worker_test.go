package worker

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"lector"
)

func TestCaptions(t *testing.T) {
	t.Parallel()
	m := lector.Manifest{Disclosure: lector.Disclosure{Text: lector.DisclosureText}, Segments: []lector.Segment{
		{Kind: lector.Title, Sentences: []lector.Sentence{{Source: "Bread & <b>salt</b> -->\nagain", Start: 0.2, End: 1.25}}},
		{Kind: lector.Paragraph, Sentences: []lector.Sentence{{Source: "One.", Start: 2, End: 3}, {Source: "Two.", Start: 3, End: 3661.0004}}},
	}}
	const want = `WEBVTT

NOTE This audio is created with AI assistance

0.0
00:00:00.200 --> 00:00:01.250
Bread &amp; &lt;b&gt;salt&lt;/b&gt; --&gt; again

1.0
00:00:02.000 --> 00:00:03.000
One.

1.1
00:00:03.000 --> 01:01:01.000
Two.
`
	if got := string(captions(m)); got != want {
		t.Errorf("captions:\n%s\nwant:\n%s", got, want)
	}
}

func TestChapters(t *testing.T) {
	t.Parallel()
	segments := func(kinds ...lector.SegmentKind) (out []lector.Segment) {
		for i, k := range kinds {
			out = append(out, lector.Segment{Kind: k, Source: string(k), Start: float64(i), End: float64(i + 1)})
		}
		return out
	}
	if got := chapters(segments(lector.SpokenDisclosure, lector.Title, lector.Paragraph, lector.Heading, lector.Paragraph)); got != nil {
		t.Errorf("one heading makes chapters: %v", got)
	}
	got := chapters(segments(lector.SpokenDisclosure, lector.Title, lector.Paragraph, lector.Heading, lector.Paragraph, lector.Heading, lector.Paragraph))
	if len(got) != 3 || got[0].Start != 0 || got[0].End != 3*time.Second || got[2].End != 7*time.Second {
		t.Fatalf("chapters %v", got)
	}
	data, err := chaptersJSON(got)
	if err != nil || !json.Valid(data) || !strings.Contains(string(data), `"startTime":3`) {
		t.Errorf("%s, %v", data, err)
	}
}

func TestBackoffGrowsAndEnds(t *testing.T) {
	t.Parallel()
	for tries, most := range map[int]time.Duration{0: 15 * time.Second, 1: 15 * time.Second, 3: time.Minute, 60: 1350 * time.Second} {
		for range 50 {
			if d := backoff(tries); d < 5*time.Second || d > most {
				t.Errorf("after %d tries: %s", tries, d)
			}
		}
	}
}

// TestWaitingIsShort is an article that waits for its budget for days.
func TestWaitingIsShort(t *testing.T) {
	t.Parallel()
	var all []lector.Attempt
	for i := range 5000 {
		all = appendAttempt(all, lector.Attempt{Worker: "w"})
		all[len(all)-1].Outcome = snoozed
		if i%1000 == 0 {
			all[len(all)-1].Outcome = failed
		}
	}
	bad := 0
	for _, a := range all {
		if !endedWaiting(a) {
			bad++
		}
	}
	if last := all[len(all)-1]; len(all) > 25 || bad != 5 || last.Number != 5000 || all[0].Number != 1 {
		t.Errorf("%d attempts, %d failed, the last is %+v", len(all), bad, last)
	}
}

func TestPostponed(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]time.Duration{
		-time.Hour: time.Second, 0: time.Second, time.Minute: time.Minute, 24 * time.Hour: 15 * time.Minute,
	} {
		if got := waitDelay(lector.Throttled(errors.New("slow down"), after), lector.Job{}); got != want {
			t.Errorf("%v: %v, want %v", after, got, want)
		}
	}
}

func TestStageOfAnError(t *testing.T) {
	t.Parallel()
	if atStage(lector.StageSynth, nil) != nil {
		t.Error("no error became one")
	}
	why := atStage(lector.StageSynth, lector.Permanent(lector.ErrNotFound))
	j := lector.Job{Attempts: []lector.Attempt{{Number: 1}}}
	(&Worker{}).failAttempt(&j, failed, why)
	if j.Stage != lector.StageSynth || j.Attempts[0].Stage != lector.StageSynth || j.Attempts[0].Error != "synth: not found" || !lector.IsPermanent(why) {
		t.Errorf("job %+v", j)
	}
}
