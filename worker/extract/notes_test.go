package extract_test

import (
	"slices"
	"strings"
	"testing"

	"lector/worker/extract"
)

// TestFootnotes: a note by a sign is dropped where a word above has the sign.
func TestFootnotes(t *testing.T) {
	t.Parallel()
	const first = "All shops in the street are open on Sunday"
	tests := map[string]struct {
		body    string
		dropped bool
	}{
		"behind the stop":      {"<p>" + first + ".*</p><p>* Except one.</p>", true},
		"before the stop":      {"<p>" + first + "*.</p><p>*Except one.</p>", true},
		"raised":               {"<p>" + first + "<sup>*</sup>.</p><p><sup>*</sup> Except one.</p>", true},
		"raised number":        {"<p>" + first + "<sup>1</sup>.</p><p><sup>1</sup> Except one.</p>", true},
		"power":                {"<p>They take 40 m<sup>2</sup> of room.</p><p><sup>2</sup> Except one.</p>", false},
		"second sign":          {"<p>" + first + ".**</p><p>** Except one.</p>", true},
		"dagger":               {"<p>" + first + "†.</p><p>† Except one.</p>", true},
		"plain text":           {first + ".*\n\nThe mayor said so.\n\n* Except one.", true},
		"no word has the sign": {"<p>" + first + ".</p><p>* Except one.</p>", false},
		"another sign":         {"<p>" + first + ".*</p><p>** Except one.</p>", false},
		"inside a word":        {"<p>Alle Bürger*innen sind da.</p><p>* Except one.</p>", false},
		"markdown":             {"<p>All shops in *the street* are open.</p><p>* Except one.</p>", false},
		"emphasised itself":    {"<p>" + first + ".*</p><p>*Except one.*</p>", false},
		"list in plain text":   {first + ".*\n\n* Except one.\n* Except another one.", false},
		"note above":           {"<p>* Except one.</p><p>" + first + ".*</p>", false},
		"speak by markup":      {"<p>" + first + `.*</p><p data-audio="speak">* Except one.</p>`, false},
	}
	for name, tc := range tests {
		p, err := extract.File("note", []byte(tc.body), extract.Rules{})
		if err != nil {
			t.Fatal(err)
		}
		dropped := slices.ContainsFunc(p.Dropped(), func(b extract.Block) bool { return b.ID == "note.text" })
		read := slices.ContainsFunc(p.Kept(), func(b extract.Block) bool { return strings.Contains(b.Text, "Except one") })
		if dropped != tc.dropped || read == tc.dropped {
			t.Errorf("%s: dropped %v, read %v: %+v", name, dropped, read, p.Blocks)
		}
	}
}
