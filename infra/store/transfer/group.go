package transfer

import (
	"cmp"
	"context"
	"iter"
	"strings"

	"lector"
)

// pair is one key in both stores. A store that does not have it is nil there.
type pair struct {
	key      string
	from, to *lector.Object
}

// group is what is copied in one go: the objects of an article, a clip, a
// version of the lexicon.
type group struct {
	part   string
	prefix string // of the article, else the key
	pairs  []pair
}

// inSource reports whether the source has anything of the group.
func (g group) inSource() bool {
	for _, p := range g.pairs {
		if p.from != nil {
			return true
		}
	}
	return false
}

// add adds what the source has of the group to a tally.
func (g group) add(t *Tally) {
	for _, p := range g.pairs {
		if p.from != nil {
			t.Objects++
			t.Bytes += p.from.Size
		}
	}
}

// groups goes through both stores side by side.
func (c *Copy) groups(ctx context.Context, part, prefix string) iter.Seq2[group, error] {
	return func(yield func(group, error) bool) {
		g := group{part: part}
		for p, err := range c.pairs(ctx, prefix) {
			if err != nil {
				yield(group{}, err)
				return
			}
			if at := groupOf(part, p.key); at != g.prefix {
				if len(g.pairs) > 0 && !yield(g, nil) {
					return
				}
				g = group{part: part, prefix: at}
			}
			g.pairs = append(g.pairs, p)
		}
		if len(g.pairs) > 0 {
			yield(g, nil)
		}
	}
}

// groupOf returns "a/site/key/" for the objects of an article, and the key
// itself for others.
func groupOf(part, key string) string {
	if parts := strings.SplitAfterN(key, "/", 4); part == renditions && len(parts) == 4 {
		return parts[0] + parts[1] + parts[2]
	}
	return key
}

// pairs merges the lists of both stores, which are in the same order.
func (c *Copy) pairs(ctx context.Context, prefix string) iter.Seq2[pair, error] {
	return func(yield func(pair, error) bool) {
		from, stop := nextObject(c.From.List(ctx, prefix))
		defer stop()
		to, stop := nextObject(c.To.List(ctx, prefix))
		defer stop()
		f, ferr := from()
		t, terr := to()
		for ferr == nil && terr == nil {
			p, more := smallestPair(f, t)
			if !more {
				return
			}
			if p.from != nil {
				f, ferr = from()
			}
			if p.to != nil {
				t, terr = to()
			}
			if !isPing(p.key) && !yield(p, nil) {
				return
			}
		}
		yield(pair{}, cmp.Or(ferr, terr))
	}
}

// smallestPair makes a pair of the smaller of two keys, or of both when they are
// equal. There is none when both lists are at their ends.
func smallestPair(from, to *lector.Object) (p pair, more bool) {
	if from == nil && to == nil {
		return p, false
	}
	if to == nil || from != nil && from.Key <= to.Key {
		p.key, p.from = from.Key, from
	}
	if p.from == nil || to != nil && p.key == to.Key {
		p.key, p.to = to.Key, to
	}
	return p, true
}

// isPing reports whether an object is one of those that show for a moment
// that a store can be written to.
func isPing(key string) bool {
	return strings.HasPrefix(key, "clips/ping/") || key == lector.AnswerKey("probe")
}

// nextObject returns the objects of a list one by one, nil at its end.
func nextObject(list iter.Seq2[lector.Object, error]) (next func() (*lector.Object, error), stop func()) {
	pull, stop := iter.Pull2(list)
	return func() (*lector.Object, error) {
		o, err, ok := pull()
		if !ok || err != nil {
			return nil, err
		}
		return &o, nil
	}, stop
}
