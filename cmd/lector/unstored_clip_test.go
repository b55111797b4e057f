package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"lector"
	"lector/infra/limittest"
	"lector/worker/synth"
)

// joinedStore tells when the joined MP3 of an article is in it.
type joinedStore struct {
	store
	joined func()
}

func (s joinedStore) Create(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	err := s.store.Create(ctx, o, body)
	if strings.HasSuffix(o.Key, ".mp3") {
		s.joined()
	}
	return err
}

// refusingClips is a cache that takes no clip, and says so when the article is joined.
type refusingClips struct {
	synth.Clips
	joined <-chan struct{}
}

func (c refusingClips) Put(context.Context, string, []byte) error {
	<-c.joined
	return errors.New("no space left")
}

// TestArticleWaitsForItsClips: an article is joined while its clips are stored, and is not
// published where one of them could not be: its edit would pay for them again.
func TestArticleWaitsForItsClips(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	joined := make(chan struct{})
	h.worker.Store = joinedStore{h.store, sync.OnceFunc(func() { close(joined) })}
	voice := h.worker.Narrator.Voices[0].Synthesizer
	voice.Clips = refusingClips{voice.Clips, joined}
	h.start()
	a := sampleArticle("1")
	h.publish(lector.Published, a)
	var j lector.Job
	limittest.Until(t, "the first attempt has ended", func() bool {
		j, _, _ = h.jobs.Job(t.Context(), a.Site, a.Key())
		return j.State == lector.Ready || len(j.Attempts) > 0 && !j.Attempts[0].Ended.IsZero()
	})
	if j.State == lector.Ready || !strings.Contains(j.Attempts[0].Error, "no space left") {
		t.Errorf("job %+v", j)
	}
	if told := h.announced(a); len(told) > 0 {
		t.Errorf("announced: %v", told)
	}
}
