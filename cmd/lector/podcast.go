package main

import (
	"fmt"
	"net/url"
	"strings"

	"lector"
	"lector/publisher"
)

// podcastConfig is what podcast directories want to know of a site's feed.
type podcastConfig struct {
	Description string `yaml:"description,omitempty"` // what the feed says of itself
	Image       string `yaml:"image,omitempty"`       // address of a square picture, 1400 to 3000 px
	Email       string `yaml:"email,omitempty"`       // whom the directories write to
	Category    string `yaml:"category,omitempty"`    // a category of Apple's list, as News
}

// publisherSite returns the settings that the publisher needs of the site.
func (s siteConfig) publisherSite() publisher.Site {
	return publisher.Site{
		Title: s.Title, URL: s.URL, Language: s.Language, Frames: s.Frames, Listening: s.countsListening(),
		Description: s.Podcast.Description, Image: s.Podcast.Image, Email: s.Podcast.Email, Category: s.Podcast.Category,
	}
}

// checkFrames refuses what is no origin: it would stand in a header.
func checkFrames(key string, frames []string) error {
	for _, f := range frames {
		if !isOrigin(f) {
			return lector.Hint(fmt.Errorf("%s.frames: %q is no origin", key, f), "give scheme and host, for example https://reader.example")
		}
	}
	return nil
}

// isOrigin reports whether s is the scheme and the host of a web address, and
// nothing that ends or parts a value of a header.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme+"://"+u.Host != s {
		return false
	}
	web := u.Scheme == "https" || u.Scheme == "http"
	return web && !strings.ContainsAny(u.Host, ";,'\"")
}
