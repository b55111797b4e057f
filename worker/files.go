package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"lector"
)

// storeFiles stores the files of a rendition, which are named by its hash. Nothing names
// them before the commit, so they are stored side by side. Files that exist already, from
// before a crash or a replay, have the same content.
func (w *Worker) storeFiles(ctx context.Context, r *record, n *Narration) error {
	files, err := n.Files()
	if err != nil {
		return err
	}
	prefix := lector.Prefix(n.Manifest.Site, n.Manifest.Key) + n.Manifest.Hash
	var all errgroup.Group
	var known atomic.Bool // one of the files was there
	for _, f := range files {
		all.Go(func() error {
			existed, err := w.storeFile(ctx, prefix, f)
			known.CompareAndSwap(false, existed)
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	if !known.Load() {
		r.written = &n.Manifest
	}
	return w.checkStored(ctx, prefix+".mp3", n.Manifest.Bytes)
}

// storeFile stores a file, and reports whether one was there already.
func (w *Worker) storeFile(ctx context.Context, prefix string, f RenditionFile) (existed bool, err error) {
	o := lector.NewObject(prefix + f.Suffix)
	err = w.Store.Create(ctx, o, bytes.NewReader(f.Content))
	if existed = errors.Is(err, lector.ErrExists); existed || err == nil {
		return existed, nil
	}
	return false, fmt.Errorf("%s: %w", o.Key, err)
}

// checkStored makes sure that what will be announced is there. A listing tells its size; a
// store on disk would read all of it to describe it.
func (w *Worker) checkStored(ctx context.Context, key string, size int64) error {
	for o, err := range w.Store.List(ctx, key) {
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", key, err)
		case o.Key != key:
			continue
		case o.Size != size:
			return fmt.Errorf("%s: %d bytes are stored, not %d", key, o.Size, size)
		}
		return nil
	}
	return fmt.Errorf("%s: %w", key, lector.ErrNotFound)
}

// RenditionFile is one file of a rendition.
type RenditionFile struct {
	Suffix  string // behind the hash: ".mp3"
	Content []byte
}

// Files returns the files of the rendition, whose names are its hash and an ending each.
func (n *Narration) Files() ([]RenditionFile, error) {
	manifest, err := encodeManifest(n.Manifest)
	if err != nil {
		return nil, err
	}
	files := []RenditionFile{{".mp3", n.MP3}, {".vtt", n.VTT}}
	if n.Chapters != nil {
		files = append(files, RenditionFile{".chapters.json", n.Chapters})
	}
	return append(files, RenditionFile{".manifest.json", manifest}), nil
}

func encodeManifest(m lector.Manifest) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return b.Bytes(), nil
}
