package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"time"

	"lector"
	"lector/infra/nats"
	"lector/worker/jobindex"
	"lector/worker/replay"
)

const replayHelp = `Runs jobs again: an article's newest event goes through all stages once more and
is announced once more. Clips that exist are not spoken again, so a replay
without a change of voice or pronunciation costs nothing.

  lector replay -wait ID                     one article, at once
  lector replay -state failed -class quota   all articles that the filters select
  lector replay -fallback -plan              what it would take, and nothing else
  lector replay -lexicon Kyiv                all articles whose audio reads this word
  lector replay -all -yes -wait              all articles, without a question

Of several articles the plan is shown first: how many, characters that are in the
cache and that are to be billed, cost and time; then it asks. Up to 200 articles
are each looked at; the figures of more are an estimate from a sample, and where no
worker answers one from the records. What is withdrawn, at work, or no longer kept
in the stream is counted and named, and left out; so is what has changed since the
plan and is not selected any more.

A replay of several articles is recorded, and any running worker carries it out: in
the lane backfill, -at-once articles at a time. It goes on after a restart, and
replays no article twice.

With -force all of an article is synthesised again, although its clips are cached, as
where a voice has read badly what it is to read well now: at most -characters N in
all. What would go over that is left out and named. Later edits of the article keep
the new clips.

  lector replay -force -characters 20000 -section sport -since 2d

  lector replay list
  lector replay show ID
  lector replay pause ID        what has begun ends; nothing more begins
  lector replay resume ID
  lector replay cancel ID       for good

ID is a job's id, the beginning of one, or the CMS's id of the article; behind show
and the others the name of a replay.`

// replayFlags select what is replayed and say how.
type replayFlags struct {
	filterFlags
	publish        publishFlags // -wait, -timeout and -json
	plan, yes, all bool
	force          bool
	atOnce, most   int
	word           string
	timeoutGiven   bool
}

func (f *replayFlags) addTo(fs *flag.FlagSet) {
	f.describe(fs, "jobs", jobFilters()...)
	f.publish.addWait(fs)
	fs.BoolVar(&f.plan, "plan", false, "print only what would be done")
	fs.BoolVar(&f.yes, "yes", false, "do not ask")
	fs.BoolVar(&f.all, "all", false, "replay all there are")
	fs.StringVar(&f.word, "lexicon", "", "only jobs whose audio reads this `WORD`, as an entry of the lexicon would find it")
	fs.BoolVar(&f.force, "force", false, "synthesise again although clips are cached; wants -characters")
	fs.IntVar(&f.most, "characters", 0, "with -force: synthesise again at most `N` characters in all")
	fs.IntVar(&f.atOnce, "at-once", 0, "at most `N` articles at a time (default twice as many as a worker reads)")
}

func (a *app) replay(ctx context.Context, args []string) error {
	fs := a.flags("replay")
	set := a.settings(fs)
	var f replayFlags
	f.addTo(fs)
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if err := f.complete("replay", time.Now()); err != nil {
		return err
	}
	fs.Visit(func(given *flag.Flag) { f.timeoutGiven = f.timeoutGiven || given.Name == "timeout" })
	run, err := a.replayVerb(words, &f)
	if err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	return run(ctx, c)
}

