package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"lector"
	lectornats "lector/infra/nats"
)

// leaderTrial kills the leader of the articles' stream again and again and measures how
// long nothing goes on: for a bare client, which shows what the servers take, and for
// Lector's own way from a publish to the audio event.
type leaderTrial struct {
	*lab
	bare   *bareClient
	writer *writer

	confirmed, audible flow // of articles: published, announced

	mu        sync.Mutex
	published map[string]bool // articles by their keys; true: announced
	elections map[string]time.Time
}

// Times of a leader trial.
const (
	articleInterval = 250 * time.Millisecond // between two articles
	leaderAway      = 3 * time.Second        // from the kill to the start
	leaderCalm      = 6 * time.Second        // all flows for so long before the next kill
	calmGap         = 2 * time.Second        // what is no gap while all runs
)

// flow is something that goes on, and for how long it did not.
type flow struct {
	mu      sync.Mutex
	last    time.Time
	longest time.Duration
}

// again notes that it goes on.
func (f *flow) again() {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	f.longest = max(f.longest, now.Sub(f.last))
	f.last = now
}

// begin forgets the gaps before this moment.
func (f *flow) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.longest = 0
}

// gap is the longest so far, be it open still.
func (f *flow) gap() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return max(f.longest, time.Since(f.last))
}

// idle is for how long it does not go on now.
func (f *flow) idle() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Since(f.last)
}

// leaderKill is what one kill showed.
type leaderKill struct {
	leader                   string
	groups                   int           // that have elected a leader anew
	elected                  time.Duration // until the last of them
	bareConfirm, bareDeliver time.Duration // longest without one
	confirm, audio           time.Duration // likewise
}

// bareLonger is the bare client's longer gap.
func (k leaderKill) bareLonger() time.Duration { return max(k.bareConfirm, k.bareDeliver) }

// runLeaderKills runs a trial and prints its table.
func runLeaderKills(ctx context.Context, o options, stdout, stderr io.Writer) error {
	l, err := openLab(ctx, o, stderr)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer l.stop()
	defer cancel()
	if err := l.start(ctx); err != nil {
		return fmt.Errorf("start (logs in %s): %w", l.dir, err)
	}
	t := &leaderTrial{lab: l, writer: newWriter(rand.New(rand.NewPCG(o.Seed, 4))), published: map[string]bool{},
		elections: map[string]time.Time{}}
	kills, err := t.run(ctx)
	if err != nil {
		return fmt.Errorf("%w (logs in %s)", err, l.dir)
	}
	lost, total := t.lost()
	printLeaderKills(stdout, kills, total, lost)
	if lost > 0 {
		return fmt.Errorf("%d of %d articles have no audio", lost, total)
	}
	return nil
}

