package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lector"
	"lector/worker/synth"
)

// run does the whole of an event's work: audio made and public, or gone.
func (w *Worker) run(ctx context.Context, d lector.Delivery, r *record) error {
	a := d.Event.Article
	switch {
	case d.Event.Type == lector.Deleted:
		return w.delete(ctx, r, d.Event.Replay)
	case d.Event.Type.Withdraws():
		return w.withdraw(ctx, r, lector.Removed, removal("withdrawn", r.job), d.Event.Replay)
	case a.Visibility != lector.Public:
		return w.withdrawPrivate(ctx, d, r)
	}
	if reason := w.policy(a).Refusal(a); reason != "" {
		return w.refusePublic(ctx, r, reason, d.Event.Replay)
	}
	if err := w.retractPrivate(ctx, a, r); err != nil {
		return err
	}
	ctx, stop := w.watchSuperseded(ctx, r)
	defer stop()
	err := w.read(ctx, d, r)
	if refused := refusedByPolicy(""); errors.As(err, &refused) {
		return w.refusePublic(ctx, r, string(refused), d.Event.Replay)
	}
	cause := context.Cause(ctx)
	if err != nil && (errors.Is(cause, errSuperseded) || errors.Is(cause, errFenced)) {
		return cause
	}
	return err
}

// read has an article spoken, and makes it public as soon as it may be.
func (w *Worker) read(ctx context.Context, d lector.Delivery, r *record) error {
	if d.Event.Type == lector.Scheduled {
		return w.finishScheduled(ctx, d, r)
	}
	if left := w.embargoLeft(d.Event.Article, r.job); left > 0 {
		return w.holdBack(ctx, d, r, left)
	}
	return w.narrate(ctx, d, r)
}

// plan finds out what is to be read of an article, and whether the site reads it.
func (w *Worker) plan(ctx context.Context, d lector.Delivery, r *record) (p *Plan, step func(Progress), err error) {
	ctx, span := lector.StartSpan(ctx, "plan", lector.SpanInternal)
	defer func() { span.End(err) }()
	step = func(p Progress) {
		p.Job = r.job
		w.report(p)
	}
	article, err := w.whole(ctx, d.Event.Article)
	if err != nil {
		return nil, step, atStage(lector.StageExtract, err)
	}
	plan, err := w.prepare(ctx, d.Event, article, r.job.Generation, step)
	if err != nil {
		return nil, step, err
	}
	if reason := plan.site.Policy.lengthRefusal(plan.characters()); reason != "" {
		return nil, step, refusedByPolicy(reason)
	}
	return plan, step, nil
}

// narrate makes the rendition and makes it public.
func (w *Worker) narrate(ctx context.Context, d lector.Delivery, r *record) error {
	plan, step, err := w.plan(ctx, d, r)
	if err != nil {
		return err
	}
	if unchanged, err := w.isUnchanged(ctx, d, r, plan); err != nil {
		return atStage(lector.StageStore, err)
	} else if unchanged {
		return w.finishUnchanged(ctx, r, plan)
	}
	n, recorded, err := w.speak(ctx, r, plan, step)
	if err != nil {
		return err
	}
	if err := w.storeAndCommit(ctx, r, plan, n, recorded, step); err != nil {
		return errors.Join(err, w.cleanUpOrphans(ctx, r))
	}
	return w.finish(ctx, r, d.Event.Replay)
}

// isUnchanged reports whether an event sounds like the public rendition, and its files are in
// the store. What somebody has removed there is made again, from cached clips as far as
// they are there.
func (w *Worker) isUnchanged(ctx context.Context, d lector.Delivery, r *record, plan *Plan) (bool, error) {
	if d.Event.Replay != "" || r.job.Rendition != plan.Hash() {
		return false, nil
	}
	for _, suffix := range []string{".mp3", ".manifest.json"} {
		key := lector.Prefix(r.job.Site, r.job.ID) + r.job.Rendition + suffix
		_, err := w.Store.Stat(ctx, key)
		if errors.Is(err, lector.ErrNotFound) {
			w.Log.ErrorContext(ctx, "a file of the public audio is gone from the store: it is made again", "key", key)
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("%s: %w", key, err)
		}
	}
	return true, nil
}

// speak makes the rendition, and sums up what it has used. recorded is closed when that is
// in the usage ledger. The last clips may be on their way into the cache.
func (w *Worker) speak(ctx context.Context, r *record, plan *Plan, step func(Progress)) (n *Narration, recorded <-chan struct{}, err error) {
	if err := w.awaitSpooled(ctx, r); err != nil {
		return nil, nil, atStage(lector.StageSynth, err)
	}
	account := plan.narrator.Account(r.job.Site, r.job.ID, w.Name)
	account.Lane = r.job.Lane
	if w.crashedAttempts(r.job) > 0 {
		account.StartSlowly()
	}
	n, err = plan.narrate(ctx, account, step)
	recorded = w.closeAccount(ctx, account)
	if err == nil && !w.usedBefore(r, n) {
		return n, recorded, nil
	}
	<-recorded
	if err != nil {
		w.recordFailedUsage(ctx, r)
		return nil, recorded, err
	}
	return n, recorded, atStage(lector.StageCommit, w.aggregateUsage(ctx, r, n))
}

