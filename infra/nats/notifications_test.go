package nats

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
)

func notifyQueue(t *testing.T, c *Conn) *NotifyQueue {
	t.Helper()
	q, err := c.NotifyQueue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func audioEvent(id, article, kind string) lector.AudioEvent {
	return lector.AudioEvent{
		ID: id, Type: kind, Time: time.Now(), Site: "havana", Article: article, Key: lector.Key("havana", article), MP3: "https://a.example/" + id + ".mp3",
	}
}

func announce(t *testing.T, c *Conn, e lector.AudioEvent) lector.AudioEvent {
	t.Helper()
	if err := c.Announce(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	return e
}

// nextEvent waits for an audio event.
func nextEvent(t *testing.T, q *NotifyQueue) (got lector.AudioDelivery) {
	t.Helper()
	ctx := limittest.Context(t)
	for got.Acknowledger == nil {
		if err := q.Events(ctx, func(d lector.AudioDelivery) { got = d }); err != nil && ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	return got
}

// nextNotification waits for a notification.
func nextNotification(t *testing.T, q *NotifyQueue) (got lector.NotificationDelivery) {
	t.Helper()
	ctx := limittest.Context(t)
	for got.Acknowledger == nil {
		if err := q.Notifications(ctx, 1, func(d lector.NotificationDelivery) { got = d }); err != nil && ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	return got
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Events before the first time that somebody wants them are passed over; then they come
// in order, also where one is given back.
func TestEventsForNotificationsComeInOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	announce(t, b.Conn, audioEvent("before", "1", lector.AudioReady))
	q := notifyQueue(t, b.Conn)
	for _, id := range []string{"a", "b", "c"} {
		announce(t, b.Conn, audioEvent(id, "1", lector.AudioReady))
	}
	first := nextEvent(t, q)
	must(t, first.Nak(0))
	var got []string
	for range 3 {
		d := nextEvent(t, notifyQueue(t, b.Conn)) // as after a restart
		got = append(got, d.Event.ID)
		must(t, d.Ack(t.Context()))
	}
	if first.Event.ID != "a" || !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("came %q, then %q", first.Event.ID, got)
	}
}

func TestNewerNotificationTakesThePlace(t *testing.T) {
	t.Parallel()
	b := setup(t)
	q := notifyQueue(t, b.Conn)
	notify := func(target, id string) {
		t.Helper()
		must(t, q.Notify(t.Context(), lector.Notification{Target: target, Event: audioEvent(id, "1", lector.AudioReady), Files: []string{"https://a.example/x.mp3"}}))
	}
	notify("cms", "a")
	notify("cms", "a") // as after a crash
	old := nextNotification(t, q)
	notify("cms", "b")
	must(t, old.Nak(0)) // it does not come again
	got := nextNotification(t, q)
	if old.Event.ID != "a" || got.Event.ID != "b" || got.Count != 1 || got.Target != "cms" || !slices.Equal(got.Files, []string{"https://a.example/x.mp3"}) {
		t.Errorf("came %+v, then %+v", old.Notification, got)
	}
	must(t, got.Ack(t.Context()))
	notify("other", "c")
	if got := nextNotification(t, q); got.Target != "other" {
		t.Errorf("came %+v", got.Notification)
	}
	waiting, err := q.Waiting(t.Context())
	if err != nil || waiting == 0 {
		t.Errorf("%d wait, %v", waiting, err)
	}
}

// What waits for its next try waits on behind a restart of the server, and remembers how
// often it was tried.
func TestTriesOutliveTheServer(t *testing.T) {
	t.Parallel()
	dir, quiet := filepath.Join(t.TempDir(), "nats"), slog.New(slog.DiscardHandler)
	first, err := Start(dir, "127.0.0.1:0", nil, quiet)
	must(t, err)
	c := dial(t, dir)
	must(t, c.Setup(limittest.Context(t), 1))
	q := notifyQueue(t, c)
	must(t, q.Notify(t.Context(), lector.Notification{Target: "cms", Event: audioEvent("a", "1", lector.AudioReady)}))
	for range 2 {
		d := nextNotification(t, q)
		must(t, d.Nak(0))
	}
	d := nextNotification(t, q)
	must(t, d.Nak(2*time.Second))
	must(t, errors.Join(c.Close(), first.Close()))
	second, err := Start(dir, "127.0.0.1:0", nil, quiet)
	must(t, err)
	defer second.Close()
	again := dial(t, dir)
	must(t, again.Setup(limittest.Context(t), 1))
	d = nextNotification(t, notifyQueue(t, again))
	if d.Event.ID != "a" || d.Count != 4 {
		t.Errorf("came try %d of %s", d.Count, d.Event.ID)
	}
	must(t, d.Ack(t.Context()))
}

func TestDeadLetterOfANotification(t *testing.T) {
	t.Parallel()
	b := setup(t)
	q := notifyQueue(t, b.Conn)
	e := announce(t, b.Conn, audioEvent("a", "1", lector.AudioReady))
	giveUp := func() uint64 {
		t.Helper()
		d := nextNotification(t, q)
		must(t, d.Term("", "to cms: it answered 500"))
		for l, err := range b.DeadLetters(t.Context(), lector.DeadLetterQuery{Site: "havana"}) {
			must(t, err)
			if l.Site != "havana" || l.Article != "1" || l.Unusable != nil || !strings.HasPrefix(l.Subject, "notify.v1.havana.cms.") || !strings.Contains(l.Reason, "500") {
				t.Errorf("dead letter %+v", l)
			}
			return l.ID
		}
		t.Fatal("no dead letter")
		return 0
	}
	must(t, q.Notify(t.Context(), lector.Notification{Target: "cms", Event: e}))
	id := giveUp()
	counts, err := b.DeadLetterCounts(t.Context(), func(lector.DeadLetter) bool { return false })
	for kind := range counts {
		if kind.Site != "havana" {
			t.Errorf("counted of %q", kind.Site)
		}
	}
	if err != nil || len(counts) != 1 {
		t.Errorf("counts %v, %v", counts, err)
	}
	if place, err := b.ReplayDeadLetter(t.Context(), id, "replay-1", lector.Normal); err != nil || place != 0 {
		t.Fatalf("replayed: %d, %v", place, err)
	}
	id = giveUp() // it came again, and was given up again
	announce(t, b.Conn, audioEvent("b", "1", lector.AudioRemoved))
	if _, err := b.ReplayDeadLetter(t.Context(), id, "replay-2", lector.Normal); !lector.IsPermanent(err) || !strings.Contains(err.Error(), "out of date") {
		t.Errorf("a state that is gone was told again: %v", err)
	}
	must(t, b.DropDeadLetter(t.Context(), id))
}

func TestEventsOfAnArticle(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, id := range []string{"a", "b"} {
		announce(t, b.Conn, audioEvent(id, "1", lector.AudioReady))
		announce(t, b.Conn, audioEvent(id+"-other", "2", lector.AudioReady))
	}
	q := notifyQueue(t, b.Conn)
	all, err := q.Announced(t.Context(), "havana", lector.Key("havana", "1"))
	if err != nil || len(all) != 2 || all[0].ID != "a" || all[1].MP3 != "https://a.example/b.mp3" {
		t.Errorf("%+v, %v", all, err)
	}
	if all, err := q.Announced(t.Context(), "havana", "nobody"); err != nil || len(all) > 0 {
		t.Errorf("of an article without any: %+v, %v", all, err)
	}
}

func TestNotifyQueueWantsASetup(t *testing.T) {
	t.Parallel()
	b := setup(t)
	must(t, b.js.DeleteStream(context.Background(), notifications))
	if _, err := b.NotifyQueue(t.Context()); !strings.Contains(lector.HintOf(err), "lector setup") {
		t.Errorf("without its stream: %v, hint %q", err, lector.HintOf(err))
	}
}