// run publishes all the while, and kills.
func (t *leaderTrial) run(ctx context.Context) (kills []leaderKill, err error) {
	var wait sync.WaitGroup
	defer wait.Wait()
	running, stop := context.WithCancel(ctx)
	defer stop()
	if t.bare, err = newBareClient(running, t.broker); err != nil {
		return nil, err
	}
	if err := errors.Join(t.watchElections(), t.watchAudio()); err != nil {
		return nil, err
	}
	cms, err := lectornats.Connect(lectornats.Options{URL: t.cluster.urls(), Name: "chaos-cms", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	defer cms.Close()
	wait.Go(func() { t.bare.publish(running) })
	wait.Go(func() { t.bare.consume(running) })
	wait.Go(func() { t.publish(running, cms) })
	for n := range t.LeaderKills {
		k, err := t.kill(ctx)
		if err != nil {
			return nil, err
		}
		t.log("%d of %d: %s", n+1, t.LeaderKills, k.row())
		kills = append(kills, k)
	}
	stop()
	wait.Wait()
	rest, cancel := context.WithTimeout(ctx, t.Settle)
	defer cancel()
	_ = until(rest, time.Second, func() bool { t.look(rest); lost, _ := t.lost(); return lost == 0 }) // what is lost is counted
	return kills, nil
}

// look notes the articles whose job is ready: an announcement may have passed while this
// program was not connected.
func (t *leaderTrial) look(ctx context.Context) {
	jobs, err := t.jobs(ctx)
	if err != nil {
		t.log("jobs: %v", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, j := range jobs {
		t.published[key] = t.published[key] || j.State == lector.Ready
	}
}

// kill kills the leader once, when all has gone on for a while.
func (t *leaderTrial) kill(ctx context.Context) (leaderKill, error) {
	if err := t.calm(ctx); err != nil {
		return leaderKill{}, err
	}
	name := t.broker.leader(ctx)
	k := leaderKill{leader: name}
	t.bare.moveTo(ctx, name)
	if err := t.calm(ctx); err != nil {
		return k, err
	}
	for _, f := range t.flows() {
		f.begin()
	}
	t.mu.Lock()
	clear(t.elections)
	t.mu.Unlock()
	killed := time.Now()
	victim := &t.cluster.named(name).child
	if err := t.killFor(ctx, victim, fault{Lasts: leaderAway}); err != nil {
		return k, err
	}
	if err := t.calm(ctx); err != nil {
		return k, err
	}
	t.mu.Lock()
	for _, at := range t.elections {
		k.elected = max(k.elected, at.Sub(killed))
	}
	k.groups = len(t.elections)
	t.mu.Unlock()
	k.bareConfirm, k.bareDeliver = t.bare.confirmed.gap(), t.bare.delivered.gap()
	k.confirm, k.audio = t.confirmed.gap(), t.audible.gap()
	return k, nil
}

func (t *leaderTrial) flows() []*flow {
	return []*flow{&t.bare.confirmed, &t.bare.delivered, &t.confirmed, &t.audible}
}

// calm waits until all has gone on for a while without a gap.
func (t *leaderTrial) calm(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	since := time.Now()
	err := until(ctx, 100*time.Millisecond, func() bool {
		if slices.ContainsFunc(t.flows(), func(f *flow) bool { return f.idle() > calmGap }) {
			since = time.Now()
		}
		return time.Since(since) > leaderCalm
	})
	if err != nil {
		var idle []string
		for _, f := range t.flows() {
			idle = append(idle, f.idle().Round(time.Millisecond).String())
		}
		return fmt.Errorf("not all goes on (bare client's publish and delivery, publish and audio last seen before %s): %w",
			strings.Join(idle, ", "), err)
	}
	return nil
}

// watchElections notes when a group of Lector's has a new leader. Those that the server
// elects anew when it comes back do not count.
func (t *leaderTrial) watchElections() error {
	_, err := t.broker.nc.Subscribe("$JS.EVENT.ADVISORY.*.LEADER_ELECTED.>", func(m *nats.Msg) {
		group := strings.Join(strings.Split(m.Subject, ".")[5:], " ")
		t.mu.Lock()
		defer t.mu.Unlock()
		if _, seen := t.elections[group]; !seen && !strings.HasPrefix(group, bareStream) {
			t.elections[group] = time.Now()
		}
	})
	return err
}

// watchAudio notes which articles have been announced. The subscription has no leader.
func (t *leaderTrial) watchAudio() error {
	_, err := t.broker.nc.Subscribe("audio.v1.>", func(m *nats.Msg) {
		var e lector.AudioEvent
		if headerOf(m.Header, "ce-type") != lector.AudioReady || json.Unmarshal(m.Data, &e) != nil {
			return
		}
		t.audible.again()
		t.mu.Lock()
		defer t.mu.Unlock()
		t.published[e.Key] = true
	})
	return err
}

// publish publishes an article now and then, whatever becomes of those before.
func (t *leaderTrial) publish(ctx context.Context, cms *lectornats.Conn) {
	var wait sync.WaitGroup
	defer wait.Wait()
	for n := 0; pause(ctx, articleInterval) == nil; n++ {
		e := t.event(n)
		wait.Go(func() { t.publishOne(context.WithoutCancel(ctx), cms, e) })
	}
}

// publishOne publishes until the broker has confirmed.
func (t *leaderTrial) publishOne(ctx context.Context, cms *lectornats.Conn, e lector.ArticleEvent) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		short, stop := context.WithTimeout(ctx, 10*time.Second)
		_, err := cms.Publish(short, e)
		stop()
		if err == nil {
			t.confirmed.again()
			t.mu.Lock()
			defer t.mu.Unlock()
			t.published[e.Article.Key()] = t.published[e.Article.Key()]
			return
		}
		if pause(ctx, 100*time.Millisecond) != nil {
			return
		}
	}
}

func (t *leaderTrial) event(n int) lector.ArticleEvent {
	now := time.Now().UTC()
	a := lector.Article{
		Site: siteNames[n%len(siteNames)], ID: fmt.Sprintf("leader-%d", n), Revision: "1", Title: t.writer.title(),
		URL: fmt.Sprintf("https://news.example/%d", n), Language: "en", PublishedAt: now, UpdatedAt: now, Visibility: lector.Public,
		Body: lector.Body{ContentType: "text/html", Content: body(t.writer.paragraphs(1))},
	}
	return lector.ArticleEvent{ID: "event-" + a.ID, Source: "chaos", Type: lector.Published, Time: now, Article: a}
}

// lost counts the articles without audio.
func (t *leaderTrial) lost() (lost, total int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, announced := range t.published {
		if !announced {
			lost++
		}
	}
	return lost, len(t.published)
}

// row is one line of the table.
func (k leaderKill) row() string {
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
	return fmt.Sprintf("| %s | %d | %s | %s | %s | %s | %s | %.2f |", k.leader, k.groups, seconds(k.elected), seconds(k.bareConfirm),
		seconds(k.bareDeliver), seconds(k.confirm), seconds(k.audio), k.audio.Seconds()/max(k.bareLonger(), time.Millisecond).Seconds())
}

// printLeaderKills writes the table.
func printLeaderKills(w io.Writer, kills []leaderKill, articles, lost int) {
	fmt.Fprintln(w, "| leader | groups elected | last of them after | bare client: publish | bare client: delivery "+
		"| article confirmed | audio event | audio beside the bare client |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|")
	for _, k := range kills {
		fmt.Fprintln(w, k.row())
	}
	for _, row := range []struct {
		name string
		pick func([]time.Duration) time.Duration
	}{{"median", medianOf}, {"longest", slices.Max[[]time.Duration]}} {
		of := func(field func(leaderKill) time.Duration) time.Duration {
			var all []time.Duration
			for _, k := range kills {
				all = append(all, field(k))
			}
			return row.pick(all)
		}
		sum := leaderKill{
			leader: row.name, elected: of(func(k leaderKill) time.Duration { return k.elected }),
			bareConfirm: of(func(k leaderKill) time.Duration { return k.bareConfirm }),
			bareDeliver: of(func(k leaderKill) time.Duration { return k.bareDeliver }),
			confirm:     of(func(k leaderKill) time.Duration { return k.confirm }),
			audio:       of(func(k leaderKill) time.Duration { return k.audio }),
		}
		fmt.Fprintln(w, sum.row())
	}
	fmt.Fprintf(w, "\n%d articles, %d of them lost\n", articles, lost)
}

func medianOf(all []time.Duration) time.Duration {
	slices.SortFunc(all, cmp.Compare[time.Duration])
	return all[len(all)/2]
}
