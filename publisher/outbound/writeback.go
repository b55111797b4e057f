package outbound

import (
	"context"
	"errors"

	"lector"
)

// CMS keeps the addresses of an article's audio with the article.
type CMS interface {
	// SetAudio writes them, and reports false where nothing was to be written: they were
	// there already, or the article is not public. Without a manifest among the links it
	// removes what it has written. An article that is not there is lector.ErrNotFound.
	SetAudio(ctx context.Context, article string, l lector.Links) (written bool, err error)
}

// WriteBack tells the CMS of a site the addresses of the audio of its articles.
type WriteBack struct {
	// CMS returns it with the secret that holds now.
	CMS       func() (CMS, error)
	Addresses lector.Addresses                      // of what listeners see
	OnWrite   func(e lector.AudioEvent, links bool) // after a write; links is whether it wrote any
}

// Send implements Sender. A try again writes nothing that the one before has written.
func (w WriteBack) Send(ctx context.Context, n lector.Notification) error {
	cms, err := w.CMS()
	if err != nil {
		return err
	}
	e, links := n.Event, lector.Links{}
	if e.Type == lector.AudioReady {
		links = lector.Links{
			Manifest: w.Addresses.Object(lector.PointerKey(e.Site, e.Key)), Embed: w.Addresses.Embed(e.Site, e.Article), MP3: e.MP3,
		}
	}
	written, err := cms.SetAudio(ctx, e.Article, links)
	if errors.Is(err, lector.ErrNotFound) { // there is nothing left to tell
		return nil
	}
	if written {
		w.OnWrite(e, links.Manifest != "")
	}
	return err
}
