package worker

import (
	"context"
	"fmt"

	"lector"
)

// refuse ends an event that cannot be read: it goes to the dead letters. Where
// the event says which article it is about, the failure is announced first, so
// that the CMS hears of it; while that is not possible the event comes again.
func (w *Worker) refuse(ctx context.Context, d lector.Delivery) {
	a := d.Event.Article
	log := w.Log.With("sequence", d.Sequence)
	log.ErrorContext(ctx, "event refused", "error", d.Err)
	if a.Site != "" && a.ID != "" {
		if err := w.Announcer.Announce(ctx, w.refusal(d)); err != nil {
			again := backoff(d.Count)
			log.WarnContext(ctx, "refusal not announced: the event is not given up yet", "error", err, "again", again)
			w.acknowledge(ctx, d, func() error { return d.Nak(again) })
			return
		}
	}
	w.acknowledge(ctx, d, func() error { return d.Term(lector.ClassInput, reason(d.Err)) })
}

// refusal announces that an event cannot be read. The job's record stays as it
// is: what an earlier event made public is public.
func (w *Worker) refusal(d lector.Delivery) lector.AudioEvent {
	a := d.Event.Article
	return lector.AudioEvent{
		ID: fmt.Sprintf("%s-%d-%s", a.Key(), d.Sequence, lector.AudioFailed), Type: lector.AudioFailed, Time: w.now(),
		Site: a.Site, Article: a.ID, Key: a.Key(), Revision: a.Revision, Reason: "the article event was refused: " + reason(d.Err),
	}
}
