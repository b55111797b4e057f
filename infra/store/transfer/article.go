package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"lector"
)

// errMoved says that the source changed while a group was copied.
var errMoved = errors.New("the source changed meanwhile")

// tries is how often an article is taken up again because it changes.
const tries = 4

// faultsInARow is how many objects may fail one after the other before the
// copy is broken off: a full disk fails for all.
const faultsInARow = 10

// group copies one group. Only what makes it useless to go on is an error;
// what fails for this group alone is noted.
func (c *Copy) group(ctx context.Context, g group) error {
	err := c.once(ctx, g)
	for n := 1; n < tries && moved(err); n++ {
		if g, err = c.again(ctx, g); err == nil {
			err = c.once(ctx, g)
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return c.note(g, err)
}

// moved reports whether an error comes from a source that changes under way.
func moved(err error) bool {
	return errors.Is(err, errMoved) || errors.Is(err, lector.ErrNotFound) || errors.Is(err, lector.ErrConflict)
}

// note keeps what went wrong with a group, and gives up when everything fails.
func (c *Copy) note(g group, err error) error {
	if err == nil {
		c.state.mu.Lock()
		defer c.state.mu.Unlock()
		c.state.faults = 0
		return nil
	}
	c.tell(g.prefix, err)
	c.state.note(g.prefix, failed)
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	if c.state.faults++; c.state.faults >= faultsInARow {
		return fmt.Errorf("broken off after %d failures in a row: %w", c.state.faults, err)
	}
	return nil
}

// again lists a group anew in both stores.
func (c *Copy) again(ctx context.Context, g group) (group, error) {
	fresh := group{part: g.part, prefix: g.prefix}
	for p, err := range c.pairs(ctx, g.prefix) {
		if err != nil {
			return g, err
		}
		if groupOf(g.part, p.key) == g.prefix {
			fresh.pairs = append(fresh.pairs, p)
		}
	}
	return fresh, nil
}

func (c *Copy) once(ctx context.Context, g group) error {
	switch {
	case g.part != renditions:
		return c.plain(ctx, g)
	case !g.inSource():
		return c.alone(ctx, g)
	}
	return c.article(ctx, g)
}

// article copies the files of an article and then the pointer to them, so that
// the target never points to what it does not have.
func (c *Copy) article(ctx context.Context, g group) error {
	c.state.note(g.prefix, seen)
	pointer, files := split(g)
	same, err := c.same(ctx, pointer)
	if err != nil {
		return err
	}
	if disputed := pointer.from != nil && pointer.to != nil && !same; disputed && !c.Exact {
		ahead, err := c.ahead(ctx, g, pointer)
		if err != nil {
			return err
		}
		if ahead {
			c.leave(g)
			return nil
		}
	}
	for _, p := range files {
		if p.from != nil {
			if err := c.object(ctx, g.part, p); err != nil {
				return err
			}
		}
	}
	switch {
	case same:
	case pointer.from != nil:
		err = c.point(ctx, g, pointer)
	case pointer.to != nil:
		err = c.unpoint(ctx, g, pointer)
	}
	if err != nil {
		return err
	}
	return c.extra(ctx, g, files)
}

// extra sees to the files of an article that only the target has: those of an
// old revision, or of one that is being made there. They stay, or go when
// nothing points to them any more.
func (c *Copy) extra(ctx context.Context, g group, files []pair) error {
	for _, p := range files {
		switch {
		case p.from != nil:
		case c.Exact:
			if err := c.remove(ctx, g.part, p.key); err != nil {
				return err
			}
		default:
			c.count(g.part, func(t *Tally) { t.Kept++ })
		}
	}
	return nil
}

// leave lets the target have an article that is newer there.
func (c *Copy) leave(g group) {
	c.keep(g)
	c.tell(g.prefix, lector.Hint(errors.New("is newer in the target"),
		"somebody has worked with the target since it was copied: it stays; -exact overwrites it"))
}

// keep counts what the target has of a group.
func (c *Copy) keep(g group) {
	c.count(g.part, func(t *Tally) {
		for _, p := range g.pairs {
			if p.to != nil {
				t.Kept++
			}
		}
	})
}

// split takes the pointer out of an article's objects.
func split(g group) (pointer pair, files []pair) {
	pointer.key = g.prefix + "manifest.json"
	for _, p := range g.pairs {
		if p.key == pointer.key {
			pointer = p
		} else {
			files = append(files, p)
		}
	}
	return pointer, files
}

// point copies the pointer, if all that it points to was among the files.
// Behind the write it looks at the source once more: a pointer that has gone
// or changed by then must not stay.
func (c *Copy) point(ctx context.Context, g group, p pair) error {
	was, err := c.From.Stat(ctx, p.key)
	if err != nil {
		return err
	}
	m, err := manifest(ctx, c.From, p.key)
	if err != nil {
		return err
	}
	if err := whole(g, m); err != nil {
		return err
	}
	c.state.note(g.prefix, wrote)
	if err := c.write(ctx, g.part, p.key); err != nil {
		return err
	}
	now, err := c.From.Stat(ctx, p.key)
	if err == nil && now.ETag != was.ETag {
		return errMoved
	}
	return err
}

// whole checks that a rendition's files are among those of the source.
func whole(g group, m lector.Manifest) error {
	for _, suffix := range []string{".mp3", ".vtt", ".manifest.json"} {
		key := g.prefix + m.Hash + suffix
		found := false
		for _, p := range g.pairs {
			found = found || p.key == key && p.from != nil
		}
		if !found {
			return lector.Hint(fmt.Errorf("%w: %s is not there, and the article's manifest needs it", errMoved, key),
				"replay the article; the clips that it needs are paid already")
		}
	}
	return nil
}

// unpoint removes a pointer that the source has no more, though it still has
// files: a takedown is under way there, or the target is ahead.
func (c *Copy) unpoint(ctx context.Context, g group, p pair) error {
	gone, err := c.withdrawn(ctx, g.prefix)
	if err != nil {
		return err
	}
	if gone || c.Exact {
		return c.remove(ctx, g.part, p.key)
	}
	c.count(g.part, func(t *Tally) { t.Kept++ })
	return nil
}

// alone is a group that only the target has. It goes if the article was
// withdrawn, its pointer first; else it stays and is told.
func (c *Copy) alone(ctx context.Context, g group) error {
	gone := c.Exact || c.state.did(g.prefix, seen)
	if !gone {
		var err error
		if gone, err = c.withdrawn(ctx, g.prefix); err != nil {
			return err
		}
	}
	if !gone {
		c.keep(g)
		c.stranger(g.prefix)
		return nil
	}
	if fresh, err := c.again(ctx, g); err != nil || fresh.inSource() {
		return errors.Join(err, errMoved)
	}
	pointer, files := split(g)
	if pointer.to != nil {
		files = append([]pair{pointer}, files...)
	}
	for _, p := range files {
		if err := c.remove(ctx, g.part, p.key); err != nil {
			return err
		}
	}
	return nil
}

// stranger explains why something that only the target has stays there.
func (c *Copy) stranger(key string) {
	hint := "its job does not say that it was withdrawn, so it stays; -exact deletes what the source does not have"
	if c.Jobs == nil {
		hint = "no job records could be asked whether it was withdrawn, so it stays; -exact deletes what the source does not have"
	}
	c.tell(key, lector.Hint(errors.New("is in the target only"), "%s", hint))
}

// withdrawn reports whether the record of an article says that it has no
// audio. A job under way may be about to make some.
func (c *Copy) withdrawn(ctx context.Context, prefix string) (bool, error) {
	j, known, err := c.job(ctx, prefix)
	return known && j.Rendition == "" && j.State.AtRest(), err
}

// job returns the record of the article with the given prefix, if there is one.
func (c *Copy) job(ctx context.Context, prefix string) (j lector.Job, known bool, err error) {
	parts := strings.Split(prefix, "/") // a, site, key, ""
	if c.Jobs == nil || len(parts) != 4 {
		return j, false, nil
	}
	j, _, err = c.Jobs.Job(ctx, parts[1], parts[2])
	if errors.Is(err, lector.ErrNotFound) {
		return j, false, nil
	}
	return j, err == nil, err
}

// ahead reports whether the target's pointer is the newer of two that differ.
// What this run has written is not. Then the record counts, then what the
// manifests say of each other, then the time of the last write.
func (c *Copy) ahead(ctx context.Context, g group, p pair) (bool, error) {
	if c.state.did(g.prefix, wrote) {
		return false, nil
	}
	ours, err := manifest(ctx, c.From, p.key)
	if err != nil {
		return false, err
	}
	theirs, err := manifest(ctx, c.To, p.key)
	if err != nil {
		return false, nil //nolint:nilerr // what cannot be read is not ahead
	}
	j, known, err := c.job(ctx, g.prefix)
	if us, them := fits(ours, j), fits(theirs, j); err != nil || known && us != them {
		return them > us, err
	}
	if us, them := follows(ours, theirs), follows(theirs, ours); us != them {
		return them, nil
	}
	return p.to.Modified.After(p.from.Modified), nil
}

// follows reports whether a manifest names the other as an earlier one.
func follows(m, other lector.Manifest) bool {
	return m.Hash != other.Hash && slices.ContainsFunc(m.PreviousRenditions, func(e lector.PreviousRendition) bool { return e.Hash == other.Hash })
}

// fits says how well a manifest matches the record: its rendition counts more
// than its revision.
func fits(m lector.Manifest, j lector.Job) (points int) {
	if m.Hash == j.Rendition {
		points += 2
	}
	if m.Revision == j.Revision {
		points++
	}
	return points
}

// manifest reads a pointer.
func manifest(ctx context.Context, s Source, key string) (m lector.Manifest, err error) {
	body, _, err := s.Open(ctx, key)
	if err != nil {
		return m, err
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(data, &m); err != nil || m.Hash == "" {
		return m, lector.Permanent(fmt.Errorf("%s is no manifest", key))
	}
	return m, nil
}
