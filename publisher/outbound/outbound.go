// Package outbound sends audio events to the addresses that a site names: to its CMS as
// signed webhooks or into the article itself, to its CDN as requests to purge what was
// removed. A notification that cannot be delivered is retried for a day.
package outbound

import (
	"context"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"lector"
)

// Queue is the stream of audio events and the queue of notifications.
type Queue interface {
	// Events calls take with each audio event, after the one before is acknowledged, for
	// some seconds at most.
	Events(ctx context.Context, take func(lector.AudioDelivery)) error
	// Notify stores a notification. It replaces an older one about the same article.
	Notify(ctx context.Context, n lector.Notification) error
	// Notifications calls take with up to n notifications, for some seconds at most.
	Notifications(ctx context.Context, n int, take func(lector.NotificationDelivery)) error
	// Announced returns the stored audio events of an article, oldest first.
	Announced(ctx context.Context, site, key string) ([]lector.AudioEvent, error)
}

// Sender sends a notification to one target. A permanent error makes it a dead letter,
// a throttled one is retried after the time that it states, any other is retried.
type Sender interface {
	Send(ctx context.Context, n lector.Notification) error
}

// Target is one address that a site names.
type Target struct {
	Sender Sender
	Types  []string // of audio events that it wants
	Files  bool     // whether it wants the addresses that the audio had
}

// Outcome is how an attempt to send ended, for the metrics.
type Outcome string

// The outcomes of attempts to send.
const (
	delivered Outcome = "delivered" // the target has it
	retried   Outcome = "retried"   // it is tried again
	abandoned Outcome = "abandoned" // it is a dead letter
	dropped   Outcome = "dropped"   // the settings name its target no more
)

// Outcomes are all of them.
var Outcomes = []Outcome{delivered, retried, abandoned, dropped}

// Notifier makes notifications of audio events and sends them. Only one runs at a time in
// an installation, so that a target gets the events of each article in order.
type Notifier struct {
	Queue     Queue
	Targets   map[string]map[string]Target // by site and name
	Addresses lector.Addresses             // of what listeners see
	OnOutcome func(site, target string, o Outcome)
	Log       *slog.Logger
	Tracer    *lector.Tracer // nil: nothing is recorded
}

// atOnce is how many notifications are sent at the same time.
const atOnce = 4

// sendLimit bounds one try.
const sendLimit = 15 * time.Second

// pauseAfterError is how long a broker that does not answer is left alone.
const pauseAfterError = 2 * time.Second

// Run works until ctx ends.
func (n *Notifier) Run(ctx context.Context) {
	var wait sync.WaitGroup
	wait.Go(func() { n.repeat(ctx, "audio events", n.takeEvents) })
	wait.Go(func() { n.sendAll(ctx) })
	wait.Wait()
}

// repeat does something again and again until ctx ends, and waits a little where it fails.
func (n *Notifier) repeat(ctx context.Context, what string, do func(context.Context) error) {
	for ctx.Err() == nil {
		err := do(ctx)
		if err == nil || ctx.Err() != nil {
			continue
		}
		n.Log.Warn("notifications cannot be fetched", "what", what, "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(pauseAfterError):
		}
	}
}

func (n *Notifier) takeEvents(ctx context.Context) error {
	return n.Queue.Events(ctx, func(d lector.AudioDelivery) { n.settle(ctx, d) })
}

// settle makes the notifications of an event. An event that cannot be read is nobody's:
// the one who announced it is at fault, and its article's next is good again.
func (n *Notifier) settle(ctx context.Context, d lector.AudioDelivery) {
	var err error
	if d.Err == nil {
		err = n.route(ctx, d.Event)
	}
	if err != nil {
		n.Log.Warn("notification not stored yet", "site", d.Event.Site, "article", d.Event.Key, "error", err)
		_ = d.Nak(pauseAfterError) // else it comes again by itself
		return
	}
	_ = d.Ack(ctx) // else it comes again, and is kept once
}

