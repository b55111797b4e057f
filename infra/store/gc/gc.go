// Package gc finds and removes clips that no rendition needs any more.
package gc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"lector"
)

// Store is the store that is cleaned. What is not there is lector.ErrNotFound; Delete
// of it is nil.
type Store interface {
	Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error)
	// List yields objects in the order of the bytes of their keys, with their sizes and
	// the times of their last change.
	List(ctx context.Context, prefix string) iter.Seq2[lector.Object, error]
	Delete(ctx context.Context, key string) error
}

// Plan is what would be removed, and what stays.
type Plan struct {
	Renditions int   `json:"renditions"` // whose manifests were read
	Clips      Tally `json:"clips"`      // to be removed
	Answers    Tally `json:"answers"`    // to be removed: of calls whose clips were never made
	Kept       Tally `json:"kept"`       // clips and answers that stay: needed, or younger than the grace time

	remove []string // keys
}

// Tally counts objects and their bytes.
type Tally struct {
	Objects int   `json:"objects"`
	Bytes   int64 `json:"bytes"`
}

func (t *Tally) add(o lector.Object) {
	t.Objects++
	t.Bytes += o.Size
}

// Find reads the manifests of all renditions and lists what none of them names and
// nobody has changed since before. A clip that a job is about to use again is such a
// one too: if it goes meanwhile, it is spoken again.
func Find(ctx context.Context, s Store, before time.Time) (Plan, error) {
	p := Plan{}
	needed, err := p.needed(ctx, s, "")
	if err != nil {
		return p, err
	}
	for prefix, tally := range map[string]*Tally{"clips/": &p.Clips, "answers/": &p.Answers} {
		for o, err := range s.List(ctx, prefix) {
			if err != nil {
				return p, fmt.Errorf("list %s: %w", prefix, err)
			}
			if needed[hashOf(o.Key)] || !o.Modified.Before(before) {
				p.Kept.add(o)
				continue
			}
			tally.add(o)
			p.remove = append(p.remove, o.Key)
		}
	}
	return p, nil
}

// Remove deletes what the plan lists and calls done for each that is gone.
func (p Plan) Remove(ctx context.Context, s Store, done func()) error {
	for _, key := range p.remove {
		if err := s.Delete(ctx, key); err != nil {
			return fmt.Errorf("delete %s: %w", key, err)
		}
		done()
	}
	return nil
}

// hashOf is the hash in the key of a clip or an answer.
func hashOf(key string) string {
	name, _, _ := strings.Cut(path.Base(key), ".")
	return name
}

// readers is how many manifests are read at once.
const readers = 16

// needed returns the hashes of all clips that a manifest names which is not below except.
// A manifest that cannot be read is an error: its clips would be taken for those of
// nobody.
func (p *Plan) needed(ctx context.Context, s Store, except string) (map[string]bool, error) {
	manifests := make(chan lector.Manifest)
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error {
		defer close(manifests)
		return readManifests(ctx, s, except, manifests)
	})
	needed := map[string]bool{}
	for m := range manifests {
		p.Renditions++
		for _, hash := range m.ClipHashes() {
			needed[hash] = true
		}
	}
	return needed, work.Wait()
}

func readManifests(ctx context.Context, s Store, except string, into chan<- lector.Manifest) error {
	reading, ctx := errgroup.WithContext(ctx)
	reading.SetLimit(readers)
	for o, err := range s.List(ctx, "a/") {
		if err != nil {
			return errors.Join(fmt.Errorf("list renditions: %w", err), reading.Wait())
		}
		if !strings.HasSuffix(o.Key, "manifest.json") || except != "" && strings.HasPrefix(o.Key, except) {
			continue
		}
		reading.Go(func() error {
			m, err := readManifest(ctx, s, o.Key)
			if errors.Is(err, lector.ErrNotFound) { // withdrawn meanwhile
				return nil
			}
			if err != nil {
				return err
			}
			select {
			case into <- m:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}
	return reading.Wait()
}

func readManifest(ctx context.Context, s Store, key string) (lector.Manifest, error) {
	body, _, err := s.Open(ctx, key)
	if err != nil {
		return lector.Manifest{}, fmt.Errorf("read %s: %w", key, err)
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		return lector.Manifest{}, fmt.Errorf("read %s: %w", key, err)
	}
	m, err := lector.ReadManifest(data)
	if err != nil {
		return m, lector.Hint(fmt.Errorf("read %s: %w", key, err), "nothing was removed: mend or remove this file first")
	}
	return m, nil
}
