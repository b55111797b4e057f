package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"lector"
)

// copySingle copies what is one object: a clip, an answer, an article, a version of the
// lexicon, the names of withdrawn files.
func (c *Copy) copySingle(ctx context.Context, g group) error {
	if len(g.pairs) == 0 { // it went while it was copied
		return nil
	}
	p := g.pairs[0]
	ours := g.part != lexicon || c.Exact || p.to == nil // where both have one, the source's counts
	switch {
	case p.from != nil && ours:
		return c.object(ctx, g.part, p)
	case p.from != nil:
		return c.compareVersion(ctx, g, p)
	case c.Mirror, g.part == lexicon && c.Exact:
		return c.remove(ctx, g.part, p.key)
	}
	c.count(g.part, func(t *Tally) { t.Kept++ })
	if g.part == lexicon { // a clip is a clip, whoever paid for it
		c.reportVersion(p.key)
	}
	return nil
}

// compareVersion looks at a version of the lexicon that both stores have. One is
// never written twice, so what differs was made on both sides.
func (c *Copy) compareVersion(ctx context.Context, g group, p pair) error {
	same, err := c.same(ctx, p)
	if err != nil {
		return err
	}
	if !same {
		c.count(g.part, func(t *Tally) { t.Kept++ })
		c.reportVersion(p.key)
	}
	return nil
}

func (c *Copy) reportVersion(key string) {
	c.addProblem(key, lector.Hint(errors.New("was written in the target, not in the source"),
		"the lexicon was changed in both stores: export it from both, import what is missing, and -exact overwrites the target's"))
}

// object copies one object, unless the target has the same.
func (c *Copy) object(ctx context.Context, part string, p pair) error {
	same, err := c.upToDate(ctx, part, p)
	if err != nil || same {
		return err
	}
	return c.write(ctx, part, p.key)
}

// upToDate reports whether a file that never changes needs not be copied. In the
// first round that takes a comparison; afterwards size and name say enough,
// unless something went wrong.
func (c *Copy) upToDate(ctx context.Context, part string, p pair) (bool, error) {
	if c.state.report.Rounds > 1 && p.to != nil && !c.state.has(groupOf(part, p.key), failed) {
		return p.from.Size == p.to.Size, nil
	}
	return c.same(ctx, p)
}

// write copies an object as it is now.
func (c *Copy) write(ctx context.Context, part, key string) error {
	body, o, err := c.From.Open(ctx, key)
	if err != nil {
		return err
	}
	defer body.Close()
	held, free, err := buffer(body)
	defer free()
	if err != nil {
		return fmt.Errorf("read %s: %w", key, err)
	}
	size, err := held.Seek(0, io.SeekEnd)
	if err == nil && size != o.Size {
		err = fmt.Errorf("read %s: %d of %d bytes", key, size, o.Size)
	}
	if err != nil {
		return err
	}
	if err := c.To.Put(ctx, lector.NewObject(key), held); err != nil {
		return err
	}
	c.count(part, func(t *Tally) { t.Copied++; t.CopiedBytes += size })
	return nil
}

// remove deletes an object of the target.
func (c *Copy) remove(ctx context.Context, part, key string) error {
	if err := c.To.Delete(ctx, key); err != nil {
		return err
	}
	c.count(part, func(t *Tally) { t.Deleted++ })
	return nil
}

// maxInMemory is the size in bytes up to which an object is held in memory while
// it is written; a larger one waits in a temporary file.
const maxInMemory = 4 << 20

// buffer reads r to its end, so that it can be read again and again. The caller
// calls free when it is done, also after an error.
func buffer(r io.Reader) (held io.ReadSeeker, free func(), err error) {
	var b bytes.Buffer
	n, err := io.CopyN(&b, r, maxInMemory)
	if errors.Is(err, io.EOF) {
		return bytes.NewReader(b.Bytes()), func() {}, nil
	}
	if err != nil {
		return nil, func() {}, err
	}
	f, err := os.CreateTemp("", "lector-copy-*")
	if err != nil {
		return nil, func() {}, err
	}
	free = func() { _ = f.Close(); os.Remove(f.Name()) } // what was written is read before
	if _, err = f.Write(b.Bytes()[:n]); err == nil {
		_, err = io.Copy(f, r)
	}
	return f, free, err
}
