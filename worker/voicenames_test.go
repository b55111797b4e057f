package worker

import (
	"slices"
	"testing"
)

func TestVoiceNames(t *testing.T) {
	t.Parallel()
	site := Site{Voices: map[string][]string{"en": {"amy", "brian"}, "de": nil, "*": {"any"}}}
	for name, c := range map[string]struct {
		site     Site
		language string
		names    []string
		named    bool
	}{
		"its language":        {site, "en", []string{"amy", "brian"}, true},
		"a region of it":      {site, "en-GB", []string{"amy", "brian"}, true},
		"none for a language": {site, "de", nil, true},
		"any other language":  {site, "uk", []string{"any"}, true},
		"nothing is named":    {Site{}, "en", nil, false},
	} {
		if names, named := c.site.VoiceNames(c.language); named != c.named || !slices.Equal(names, c.names) {
			t.Errorf("%s: %q, %v", name, names, named)
		}
	}
}
