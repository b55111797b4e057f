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

// errSourceChanged says that the source changed while a group was copied.
var errSourceChanged = errors.New("the source changed meanwhile")

// maxTries is how often an article that changes meanwhile is copied anew.
const maxTries = 4

// maxFailuresInARow is how many objects may fail one after the other before the
// copy is broken off: a full disk fails for all.
const maxFailuresInARow = 10

// group copies one group. Only what makes it useless to go on is an error;
// what fails for this group alone is noted.
func (c *Copy) group(ctx context.Context, g group) error {
	err := c.copyGroup(ctx, g)
	for n := 1; n < maxTries && isSourceChange(err); n++ {
		if g, err = c.relist(ctx, g); err == nil {
			err = c.copyGroup(ctx, g)
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return c.recordResult(g, err)
}

// isSourceChange reports whether an error comes from a source that changes under way.
func isSourceChange(err error) bool {
	return errors.Is(err, errSourceChanged) || errors.Is(err, lector.ErrNotFound) || errors.Is(err, lector.ErrConflict)
}

// recordResult records the result of a group, and returns an error after many failures in a
// row.
func (c *Copy) recordResult(g group, err error) error {
	if err == nil {
		c.state.mu.Lock()
		defer c.state.mu.Unlock()
		c.state.failures = 0
		return nil
	}
	c.addProblem(g.prefix, err)
	c.state.mark(g.prefix, failed)
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	if c.state.failures++; c.state.failures >= maxFailuresInARow {
		return fmt.Errorf("broken off after %d failures in a row: %w", c.state.failures, err)
	}
	return nil
}

// relist lists a group anew in both stores.
func (c *Copy) relist(ctx context.Context, g group) (group, error) {
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

func (c *Copy) copyGroup(ctx context.Context, g group) error {
	switch {
	case g.part != renditions:
		return c.copySingle(ctx, g)
	case !g.inSource():
		return c.targetOnlyGroup(ctx, g)
	}
	return c.article(ctx, g)
}

// article copies the files of an article and then the pointer to them, so that
// the target never points to what it does not have.
func (c *Copy) article(ctx context.Context, g group) error {
	c.state.mark(g.prefix, seen)
	pointer, files := split(g)
	same, err := c.same(ctx, pointer)
	if err != nil {
		return err
	}
	if disputed := pointer.from != nil && pointer.to != nil && !same; disputed && !c.Exact {
		ahead, err := c.targetIsNewer(ctx, g, pointer)
		if err != nil {
			return err
		}
		if ahead {
			c.leaveNewer(g)
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
		err = c.copyPointer(ctx, g, pointer)
	case pointer.to != nil:
		err = c.removePointer(ctx, g, pointer)
	}
	if err != nil {
		return err
	}
	return c.targetOnlyFiles(ctx, g, files)
}

// targetOnlyFiles sees to the files of an article that only the target has: those of an
// old revision, or of one that is being made there. They stay, or go when
// nothing points to them any more.
func (c *Copy) targetOnlyFiles(ctx context.Context, g group, files []pair) error {
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

// leaveNewer leaves an article in the target that is newer there, and reports it.
func (c *Copy) leaveNewer(g group) {
	c.countKept(g)
	c.addProblem(g.prefix, lector.Hint(errors.New("is newer in the target"),
		"somebody has worked with the target since it was copied: it stays; -exact overwrites it"))
}

// countKept counts what the target has of a group.
func (c *Copy) countKept(g group) {
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

// copyPointer copies the pointer, if all that it points to was among the files.
// Behind the write it looks at the source once more: a pointer that has gone
// or changed by then must not stay.
func (c *Copy) copyPointer(ctx context.Context, g group, p pair) error {
	was, err := c.From.Stat(ctx, p.key)
	if err != nil {
		return err
	}
	m, err := manifest(ctx, c.From, p.key)
	if err != nil {
		return err
	}
	if err := checkComplete(g, m); err != nil {
		return err
	}
	c.state.mark(g.prefix, wrote)
	if err := c.write(ctx, g.part, p.key); err != nil {
		return err
	}
	now, err := c.From.Stat(ctx, p.key)
	if err == nil && now.ETag != was.ETag {
		return errSourceChanged
	}
	return err
}

// checkComplete checks that a rendition's files are among those of the source.
func checkComplete(g group, m lector.Manifest) error {
	for _, suffix := range []string{".mp3", ".vtt", ".manifest.json"} {
		key := g.prefix + m.Hash + suffix
		found := false
		for _, p := range g.pairs {
			found = found || p.key == key && p.from != nil
		}
		if !found {
			return lector.Hint(fmt.Errorf("%w: %s is not there, and the article's manifest needs it", errSourceChanged, key),
				"replay the article; the clips that it needs are paid already")
		}
	}
	return nil
}

// removePointer removes a pointer that the source has no more, though it still has
// files: a takedown is under way there, or the target is ahead.
func (c *Copy) removePointer(ctx context.Context, g group, p pair) error {
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

// targetOnlyGroup is a group that only the target has. It goes if the article was
// withdrawn, its pointer first; else it stays and is reported.
func (c *Copy) targetOnlyGroup(ctx context.Context, g group) error {
	gone := c.Exact || c.state.has(g.prefix, seen)
	if !gone {
		var err error
		if gone, err = c.withdrawn(ctx, g.prefix); err != nil {
			return err
		}
	}
	if !gone {
		c.countKept(g)
		c.reportTargetOnly(g.prefix)
		return nil
	}
	if fresh, err := c.relist(ctx, g); err != nil || fresh.inSource() {
		return errors.Join(err, errSourceChanged)
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

// reportTargetOnly explains why something that only the target has stays there.
func (c *Copy) reportTargetOnly(key string) {
	hint := "its job does not say that it was withdrawn, so it stays; -exact deletes what the source does not have"
	if c.Jobs == nil {
		hint = "no job records could be asked whether it was withdrawn, so it stays; -exact deletes what the source does not have"
	}
	c.addProblem(key, lector.Hint(errors.New("is in the target only"), "%s", hint))
}

// withdrawn reports whether the record of an article says that it has no
// audio. A job under way may be about to make some.
func (c *Copy) withdrawn(ctx context.Context, prefix string) (bool, error) {
	j, known, err := c.job(ctx, prefix)
	return known && j.Rendition == "" && j.State.Terminal(), err
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

// targetIsNewer reports whether the target's pointer is the newer of two that differ.
// What this run has written is not. Then the record counts, then what the
// manifests say of each other, then the time of the last write.
func (c *Copy) targetIsNewer(ctx context.Context, g group, p pair) (bool, error) {
	if c.state.has(g.prefix, wrote) {
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
	if us, them := matchScore(ours, j), matchScore(theirs, j); err != nil || known && us != them {
		return them > us, err
	}
	if us, them := isLaterThan(ours, theirs), isLaterThan(theirs, ours); us != them {
		return them, nil
	}
	return p.to.Modified.After(p.from.Modified), nil
}

// isLaterThan reports whether a manifest names the other as an earlier one.
func isLaterThan(m, other lector.Manifest) bool {
	return m.Hash != other.Hash && slices.ContainsFunc(m.PreviousRenditions,
		func(e lector.PreviousRendition) bool { return e.Hash == other.Hash })
}

// matchScore says how well a manifest matches the record: its rendition counts more
// than its revision.
func matchScore(m lector.Manifest, j lector.Job) (points int) {
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
