package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector/infra/limittest"
)

// startCluster starts three NATS servers and connects to them.
func startCluster(t *testing.T) (*cluster, *broker) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c, err := newCluster(t.TempDir(), self)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)
	if err := c.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	b, err := connect(c.urls(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	limittest.Until(t, "JetStream answers", func() bool { return b.ready(t.Context()) })
	return c, b
}

// create makes a stream or a consumer. A request that comes before the servers
// have all met is lost or refused, and made again.
func create(t *testing.T, b *broker, api string, config any) {
	t.Helper()
	_, err := again(limittest.Context(t), func(ctx context.Context) (answer any, err error) { return answer, b.ask(ctx, api, config, &answer) })
	if err != nil {
		t.Fatal(err)
	}
}

// What was confirmed is read back, whichever server has died meanwhile.
func TestBroker(t *testing.T) {
	t.Parallel()
	c, b := startCluster(t)
	ctx := limittest.Context(t)
	create(t, b, "STREAM.CREATE.ARTICLES", jetstream.StreamConfig{Name: "ARTICLES", Subjects: []string{"article.>"}, Replicas: clusterSize})
	publish := func(text string) {
		t.Helper()
		m := nats.NewMsg("article.x")
		m.Data, m.Header = []byte(text), ceHeader(text, "test", time.Unix(0, 0))
		if _, err := b.publish(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	publish("one")
	leader := c.named(b.leader(ctx))
	leader.kill()
	publish("two")
	if err := leader.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var texts []string
	all, err := again(ctx, func(ctx context.Context) ([]stored, error) { return b.read(ctx, "ARTICLES") })
	for _, m := range all {
		texts = append(texts, string(m.data)+headerOf(m.header, "CE-ID")+m.subject)
	}
	if want := []string{"oneonearticle.x", "twotwoarticle.x"}; !slices.Equal(texts, want) || err != nil {
		t.Errorf("read %q, %v", texts, err)
	}
	tooLarge := nats.NewMsg("article.x")
	tooLarge.Data = make([]byte, 1<<20+1)
	if _, err := b.publish(ctx, tooLarge); !errors.Is(err, nats.ErrMaxPayload) {
		t.Errorf("too large: %v", err)
	}
}

func TestConsumersAreDeleted(t *testing.T) {
	t.Parallel()
	_, b := startCluster(t)
	ctx := limittest.Context(t)
	create(t, b, "STREAM.CREATE.ARTICLES", jetstream.StreamConfig{Name: "ARTICLES", Subjects: []string{"article.>"}})
	create(t, b, "CONSUMER.DURABLE.CREATE.ARTICLES.lector", map[string]any{
		"stream_name": "ARTICLES", "config": jetstream.ConsumerConfig{Durable: "lector", AckPolicy: jetstream.AckExplicitPolicy},
	})
	limittest.Until(t, "the consumer is deleted", func() bool { return b.deleteConsumers(ctx, "ARTICLES") == nil })
	if _, err := b.js.Consumer(ctx, "ARTICLES", "lector"); !errors.Is(err, jetstream.ErrConsumerNotFound) {
		t.Errorf("afterwards: %v", err)
	}
	if err := b.deleteConsumers(ctx, "NOWHERE"); err == nil {
		t.Error("a stream that is not there has consumers")
	}
}
