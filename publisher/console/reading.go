package console

import (
	"cmp"
	"net/http"

	"lector"
)

// Reading is an article beside what is read of it now.
type Reading struct {
	Voice  string // preferred, as configured
	Blocks []Block
	Public bool     // there is audio to compare with
	Gone   []string // texts of the public audio that are read no more
}

// Block is a piece of an article, or something that is read besides.
type Block struct {
	Kind    lector.SegmentKind
	Written string
	Spoken  string   // "": it is not read
	Rule    string   // that decided, for people
	ID      string   // of the rule that dropped it; "": none did
	Fixed   bool     // nobody can switch that rule off
	Clips   []string // hashes, of the public audio
	New     bool     // was synthesized for the public audio; what an earlier rendition had is reused
	Changed bool     // the public audio does not read it so
}

// Most of an article that the page shows.
const (
	maxBlocks    = 500
	maxBlockText = 1500 // characters
)

// droppedBlocks are the blocks of an article that a rule has dropped.
type droppedBlocks struct {
	Blocks     int
	Switchable bool // the console may switch the rule off
}

// reading shows an article's blocks beside the script.
func (k *console) reading(r *http.Request) (view, error) {
	j, _, err := k.Jobs.Job(r.Context(), r.PathValue("site"), r.PathValue("id"))
	if err != nil {
		return view{}, err
	}
	read, err := k.Reading(r.Context(), j)
	if err != nil {
		return view{}, err
	}
	rules, unknown := k.Rules.SiteRules(r.Context(), j.Site)
	leftOut := max(0, len(read.Blocks)-maxBlocks)
	read.Blocks = read.Blocks[:len(read.Blocks)-leftOut]
	dropped := map[string]droppedBlocks{}
	for i := range read.Blocks {
		b := &read.Blocks[i]
		b.Written, b.Spoken = cut(b.Written, maxBlockText), cut(b.Spoken, maxBlockText)
		if b.ID != "" {
			dropped[b.ID] = droppedBlocks{Blocks: dropped[b.ID].Blocks + 1, Switchable: !b.Fixed && unknown == nil && !rules.Fixed(b.ID)}
		}
	}
	return view{name: "reading", title: cmp.Or(j.Title, j.Article), data: struct {
		Reading
		Job     lector.Job
		LeftOut int
		Dropped map[string]droppedBlocks // by the ID of the rule
		Rules   SiteRules
		Unknown error // why the rules are not known
	}{read, j, leftOut, dropped, rules, unknown}}, nil
}