// route keeps an event for each target that wants it.
func (n *Notifier) route(ctx context.Context, e lector.AudioEvent) error {
	for _, name := range slices.Sorted(maps.Keys(n.Targets[e.Site])) {
		t := n.Targets[e.Site][name]
		if !slices.Contains(t.Types, e.Type) {
			continue
		}
		out := lector.Notification{Target: name, Event: e}
		if t.Files {
			earlier, err := n.Queue.Announced(ctx, e.Site, e.Key)
			if err != nil {
				return err
			}
			out.Files = filesOf(n.Addresses, e, earlier)
		}
		if err := n.Queue.Notify(ctx, out); err != nil {
			return err
		}
	}
	return nil
}

// sendAll sends notifications, a few at once and those to the same target about the same
// article one after the other.
func (n *Notifier) sendAll(ctx context.Context) {
	var wait sync.WaitGroup
	defer wait.Wait()
	slots, order := make(chan struct{}, atOnce), newOrder()
	n.repeat(ctx, "notifications", func(ctx context.Context) error {
		return n.Queue.Notifications(ctx, atOnce, func(d lector.NotificationDelivery) {
			slots <- struct{}{}
			before, done := order.join(lector.NotificationSubject(d.Event.Site, d.Target, d.Event.Key))
			wait.Go(func() {
				<-before
				n.send(ctx, d)
				done()
				<-slots
			})
		})
	})
}

// send tries once, and settles what comes of it.
func (n *Notifier) send(ctx context.Context, d lector.NotificationDelivery) {
	if d.Err != nil {
		n.abandon(ctx, d, d.Err)
		return
	}
	target, known := n.Targets[d.Event.Site][d.Target]
	if !known {
		_ = d.Ack(ctx) // else it comes again
		n.note(ctx, d, dropped, nil)
		return
	}
	ctx, span := n.Tracer.Start(ctx, "send notification", lector.SpanClient, d.Event.Trace)
	limited, cancel := context.WithTimeout(ctx, sendLimit)
	err := target.Sender.Send(limited, d.Notification)
	cancel()
	endSpan(span, d, err)
	switch {
	case err == nil:
		_ = d.Ack(ctx) // else it comes again, with the same id
		n.note(ctx, d, delivered, nil)
	case ctx.Err() != nil: // the process ends, or another one is to send
		_ = d.Nak(0)
	case lector.IsPermanent(err), isOver(d, time.Now()):
		n.abandon(ctx, d, err)
	default:
		_ = d.Nak(waitFor(d.Count, err)) // else it comes again, a little sooner
		n.note(ctx, d, retried, err)
	}
}

// abandon makes a dead letter of a notification.
func (n *Notifier) abandon(ctx context.Context, d lector.NotificationDelivery, why error) {
	if err := d.Term("", "to "+d.Target+": "+why.Error()); err != nil {
		n.Log.WarnContext(ctx, "notification not stored as a dead letter yet", "site", d.Event.Site, "target", d.Target, "error", err)
		return // it comes again
	}
	n.note(ctx, d, abandoned, why)
}

func (n *Notifier) note(ctx context.Context, d lector.NotificationDelivery, o Outcome, why error) {
	if n.OnOutcome != nil {
		n.OnOutcome(d.Event.Site, d.Target, o)
	}
	level := slog.LevelDebug
	if o != delivered {
		level = slog.LevelWarn
	}
	n.Log.Log(ctx, level, "notification", "site", d.Event.Site, "target", d.Target, "article", d.Event.Key,
		"type", d.Event.Type, "outcome", o, "try", d.Count, "error", why)
}

// waits are what lies between tries: all in all a little less than a day.
var waits = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour, 10 * time.Hour,
}

// triedFor is for how long a notification is tried again at least.
const triedFor = 23 * time.Hour

// isOver reports whether the last retry was made. Many deliveries in a short time do not
// count: they went to processes that ended before they could send.
func isOver(d lector.NotificationDelivery, now time.Time) bool {
	return d.Count > len(waits) && now.Sub(d.Stored) >= triedFor
}

// waitFor is how long after so many tries the next one is made, a tenth more or less, so
// that many that failed together do not come together. A target that names a time gets
// it, up to an hour.
func waitFor(tries int, err error) time.Duration {
	wait := time.Hour
	if tries <= len(waits) {
		wait = waits[max(0, tries-1)]
	}
	wait += time.Duration((rand.Float64() - 0.5) * 0.2 * float64(wait))
	if after, throttled := lector.IsThrottled(err); throttled {
		wait = max(wait, min(after, time.Hour))
	}
	return wait
}
