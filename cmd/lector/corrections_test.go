package main

import (
	"cmp"
	"slices"
	"testing"

	"lector"
	"lector/worker/extract"
)

// TestCorrectionsOfASite adds a correction to an article of three sites. It is read where
// each wants it, and what was said before it is still told.
func TestCorrectionsOfASite(t *testing.T) {
	t.Parallel()
	const wrong, right, note = "The bridge cost three million.", "The bridge cost five million.", "Correction: An earlier version gave a wrong sum."
	c, wants := testConfig(t.TempDir()), map[string][]string{
		"place": {right, "It opened on Monday.", note}, "start": {note, right, "It opened on Monday."}, "off": {right, "It opened on Monday."},
	}
	for name := range wants {
		site := c.Sites[defaultSite]
		site.Include.Corrections = extract.Corrections(name)
		c.Sites[name] = site
	}
	h := openInstallationWith(t, c, &silentVoice{}).start()
	for name, want := range wants {
		a := sampleArticle("1")
		a.Site, a.Body.Content = name, "<p>"+wrong+"</p><p>It opened on Monday.</p>"
		first := h.publishAndWait(lector.Published, a)
		a.UpdatedAt, a.Body.Content = a.UpdatedAt.Add(60e9), "<p>"+right+"</p><p>It opened on Monday.</p><p>"+note+"</p>"
		h.publishAndWait(lector.Updated, a)
		m := h.manifest(a)
		if got := paragraphsOf(m); !slices.Equal(got, want) {
			t.Errorf("%s: read %q, want %q", name, got, want)
		}
		if len(m.PreviousRenditions) != 1 || m.PreviousRenditions[0].Hash != first.Rendition || m.PreviousRenditions[0].Created.IsZero() {
			t.Fatalf("%s: what was said before is %+v", name, m.PreviousRenditions)
		}
		before, err := readManifest(t.Context(), h.store, lector.Prefix(a.Site, a.Key())+first.Rendition+".manifest.json")
		if err != nil || !slices.Contains(paragraphsOf(before), wrong) {
			t.Errorf("%s: said before: %q, %v", name, paragraphsOf(before), err)
		}
	}
}

// paragraphsOf are the paragraphs that are read, as they are written.
func paragraphsOf(m lector.Manifest) (all []string) {
	for _, s := range m.Segments {
		if s.Kind == lector.Paragraph {
			all = append(all, cmp.Or(s.Source, s.Text))
		}
	}
	return all
}
