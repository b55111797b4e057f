package audio

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"lector/audio/mpeg"
)

// writeBuffer is how much is written at a time, and most of what Write holds.
const writeBuffer = 256 << 10

// buffers are those that nobody writes through now.
var buffers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, writeBuffer) }}

// Write writes the stitched MP3 with tag, a complete ID3v2 tag or nil, in front
// and returns the bytes written: len(tag) + Size. It reads the parts a second
// time, as a stream; the same plan can be written again.
func (p *Plan) Write(ctx context.Context, w io.Writer, tag []byte) (int64, error) {
	out := &counter{w: w}
	buf := buffers.Get().(*bufio.Writer)
	buf.Reset(out)
	defer func() {
		buf.Reset(nil)
		buffers.Put(buf)
	}()
	err := p.write(ctx, buf, tag)
	if err == nil {
		err = buf.Flush()
	}
	if err != nil {
		return out.n, err
	}
	if want := int64(len(tag)) + p.Size(); out.n != want {
		return out.n, fmt.Errorf("write %d bytes, planned %d: %w", out.n, want, errChanged)
	}
	return out.n, nil
}

// counter counts what passes.
type counter struct {
	w io.Writer
	n int64
}

// Write writes b through and counts the bytes that were written.
func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

func (p *Plan) write(ctx context.Context, w *bufio.Writer, tag []byte) error {
	head := p.layout.info.Append(nil, p.layout.header)
	if _, err := w.Write(append(tag[:len(tag):len(tag)], head...)); err != nil {
		return err
	}
	j := &joiner{plan: p, w: w, packer: mpeg.NewPacker(w), rates: p.layout.rates()}
	for i := range p.streams {
		if err := j.part(ctx, i); err != nil {
			return err
		}
		if err := j.silence(p.cuts[i].gap); err != nil {
			return err
		}
		p.opt.progress("write", i+1, len(p.streams))
	}
	return j.packer.Flush()
}

// joiner writes the frames as the plan's trial laid them out.
type joiner struct {
	plan *Plan
	w    *bufio.Writer
	rates
	packer *mpeg.Packer
}

func (j *joiner) part(ctx context.Context, i int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := j.silence(j.plan.cuts[i].silent); err != nil {
		return err
	}
	if j.plan.relay[i] {
		return j.relay(ctx, i)
	}
	return j.copy(i)
}

// copy copies a part's frames byte for byte.
func (j *joiner) copy(i int) error {
	if err := j.packer.Flush(); err != nil {
		return err
	}
	s := j.plan.layout.spans[i]
	n, err := io.Copy(j.w, io.NewSectionReader(j.plan.streams[i].part.Source, s.from, s.to-s.from))
	if err == nil && n < s.to-s.from {
		err = j.plan.changed(i, errChanged)
	}
	return err
}

// relay lays a part's frames anew.
func (j *joiner) relay(ctx context.Context, i int) error {
	var failed error
	gain := j.plan.gain(i)
	err := j.plan.walk(ctx, i, func(u mpeg.Unit) {
		if failed == nil {
			u.SideInfo().AddGain(gain)
			failed = j.add(u.Header, u)
		}
	})
	if err != nil {
		return j.plan.changed(i, err)
	}
	return failed
}

func (j *joiner) add(h mpeg.Header, u mpeg.Unit) error {
	out := j.next(h)
	err := j.packer.Add(out, u)
	for errors.Is(err, mpeg.ErrNoRoom) && j.raise(&out) {
		err = j.packer.Add(out, u)
	}
	return err
}

func (j *joiner) silence(n int) error {
	var none [32]byte
	for range n {
		h := j.quiet()
		if err := j.add(h, mpeg.Unit{Header: h, Side: none[:h.SideInfoSize()]}); err != nil {
			return err
		}
	}
	return nil
}
