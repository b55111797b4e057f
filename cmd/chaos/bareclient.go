package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// bareClient publishes to a stream of its own and consumes it with the least that a
// client can do: requests that time out early and are repeated at once. While it gets
// no answer, no other client does either.
type bareClient struct {
	broker               *broker
	consumer             jetstream.Consumer
	confirmed, delivered flow
}

// bareStream is the bare client's, and the beginning of its consumer's name.
const bareStream = "BARE"

// Times of the bare client.
const (
	bareInterval = 50 * time.Millisecond
	barePatience = 500 * time.Millisecond // for an answer
)

func newBareClient(ctx context.Context, b *broker) (*bareClient, error) {
	_, err := again(ctx, func(ctx context.Context) (jetstream.Stream, error) {
		return b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name: bareStream, Subjects: []string{"bare"}, Replicas: clusterSize, Retention: jetstream.LimitsPolicy, MaxMsgs: 10_000,
		})
	})
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", bareStream, err)
	}
	c, err := again(ctx, func(ctx context.Context) (jetstream.Consumer, error) {
		return b.js.CreateOrUpdateConsumer(ctx, bareStream, jetstream.ConsumerConfig{
			Durable: "bare", AckPolicy: jetstream.AckExplicitPolicy, AckWait: 15 * time.Second, MaxDeliver: -1, MaxAckPending: -1,
		})
	})
	if err != nil {
		return nil, fmt.Errorf("consumer of %s: %w", bareStream, err)
	}
	return &bareClient{broker: b, consumer: c}, nil
}

// publish publishes one message after the other.
func (c *bareClient) publish(ctx context.Context) {
	for pause(ctx, bareInterval) == nil {
		for ctx.Err() == nil {
			short, cancel := context.WithTimeout(ctx, barePatience)
			_, err := c.broker.js.Publish(short, "bare", []byte("a message"), jetstream.WithRetryAttempts(0))
			cancel()
			if err == nil {
				c.confirmed.again()
				break
			}
			_ = pause(ctx, bareInterval) // it ends with ctx
		}
	}
}

// consume takes one batch after the other.
func (c *bareClient) consume(ctx context.Context) {
	for ctx.Err() == nil {
		batch, err := c.consumer.Fetch(20, jetstream.FetchMaxWait(2*time.Second), jetstream.FetchHeartbeat(barePatience))
		if err != nil {
			_ = pause(ctx, bareInterval)
			continue
		}
		for m := range batch.Messages() {
			c.delivered.again()
			_ = m.Ack() // it comes again
		}
		if batch.Error() != nil {
			_ = pause(ctx, bareInterval)
		}
	}
}

// moveTo has a server lead the stream and the consumer, that is what the trial kills.
// It may not want to; then the bare client shows less of a gap.
func (c *bareClient) moveTo(ctx context.Context, server string) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	_ = until(ctx, 300*time.Millisecond, func() bool {
		return c.led(ctx, "STREAM.INFO."+bareStream, "STREAM.LEADER.STEPDOWN."+bareStream, server) == nil &&
			c.led(ctx, "CONSUMER.INFO."+bareStream+".bare", "CONSUMER.LEADER.STEPDOWN."+bareStream+".bare", server) == nil
	})
}

var errElsewhere = errors.New("led by another server")

func (c *bareClient) led(ctx context.Context, info, stepDown, server string) error {
	var is streamInfo
	if err := c.broker.ask(ctx, info, nil, &is); err != nil {
		return err
	}
	if is.Cluster.Leader == server {
		return nil
	}
	var answer json.RawMessage
	err := c.broker.ask(ctx, stepDown, map[string]any{"placement": map[string]string{"preferred": server}}, &answer)
	return errors.Join(errElsewhere, err)
}
