package main

import "slices"

// inOrder returns the voices in the order in which a site tries them for a language: those
// that it names for it, then the others; of either first those that are there and speak
// it. One that is not installed is quoted by its settings.
func (c *config) inOrder(all []pricedVoice, site, language string) []pricedVoice {
	names := c.voiceNames(site, language)
	rank := func(q pricedVoice) int {
		at := slices.Index(names, q.name)
		if at < 0 {
			at = 2 * len(names)
		}
		if q.voice == nil || !q.caps.Speaks(language) {
			at += len(names)
		}
		return at
	}
	return slices.SortedStableFunc(slices.Values(all), func(x, y pricedVoice) int { return rank(x) - rank(y) })
}