// replayVerb reads list, show ID and the like, or what is to be replayed.
func (a *app) replayVerb(words []string, f *replayFlags) (func(context.Context, *config) error, error) {
	verb := ""
	if len(words) > 0 {
		verb = words[0]
	}
	states := map[string]lector.ReplayState{"pause": lector.ReplayPaused, "resume": lector.ReplayRunning, "cancel": lector.ReplayCancelled}
	switch {
	case verb == "list" && len(words) == 1:
		return func(ctx context.Context, c *config) error { return a.listReplays(ctx, c, f) }, nil
	case verb == "show" && len(words) == 2:
		return func(ctx context.Context, c *config) error { return a.showReplay(ctx, c, f, words[1]) }, nil
	case states[verb] != "" && len(words) == 2:
		return func(ctx context.Context, c *config) error { return a.setReplay(ctx, c, words[1], states[verb]) }, nil
	case slices.Contains([]string{"list", "show", "pause", "resume", "cancel"}, verb):
		return nil, usageErrorf("replay %s wants %s", verb, map[bool]string{true: "no ID", false: "the name of one replay"}[verb == "list"])
	}
	if err := f.checkSelection(words); err != nil {
		return nil, err
	}
	if f.single(words) {
		return func(ctx context.Context, c *config) error { return a.replayOne(ctx, c, f, words[0]) }, nil
	}
	return func(ctx context.Context, c *config) error {
		return a.asOperator(c, func(conn *nats.Conn) error { return a.replayMany(ctx, conn, f, words) })
	}, nil
}

// checkSelection wants one way to select what is replayed. The site may stand beside
// ids: the same id may be an article of two.
func (f *replayFlags) checkSelection(ids []string) error {
	beside := f.JobFilter
	if len(ids) > 0 {
		beside.Site = ""
	}
	filtered := beside != lector.JobFilter{} || f.word != ""
	if !exactlyOne(len(ids) > 0, filtered, f.all) {
		return usageErrorf("replay wants jobs' IDs, or filters, or -all")
	}
	if f.force != (f.most > 0) || f.most < 0 {
		return usageErrorf("-force wants -characters N, the most that may be synthesised again, and -characters wants -force")
	}
	if f.atOnce < 0 {
		return usageErrorf("-at-once %d: at least 1, or nothing", f.atOnce)
	}
	return nil
}

// single reports whether one article is replayed at once, without a plan.
func (f *replayFlags) single(ids []string) bool {
	planned := f.plan || f.atOnce > 0 || f.force
	return len(ids) == 1 && !planned
}

// replayOne runs one job again, in the lane of its article.
func (a *app) replayOne(ctx context.Context, c *config, f *replayFlags, id string) error {
	e, err := a.replayEvent(ctx, c, f.Site, id)
	if err != nil {
		return err
	}
	return a.send(ctx, c, f.publish, e)
}

// replayEvent is the newest event of a job, as a replay.
func (a *app) replayEvent(ctx context.Context, c *config, site, id string) (e lector.ArticleEvent, err error) {
	err = a.asOperator(c, func(conn *nats.Conn) error {
		l, err := conn.JobStore(ctx)
		if err != nil {
			return err
		}
		j, err := lookUpJob(ctx, l, conn, site, id)
		if err != nil {
			return err
		}
		if e, err = replayOf(ctx, conn, j); err == nil {
			a.note(ctx, conn, lector.AuditEntry{Action: "replay", Target: j.Site + " " + j.ID})
		}
		return err
	})
	return e, err
}

func replayOf(ctx context.Context, conn *nats.Conn, j lector.Job) (lector.ArticleEvent, error) {
	old, err := conn.Event(ctx, j.Sequence)
	if errors.Is(err, lector.ErrNotFound) {
		return old, lector.Hint(fmt.Errorf("job %s: its article event is no longer kept", j.ID), "publish the article again")
	}
	if err != nil {
		return old, err
	}
	newest, sequence, err := conn.NewestEvent(ctx, lector.JobRef{Site: j.Site, ID: j.ID})
	overtaken := err == nil && sequence > j.Sequence
	if overtaken && newest.Type.Withdraws() && !old.Type.Withdraws() {
		return old, fmt.Errorf("job %s: the CMS has withdrawn the article, and nobody has worked on that yet", j.ID)
	}
	e := newEvent(old.Type, old.Article)
	e.Replay, e.Trace = replay.NewID(), old.Trace
	return e, nil
}

