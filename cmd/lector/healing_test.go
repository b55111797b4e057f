package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"lector"
)

// change is what an editor does while Lector cannot be reached, and what is to become of
// it.
type change struct {
	what  string
	id    string
	do    func(id string)
	heals func(m lector.Manifest, heard bool) bool
	took  time.Duration
	done  bool
}

func isHeard(_ lector.Manifest, heard bool) bool { return heard }

func isSilent(_ lector.Manifest, heard bool) bool { return !heard }

// says is for an article of which a text is read.
func says(text string) func(lector.Manifest, bool) bool {
	return func(m lector.Manifest, _ bool) bool {
		return slices.ContainsFunc(m.Segments, func(s lector.Segment) bool { return strings.Contains(s.Source+s.Text, text) })
	}
}

// post is an article by its id.
func post(id string) lector.Article { return lector.Article{Site: defaultSite, ID: id} }

// healedWithin is how soon an article that was published meanwhile has audio, once Lector
// can be reached again.
const healedWithin = 2 * time.Minute

// awaitHealing waits until all that was lost is healed, and writes a row of each change.
func awaitHealing(m *meter, changes []change, rows io.Writer, since time.Time) {
	m.h.t.Helper()
	for healed := 0; healed < len(changes) && time.Since(since) < 2*healedWithin; time.Sleep(100 * time.Millisecond) {
		for i := range changes {
			c := &changes[i]
			if manifest, heard := m.heard(post(c.id)); !c.done && c.heals(manifest, heard) {
				c.done, c.took, healed = true, time.Since(since), healed+1
			}
		}
	}
	for _, c := range changes {
		said := fmt.Sprintf("healed %.0f s after Lector was back", c.took.Seconds())
		if !c.done {
			said = "not healed"
		}
		fmt.Fprintf(rows, "| %s, and nobody hears of it | %s | 120 s |\n", c.what, said)
		if !c.done || c.took > healedWithin {
			m.h.t.Errorf("%s: %s", c.what, said)
		}
	}
}
