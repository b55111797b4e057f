package main

import (
	"strings"
	"testing"

	"lector"
)

// TestWhereArticlesAreListed: one place of a site, and its secrets stand elsewhere.
func TestWhereArticlesAreListed(t *testing.T) {
	t.Parallel()
	const key = "aaaaaaaaaaaaaaaaaaaaaaaa:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	a := &app{stderr: testLog{t}, getenv: func(name string) string {
		return map[string]string{"KEY": key, "PASSWORD": "secret", "BAD": "x"}[name]
	}}
	ghost := func(env string) siteConfig {
		return siteConfig{CMS: cmsConfig{Ghost: ghostConfig{URL: "https://paper.example", Key: secretSource{Env: env}}}}
	}
	press := siteConfig{CMS: cmsConfig{WordPress: wordpressConfig{URL: "https://paper.example", User: "lector", Password: secretSource{Env: "PASSWORD"}}}}
	both := ghost("KEY")
	both.SourceFeed = "https://paper.example/feed"
	without := press
	without.CMS.WordPress.Password = secretSource{}
	for name, tc := range map[string]struct {
		site        siteConfig
		refused     string // by the check of the settings
		unavailable bool   // when it is opened
	}{
		"feed":                         {site: siteConfig{SourceFeed: "https://paper.example/feed"}},
		"no address":                   {site: siteConfig{SourceFeed: "feed.xml"}, refused: "source_feed"},
		"Ghost":                        {site: ghost("KEY")},
		"Ghost without a key":          {site: ghost(""), refused: "cms.ghost.key"},
		"Ghost with a key of another":  {site: ghost("BAD"), unavailable: true},
		"Ghost without its key":        {site: ghost("ELSEWHERE"), unavailable: true},
		"Ghost without an address":     {site: siteConfig{CMS: cmsConfig{Ghost: ghostConfig{Key: secretSource{Env: "KEY"}}}}, refused: "cms.ghost.url"},
		"WordPress":                    {site: press},
		"WordPress without a login":    {site: siteConfig{CMS: cmsConfig{WordPress: wordpressConfig{URL: "https://paper.example"}}}},
		"WordPress without a password": {site: without, refused: "cms.wordpress.password"},
		"two places":                   {site: both, refused: "2 places"},
	} {
		err := checkSource("sites.s", tc.site)
		if (err != nil) != (tc.refused != "") || err != nil && !strings.Contains(err.Error(), tc.refused) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		source, err := a.source(tc.site)
		if (err != nil) != tc.unavailable || err == nil && source == nil || !tc.site.hasSource() {
			t.Errorf("%s: %v, %v", name, source, err)
		}
		if err != nil && (strings.Contains(err.Error(), "bbbb") || lector.HintOf(err) == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if (siteConfig{}).hasSource() {
		t.Error("nothing is listed anywhere")
	}
}
