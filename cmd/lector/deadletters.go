package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"lector"
	"lector/infra/nats"
)

const deadLettersHelp = `Shows what nobody could work on: article events that could not be read, events of
jobs that have failed for good, and notifications that an address of a site did not
take for a day.

  lector deadletters list                      all of them, the newest first
  lector deadletters list -class input         only those that could not be read
  lector deadletters list -open                without those that are settled
  lector deadletters show ID                   one, with its reason, headers and data
  lector deadletters replay ID…                publishes the events again as they were
  lector deadletters replay -site havana -since 7d
  lector deadletters drop ID…                  removes them, with the texts in them
  lector deadletters drop -settled

A letter is settled when a later event of its article has come to its end and has not
failed. Nothing is to be done about it, and metrics do not count it. Filters and -all
pass it over in a replay, which would bring back what is out of date.

replay and drop take IDs or filters, or -all. Both print their plan first and ask;
-plan prints it only, and a script says -yes. Of several letters the events go into
the lane backfill, -at-once articles at a time: what is not begun when the command
ends stays a dead letter. A letter is removed when its event is stored again. One that would be refused again, since it cannot be read now
either, is left alone: its article must be published anew. So is one that is out of date,
since its article was withdrawn or edited: drop it. A notification goes to its
address once more, unless its article has changed since: then drop it.

Classes are input, voice_refused, voice_down, quota, budget, storage, poison and
bug. A notification has none, nor an event that an older build gave up.`

// deadLettersFlags select dead letters and say what is done with them.
type deadLettersFlags struct {
	filterFlags
	asJSON, plan        bool
	yes, all, wholeData bool
	open, settled       bool
	atOnce              int
}

func (f *deadLettersFlags) addTo(fs *flag.FlagSet) {
	f.describe(fs, "dead letters", "class", "site", "since", "until")
	fs.StringVar(&f.Text, "text", "", "only dead letters with this `TEXT` in the reason, the article's id or the event, in any case")
	fs.BoolVar(&f.open, "open", false, "only dead letters that are not settled")
	fs.BoolVar(&f.settled, "settled", false, "only dead letters that are settled")
	fs.BoolVar(&f.asJSON, "json", false, "print JSON: of list one letter a line")
	fs.BoolVar(&f.plan, "plan", false, "replay, drop: print only what would be done")
	fs.BoolVar(&f.yes, "yes", false, "replay, drop: do not ask")
	fs.BoolVar(&f.all, "all", false, "replay, drop: take all there are")
	fs.IntVar(&f.atOnce, "at-once", 10, "replay: of several letters, at most `N` articles at a time")
	fs.BoolVar(&f.wholeData, "full", false, "show: print all of the event's data")
}

// selectsLetters reports whether a filter is given.
func (f *deadLettersFlags) selectsLetters() bool { return f.selects() || f.open || f.settled }

// wants reports whether the letter is one of those that -open or -settled select.
func (f *deadLettersFlags) wants(l lector.DeadLetter) bool {
	if l.Settled {
		return !f.open
	}
	return !f.settled
}

func (f *deadLettersFlags) query() lector.DeadLetterQuery {
	return lector.DeadLetterQuery{Site: f.Site, Class: string(f.Class), Text: f.Text, Since: f.Since, Until: f.Until}
}

func (a *app) deadLetters(ctx context.Context, args []string) error {
	fs := a.flags("deadletters")
	set := a.settings(fs)
	var f deadLettersFlags
	f.addTo(fs)
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if err := f.complete("deadletters", time.Now()); err != nil {
		return err
	}
	run, err := a.deadLettersVerb(words, f)
	if err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	return a.asOperator(c, func(conn *nats.Conn) error { return run(ctx, conn) })
}

// deadLettersVerb reads list, show ID, replay or drop.
func (a *app) deadLettersVerb(words []string, f deadLettersFlags) (func(context.Context, *nats.Conn) error, error) {
	verb := "list"
	if len(words) > 0 {
		verb, words = words[0], words[1:]
	}
	ids, err := letterIDs(words)
	if err != nil {
		return nil, err
	}
	act := map[string]letterAction{
		"replay": {verb: "replay", past: "replayed", once: replayLetter("replay-" + rand.Text()[:8])},
		"drop":   {verb: "drop", past: "dropped", once: dropLetter},
	}[verb]
	switch {
	case f.atOnce < 1:
		return nil, usageErrorf("-at-once %d: at least 1", f.atOnce)
	case f.open && f.settled:
		return nil, usageErrorf("-open and -settled: a dead letter is one or the other")
	case act.once != nil:
		if err := f.checkSelection(verb, ids); err != nil {
			return nil, err
		}
		return func(ctx context.Context, conn *nats.Conn) error { return a.actOnLetters(ctx, conn, f, ids, act) }, nil
	case verb == "list" && len(ids) == 0:
		return func(ctx context.Context, conn *nats.Conn) error { return a.listLetters(ctx, conn, f) }, nil
	case verb == "show" && len(ids) == 1:
		return func(ctx context.Context, conn *nats.Conn) error { return a.showLetter(ctx, conn, f, ids[0]) }, nil
	}
	return nil, usageError{lector.Hint(fmt.Errorf("deadletters: what does %q mean?", append([]string{verb}, words...)),
		"lector deadletters list, show ID, replay ID… or drop ID…")}
}

