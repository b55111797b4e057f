package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"lector"
)

// storeFiles stores the files of a rendition, which are named by its hash. Nothing names
// them before the commit, so they are stored side by side. Files that exist already, from
// before a crash or a replay, have the same content.
func (w *Worker) storeFiles(ctx context.Context, n *Narration) error {
	files, err := n.Files()
	if err != nil {
		return err
	}
	prefix := lector.Prefix(n.Manifest.Site, n.Manifest.Key) + n.Manifest.Hash
	var all errgroup.Group
	for _, f := range files {
		all.Go(func() error { return w.storeFile(ctx, prefix, f) })
	}
	if err := all.Wait(); err != nil {
		return err
	}
	return w.checkStored(ctx, prefix+".mp3", n.Manifest.Bytes)
}

func (w *Worker) storeFile(ctx context.Context, prefix string, f RenditionFile) error {
	o := lector.NewObject(prefix + f.Suffix)
	err := w.Store.Create(ctx, o, bytes.NewReader(f.Content))
	if err != nil && !errors.Is(err, lector.ErrExists) {
		return fmt.Errorf("%s: %w", o.Key, err)
	}
	return nil
}

// checkStored makes sure that what will be announced is there.
func (w *Worker) checkStored(ctx context.Context, key string, size int64) error {
	o, err := w.Store.Stat(ctx, key)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	if o.Size != size {
		return fmt.Errorf("%s: %d bytes are stored, not %d", key, o.Size, size)
	}
	return nil
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
