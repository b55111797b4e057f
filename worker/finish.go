package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"lector"
)

// finish brings the store and the announcements in line with the record: the
// pointer shows the public rendition or is removed, and the audio event is
// published. It is idempotent: after a crash another worker repeats it. That it was
// done is not written into the record: the newest audio event says so.
func (w *Worker) finish(ctx context.Context, r *record, replay string) error {
	return inSpan(ctx, "announce", func(ctx context.Context) error { return w.announce(ctx, r, replay) })
}

func (w *Worker) announce(ctx context.Context, r *record, replay string) error {
	for range announceTries {
		err := w.announceOnce(ctx, r, replay)
		if err == nil {
			w.report(Progress{Job: r.job, Stage: lector.StageDone, Note: r.job.Reason, Announced: r.stored})
			return nil
		}
		if !errors.Is(err, lector.ErrConflict) {
			return err
		}
		if err := r.reload(ctx); err != nil {
			return err
		}
	}
	return lector.WithClass(fmt.Errorf("announce: %w", lector.ErrConflict), lector.ClassStorage)
}

// announceTries is how often an announcement is tried before which another came each time.
const announceTries = 5

// announceOnce announces the record while nobody announces anything else of the article. It
// is lector.ErrConflict when somebody did: the record may be for another event by then. The
// newest announcement is read before the record is, so that whoever stands still in between,
// or whose announcement does on its way, announces nothing that is over.
func (w *Worker) announceOnce(ctx context.Context, r *record, replay string) error {
	last, err := w.takeLast(ctx, r)
	if err != nil {
		return err
	}
	m, err := w.updatePointer(ctx, r)
	if err != nil {
		return err
	}
	w.report(Progress{Job: r.job, Stage: lector.StageAnnounce})
	e := w.audioEvent(r.job, m, replay)
	if last.ID == e.ID {
		return nil
	}
	return w.Announcer.AnnounceAfter(ctx, e, last.Sequence)
}

// takeLast returns the newest announcement as it was read before the commit, the first time,
// or reads it.
func (w *Worker) takeLast(ctx context.Context, r *record) (lector.AudioEvent, error) {
	if last := r.last; last != nil {
		r.last = nil
		return *last, nil
	}
	return lastAnnouncement(ctx, w.Announcer, r.job)
}

// lastAnnouncement returns the newest audio event of an article; it is empty where there is
// none, and has only its place where nobody can read it.
func lastAnnouncement(ctx context.Context, a Announcer, j lector.Job) (lector.AudioEvent, error) {
	last, err := a.LastAnnouncement(ctx, j.Site, j.ID)
	if errors.Is(err, lector.ErrNotFound) || err != nil && lector.IsPermanent(err) {
		return lector.AudioEvent{Sequence: last.Sequence}, nil
	}
	return last, err
}

// updatePointer writes or removes the pointer. An older worker may have been
// suspended between its commit and its pointer and continue only now, so the
// record is read once more after the write, and the pointer is corrected by it. What the
// pointer says by then is returned.
func (w *Worker) updatePointer(ctx context.Context, r *record) (lector.Manifest, error) {
	m, err := w.writePointer(ctx, r, r.job)
	if err != nil {
		return m, err
	}
	now, _, err := w.Jobs.Job(ctx, r.job.Site, r.job.ID)
	if err != nil || now.Sequence == r.job.Sequence {
		return m, err
	}
	if m, err = w.writePointer(ctx, r, now); err != nil {
		return m, err
	}
	return m, errSuperseded
}

// writePointer returns what the pointer says now; nothing of a job without audio.
func (w *Worker) writePointer(ctx context.Context, r *record, j lector.Job) (m lector.Manifest, err error) {
	if j.Rendition == "" {
		return m, w.deleteAudio(ctx, j, w.mayDelete(r))
	}
	if m, err = w.storedManifest(ctx, r, j); err != nil {
		return m, fmt.Errorf("manifest of rendition %s: %w", j.Rendition, err)
	}
	was, err := w.currentPointer(ctx, j)
	if err != nil {
		return m, err
	}
	m.Revision, m.PreviousRenditions, m.FirstPublished = j.Revision, history(was, m.Hash), m.PublicationDate()
	if was.Hash != "" {
		m.FirstPublished = was.PublicationDate()
	}
	return m, w.putPointer(ctx, j, m)
}

