package audio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"lector/audio/id3"
	"lector/audio/loudness"
	"lector/audio/mpeg"
)

// StaleHeader is a Xing or Info frame that does not fit the stream behind it:
// players then show a wrong duration and seek to wrong places.
const StaleHeader mpeg.Kind = "stale header"

// disclosureKey is the user text frame that holds the disclosure of how a file
// was made.
const disclosureKey = "AI_DISCLOSURE"

// provenanceMIME is the type of the tag's object that a signed file carries.
const provenanceMIME = "application/x-c2pa-manifest-store"

// Report is what `lector inspect -json` prints. Durations are in seconds.
type Report struct {
	Version    string `json:"version"` // of MPEG: 1, 2 or 2.5
	Layer      int    `json:"layer"`
	SampleRate int    `json:"sample_rate"`
	Channels   int    `json:"channels"`
	Mode       string `json:"mode"`
	Bitrate    int    `json:"bitrate"` // kbit/s; the mean where not CBR
	CBR        bool   `json:"cbr"`
	Frames     int    `json:"frames"`  // of audio, counted
	Samples    int64  `json:"samples"` // a channel, as played: without delay and padding
	// Duration is Samples ÷ SampleRate.
	Duration     float64 `json:"duration"`
	EncoderDelay int     `json:"encoder_delay"` // as the LAME tag states it, 0 without one
	Padding      int     `json:"padding"`
	// Loudness (LUFS) and TruePeak (dBTP) are null for silence and where
	// nothing could be decoded.
	Loudness   *float64          `json:"loudness"`
	TruePeak   *float64          `json:"true_peak"`
	Range      *float64          `json:"loudness_range"` // LU
	Encoder    string            `json:"encoder,omitempty"`
	Tags       map[string]string `json:"tags"`
	Chapters   []Chapter         `json:"chapters"`
	Disclosure string            `json:"disclosure"`
	Provenance Provenance        `json:"provenance"`
	Problems   []mpeg.Problem    `json:"problems"`
}

// Chapter is a chapter of the tag.
type Chapter struct {
	Title string  `json:"title"`
	Start float64 `json:"start"`
	End   float64 `json:"end"`
}

// Provenance says whether and by whom a file is signed.
type Provenance struct {
	State  string `json:"state"`
	Signer string `json:"signer"`
	Detail string `json:"detail"`
}

// Inspect reads an MP3 whole, decodes it and reports everything found. Its
// errors are mpeg.ErrNoAudio and those of the source and of ctx; all else that is wrong
// with the file is a problem in the report.
func Inspect(ctx context.Context, r io.ReaderAt, size int64) (Report, error) {
	report, s, err := inspectFrames(ctx, r, size)
	if err != nil {
		return report, err
	}
	if err := s.analyze(ctx); err != nil {
		return report, err
	}
	a := s.analysis
	report.Loudness, report.TruePeak = Finite(a.Loudness), Finite(a.TruePeak)
	if report.Loudness != nil {
		report.Range = Finite(loudness.Range(a.energies))
	}
	if a.Faults > 0 {
		report.problem(mpeg.BadSideInfo, 0, fmt.Sprintf("%d frames do not decode", a.Faults))
	}
	return report, nil
}

// Finite returns x rounded to hundredths, nil for an infinity, which JSON does not have.
func Finite(x float64) *float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	x = math.Round(x*100) / 100
	return &x
}

// InspectFrames is Inspect without decoding: headers, reservoir, checksums and
// tags. It is about a hundred times faster, and goes on to its end.
func InspectFrames(r io.ReaderAt, size int64) (Report, error) {
	report, _, err := inspectFrames(context.Background(), r, size)
	return report, err
}

func inspectFrames(ctx context.Context, r io.ReaderAt, size int64) (Report, *stream, error) {
	s, err := scan(ctx, Part{Source: r, Size: size}, &mpeg.Scanner{})
	switch {
	case s == nil: // ctx has ended
		return Report{}, nil, err
	case err != nil:
		return Report{Problems: s.problems}, nil, err
	}
	report := Report{
		Version: s.first.Version().String(), Layer: 3, Mode: s.first.Mode().String(),
		SampleRate: s.first.SampleRate(), Channels: s.first.Channels(),
		Frames: s.frames, CBR: s.constant(), Bitrate: s.first.Bitrate(),
		Tags: map[string]string{}, Chapters: []Chapter{}, Provenance: Provenance{State: "unsigned"},
		Problems: append([]mpeg.Problem{}, s.problems...),
	}
	report.length(s)
	report.reservoir(s)
	report.header(s)
	report.tag(r, size)
	return report, s, nil
}

func (r *Report) problem(k mpeg.Kind, at int64, detail string) {
	r.Problems = append(r.Problems, mpeg.Problem{Kind: k, Offset: at, Detail: detail})
}