// closeAccount writes the end of an attempt into the usage ledger. What it returns is
// closed when that is done.
func (w *Worker) closeAccount(ctx context.Context, account *synth.Account) <-chan struct{} {
	recorded := make(chan struct{})
	go func() {
		defer close(recorded)
		if err := account.Close(ctx); err != nil {
			w.Log.WarnContext(ctx, "usage not recorded; the next attempt finds it open", "error", err)
		}
	}()
	return recorded
}

// storeAndCommit stores the rendition and makes it the article's, when its usage is recorded.
func (w *Worker) storeAndCommit(ctx context.Context, r *record, p *Plan, n *Narration, recorded <-chan struct{}, step func(Progress)) error {
	step(Progress{Stage: lector.StageStore})
	err := inSpan(ctx, "store", func(ctx context.Context) error { return w.storeAll(ctx, r, n) })
	<-recorded // within the time that the account allows itself
	if err != nil {
		return atStage(lector.StageStore, err)
	}
	if err := n.awaitClips(); err != nil {
		return err
	}
	step(Progress{Stage: lector.StageCommit})
	if err := w.checkNewest(ctx, r); err != nil {
		return atStage(lector.StageCommit, err)
	}
	return atStage(lector.StageCommit, inSpan(ctx, "commit", func(ctx context.Context) error { return w.commit(ctx, r, p, n) }))
}

// storeAll stores the files, and reads meanwhile what was announced last: it is to be known
// before the commit.
func (w *Worker) storeAll(ctx context.Context, r *record, n *Narration) error {
	last := lector.AudioEvent{}
	announced := beside(func() (err error) {
		last, err = lastAnnouncement(ctx, w.Announcer, r.job)
		return err
	})
	stored := w.storeFiles(ctx, r, n)
	if err := errors.Join(stored, announced()); err != nil {
		return err
	}
	r.last = &last
	return nil
}

// checkNewest returns errSuperseded where the article's newest event takes its audio
// away, although nobody was handed that event yet: the queue may be slow, or its
// consumer gone, and what is withdrawn must not become public meanwhile.
func (w *Worker) checkNewest(ctx context.Context, r *record) error {
	if w.Events == nil {
		return nil
	}
	e, place, err := w.Events.NewerEvent(ctx, lector.JobRef{Site: r.job.Site, ID: r.job.ID}, r.job.Sequence)
	switch {
	case errors.Is(err, lector.ErrNotFound), err != nil && lector.IsPermanent(err):
		return nil // nothing that takes it away
	case err != nil:
		return fmt.Errorf("newest event: %w", err)
	case r.job.Disposition(e, place) != lector.Due:
		return nil
	case e.Type.Withdraws(), e.Article.Visibility != lector.Public:
		return errSuperseded
	}
	return nil
}

// cleanUpOrphans removes files that were stored after the article was withdrawn, by
// a worker that had been suspended.
func (w *Worker) cleanUpOrphans(ctx context.Context, r *record) error {
	ctx = context.WithoutCancel(ctx)
	now, _, err := w.Jobs.Job(ctx, r.job.Site, r.job.ID)
	if err != nil || now.Rendition != "" || !now.State.Terminal() {
		return err
	}
	return w.deleteAudio(ctx, now, func(context.Context) error { return nil }) // the record has just been read
}

// commit makes the rendition the article's by one compare-and-set, which fails
// when the record is for another event by now.
func (w *Worker) commit(ctx context.Context, r *record, p *Plan, n *Narration) error {
	return r.update(ctx, func(j *lector.Job) {
		j.State, j.Stage, j.Class, j.Reason, j.PublicAt = lector.Ready, lector.StageDone, "", "", time.Time{}
		j.Title, j.Rendition, j.Manifest = n.Manifest.Title, n.Manifest.Hash, w.Addresses.Links(n.Manifest).Manifest
		j.Chunks, j.Usage, j.Cost = n.Chunks, n.Manifest.Usage, n.Cost
		j.Voice, j.Fallback, j.Generation, j.Teaser = n.Voice, n.Manifest.Fallback, p.generation, p.article.Teaser
		w.endAttempt(j, "ready")
	})
}

// endAttempt closes the last attempt of a job.
func (w *Worker) endAttempt(j *lector.Job, outcome string) {
	j.Changed = w.now()
	attempts := append([]lector.Attempt(nil), j.Attempts...)
	if n := len(attempts); n > 0 {
		last := &attempts[n-1]
		last.Ended, last.Outcome, last.Stage, last.Error = j.Changed, outcome, j.Stage, ""
	}
	j.Attempts = attempts
}

