package main

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// sender is the CMS: it sends each article's events in order, at their times.
type sender struct {
	broker  *broker
	started time.Time

	mu      sync.Mutex
	events  int             // that the stream has confirmed, bad ones too
	refused map[string]bool // markers of bad events that the broker does not take
}

func newSender(b *broker) *sender {
	return &sender{broker: b, started: time.Now(), refused: map[string]bool{}}
}

// send sends the whole load and returns when the stream has confirmed all of it.
// Each history belongs to the article at the same place.
func (s *sender) send(ctx context.Context, l load, histories []*history) error {
	var wait sync.WaitGroup
	errs := make([]error, len(l.articles)+len(l.bad))
	for i, events := range l.articles {
		wait.Go(func() { errs[i] = s.sendArticle(ctx, events, histories[i]) })
	}
	for i, b := range l.bad {
		wait.Go(func() { errs[len(l.articles)+i] = s.sendBad(ctx, b) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

// histories makes an empty history for each article.
func (l load) histories() (all []*history) {
	for _, events := range l.articles {
		first := events[0].article
		sentence, _, _ := strings.Cut(strings.TrimPrefix(first.Body.Content, "<p>"), ".")
		all = append(all, &history{site: first.Site, article: first.ID, sentence: sentence})
	}
	return all
}

func (s *sender) sendArticle(ctx context.Context, events []event, h *history) error {
	for _, e := range events {
		if err := pause(ctx, time.Until(s.started.Add(e.at))); err != nil {
			return err
		}
		if err := s.sendCopies(ctx, e, h); err != nil {
			return err
		}
	}
	return nil
}

// sendCopies sends all copies of an event at the same time.
func (s *sender) sendCopies(ctx context.Context, e event, h *history) error {
	now := time.Now()
	var wait sync.WaitGroup
	errs := make([]error, max(e.copies, 1))
	for i := range errs {
		h.begin()
		wait.Go(func() {
			var done *sent
			done, errs[i] = s.sendOne(ctx, e, now)
			h.confirm(done)
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// sendOne sends an event once, and says what the stream has confirmed.
func (s *sender) sendOne(ctx context.Context, e event, now time.Time) (*sent, error) {
	m, err := e.message(now)
	if err != nil {
		return nil, err
	}
	ack, err := s.broker.publish(ctx, m)
	if err != nil {
		return nil, err
	}
	s.count()
	return &sent{
		sequence: ack.Sequence, at: time.Now(), asked: now, id: e.id, kind: e.kind,
		revision: e.article.Revision, updated: now.Add(e.skew),
	}, nil
}

// sendBad sends what nobody can work on. What is too large is refused by the
// broker's client before anything else.
func (s *sender) sendBad(ctx context.Context, b badEvent) error {
	if err := pause(ctx, time.Until(s.started.Add(b.at))); err != nil {
		return err
	}
	_, err := s.broker.publish(ctx, b.message(time.Now()))
	if errors.Is(err, nats.ErrMaxPayload) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.refused[b.marker] = true
		return nil
	}
	s.count()
	return err
}

func (s *sender) count() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events++
}

// sentSoFar is how many events the stream has confirmed.
func (s *sender) sentSoFar() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events
}
