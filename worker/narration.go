package worker

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"lector"
	"lector/audio"
	"lector/audio/id3"
	"lector/worker/script"
	"lector/worker/synth"
)

// stitchVersion is part of a rendition's hash: it changes when the same clips
// would be joined or tagged differently.
const stitchVersion = "2"

// Narration is a finished rendition, not stored yet.
type Narration struct {
	Manifest lector.Manifest
	MP3      []byte
	VTT      []byte
	Chapters []byte // nil when there are none
	Chunks   []lector.ChunkState
	Cost     float64 // US dollars
	Voice    string  // the preferred one of those that read it, as configured

	clips []synth.Clip
}

// hash covers all that goes into the sound and the tags.
func (p *Plan) hash(t *voicePlan) string {
	type part struct{ Clip, Pause string }
	var parts []part
	for i, c := range t.chunks {
		parts = append(parts, part{synth.Hash(t.synthChunks[i], t.chunkVoices[i].Capabilities), c.Pause.String()})
	}
	data, err := json.Marshal(struct {
		Version  string
		Parts    []part
		Tag      id3.Tag
		Cover    string
		Loudness string `json:",omitempty"`
	}{stitchVersion, parts, p.tag(t), p.article.Image, p.site.Loudness.String()})
	if err != nil { // strings and numbers only
		panic(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

// Narrate has the article read, by the next voice when one fails, and joins the clips.
// A voice reads all of it or nothing; where a voice of a role fails, the preferred
// voice reads all of it. A budget that is used up is no failure of the voice: the
// article waits.
//
// The calls are entered into the account, which the caller closes.
func (p *Plan) Narrate(ctx context.Context, a *synth.Account, step func(Progress)) (*Narration, error) {
	n, err := p.narrate(ctx, a, step)
	if err == nil {
		err = n.awaitClips()
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}

// awaitClips waits until the clips are in the cache.
func (n *Narration) awaitClips() error {
	return atStage(lector.StageSynth, synth.AwaitStored(n.clips))
}

// narrate is Narrate without the wait for the last clips to be in the cache, for which
// awaitClips waits.
func (p *Plan) narrate(ctx context.Context, a *synth.Account, step func(Progress)) (*Narration, error) {
	var failed voiceErrors
	for i, t := range p.voicePlans {
		if failed.includes(t) {
			continue
		}
		if err := t.checkBudget(p.site.Budget); err != nil {
			failed = append(failed, err)
			break
		}
		clips, why := t.synthesize(ctx, a, step)
		if why == nil {
			step(Progress{Stage: lector.StageStitch})
			n, err := p.assemble(ctx, t, clips, step)
			if err == nil && i > 0 {
				n.Manifest.Fallback = failed.Error()
			}
			return n, atStage(lector.StageStitch, err)
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		failed = append(failed, why...)
		if c := lector.ClassOf(why); c == lector.ClassBudget || c == lector.ClassStorage {
			break // another voice would not help
		}
	}
	return nil, atStage(lector.StageSynth, failed)
}

// stitchParts readies the clips for the stitch. Each is decoded once: new clips have
// been analysed by the check.
func (t *voicePlan) stitchParts(ctx context.Context, clips []synth.Clip) ([]audio.Part, error) {
	parts := make([]audio.Part, len(clips))
	for i := range clips {
		c := &clips[i]
		body := bytes.NewReader(c.MP3)
		if c.Analysis == nil {
			var err error
			if c.Analysis, err = audio.Analyze(ctx, body, body.Size()); err != nil {
				return nil, fmt.Errorf("clip %d: %w", i+1, err)
			}
		}
		parts[i] = audio.Part{
			Name: fmt.Sprintf("clip %d", i+1), Source: body, Size: body.Size(), Pause: t.chunks[i].Pause, Known: c.Analysis,
			Group: t.chunkVoices[i].Name,
		}
	}
	return parts, nil
}

// assemble joins the clips and describes the result.
func (p *Plan) assemble(ctx context.Context, t *voicePlan, clips []synth.Clip, step func(Progress)) (n *Narration, err error) {
	err = inSpan(ctx, "assemble", func(ctx context.Context) (err error) {
		n, err = p.joinClips(ctx, t, clips, step)
		return err
	})
	return n, err
}

func (p *Plan) joinClips(ctx context.Context, t *voicePlan, clips []synth.Clip, step func(Progress)) (*Narration, error) {
	parts, err := t.stitchParts(ctx, clips)
	if err != nil {
		return nil, err
	}
	level := p.site.Loudness.level(channels(parts))
	plan, err := audio.NewPlan(ctx, parts, audio.Options{Trim: true, Pauses: true, Loudness: level})
	if err != nil {
		return nil, err
	}
	if why := levelWarning(plan.Levels(), level); why != "" {
		step(Progress{Stage: lector.StageStitch, Note: why})
	}
	line := plan.Timeline()
	segments := p.segments(t, clips, line)
	tag := p.tag(t)
	tag.Chapters = chapters(segments)
	picture, err := p.cover(ctx)
	if err != nil {
		step(Progress{Stage: lector.StageStitch, Note: err.Error()})
	}
	tag.Picture = picture
	head := tag.Bytes()
	mp3 := bytes.NewBuffer(make([]byte, 0, int64(len(head))+plan.Size()))
	if _, err := plan.Write(ctx, mp3, head); err != nil {
		return nil, err
	}
	n := &Narration{MP3: mp3.Bytes(), Manifest: p.manifest(t, line, segments), Voice: t.voice.Name, clips: clips}
	n.setLoudness(plan.Levels())
	n.countUsage(clips)
	verified := beside(func() error { return n.verify(line) }) // both read all of the file
	described := n.describe(tag.Chapters)
	if err := errors.Join(verified(), described); err != nil {
		return nil, err
	}
	return n, nil
}

// tag is what the file says about itself, but for the chapters.
func (p *Plan) tag(t *voicePlan) id3.Tag {
	tag := id3.Tag{
		Title: t.script.Title, Artist: strings.Join(p.page.Authors, ", "), Album: p.site.Title, Language: p.language, Software: "Lector",
	}
	if !p.page.Published.IsZero() {
		tag.Date = p.page.Published.UTC().Format("2006-01-02T15:04:05")
	}
	d := p.disclosure(t)
	tag.Comment = d.Text
	tag.Text = map[string]string{"AI_DISCLOSURE": d.Text, "DigitalSourceType": d.SourceType}
	return tag
}

func (p *Plan) disclosure(t *voicePlan) lector.Disclosure {
	text, language := lector.DisclosureIn(p.language)
	source := t.voice.Capabilities.Synthetic
	if source == "" {
		source = lector.TrainedAlgorithmicMedia
	}
	return lector.Disclosure{Text: text, Language: language, SourceType: source, Spoken: p.site.SpokenDisclosure}
}

// verify parses the finished file again and compares it with the timeline: nothing
// is announced that does not match its manifest.
func (n *Narration) verify(line audio.Timeline) error {
	r, err := audio.InspectFrames(bytes.NewReader(n.MP3), int64(len(n.MP3)))
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if len(r.Problems) > 0 {
		return fmt.Errorf("verify: %v", r.Problems[0])
	}
	if r.Samples != line.Samples {
		return fmt.Errorf("verify: the file holds %d samples, its manifest says %d", r.Samples, line.Samples)
	}
	return nil
}

// describe adds sizes, sums and the files that lie beside the MP3.
func (n *Narration) describe(chapters []id3.Chapter) error {
	sum := sha256.Sum256(n.MP3)
	n.Manifest.SHA256, n.Manifest.Bytes = hex.EncodeToString(sum[:]), int64(len(n.MP3))
	n.VTT = captions(n.Manifest)
	if len(chapters) == 0 {
		return nil
	}
	var err error
	n.Chapters, err = chaptersJSON(chapters)
	return err
}

// matchedEntries lists the entries that matched, each once.
func matchedEntries(chunks []script.Chunk) []string {
	var out []string
	seen := map[string]bool{}
	for _, c := range chunks {
		for _, e := range c.Lexicon {
			if !seen[e] {
				seen[e], out = true, append(out, e)
			}
		}
	}
	return out
}