// finishUnchanged notes that the newest revision sounds like the public one. Nothing
// is spoken; the pointer gets the new revision. It is announced only if the last
// announcement was not of this rendition: a worker crashed before it could
// announce, or a failure was announced since.
func (w *Worker) finishUnchanged(ctx context.Context, r *record, plan *Plan) error {
	known, err := w.isAnnounced(ctx, r.job)
	if err != nil {
		return err
	}
	if known {
		if _, err := w.updatePointer(ctx, r); err != nil {
			return err
		}
	}
	err = r.update(ctx, func(j *lector.Job) {
		j.State, j.Stage, j.Class, j.Reason, j.Announced = lector.Ready, lector.StageDone, "", "nothing audible changed", known
		j.Usage.Reused, j.Manifest = plan.characters(), w.Addresses.Object(lector.PointerKey(j.Site, j.ID))
		w.endAttempt(j, "unchanged")
	})
	switch {
	case err != nil:
		return err
	case !known:
		return w.finish(ctx, r, "")
	}
	w.report(Progress{Job: r.job, Stage: lector.StageDone, Note: r.job.Reason})
	return nil
}

// isAnnounced reports whether the newest audio event says that the job's rendition
// is ready. A rendition's files have its hash in their names.
func (w *Worker) isAnnounced(ctx context.Context, j lector.Job) (bool, error) {
	last, err := lastAnnouncement(ctx, w.Announcer, j)
	return last.Type == lector.AudioReady && strings.Contains(last.MP3, j.Rendition), err
}

// finishWithoutAudio ends an event of an article that has no audio, and announces
// nothing.
func (w *Worker) finishWithoutAudio(ctx context.Context, r *record, reason string) error {
	err := r.update(ctx, func(j *lector.Job) {
		j.State, j.Stage, j.Reason, j.Announced, j.PublicAt = lector.Refused, lector.StageDone, reason, true, time.Time{}
		w.endAttempt(j, string(lector.Refused))
	})
	if err == nil {
		w.report(Progress{Job: r.job, Stage: lector.StageDone, Note: reason})
	}
	return err
}

// delete withdraws an article and removes its clips. What its events said is erased later.
func (w *Worker) delete(ctx context.Context, r *record, replay string) error {
	r.job.Title, r.job.URL = "", ""
	clips := w.clipsOf(ctx, r.job)
	if err := w.withdraw(ctx, r, lector.Removed, removal("deleted", r.job), replay); err != nil {
		return err
	}
	if len(clips) > 0 {
		w.Clips.RemoveClips(clips)
	}
	return nil
}

// removal is why the CMS's article has no audio any more. Of one that never had any it
// says so: the id may be a wrong one.
func removal(done string, j lector.Job) string {
	if j.FirstEvent() {
		return done + " by the CMS; no event of it had come before, so nothing was there to remove"
	}
	return done + " by the CMS"
}

// clipsOf returns the hashes of the clips that the manifests of an article's renditions name;
// the pointer names none beside them. What cannot be read is left to lector gc.
func (w *Worker) clipsOf(ctx context.Context, j lector.Job) (hashes []string) {
	if w.Clips == nil {
		return nil
	}
	for o, err := range w.Store.List(ctx, lector.Prefix(j.Site, j.ID)) {
		if err != nil {
			return hashes
		}
		if !strings.HasSuffix(o.Key, ".manifest.json") {
			continue
		}
		m, err := w.readManifest(ctx, o.Key)
		if err != nil {
			continue
		}
		hashes = append(hashes, m.ClipHashes()...)
	}
	return hashes
}

// erase erases what the events of a deleted article said. It may be done again.
func (w *Worker) erase(ctx context.Context, d lector.Delivery, r *record) error {
	if d.Event.Type != lector.Deleted || w.Eraser == nil {
		return nil
	}
	if err := w.deleteAll(ctx, lector.ClaimPrefix(r.job.ID)); err != nil {
		return err
	}
	return w.Eraser.Erase(ctx, r.job.Site, r.job.ID, d.Sequence)
}

// withdraw takes the audio away: first in the record, so that no worker can
// bring it back, then in the store.
func (w *Worker) withdraw(ctx context.Context, r *record, state lector.State, reason, replay string) error {
	err := r.update(ctx, func(j *lector.Job) {
		j.State, j.Stage, j.Reason, j.PublicAt = state, lector.StageDone, reason, time.Time{}
		j.Rendition, j.Manifest, j.Voice, j.Fallback, j.Teaser = "", "", "", "", false
		w.endAttempt(j, string(state))
	})
	if err != nil {
		return err
	}
	return w.finish(ctx, r, replay)
}
