package outbound

import (
	"context"
	"errors"
	"testing"

	"lector"
)

// oneArticle is a CMS with one article, 7.
type oneArticle struct {
	links lector.Links
	err   error
}

func (c *oneArticle) SetAudio(_ context.Context, article string, l lector.Links) (bool, error) {
	if article != "7" {
		return false, lector.ErrNotFound
	}
	if c.err != nil || c.links == l {
		return false, c.err
	}
	c.links = l
	return true, nil
}

// The CMS is told what is ready and what is removed, once; an article that it has no more
// is nobody's, and what it or the secret refuses is tried again.
func TestWriteBack(t *testing.T) {
	t.Parallel()
	const dir = "https://audio.example/a/havana/"
	cms, refused := &oneArticle{}, errors.New("refused")
	var secret error
	var writes []bool
	w := WriteBack{
		CMS: func() (CMS, error) { return cms, secret }, Addresses: lector.Addresses{Public: "https://audio.example", Files: "https://audio.example"},
		OnWrite: func(_ lector.AudioEvent, links bool) { writes = append(writes, links) },
	}
	send := func(kind, article string) error {
		key := lector.Key("havana", article)
		return w.Send(t.Context(), lector.Notification{Event: lector.AudioEvent{Type: kind, Site: "havana", Article: article, Key: key, MP3: dir + key + "/1.mp3"}})
	}
	for _, kind := range []string{lector.AudioReady, lector.AudioReady} {
		if err := send(kind, "7"); err != nil {
			t.Error(err)
		}
	}
	key := lector.Key("havana", "7")
	want := lector.Links{Manifest: dir + key + "/manifest.json", Embed: "https://audio.example/embed/havana/7", MP3: dir + key + "/1.mp3"}
	if cms.links != want || len(writes) != 1 || !writes[0] {
		t.Errorf("%+v after %v, want %+v", cms.links, writes, want)
	}
	if err := send(lector.AudioReady, "8"); err != nil || len(writes) != 1 {
		t.Errorf("of no article: %v, %v", err, writes)
	}
	cms.err = refused
	if err := send(lector.AudioRemoved, "7"); !errors.Is(err, refused) || len(writes) != 1 {
		t.Errorf("%v, %v", err, writes)
	}
	cms.err, secret = nil, refused
	if err := send(lector.AudioRemoved, "7"); !errors.Is(err, refused) || len(writes) != 1 {
		t.Errorf("%v, %v", err, writes)
	}
	secret = nil
	if err := send(lector.AudioRemoved, "7"); err != nil || cms.links != (lector.Links{}) || len(writes) != 2 || writes[1] {
		t.Errorf("%v, %+v, %v", err, cms.links, writes)
	}
}
