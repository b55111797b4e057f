package main

import "testing"

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"language", "lang", "title", "url", "voices", "voices_by_role", "concurrent_jobs"}
	for word, want := range map[string]string{
		"langauge":       "language", // swapped
		"languge":        "language", // left out
		"languagee":      "language", // put in
		"Title":          "title",
		"ulr":            "url",
		"lan":            "lang",
		"concurrentJobs": "concurrent_jobs",
		"voice":          "voices", // the nearer one of two
		"kicker":         "",
		"html":           "",
		"":               "",
	} {
		if got := nearest(word, names); got != want {
			t.Errorf("nearest(%q) is %q, want %q", word, got, want)
		}
	}
}
