package main

import (
	"context"
	"fmt"

	"lector"
	"lector/publisher/outbound"
)

// checkWriteBack refuses to write to a CMS that is not named, or without a login.
func checkWriteBack(key string, c cmsConfig) error {
	switch {
	case !c.WriteBack:
	case c.Ghost.URL == "" && c.WordPress.URL == "":
		return lector.Hint(fmt.Errorf("%s.cms.write_back: there is no CMS to write to", key), "set cms.ghost or cms.wordpress")
	case c.WordPress.URL != "" && c.WordPress.User == "":
		return lector.Hint(fmt.Errorf("%s.cms.write_back: WordPress is written to by a user only", key), "set cms.wordpress.user and password")
	}
	return nil
}

// writableCMS is a CMS that can be written back to.
type writableCMS interface {
	outbound.CMS
	CheckWrite(ctx context.Context) error // says why it could not be written to
}

// writableCMS is the CMS of a site that checkWriteBack has let pass.
func (a *app) writableCMS(c siteConfig) (writableCMS, error) {
	source, err := a.source(c)
	if err != nil {
		return nil, err
	}
	cms, ok := source.(writableCMS)
	if !ok {
		return nil, lector.Permanent(fmt.Errorf("a %T takes no addresses of audio", source))
	}
	return cms, nil
}

// writeBack tells the CMS of a site the addresses of the audio of its articles.
func (s *server) writeBack(c siteConfig) outbound.Target {
	return outbound.Target{Types: []string{lector.AudioReady, lector.AudioRemoved}, Sender: outbound.WriteBack{
		CMS: func() (outbound.CMS, error) { return s.app.writableCMS(c) }, Addresses: s.config.addresses(),
		OnWrite: func(e lector.AudioEvent, links bool) {
			s.metrics.CMSWrite(e.Site)
			s.log.Info("written to the CMS", "site", e.Site, "article", e.Article, "audio", links)
		},
	}}
}
