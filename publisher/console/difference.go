package console

import "unicode/utf8"

// difference is what became of the sentences of one script in another.
type difference struct {
	Rows                 []differenceRow
	Kept, Added, Removed int // sentences
	NewCharacters        int // of the added sentences
	LeftOut              int // rows that are not shown
}

// differenceRow is one sentence beside the one that took its place, or a run of
// sentences that are the same.
type differenceRow struct {
	Before, After string // "": there is none
	Same          int    // sentences that are not shown; 0: the row shows one
}

// Most of a difference that a page shows.
const (
	maxRows  = 300
	sameEnds = 2 // sentences shown at either end of a longer run that is the same
)

// compareScripts lays two scripts side by side, sentence by sentence.
func compareScripts(before, after []string) difference {
	d := difference{}
	b, a := 0, 0
	for _, match := range append(commonSentences(before, after), sameRun{len(before), len(after), 0}) {
		d.change(before[b:match.before], after[a:match.after])
		d.keep(before[match.before : match.before+match.length])
		b, a = match.before+match.length, match.after+match.length
	}
	d.LeftOut = max(0, len(d.Rows)-maxRows)
	d.Rows = d.Rows[:len(d.Rows)-d.LeftOut]
	return d
}

// change adds sentences that others took the place of.
func (d *difference) change(removed, added []string) {
	d.Removed, d.Added = d.Removed+len(removed), d.Added+len(added)
	for i := range max(len(removed), len(added)) {
		row := differenceRow{}
		if i < len(removed) {
			row.Before = cut(removed[i], maxBlockText)
		}
		if i < len(added) {
			row.After = cut(added[i], maxBlockText)
			d.NewCharacters += utf8.RuneCountInString(added[i])
		}
		d.Rows = append(d.Rows, row)
	}
}

// keep adds sentences that are the same.
func (d *difference) keep(same []string) {
	d.Kept += len(same)
	hidden := len(same) - 2*sameEnds
	for i, s := range same {
		inside := i >= sameEnds && i < len(same)-sameEnds
		switch {
		case hidden <= 1 || !inside:
			d.Rows = append(d.Rows, differenceRow{Before: cut(s, maxBlockText), After: cut(s, maxBlockText)})
		case i == sameEnds:
			d.Rows = append(d.Rows, differenceRow{Same: hidden})
		}
	}
}

// sameRun is a run of sentences that stands in both scripts, at these places.
type sameRun struct{ before, after, length int }

// commonSentences returns the longest common subsequence of two scripts as runs, in
// their order.
func commonSentences(before, after []string) (runs []sameRun) {
	start := 0
	for start < min(len(before), len(after)) && before[start] == after[start] {
		start++
	}
	b, a := len(before), len(after)
	for b > start && a > start && before[b-1] == after[a-1] {
		b, a = b-1, a-1
	}
	runs = append(runs, sameRun{0, 0, start})
	runs = append(runs, longestCommon(before[start:b], after[start:a], start)...)
	return append(runs, sameRun{b, a, len(before) - b})
}

// maxCompared bounds the table of longestCommon: two bytes each.
const maxCompared = 4 << 20

// longestCommon returns the longest common subsequence of two lists that stand at a place
// of longer ones. Of lists that are too long for its table it finds nothing in common.
func longestCommon(before, after []string, place int) (runs []sameRun) {
	if len(before)*len(after) > maxCompared {
		return nil
	}
	left := commonLengths(before, after)
	for b, a := 0, 0; b < len(before) && a < len(after); {
		switch {
		case before[b] == after[a]:
			runs = append(runs, sameRun{place + b, place + a, 1})
			b, a = b+1, a+1
		case left[b+1][a] >= left[b][a+1]:
			b++
		default:
			a++
		}
	}
	return joinRuns(runs)
}

// commonLengths returns how long the longest common subsequence of what is left of two
// lists is, from each place on.
func commonLengths(before, after []string) [][]uint16 {
	left := make([][]uint16, len(before)+1)
	left[len(before)] = make([]uint16, len(after)+1)
	for b := len(before) - 1; b >= 0; b-- {
		left[b] = make([]uint16, len(after)+1)
		for a := len(after) - 1; a >= 0; a-- {
			left[b][a] = max(left[b+1][a], left[b][a+1])
			if before[b] == after[a] {
				left[b][a] = left[b+1][a+1] + 1
			}
		}
	}
	return left
}

// joinRuns joins runs that follow each other in both lists.
func joinRuns(runs []sameRun) (joined []sameRun) {
	for _, r := range runs {
		if n := len(joined); n > 0 && joined[n-1].before+joined[n-1].length == r.before && joined[n-1].after+joined[n-1].length == r.after {
			joined[n-1].length += r.length
			continue
		}
		joined = append(joined, r)
	}
	return joined
}
