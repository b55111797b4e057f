package release

import (
	"net/url"
	"testing"

	"lector"
)

// The example of podcastindex.org's specification.
func TestPodcastGUID(t *testing.T) {
	t.Parallel()
	const want = "917393e3-1b1e-5cef-ace4-edaa54e1f810"
	for _, address := range []string{"https://mp3s.nashownotes.com/pc20rss.xml", "http://mp3s.nashownotes.com/pc20rss.xml/"} {
		if got := podcastGUID(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestISODuration(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[float64]string{
		0: "PT0S", 0.9996: "PT1S", 12.5: "PT12.5S", 60: "PT1M0S", 145.465958: "PT2M25.466S", 3725: "PT62M5S",
	} {
		if got := isoDuration(seconds); got != want {
			t.Errorf("%v: %s, want %s", seconds, got, want)
		}
	}
}

func TestSchemaSource(t *testing.T) {
	t.Parallel()
	for iptc, want := range map[string]string{
		"": "", "/": "",
		"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia": "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
		"http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia":        "https://schema.org/AlgorithmicMediaDigitalSource",
	} {
		if got := schemaSource(iptc); got != want {
			t.Errorf("%q: %q, want %q", iptc, got, want)
		}
	}
}

// An embed page's address leads back to the site and the id, whatever it holds.
func FuzzEmbedPath(f *testing.F) {
	f.Add("havana", "good")
	f.Add("havana", "https://reader.example/?p=1#x")
	f.Add("h", "a/../b//c%2F")
	f.Add("h", "..")
	f.Fuzz(func(t *testing.T, site, id string) {
		u, err := url.Parse(lector.Addresses{Public: "https://audio.example"}.Embed(site, id))
		if err != nil {
			t.Fatal(err)
		}
		gotSite, gotID, ok := parseEmbedURL(u)
		if ok != (id != "") || (ok && (gotSite != site || gotID != id)) {
			t.Errorf("%q %q became %q %q", site, id, gotSite, gotID)
		}
	})
}