// checkSelection wants one way to select what is changed.
func (f *deadLettersFlags) checkSelection(verb string, ids []uint64) error {
	if !exactlyOne(len(ids) > 0, f.selectsLetters(), f.all) {
		return usageErrorf("deadletters %s wants IDs, or filters, or -all", verb)
	}
	return nil
}

func letterIDs(words []string) (ids []uint64, err error) {
	for _, w := range words {
		id, err := strconv.ParseUint(w, 10, 64)
		if err != nil || id == 0 {
			return nil, usageError{lector.Hint(fmt.Errorf("deadletters: %q is no ID of a dead letter", w),
				"IDs are numbers; lector deadletters list shows them")}
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// namedLetters returns the letters with the ids.
func namedLetters(ctx context.Context, conn *nats.Conn, ids []uint64) (letters []lector.DeadLetter, err error) {
	for _, id := range ids {
		l, err := conn.DeadLetter(ctx, id)
		if err != nil {
			return nil, lector.Hint(err, "lector deadletters list shows what there is")
		}
		letters = append(letters, l)
	}
	return letters, nil
}

// selectedLetters returns the letters that the filters select.
func (f *deadLettersFlags) selectedLetters(ctx context.Context, conn *nats.Conn) (letters []lector.DeadLetter, err error) {
	jobs, err := conn.JobStore(ctx)
	if err != nil {
		return nil, err
	}
	for l, err := range conn.DeadLetters(ctx, f.query()) {
		if err == nil {
			l.Settled, err = isSettled(ctx, jobs, l)
		}
		if err != nil {
			return nil, err
		}
		if f.wants(l) {
			letters = append(letters, l)
		}
	}
	return letters, nil
}

// jobReader reads the record of an article.
type jobReader interface {
	Job(ctx context.Context, site, key string) (lector.Job, uint64, error)
}

// isSettled reports whether a later event has settled the article of a letter.
func isSettled(ctx context.Context, jobs jobReader, l lector.DeadLetter) (bool, error) {
	if l.Job.ID == "" {
		return false, nil
	}
	j, _, err := jobs.Job(ctx, l.Job.Site, l.Job.ID)
	if errors.Is(err, lector.ErrNotFound) {
		return false, nil
	}
	return err == nil && l.SettledBy(j), err
}

func (a *app) listLetters(ctx context.Context, conn *nats.Conn, f deadLettersFlags) error {
	letters, err := f.selectedLetters(ctx, conn)
	if err != nil {
		return err
	}
	slices.Reverse(letters)
	if f.asJSON {
		return printJSONLines(a, letters)
	}
	if len(letters) == 0 {
		fmt.Fprintln(a.stdout, "no dead letters")
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tTIME\tSTATE\tCLASS\tSITE\tARTICLE\tSIZE\tREASON")
	for _, l := range letters {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", l.ID, l.Time.Local().Format(time.DateTime), letterState(l),
			firstNonEmpty(l.Class, "-"), firstNonEmpty(l.Site, "-"), firstNonEmpty(truncate(l.Article, 24), "-"), l.Size, truncate(l.Reason, 80))
	}
	return w.Flush()
}

func letterState(l lector.DeadLetter) string {
	if l.Settled {
		return "settled"
	}
	return "open"
}

// shownData is how many bytes of an event are shown.
const shownData = 4096

func (a *app) showLetter(ctx context.Context, conn *nats.Conn, f deadLettersFlags, id uint64) error {
	l, err := conn.DeadLetter(ctx, id)
	if err != nil {
		return lector.Hint(err, "lector deadletters list shows what there is")
	}
	jobs, err := conn.JobStore(ctx)
	if err != nil {
		return err
	}
	if l.Settled, err = isSettled(ctx, jobs, l); err != nil {
		return err
	}
	data, left := l.Data, 0
	if len(data) > shownData && !f.wholeData {
		data, left = data[:shownData], len(data)-shownData
	}
	if f.asJSON {
		return a.printJSON(struct {
			lector.DeadLetter
			Headers   map[string][]string `json:"headers"`
			Data      string              `json:"data"`
			Truncated int                 `json:"truncated,omitempty"`
			Again     string              `json:"would_be_refused,omitempty"`
		}{l, l.Headers, strings.ToValidUTF8(string(data), string(utf8.RuneError)), left, errorText(l.Unusable)})
	}
	a.printLetter(l)
	for line := range strings.Lines(string(data)) {
		fmt.Fprintln(a.stdout, oneLine(strings.TrimRight(line, "\n")))
	}
	if left > 0 {
		fmt.Fprintf(a.stdout, "… and %d bytes more: -full shows them\n", left)
	}
	return nil
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (a *app) printLetter(l lector.DeadLetter) {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	row := func(name string, value any) { fmt.Fprintf(w, "%s\t%s\n", name, oneLine(fmt.Sprint(value))) }
	row("dead letter", l.ID)
	row("time", l.Time.Local().Format(time.DateTime))
	row("state", letterState(l))
	row("class", firstNonEmpty(l.Class, "-"))
	row("reason", l.Reason)
	row("subject", l.Subject)
	row("article", firstNonEmpty(l.Site, "?")+" / "+firstNonEmpty(l.Article, "?"))
	row("replay", replayProspect(l))
	for _, name := range slices.Sorted(maps.Keys(l.Headers)) {
		row("header "+name, strings.Join(l.Headers[name], ", "))
	}
	row("data", fmt.Sprintf("%d bytes", l.Size))
	_ = w.Flush() // as any print here
	fmt.Fprintln(a.stdout)
}

// replayProspect says what would become of a letter's event now.
func replayProspect(l lector.DeadLetter) string {
	switch {
	case l.Unusable != nil:
		return "would be refused again: " + l.Unusable.Error()
	case l.Settled:
		return "not needed: a later event of the article has come to its end"
	}
	return "can be read now"
}

// letterAction is what is done with each selected dead letter.
type letterAction struct {
	verb, past string
	// once returns the place of the event that it has published, if it has.
	once func(ctx context.Context, conn *nats.Conn, id uint64, lane lector.Lane) (uint64, error)
}

// replayLetter publishes dead letters again, all under one name of a replay.
func replayLetter(name string) func(context.Context, *nats.Conn, uint64, lector.Lane) (uint64, error) {
	return func(ctx context.Context, conn *nats.Conn, id uint64, lane lector.Lane) (uint64, error) {
		return conn.ReplayDeadLetter(ctx, id, name, lane)
	}
}

func dropLetter(ctx context.Context, conn *nats.Conn, id uint64, _ lector.Lane) (uint64, error) {
	return 0, conn.DropDeadLetter(ctx, id)
}

// actOnLetters prints the plan, asks, and does it.
func (a *app) actOnLetters(ctx context.Context, conn *nats.Conn, f deadLettersFlags, ids []uint64, act letterAction) error {
	letters, err := namedLetters(ctx, conn, ids)
	if len(ids) == 0 {
		letters, err = f.selectedLetters(ctx, conn)
	}
	if err != nil {
		return err
	}
	p := planLetters(letters, act.verb == "replay")
	if err := a.printLetterPlan(p, f, act); err != nil {
		return err
	}
	if f.plan || len(p.IDs) == 0 {
		return p.leftError(f.plan, act)
	}
	if !f.yes {
		if err := a.confirm(act.verb + " " + lector.Plural(len(p.IDs), "dead letter") + "?"); err != nil {
			return err
		}
	}
	jobs, err := conn.JobStore(ctx)
	if err != nil {
		return err
	}
	a.note(ctx, conn, lector.AuditEntry{Action: "deadletter-" + act.verb, Target: strings.Trim(fmt.Sprint(p.IDs), "[]")})
	return errors.Join(a.actOnEach(ctx, conn, &letterPace{jobs: jobs, most: f.atOnce}, p, act), p.leftError(false, act))
}

// actOnEach applies the action to one dead letter after the other. What several publish
// goes into the lane for what nothing else waits for, a few at a time.
func (a *app) actOnEach(ctx context.Context, conn *nats.Conn, pace *letterPace, p letterPlan, act letterAction) error {
	var failed []error
	done, lane := 0, lector.Normal
	if len(p.IDs) > 1 {
		lane = lector.Backfill
	}
	for _, id := range p.IDs {
		if err := pace.wait(ctx); err != nil {
			failed = append(failed, err)
			break
		}
		place, err := act.once(ctx, conn, id, lane)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		pace.began(p.refs[id], place)
		done++
	}
	fmt.Fprintf(a.stderr, "%d of %s %s\n", done, lector.Plural(len(p.IDs), "dead letter"), act.past)
	return errors.Join(failed...)
}

// letterPace bounds how many replayed letters are at work at once.
type letterPace struct {
	jobs    jobReader
	most    int
	working []replayedLetter
}

// replayedLetter is the event of a dead letter that was published again.
type replayedLetter struct {
	job   lector.JobRef
	place uint64
}

// began notes a dead letter whose event was published; place 0: it was not.
func (p *letterPace) began(job lector.JobRef, place uint64) {
	if place > 0 {
		p.working = append(p.working, replayedLetter{job, place})
	}
}

// wait waits until one more may be published.
func (p *letterPace) wait(ctx context.Context) error {
	for {
		p.working = slices.DeleteFunc(p.working, func(l replayedLetter) bool { return p.ended(ctx, l) })
		if len(p.working) < p.most {
			return ctx.Err()
		}
		if err := again(ctx); err != nil {
			return err
		}
	}
}

// ended reports whether nothing more happens to the event by itself soon: it came to
// its end, it waits for somebody, or it is of no account any more.
func (p *letterPace) ended(ctx context.Context, l replayedLetter) bool {
	j, _, err := p.jobs.Job(ctx, l.job.Site, l.job.ID)
	if err != nil {
		return false
	}
	parked := j.Sequence == l.place && j.State == lector.Parked
	return parked || j.Sequence > l.place || j.Settles(l.place)
}

// letterPlan is what would become of the selected letters.
type letterPlan struct {
	Letters  int             `json:"letters"`  // selected
	Articles int             `json:"articles"` // that those concern on which something is done
	Jobs     []string        `json:"jobs"`     // of these articles
	IDs      []uint64        `json:"ids"`      // of the letters on which something is done
	Refused  []refusedLetter `json:"refused"`  // would be refused again
	Settled  []uint64        `json:"settled"`  // the ids of letters that are not replayed, since they are settled

	refs map[uint64]lector.JobRef // the jobs, by the letters' IDs
}

type refusedLetter struct {
	ID     uint64 `json:"id"`
	Reason string `json:"reason"`
}

// planLetters leaves out what is settled and what would be refused again, when the letters
// are to be replayed.
func planLetters(letters []lector.DeadLetter, replay bool) letterPlan {
	p := letterPlan{Letters: len(letters), Jobs: []string{}, IDs: []uint64{}, Refused: []refusedLetter{}, Settled: []uint64{}, refs: map[uint64]lector.JobRef{}}
	for _, l := range letters {
		switch {
		case replay && l.Settled:
			p.Settled = append(p.Settled, l.ID)
		case replay && l.Unusable != nil:
			p.Refused = append(p.Refused, refusedLetter{l.ID, l.Unusable.Error()})
		default:
			p.add(l)
		}
	}
	slices.Sort(p.Jobs)
	p.Jobs = slices.Compact(p.Jobs)
	p.Articles = len(p.Jobs)
	return p
}

// add has something done with a letter.
func (p *letterPlan) add(l lector.DeadLetter) {
	p.IDs = append(p.IDs, l.ID)
	if l.Site != "" && l.Article != "" {
		p.refs[l.ID] = l.Job
		p.Jobs = append(p.Jobs, l.Job.ID)
	}
}

func (a *app) printLetterPlan(p letterPlan, f deadLettersFlags, act letterAction) error {
	if f.asJSON && f.plan {
		return a.printJSON(p)
	}
	if f.asJSON {
		return nil
	}
	fmt.Fprintf(a.stdout, "plan: %s %d of %s, of %s\n", act.verb, len(p.IDs), lector.Plural(p.Letters, "dead letter"), lector.Plural(p.Articles, "article"))
	for _, id := range p.Settled {
		fmt.Fprintf(a.stdout, "  %d is settled: a later event of its article has come to its end\n", id)
	}
	for _, r := range p.Refused {
		fmt.Fprintf(a.stdout, "  %d stays: it would be refused again: %s\n", r.ID, oneLine(r.Reason))
	}
	return nil
}

// leftError is the error for letters on which nothing can be done.
func (p letterPlan) leftError(planned bool, act letterAction) error {
	if planned || len(p.Refused) == 0 {
		return nil
	}
	return lector.Hint(fmt.Errorf("%d of %s cannot be %s", len(p.Refused), lector.Plural(p.Letters, "dead letter"), act.past),
		"their articles must be published anew; lector deadletters show ID says why, drop ID removes one")
}
