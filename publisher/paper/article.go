// Package paper is The Havana Reader, a made-up newspaper: a few articles such
// as newsrooms publish, and a site that shows them with their audio.
package paper

import (
	"embed"
	"time"

	"lector"
)

// Site is the newspaper's name in settings, subjects and keys.
const Site = "havana"

// Title is the newspaper's name on its front page.
const Title = "The Havana Reader"

//go:embed content
var content embed.FS

// Articles returns the bundled articles, the main one first, as the
// newspaper's CMS would announce them. Their addresses lie under base, which
// is the site's public address without a slash at its end; all else is fixed.
//
// The first is a CMS field with cards in it, the second a whole page, the
// third a page that was saved as text.
func Articles(base string) []lector.Article {
	return []lector.Article{
		{
			Site: Site, ID: "harbour-tunnel", Revision: "1",
			URL:         base + "/articles/harbour-tunnel",
			Title:       "Harbour tunnel to reopen on Jan. 11 after $2.4 million repair",
			Subtitle:    "Ferries keep running until then, and a baker wants his money back.",
			Authors:     []string{"Clara Whitcombe"},
			Section:     "City",
			Tags:        []string{"Transport", "Port"},
			Language:    "en",
			PublishedAt: time.Date(2026, 11, 16, 13, 5, 0, 0, time.UTC),
			UpdatedAt:   time.Date(2026, 11, 16, 13, 5, 0, 0, time.UTC),
			Visibility:  lector.Public,
			Body:        lector.Body{ContentType: lector.HTML, Content: read("harbour-tunnel.html")},
		},
		{
			Site: Site, ID: "sugar-harvest", Revision: "1",
			URL:         base + "/articles/sugar-harvest",
			Title:       "Sugar harvest is the largest since 1998, growers say",
			Subtitle:    "Mills in the east are running around the clock, but the price has slipped.",
			Authors:     []string{"Ignacio Bell"},
			Section:     "Business",
			Tags:        []string{"Farming"},
			Language:    "en",
			PublishedAt: time.Date(2026, 11, 12, 16, 20, 0, 0, time.UTC),
			UpdatedAt:   time.Date(2026, 11, 12, 17, 5, 0, 0, time.UTC),
			Visibility:  lector.Public,
			Body:        lector.Body{ContentType: lector.HTML, Content: read("sugar-harvest.html")},
		},
		{
			Site: Site, ID: "storm-ines", Revision: "1",
			URL:         base + "/articles/storm-ines",
			Title:       "Storm Ines leaves 14,000 homes without power — but spares the capital",
			Authors:     []string{"Marisol Vega"},
			Section:     "Weather",
			Tags:        []string{"Storms"},
			Language:    "en",
			PublishedAt: time.Date(2026, 11, 9, 7, 40, 0, 0, time.UTC),
			UpdatedAt:   time.Date(2026, 11, 9, 7, 40, 0, 0, time.UTC),
			Visibility:  lector.Public,
			Body:        lector.Body{ContentType: lector.Plain, Content: read("storm-ines.txt")},
		},
	}
}

// read returns a bundled file; that it is there, go build has seen to.
func read(name string) string {
	data, err := content.ReadFile("content/" + name)
	if err != nil {
		panic(err)
	}
	return string(data)
}
