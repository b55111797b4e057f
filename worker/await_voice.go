package worker

import (
	"time"

	"lector"
)

// awaitVoice returns why a parked job need not be tried: it waits for a voice, and no
// voice that could read it is worth a call at this moment. Nothing is written, so
// that many articles may wait for one voice for a long time.
func (w *Worker) awaitVoice(d lector.Delivery, r *record) error {
	if r.attempt != 0 || r.job.State != lector.Parked || !concernsVoice(r.job.Class) {
		return nil
	}
	if left := w.narrator().unavailable(d.Event.Article); left > 0 {
		return notYet{left, "for a voice"}
	}
	return nil
}

func concernsVoice(c lector.Class) bool {
	return c == lector.ClassVoiceDown || c == lector.ClassVoiceRefused || c == lector.ClassQuota
}

// unavailable returns for how long no voice of an article's site is worth a call.
func (n *Narrator) unavailable(a lector.Article) (least time.Duration) {
	site := n.Sites[a.Site]
	language := a.Language
	if language == "" {
		language = site.Language
	}
	for i, v := range n.voices(site, language) {
		if v.Unavailable == nil {
			return 0
		}
		if left := v.Unavailable(); i == 0 || left < least {
			least = left
		}
	}
	return least
}
