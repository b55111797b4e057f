package main

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"lector/infra/store/gc"
)

// deletedClips removes the clips of deleted articles that no other article needs. To
// know that, it reads the manifests of all renditions, once for all that was deleted in
// the meantime. What a process leaves undone that ends, lector gc does.
type deletedClips struct {
	store gc.Store
	log   *slog.Logger

	mu     sync.Mutex
	hashes map[string]bool
}

// RemoveClips implements worker.ClipRemover.
func (d *deletedClips) RemoveClips(hashes []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hashes == nil {
		d.hashes = map[string]bool{}
	}
	for _, hash := range hashes {
		d.hashes[hash] = true
	}
}

// deletedClipsInterval is the time between two removals.
const deletedClipsInterval = time.Minute

// run removes what was collected, again and again until ctx ends.
func (d *deletedClips) run(ctx context.Context) error {
	again := time.NewTicker(deletedClipsInterval)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
			d.remove(ctx)
		}
	}
}

// remove removes what was collected; what it cannot stays collected.
func (d *deletedClips) remove(ctx context.Context) {
	d.mu.Lock()
	hashes := slices.Sorted(maps.Keys(d.hashes))
	d.hashes = nil
	d.mu.Unlock()
	if len(hashes) == 0 {
		return
	}
	found, err := gc.FindClips(ctx, d.store, hashes)
	if err == nil {
		err = found.Remove(ctx, d.store)
	}
	if err != nil {
		d.RemoveClips(hashes)
		d.log.Warn("clips of deleted articles are not removed yet", "clips", len(hashes), "error", err)
		return
	}
	d.log.Info("removed the clips of deleted articles", "removed", found.Clips.Objects, "needed_by_others", found.Shared.Objects)
}
