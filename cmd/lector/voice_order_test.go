package main

import (
	"slices"
	"testing"

	"lector"
)

// A script and an estimate are of the voice that the site would have read: not of the
// first by name.
func TestVoicesInOrder(t *testing.T) {
	t.Parallel()
	c := &config{
		Voices: map[string]voiceConfig{"a": {}, "b": {}, "c": {}, "d": {}},
		Sites: map[string]siteConfig{
			"havana": {Voices: map[string][]string{"en": {"d", "b"}, "*": {"c"}}},
			"lima":   {},
		},
	}
	voice := func(name string, there bool, languages ...string) pricedVoice {
		q := pricedVoice{name: name, caps: lector.Capabilities{Languages: languages}}
		if there {
			q.voice = &silentVoice{}
		}
		return q
	}
	all := []pricedVoice{voice("a", true, "en", "de"), voice("b", true, "en"), voice("c", true, "de"), voice("d", false)}
	for _, test := range []struct {
		site, language string
		want           []string
	}{
		{"havana", "en", []string{"b", "d", "a", "c"}}, // d is named first, and is not there
		{"havana", "de", []string{"c", "a", "b", "d"}},
		{"lima", "en", []string{"a", "b", "c", "d"}},
		{"lima", "de", []string{"a", "c", "b", "d"}},
	} {
		var got []string
		for _, q := range c.inOrder(all, test.site, test.language) {
			got = append(got, q.name)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s, %s: %q, want %q", test.site, test.language, got, test.want)
		}
	}
}
