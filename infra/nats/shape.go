package nats

import (
	"maps"
	"reflect"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// streamInShape reports whether a stream is configured as is wanted, so that nothing is to
// be written: each write waits for the disk. One that only looks otherwise is written
// again, which changes nothing.
func streamInShape(there, want jetstream.StreamConfig) bool {
	return reflect.DeepEqual(withStreamDefaults(there), withStreamDefaults(want))
}

// withStreamDefaults returns a configuration with what the server writes for what is not
// set, and without what it adds.
func withStreamDefaults(c jetstream.StreamConfig) jetstream.StreamConfig {
	for _, limit := range []*int64{&c.MaxMsgs, &c.MaxBytes, &c.MaxMsgsPerSubject} {
		if *limit == 0 {
			*limit = -1
		}
	}
	if c.MaxConsumers == 0 {
		c.MaxConsumers = -1
	}
	if c.MaxMsgSize == 0 {
		c.MaxMsgSize = -1
	}
	c.Replicas = max(1, c.Replicas)
	c.Metadata = ownMetadata(c.Metadata)
	c.FirstSeq = 0 // of its creation alone
	return c
}

// ownMetadata leaves out what the server writes into the metadata.
func ownMetadata(all map[string]string) map[string]string {
	own := maps.Clone(all)
	maps.DeleteFunc(own, func(key, _ string) bool { return strings.HasPrefix(key, "_nats.") })
	if len(own) == 0 {
		return nil
	}
	return own
}

// bucketStream is the stream of a bucket as nats.go makes it.
func bucketStream(b jetstream.KeyValueConfig) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: "KV_" + b.Bucket, Subjects: []string{"$KV." + b.Bucket + ".>"}, Description: b.Description, Metadata: b.Metadata,
		Storage: b.Storage, Replicas: b.Replicas, MaxMsgsPerSubject: max(1, int64(b.History)), MaxAge: b.TTL,
		Discard: jetstream.DiscardNew, Duplicates: 2 * time.Minute, AllowRollup: true, DenyDelete: true, AllowDirect: true,
		AllowMsgTTL: b.LimitMarkerTTL > 0, SubjectDeleteMarkerTTL: b.LimitMarkerTTL,
	}
}

// defaultMaxWaiting is how many pulls of a consumer may wait where nothing is set.
const defaultMaxWaiting = 512

// consumerInShape does for a durable consumer what streamInShape does for a stream.
func consumerInShape(there, want jetstream.ConsumerConfig) bool {
	want.Name, want.MaxWaiting = want.Durable, defaultMaxWaiting
	there.Metadata = ownMetadata(there.Metadata)
	return reflect.DeepEqual(there, want)
}
