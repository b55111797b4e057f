package nats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

const (
	notifications = "NOTIFY"
	notifyPrefix  = "notify.v1."
	notifier      = "notify" // the consumer's name, on both streams
	targetHeader  = "lector-notify-target"
	filesHeader   = "lector-notify-files"
)

// notificationAge is how long a notification is kept: a day of tries behind days in
// which no process of ours ran.
const notificationAge = 7 * 24 * time.Hour

// notifyAckWait is the AckWait of notifications. It is longer than a few requests that
// wait for one another.
const notifyAckWait = 90 * time.Second

// NotifyQueue delivers audio events in their order, and the notifications that were made
// of them.
type NotifyQueue struct {
	conn                *Conn
	audio, notification *Queue
}

// NotifyQueue binds to the consumers of audio events and notifications, and creates them
// where they are missing; a new one begins with the next event. They are not part of the
// set-up, since without an address to notify their events would pile up. A consumer that
// nobody uses for a week is removed by the server.
func (c *Conn) NotifyQueue(ctx context.Context) (*NotifyQueue, error) {
	if _, err := c.streamInfo(ctx, notifications); err != nil {
		return nil, fmt.Errorf("stream %s: %w", notifications, missing(err))
	}
	// One at a time keeps the order, also where an event is redelivered.
	events, err := c.notifyConsumer(ctx, audio, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverNewPolicy, MaxAckPending: 1, InactiveThreshold: notificationAge,
		AckWait: 30 * time.Second, Description: "makes notifications of audio events",
	})
	if err != nil {
		return nil, err
	}
	out, err := c.notifyConsumer(ctx, notifications, jetstream.ConsumerConfig{
		MaxAckPending: -1, AckWait: notifyAckWait, Description: "hands notifications to the one who sends them",
	})
	return &NotifyQueue{conn: c, audio: events, notification: out}, err
}

func (c *Conn) notifyConsumer(ctx context.Context, stream string, k jetstream.ConsumerConfig) (*Queue, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	k.Durable, k.AckPolicy, k.MaxDeliver = notifier, jetstream.AckExplicitPolicy, -1
	there, err := c.js.Consumer(ctx, stream, notifier)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		there, err = c.js.CreateOrUpdateConsumer(ctx, stream, k)
	}
	if err != nil {
		return nil, brokerError(fmt.Sprintf("consumer %s of %s", notifier, stream), missing(err))
	}
	return &Queue{consumer: there, conn: c}, nil
}

// Events calls take with audio events, one after the other, for some seconds at most.
// Each must be acknowledged before the next is delivered.
func (q *NotifyQueue) Events(ctx context.Context, take func(lector.AudioDelivery)) error {
	return q.audio.fetch(ctx, 1, func(m jetstream.Msg) {
		d := lector.AudioDelivery{Acknowledger: &acknowledger{msg: m, conn: q.conn}}
		d.Event, d.Err = decodeAudio(m.Headers(), m.Data())
		take(d)
	})
}

// Notifications calls take with up to n notifications, for some seconds at most.
func (q *NotifyQueue) Notifications(ctx context.Context, n int, take func(lector.NotificationDelivery)) error {
	return q.notification.fetch(ctx, n, func(m jetstream.Msg) {
		d := lector.NotificationDelivery{Acknowledger: &acknowledger{msg: m, conn: q.conn}}
		d.Notification, d.Err = decodeNotification(m.Headers(), m.Data())
		if meta, err := m.Metadata(); err == nil {
			d.Count, d.Stored = int(meta.NumDelivered), meta.Timestamp
		}
		take(d)
	})
}

// Waiting returns how many notifications have not reached their target.
func (q *NotifyQueue) Waiting(ctx context.Context) (int, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	info, err := q.notification.consumer.Info(ctx)
	if err != nil {
		return 0, brokerError("notifications", err)
	}
	return int(info.NumPending) + info.NumAckPending, nil
}

// Notify keeps a notification for its target, in place of an older one about the same
// article. The same event to the same target, within ten minutes, is kept once.
func (q *NotifyQueue) Notify(ctx context.Context, n lector.Notification) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	e := n.Event
	m, err := encode(lector.NotificationSubject(e.Site, n.Target, e.Key), e.ID, "lector", e.Type, "", e.Time, e)
	if err != nil {
		return fmt.Errorf("notify %s: %w", n.Target, err)
	}
	m.Header.Set(targetHeader, n.Target)
	setTrace(m.Header, e.Trace)
	if len(n.Files) > 0 {
		files, err := json.Marshal(n.Files)
		if err != nil {
			return fmt.Errorf("notify %s: %w", n.Target, err)
		}
		m.Header.Set(filesHeader, string(files))
	}
	if _, err := q.conn.js.PublishMsg(ctx, m, jetstream.WithMsgID(n.Target+"|"+e.ID)); err != nil {
		return brokerError("notify "+n.Target, publishHint(err))
	}
	return nil
}

// Announced returns the audio events of an article that the stream holds, oldest first.
func (q *NotifyQueue) Announced(ctx context.Context, site, key string) (all []lector.AudioEvent, err error) {
	subject := lector.AudioSubject(site, key)
	for m, err := range q.conn.messagesOf(ctx, audio, subject, 0) {
		if err != nil {
			return nil, brokerError("audio events", err)
		}
		h, err := nats.DecodeHeadersMsg(m.Header)
		if err != nil {
			h = nats.Header{}
		}
		if e, err := decodeAudio(h, m.Data); err == nil {
			all = append(all, e)
		}
	}
	return all, nil
}

func decodeNotification(h nats.Header, data []byte) (n lector.Notification, err error) {
	if n.Event, err = decodeAudio(h, data); err != nil {
		return n, err
	}
	n.Target = header(h, targetHeader)
	if files := header(h, filesHeader); files != "" {
		if err := json.Unmarshal([]byte(files), &n.Files); err != nil {
			return n, fmt.Errorf("notification: %s: %w", filesHeader, err)
		}
	}
	if n.Target == "" || n.Event.Key == "" {
		return n, errors.New("notification: it names no target or no article")
	}
	return n, nil
}

// isNotification reports whether a message with the subject is a notification.
func isNotification(subject string) bool { return strings.HasPrefix(subject, notifyPrefix) }

// replayNotification keeps the notification of a dead letter for its target again. One
// about a state that the article has no more is refused: a newer one was kept since.
func (c *Conn) replayNotification(ctx context.Context, l lector.DeadLetter, replay string) error {
	n, err := decodeNotification(l.Headers, l.Data)
	if err != nil {
		return err
	}
	last, err := c.LastAnnouncement(ctx, n.Event.Site, n.Event.Key)
	if err != nil {
		return err
	}
	if last.ID != n.Event.ID {
		err := lector.Permanent(fmt.Errorf("dead letter %d is out of date: its article is %s since", l.ID, last.Type))
		return lector.Hint(err, "lector deadletters drop %d", l.ID)
	}
	m := nats.NewMsg(l.Subject)
	m.Data, m.Header = l.Data, l.Headers
	_, err = c.js.PublishMsg(ctx, m, jetstream.WithMsgID(fmt.Sprintf("%s|deadletter-%d", replay, l.ID)))
	return publishHint(err)
}