// storedManifest returns the manifest of a job's rendition: what this worker has written, or
// what is in the store.
func (w *Worker) storedManifest(ctx context.Context, r *record, j lector.Job) (lector.Manifest, error) {
	if r.written != nil && r.written.Hash == j.Rendition {
		return *r.written, nil
	}
	return w.readManifest(ctx, lector.Prefix(j.Site, j.ID)+j.Rendition+".manifest.json")
}

func (w *Worker) putPointer(ctx context.Context, j lector.Job, m lector.Manifest) error {
	data, err := encodeManifest(m)
	if err != nil {
		return err
	}
	o := lector.NewObject(lector.PointerKey(j.Site, j.ID))
	if err := w.Store.Put(ctx, o, bytes.NewReader(data)); err != nil {
		return fmt.Errorf("pointer: %w", err)
	}
	return nil
}

// noteTime is how long what is withdrawn stays for the sake of the note about it.
const noteTime = time.Second

// deleteAudio removes what is public of an article, and notes what it was. A full store takes
// no note, but it deletes: then the note comes behind that, and where there is still no room
// for it, what was withdrawn answers as what never was. may is asked immediately before the
// removal: a worker that stood still until then must not remove what another has published.
func (w *Worker) deleteAudio(ctx context.Context, j lector.Job, may func(context.Context) error) error {
	names, err := w.fileNames(ctx, j)
	if err != nil {
		return fmt.Errorf("list what is withdrawn: %w", err)
	}
	short, cancel := context.WithTimeout(ctx, noteTime)
	defer cancel()
	noted := w.noteWithdrawn(short, j, names)
	if err := may(ctx); err != nil {
		return fmt.Errorf("remove audio: %w", err)
	}
	if err := w.deleteFiles(context.WithoutCancel(ctx), j); err != nil {
		return err
	}
	if noted != nil {
		noted = w.noteWithdrawn(ctx, j, names)
	}
	if noted != nil {
		w.Log.WarnContext(ctx, "withdrawn files are not noted: they answer 404 and not 410", "error", noted)
	}
	return nil
}

// mayDelete returns what tells whether the article's lease is still this worker's; of what
// goes on without it nobody can tell.
func (w *Worker) mayDelete(r *record) func(context.Context) error {
	if !r.leased {
		return func(context.Context) error { return nil }
	}
	return func(ctx context.Context) error { return lector.WithClass(w.Leases.Confirm(ctx), lector.ClassStorage) }
}

// deleteTime is how long the answers to removals are waited for, also when there is no time
// left: a store may do later what nobody waits for, when the article is public again.
const deleteTime = 30 * time.Second

// deleteFiles removes the pointer of an article, and then its other files. While a job runs,
// those are on their way in and stay.
func (w *Worker) deleteFiles(ctx context.Context, j lector.Job) error {
	ctx, cancel := context.WithTimeout(ctx, deleteTime)
	defer cancel()
	if err := w.Store.Delete(ctx, lector.PointerKey(j.Site, j.ID)); err != nil {
		return fmt.Errorf("remove pointer: %w", err)
	}
	if !j.State.Terminal() {
		return nil
	}
	return w.deleteAll(ctx, lector.Prefix(j.Site, j.ID))
}

// fileNames returns the names of an article's public files.
func (w *Worker) fileNames(ctx context.Context, j lector.Job) (names []string, err error) {
	for o, err := range w.Store.List(ctx, lector.Prefix(j.Site, j.ID)) {
		if err != nil {
			return nil, err
		}
		names = append(names, path.Base(o.Key))
	}
	return names, nil
}