// replayMany plans a replay, asks, and records it for the workers.
func (a *app) replayMany(ctx context.Context, conn *nats.Conn, f *replayFlags, ids []string) (err error) {
	request := lector.ReplayRequest{Filter: f.JobFilter, Word: f.word, AtOnce: f.atOnce, Force: f.most}
	if len(ids) > 0 {
		request.Filter = lector.JobFilter{}
		if request.Jobs, err = a.jobIDs(ctx, conn, f.Site, ids); err != nil {
			return err
		}
	}
	plan, jobs, err := a.planReplay(ctx, conn, request)
	if err != nil {
		return err
	}
	if err := a.printReplayPlan(plan, jobs, f); err != nil {
		return err
	}
	if f.plan || plan.Articles == 0 {
		return nil
	}
	if !f.yes {
		if err := a.confirm("replay " + lector.Plural(plan.Articles, "article") + "?"); err != nil {
			return err
		}
	}
	return a.recordReplay(ctx, conn, f, lector.Replay{Filter: request.Filter, Plan: plan, AtOnce: f.atOnce, Force: f.most}, jobs)
}

// jobIDs finds the jobs that ids mean.
func (a *app) jobIDs(ctx context.Context, conn *nats.Conn, site string, ids []string) (all []string, err error) {
	l, err := conn.JobStore(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		j, err := lookUpJob(ctx, l, conn, site, id)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(all, j.ID) {
			all = append(all, j.ID)
		}
	}
	return all, nil
}

// planReplay asks a worker for the plan. Where none answers the records are read
// here, and the figures are an estimate.
func (a *app) planReplay(ctx context.Context, conn *nats.Conn, r lector.ReplayRequest) (lector.ReplayPlan, []lector.JobRef, error) {
	plan, jobs, err := conn.PlanReplay(ctx, r)
	if !errors.Is(err, nats.ErrNoAnswer) {
		return plan, jobs, err
	}
	fmt.Fprintln(a.stderr, "no worker answers, so the figures are an estimate from the records")
	l, err := conn.JobStore(ctx)
	if err != nil {
		return plan, nil, err
	}
	read := scannedJobs{jobindex.New()}
	for j, err := range l.Jobs(ctx) {
		if err != nil {
			return plan, nil, err
		}
		read.Set(j)
	}
	return (&replay.Planner{Jobs: read}).Plan(ctx, r)
}

// scannedJobs is an index of all records, read once.
type scannedJobs struct{ *jobindex.Index }

// Complete is true: all records have been read.
func (scannedJobs) Complete() bool { return true }

// createReplay records a replay that the workers carry out, and returns it with its
// name.
func createReplay(ctx context.Context, records *nats.Replays, r lector.Replay, jobs []lector.JobRef) (lector.Replay, error) {
	now := time.Now().UTC()
	r.ID, r.State, r.Created, r.Changed = replay.NewID(), lector.ReplayRunning, now, now
	r.Skipped, r.LeftOut = r.Plan.Skipped, r.Plan.LeftOut
	r.Plan.Jobs, r.Plan.Skipped, r.Plan.LeftOut = nil, 0, nil
	return r, records.Create(ctx, r, jobs)
}

// recordReplay stores a replay for the workers.
func (a *app) recordReplay(ctx context.Context, conn *nats.Conn, f *replayFlags, r lector.Replay, jobs []lector.JobRef) error {
	records, err := conn.Replays(ctx)
	if err != nil {
		return err
	}
	if r, err = createReplay(ctx, records, r, jobs); err != nil {
		return err
	}
	detail := fmt.Sprintf("%s, %d characters to be billed", lector.Plural(r.Plan.Articles, "article"), r.Plan.Characters.Billed)
	a.note(ctx, conn, lector.AuditEntry{Action: "replay", Target: r.ID, Detail: detail})
	if f.publish.wait {
		return a.followReplay(ctx, records, f, r.ID)
	}
	if f.publish.asJSON {
		return a.printJSON(r)
	}
	fmt.Fprintf(a.stdout, "%s: %s; lector replay show %s tells how far it is\n", r.ID, lector.Plural(r.Plan.Articles, "article"), r.ID)
	return nil
}
