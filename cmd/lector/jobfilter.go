package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"lector"
)

// filterFlags are the flags that select jobs or dead letters, the same for all
// commands.
type filterFlags struct {
	lector.JobFilter
	lane, since, until string
}

// describe adds the filters with the given names, which mean something to a
// command; of is what they select, in the plural.
func (f *filterFlags) describe(fs *flag.FlagSet, of string, names ...string) {
	add := map[string]func(){
		"state": func() { fs.StringVar((*string)(&f.State), "state", "", "only "+of+" in this `STATE`") },
		"class": func() { fs.StringVar((*string)(&f.Class), "class", "", "only "+of+" of this `CLASS` of error") },
		"site":  func() { fs.StringVar(&f.Site, "site", "", "only "+of+" of this `NAME` of a site") },
		"section": func() {
			fs.StringVar(&f.Section, "section", "", "only "+of+" of this `NAME` of a section, in any case")
		},
		"voice": func() { fs.StringVar(&f.Voice, "voice", "", "only "+of+" whose audio is of this `NAME` of a voice") },
		"lane":  func() { fs.StringVar(&f.lane, "lane", "", "only "+of+" in this `LANE`: breaking, normal or backfill") },
		"text": func() {
			fs.StringVar(&f.Text, "text", "", "only "+of+" with this `TEXT` in the title or the reason, in any case")
		},
		"since": func() { fs.StringVar(&f.since, "since", "", "only "+of+" since `TIME`: "+momentHelp) },
		"until": func() { fs.StringVar(&f.until, "until", "", "only "+of+" before `TIME`") },
		"fallback": func() {
			fs.BoolVar(&f.Fallback, "fallback", false, "only "+of+" that were not read by their preferred voice")
		},
	}
	for _, name := range names {
		add[name]()
	}
}

// jobFilters are the filters of commands that select jobs.
func jobFilters() []string {
	return []string{"state", "class", "site", "section", "voice", "lane", "text", "since", "until", "fallback"}
}

// complete reads the lane and the times, and refuses what cannot select anything: the
// list would be empty for the wrong reason.
func (f *filterFlags) complete(command string, now time.Time) (err error) {
	if f.Since, err = moment("since", f.since, now); err != nil {
		return err
	}
	if f.Until, err = moment("until", f.until, now); err != nil {
		return err
	}
	if f.lane != "" {
		l, err := lector.ParseLane(f.lane)
		if err != nil {
			return usageError{fmt.Errorf("%s: %w", command, err)}
		}
		f.Lane = l.String()
	}
	if !f.Since.IsZero() && !f.Until.IsZero() && !f.Since.Before(f.Until) {
		return usageErrorf("%s: -until is not after -since: nothing is in between", command)
	}
	return errors.Join(known(command, "state", f.State, lector.States()), known(command, "class", f.Class, lector.Classes()))
}

// known refuses a word that is not one of those there are.
func known[T ~string](command, kind string, word T, all []T) error {
	if word == "" || slices.Contains(all, word) {
		return nil
	}
	return usageError{lector.Hint(fmt.Errorf("%s: there is no %s %q", command, kind, word),
		"known are %s", strings.ReplaceAll(strings.Trim(fmt.Sprint(all), "[]"), " ", ", "))}
}

// exactlyOne reports whether one of several ways to select was given, and no other.
func exactlyOne(given ...bool) bool {
	n := 0
	for _, g := range given {
		if g {
			n++
		}
	}
	return n == 1
}

// selects reports whether any filter is given.
func (f *filterFlags) selects() bool { return f.JobFilter != lector.JobFilter{} }