// noteWithdrawn notes files that are removed, beside those that were before. Of an article
// that has none nothing is noted.
func (w *Worker) noteWithdrawn(ctx context.Context, j lector.Job, names []string) error {
	if len(names) == 0 {
		return nil
	}
	o := lector.NewObject(lector.WithdrawnKey(j.Site, j.ID))
	data, err := w.readObject(ctx, o.Key)
	if err != nil && !errors.Is(err, lector.ErrNotFound) {
		return err
	}
	var note lector.Withdrawn
	_ = json.Unmarshal(data, &note) // of one that cannot be read nothing is known
	note.Files = append(note.Files, names...)
	slices.Sort(note.Files)
	note.Files = slices.Compact(note.Files)
	if data, err = json.Marshal(note); err != nil {
		return err
	}
	return w.Store.Put(ctx, o, bytes.NewReader(data))
}

// deletesAtOnce is how many objects of an article are removed at once: a store that is busy
// takes its time for each.
const deletesAtOnce = 8

// deleteAll removes all objects whose keys begin so.
func (w *Worker) deleteAll(ctx context.Context, prefix string) error {
	var deletes errgroup.Group
	deletes.SetLimit(deletesAtOnce)
	var failed error
	for o, err := range w.Store.List(ctx, prefix) {
		if err != nil {
			failed = fmt.Errorf("remove what is below %s: %w", prefix, err)
			break
		}
		deletes.Go(func() error {
			if err := w.Store.Delete(ctx, o.Key); err != nil {
				return fmt.Errorf("remove %s: %w", o.Key, err)
			}
			return nil
		})
	}
	return errors.Join(failed, deletes.Wait())
}

// audioEvent returns the event that announces the present state of the job, whose pointer
// says m.
func (w *Worker) audioEvent(j lector.Job, m lector.Manifest, replay string) lector.AudioEvent {
	e := lector.AudioEvent{
		Time: w.now(), Site: j.Site, Article: j.Article, Key: j.ID, Revision: j.Revision,
		Usage: j.Usage, Reason: j.Reason, Type: lector.AnnouncementType(j),
	}
	if e.Type == lector.AudioReady {
		links := w.Addresses.Links(m)
		e.Manifest, e.MP3, e.Duration = links.Manifest, links.MP3, m.Duration
		e.Disclosure = &m.Disclosure
	}
	e.ID = lector.AnnouncementID(j, replay)
	return e
}

// currentPointer returns what the pointer says so far; it is empty before the first
// rendition and where the pointer is not readable, which the next one replaces.
func (w *Worker) currentPointer(ctx context.Context, j lector.Job) (lector.Manifest, error) {
	key := lector.PointerKey(j.Site, j.ID)
	data, err := w.readObject(ctx, key)
	if errors.Is(err, lector.ErrNotFound) {
		return lector.Manifest{}, nil
	}
	if err != nil {
		return lector.Manifest{}, fmt.Errorf("read pointer: %w", err)
	}
	m, err := lector.ReadManifest(data)
	if err != nil {
		w.Log.ErrorContext(ctx, "pointer is replaced, its history is lost", "key", key, "error", err)
		return lector.Manifest{}, nil
	}
	return m, nil
}

// history lists the renditions that were public before the one with the given
// hash, the newest first.
func history(was lector.Manifest, hash string) []lector.PreviousRendition {
	if was.Hash == hash || was.Hash == "" {
		return was.PreviousRenditions
	}
	earlier := append([]lector.PreviousRendition{{Revision: was.Revision, Hash: was.Hash, Created: was.Created}}, was.PreviousRenditions...)
	return earlier[:min(len(earlier), 20)]
}

func (w *Worker) readManifest(ctx context.Context, key string) (lector.Manifest, error) {
	data, err := w.readObject(ctx, key)
	if err != nil {
		return lector.Manifest{}, err
	}
	m, err := lector.ReadManifest(data)
	if err != nil {
		return m, fmt.Errorf("manifest %s: %w", key, err)
	}
	return m, nil
}

func (w *Worker) readObject(ctx context.Context, key string) ([]byte, error) {
	body, _, err := w.Store.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(body)
	return data, errors.Join(err, body.Close())
}