// length fills in what follows from the frame count.
func (r *Report) length(s *stream) {
	if s.info != nil && s.info.Lame != nil {
		r.EncoderDelay, r.Padding, r.Encoder = s.info.Lame.Delay, s.info.Lame.Padding, s.info.Lame.Encoder
	}
	r.Samples = max(0, int64(s.raw()-r.EncoderDelay-r.Padding))
	r.Duration = float64(r.Samples) / float64(r.SampleRate)
	if !r.CBR || s.free > 0 {
		seconds := float64(s.raw()) / float64(r.SampleRate)
		r.Bitrate = int(math.Round(float64(s.end-s.start) * 8 / seconds / 1000))
	}
}

// reservoir walks all frames for checksums and main data.
func (r *Report) reservoir(s *stream) {
	frames := &checkedFrames{Frames: s.framesFrom(0), bad: -1}
	units := mpeg.NewReader(frames)
	for units.Next() {
	}
	lost, more := units.Problems()
	r.Problems = append(r.Problems, lost...)
	if more > 0 {
		r.problem(mpeg.LostData, lost[len(lost)-1].Offset, fmt.Sprintf("and of %d units behind it", more))
	}
	if frames.inside > 0 {
		r.problem(StaleHeader, frames.inside, "a second Info frame: files were joined byte by byte")
	}
	if frames.wrong > 0 {
		r.problem(mpeg.BadChecksum, frames.bad, fmt.Sprintf("%d frames", frames.wrong))
	}
}

// checkedFrames counts wrong checksums and seeks Info frames as frames pass.
type checkedFrames struct {
	mpeg.Frames
	wrong  int
	bad    int64 // offset of the first
	inside int64 // offset of the last Info frame, 0 without
}

// Next implements mpeg.Frames, and counts what it passes.
func (c *checkedFrames) Next() bool {
	if !c.Frames.Next() {
		return false
	}
	f := c.Frame()
	if !mpeg.ChecksumOK(f.Header, f.Data) {
		if c.wrong++; c.wrong == 1 {
			c.bad = f.Offset
		}
	}
	if mpeg.SideInfoOf(f.Header, f.Data).MainBits() == 0 {
		if _, ok := mpeg.ParseInfo(f.Header, f.Data); ok {
			c.inside = f.Offset
		}
	}
	return true
}

// header compares the Xing or Info frame with what is there.
func (r *Report) header(s *stream) {
	i := s.info
	switch {
	case i == nil && !r.CBR:
		r.problem(StaleHeader, s.start, "a variable bit rate without a Xing frame: players guess the duration")
	case i == nil:
	case i.Frames > 0 && i.Frames != int64(s.frames):
		r.problem(StaleHeader, 0, fmt.Sprintf("states %d frames, there are %d", i.Frames, s.frames))
	case i.Lame != nil && i.Lame.Delay+i.Lame.Padding > s.raw():
		r.problem(StaleHeader, 0, fmt.Sprintf("delay and padding are %d samples, there are %d", i.Lame.Delay+i.Lame.Padding, s.raw()))
	case i.Lame != nil && !i.Lame.Intact:
		r.problem(StaleHeader, 0, "the LAME tag's checksum does not fit")
	case i.Bytes > 0 && distant(i.Bytes, s.end-s.start+int64(s.first.Size())):
		r.problem(StaleHeader, 0, fmt.Sprintf("states %d bytes of audio, there are %d", i.Bytes, s.end-s.start))
	}
}

// distant reports whether two lengths differ by more than the frame that some
// programs count and others do not.
func distant(a, b int64) bool { return max(a-b, b-a) > 2*mpeg.MaxFrameSize }

// tag reads the ID3v2 tag in front, else the ID3v1 tag behind. A tag that is not
// whole is among the scanner's problems already.
func (r *Report) tag(src io.ReaderAt, size int64) {
	t, err := id3.Read(src, size)
	if errors.Is(err, id3.ErrNoTag) {
		t, _ = id3.ReadV1(src, size)
	}
	if errors.Is(err, id3.ErrDamaged) {
		r.problem(mpeg.BadTag, 0, err.Error())
	}
	for k, v := range map[string]string{
		"title": t.Title, "artist": t.Artist, "album": t.Album, "language": t.Language,
		"date": t.Date, "comment": t.Comment, "encoder": t.Software,
	} {
		if v != "" {
			r.Tags[k] = v
		}
	}
	for k, v := range t.Text {
		r.Tags[k] = v
	}
	if t.Picture != nil {
		r.Tags["picture"] = fmt.Sprintf("%s, %d bytes", t.Picture.MIME, len(t.Picture.Data))
	}
	for i, c := range t.Chapters {
		if c.End < c.Start || c.Start.Seconds() > r.Duration+1 {
			r.problem(mpeg.BadTag, 0, fmt.Sprintf("chapter %d is from %v to %v, the audio is %.3f s long", i+1, c.Start, c.End, r.Duration))
		}
		r.Chapters = append(r.Chapters, Chapter{c.Title, c.Start.Seconds(), c.End.Seconds()})
	}
	r.Disclosure = t.Text[disclosureKey]
	for _, o := range t.Objects {
		if o.MIME == provenanceMIME {
			r.Provenance = Provenance{State: "unverified", Detail: "a C2PA manifest is there; this build does not verify it"}
		}
	}
}
