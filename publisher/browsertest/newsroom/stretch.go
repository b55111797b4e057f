package newsroom

import (
	"strings"

	"lector"
)

// Texts as long as they come: with markup, with spaces, and in one word.
var (
	longTitle = `<script>alert(1)</script>"'><img src=x>` + strings.Repeat("Floods and a long word ", 450)
	longText  = strings.Repeat("The bridge and https://voice.example/a/long/word ", 40)
	longWord  = strings.Repeat("https://voice.example/refused/", 350)
)

// Stretch makes texts as long as they come: of each list those of one row, which stands
// among others, and all of what a page is about.
func (n *Newsroom) Stretch() {
	n.stretchJobs()
	n.stretchLetters()
	n.stretchPlans()
	n.stretchVoices()
	n.Pauses[0].Reason, n.Workers[0].Name, n.Workers[0].Version = longWord, longWord, longWord
	n.Audit[0].Who, n.Audit[0].Target, n.Audit[0].Failed = longWord, longWord, longWord
	e := &n.Coverage[0].Entries[0]
	e.Title, e.Reason, e.ID = longTitle, longWord, longWord[:500]
	n.Reading.Blocks[0].Written, n.Reading.Blocks[0].Spoken = longTitle, longWord
	n.Event.Headers, n.Event.Data = map[string][]string{longWord[:90]: {longWord}}, []byte(`{"title":"`+strings.Repeat("x", 1<<20)+`"}`)
}

// stretchJobs lengthens the first job of each state, which are those with a page.
func (n *Newsroom) stretchJobs() {
	seen := map[lector.State]bool{}
	for i := range n.Jobs {
		j := &n.Jobs[i]
		if seen[j.State] {
			continue
		}
		seen[j.State] = true
		j.Title, j.Reason, j.Voice, j.Fallback, j.Revision = longTitle, longWord, longWord[:200], longText, strings.Repeat("f", 64)
		j.Attempts = append(j.Attempts, lector.Attempt{Number: 9, Worker: longWord[:100], Started: n.Now, Stage: lector.StageSynth, Error: longWord})
	}
}

// stretchLetters has two letters of a megabyte each: of text and of no text.
func (n *Newsroom) stretchLetters() {
	for i, data := range []string{strings.Repeat("x", 1<<20), strings.Repeat("\xff\x00", 1<<19)} {
		l := &n.Letters[i]
		l.Reason, l.Article, l.Subject, l.Size = longWord, longWord[:500], longWord[:300], len(data)
		l.Data, l.Headers = []byte(data), map[string][]string{longWord[:90]: {longWord}}
	}
}

// stretchPlans lengthens what is shown before something is done.
func (n *Newsroom) stretchPlans() {
	n.Reading.Gone, n.RulePlan.Before = []string{longWord}, append(n.RulePlan.Before, longWord)
	n.Rules.Off[0].Who, n.Rules.Off[0].Reason = longWord, longWord
	n.Plan.LeftOut[0].Reason = longWord
	n.Renditions.Public.Segments[0].Sentences[0].Text, n.Renditions.Public.Revision = longText, longWord
	n.Impact.Touched[0].Title, n.Impact.Touched[0].Example = longTitle, longWord
}

// stretchVoices lengthens what is known of a voice, and what it is told.
func (n *Newsroom) stretchVoices() {
	v := &n.Voices[0]
	v.LastError, v.Hint, v.Capabilities.Voice = longWord, longText, longWord[:200]
	n.Lexicon[0].Match, n.Lexicon[0].Alias = longWord[:200]+n.Lexicon[0].Match, longWord[:400]
	n.Sample.Text, n.Sample.Lexicon = longWord, []string{longWord[:200]}
}
