package nats

import (
	"context"
	"iter"

	"github.com/nats-io/nats.go/jetstream"
)

// stored yields the messages of a stream that are there when it is asked, in
// their order, and ends with the first error.
func stored(ctx context.Context, js jetstream.JetStream, stream string,
	config jetstream.OrderedConsumerConfig) iter.Seq2[jetstream.Msg, error] {
	return func(yield func(jetstream.Msg, error) bool) {
		consumer, err := js.OrderedConsumer(ctx, stream, config)
		if err != nil {
			yield(nil, missing(err))
			return
		}
		info, err := consumer.Info(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		if info.NumPending == 0 {
			return
		}
		messages, err := consumer.Messages()
		if err != nil {
			yield(nil, err)
			return
		}
		defer context.AfterFunc(ctx, messages.Stop)()
		defer messages.Stop()
		for left := info.NumPending; left > 0; left-- {
			m, err := messages.Next()
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}
