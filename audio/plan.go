package audio

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"lector/audio/mpeg"
)

// Plan is a stitch before it is written: every frame, size and time is known.
// The sources of its parts must stay readable and unchanged until Write.
type Plan struct {
	opt      Options
	streams  []*stream
	cuts     []cut
	relay    []bool // parts whose frames are laid anew
	gains    []int
	layout   layout
	timeline Timeline
	levels   *Levels
}

// NewPlan reads the parts and decides how they are joined. It decodes only what
// Trim and Loudness need. Errors are PartErrors, save for ErrNoParts and those
// of ctx.
func NewPlan(ctx context.Context, parts []Part, opt Options) (*Plan, error) {
	if len(parts) == 0 {
		return nil, ErrNoParts
	}
	p := &Plan{opt: opt}
	if err := p.read(ctx, parts); err != nil {
		return nil, err
	}
	if err := p.unify(ctx); err != nil {
		return nil, err
	}
	p.level()
	if err := p.fit(ctx); err != nil {
		return nil, err
	}
	p.place()
	return p, nil
}

// Timeline returns where everything will be.
func (p *Plan) Timeline() Timeline { return p.timeline }

// Size returns the bytes that Write will write behind the tag.
func (p *Plan) Size() int64 { return p.layout.bytes }

// Problems returns what was wrong with parts that are stitched all the same.
func (p *Plan) Problems() []PartProblem {
	var all []PartProblem
	for _, s := range p.streams {
		for _, x := range s.problems {
			all = append(all, PartProblem{s.part.Name, x})
		}
	}
	return all
}

// read scans the parts.
func (p *Plan) read(ctx context.Context, parts []Part) error {
	p.streams = make([]*stream, len(parts))
	errs := make([]error, len(parts))
	var done atomic.Int64
	each(len(parts), p.readers(), func(next func() (int, bool)) {
		var frames mpeg.Scanner // one for all parts of a goroutine: memory stays flat
		for i, ok := next(); ok; i, ok = next() {
			if p.streams[i], errs[i] = p.open(ctx, parts[i], &frames); errs[i] != nil {
				return
			}
			p.opt.progress("read", int(done.Add(1)), len(parts))
		}
	})
	for i, err := range errs {
		if err != nil {
			return p.partError(i, parts[i].Name, err)
		}
	}
	return nil
}

// readers is how many parts are scanned at a time: as many as there are processors where
// they are decoded, else one, for to read headers costs less than to share them out.
func (p *Plan) readers() int {
	if p.opt.Trim || p.opt.Loudness != nil {
		return runtime.GOMAXPROCS(0)
	}
	return 1
}

// each runs do in as many goroutines as asked, and waits. next deals out 0 … n-1,
// until one of them returns before there was no more.
func each(n, goroutines int, do func(next func() (int, bool))) {
	var dealt atomic.Int64
	next := func() (int, bool) {
		i := int(dealt.Add(1)) - 1
		return i, i < n
	}
	var wg sync.WaitGroup
	for range min(n, goroutines) {
		wg.Go(func() {
			do(next)
			dealt.Store(int64(n))
		})
	}
	wg.Wait()
}

// open reads one part as far as the options need.
func (p *Plan) open(ctx context.Context, part Part, frames *mpeg.Scanner) (*stream, error) {
	s, err := scan(ctx, part, frames)
	if err == nil {
		err = s.stated()
	}
	if err != nil {
		return s, err
	}
	s.problems = append(s.problems, s.lost()...)
	if p.opt.Strict && len(s.problems) > 0 {
		return s, &DamageError{s.problems[0]}
	}
	return s, p.listen(ctx, s)
}

// listen decodes what the options need of a part.
func (p *Plan) listen(ctx context.Context, s *stream) error {
	switch {
	case s.part.Known != nil:
		s.analysis, s.edges = s.part.Known, s.part.Known.edges
		return nil
	case p.opt.Loudness != nil:
		return s.analyze(ctx)
	case p.opt.Trim:
		return s.trimmable(ctx)
	}
	return nil
}

// partError names the part that err is about, and the place where it can.
func (p *Plan) partError(i int, name string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := &PartError{Part: name, Index: i, Offset: -1, Err: err}
	var d *DamageError
	if errors.As(err, &d) {
		e.Offset = d.Offset
	}
	return e
}

// unify checks that all parts have the format of the first, or has the others
// encoded anew.
func (p *Plan) unify(ctx context.Context) error {
	want := p.streams[0].first.Format()
	for i, s := range p.streams {
		if s.first.Format() == want {
			continue
		}
		err := error(&FormatError{Got: s.first.Format(), Want: want})
		if p.opt.Reencode != nil {
			p.streams[i], err = p.reencode(ctx, s)
		}
		if err != nil {
			return p.partError(i, s.part.Name, err)
		}
	}
	return nil
}

// cut decides all joins.
func (p *Plan) cut() {
	p.cuts = make([]cut, len(p.streams))
	for i := range p.streams[1:] {
		join(p.streams[i], p.streams[i+1], &p.cuts[i], &p.cuts[i+1], p.opt)
	}
	p.cutEnds()
}

// outerSilence is what Options.Pauses leaves at most in front of the first sound and
// behind the last.
const outerSilence = 200 * time.Millisecond

// cutEnds drops what the encoders put before the first and behind the last part, as
// far as it is silent; with Pauses also the parts' own silence beyond outerSilence.
func (p *Plan) cutEnds() {
	if !p.opt.Trim {
		return
	}
	first, last := p.streams[0], p.streams[len(p.streams)-1]
	head, tail := roundDiv(first.delay(), first.spf()), max(0, roundDiv(last.trail(), last.spf()))
	if p.opt.Pauses {
		keep := int(outerSilence.Seconds() * float64(first.first.SampleRate()))
		begins, _ := first.bounds()
		_, ends := last.bounds()
		head = max(head, (begins-decoderDelay-keep)/first.spf())
		tail = max(tail, (last.raw()-1-ends-keep)/last.spf())
	}
	most, _ := first.droppable()
	p.cuts[0].head = min(head, most)
	_, most = last.droppable()
	p.cuts[len(p.cuts)-1].tail = min(tail, most)
}

// place fixes the timeline when all frames are known.
func (p *Plan) place() {
	p.timeline = timeline(p.streams, p.cuts)
	for i := range p.timeline.Parts {
		p.timeline.Parts[i].Gain = p.gain(i)
	}
	p.timeline.VBR = p.layout.vbr
	p.timeline.Bitrate = p.layout.header.Bitrate()
	if p.layout.vbr {
		audio := p.layout.bytes - int64(p.layout.info.FrameSize(p.layout.header))
		p.timeline.Bitrate = int(float64(audio)*8/p.timeline.Duration.Seconds()/1000 + 0.5)
	}
}

func (p *Plan) gain(i int) int {
	if p.gains == nil {
		return 0
	}
	return p.gains[i]
}

// changed wraps an error of a second reading.
func (p *Plan) changed(i int, err error) error {
	return p.partError(i, p.streams[i].part.Name, fmt.Errorf("read again: %w", err))
}
