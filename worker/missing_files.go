package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"lector"
)

// ReadyJobs are the jobs that are ready. ReadyAfter returns at most n of those whose ids are
// greater than id, in the order of their ids.
type ReadyJobs interface {
	ReadyAfter(id string, n int) []lector.JobRef
}

// MissingFiles looks for ready articles whose files are not in the store: somebody may have
// removed them, and no job and no event would show it. It looks at a few in turn after each
// sweep, so that of all workers one looks.
type MissingFiles struct {
	Ready ReadyJobs
	Jobs  JobStore
	Store StoreReader
	Log   *slog.Logger
	// OnLook is called after each look with how many articles are known to lack files, by
	// site; with nil when another worker looks from now on.
	OnLook func(bySite map[string]int)

	last  string                   // the id of the job that was looked at last in turn
	known map[string]lector.JobRef // the articles that lack files, by id
}

// Bounds of a look: how many ready articles it takes in turn, and again of those that
// lacked files before; and how long it may take, for the next sweep waits for it.
const (
	filesPerLook = 30
	lookTime     = 20 * time.Second
)

// look looks at the next articles in turn, and again at those that lacked files.
func (m *MissingFiles) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	for _, ref := range m.next() {
		if err := m.lookAt(ctx, ref); err != nil {
			return fmt.Errorf("files of article %s: %w", ref, err)
		}
	}
	m.OnLook(m.bySite())
	return nil
}

// next returns the jobs of a look. Of those that lacked files the map yields others each
// time.
func (m *MissingFiles) next() []lector.JobRef {
	refs := m.Ready.ReadyAfter(m.last, filesPerLook)
	m.last = "" // the round is over
	if len(refs) == filesPerLook {
		m.last = refs[filesPerLook-1].ID
	}
	again := 0
	for _, ref := range m.known {
		if again++; again > filesPerLook {
			break
		}
		refs = append(refs, ref)
	}
	return refs
}

// lookAt notes whether an article lacks files.
func (m *MissingFiles) lookAt(ctx context.Context, ref lector.JobRef) error {
	j, _, err := m.Jobs.Job(ctx, ref.Site, ref.ID)
	lacks := false
	if err == nil {
		lacks, err = LacksFiles(ctx, m.Jobs, m.Store, j)
	}
	switch _, before := m.known[ref.ID]; {
	case err != nil && !errors.Is(err, lector.ErrNotFound):
		return err
	case !lacks:
		delete(m.known, ref.ID)
	case !before:
		m.note(ref, j)
	}
	return nil
}

// note notes an article that was not known to lack files.
func (m *MissingFiles) note(ref lector.JobRef, j lector.Job) {
	if m.known == nil {
		m.known = map[string]lector.JobRef{}
	}
	m.known[ref.ID] = ref
	m.Log.Error("a ready article lacks files in the store", "site", j.Site, "article", j.Article, "job", j.ID,
		"hint", "make them again with lector replay "+j.ID+"; with -plan it says what of its text is paid for again")
}

func (m *MissingFiles) bySite() map[string]int {
	counts := map[string]int{}
	for _, ref := range m.known {
		counts[ref.Site]++
	}
	return counts
}

// stop forgets what was found: another worker looks from now on.
func (m *MissingFiles) stop() {
	m.last, m.known = "", nil
	m.OnLook(nil)
}

// jobReader reads the record of an article, as JobStore does.
type jobReader interface {
	Job(ctx context.Context, site, key string) (j lector.Job, version uint64, err error)
}

// pointerTime is how long after its record says ready an article may be without a pointer:
// that is written behind the record.
const pointerTime = time.Minute

// LacksFiles reports whether an article should have audio and its files are not in the
// store, while its record stays as it is: it may have been withdrawn since that was read.
func LacksFiles(ctx context.Context, jobs jobReader, s StoreReader, j lector.Job) (bool, error) {
	if j.State != lector.Ready || j.Rendition == "" {
		return false, nil
	}
	if there, err := HasFiles(ctx, s, j); there || err != nil {
		return false, err
	}
	now, _, err := jobs.Job(ctx, j.Site, j.ID)
	return now.State == lector.Ready && now.Rendition == j.Rendition, err
}

// HasFiles reports whether the store has what listeners of a ready article need: the pointer,
// and the manifest and the MP3 that it leads to.
func HasFiles(ctx context.Context, s StoreReader, j lector.Job) (bool, error) {
	prefix := lector.Prefix(j.Site, j.ID)
	lacks := map[string]bool{prefix + j.Rendition + ".manifest.json": true, prefix + j.Rendition + ".mp3": true}
	if time.Since(j.Changed) > pointerTime {
		lacks[lector.PointerKey(j.Site, j.ID)] = true
	}
	for o, err := range s.List(ctx, prefix) {
		if err != nil {
			return false, err
		}
		delete(lacks, o.Key)
	}
	return len(lacks) == 0, nil
}
