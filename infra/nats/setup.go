package nats

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"lector"
)

// Names of what Setup creates.
const (
	articles    = "ARTICLES"
	audio       = "AUDIO"
	deadLetters = "DEADLETTER"
	jobs        = "jobs"
	leases      = "leases"
	usage       = "USAGE"
	budgets     = "budgets"
	pauses      = "pauses"
	settings    = "settings"
	replays     = "replays"
	reconciling = "reconcile"
	access      = "access"
	audit       = "AUDIT"
	listening   = "listening"
	consumer    = "lector"
	urgent      = "withdrawals" // its name from when it handed out nothing else
)

// Beginnings of the subjects of three streams: behind it stands the site and the
// chunk of a call, the subject that the message had, or what was done.
const (
	usagePrefix      = "usage.v1."
	deadLetterPrefix = "deadletter.v1."
	auditPrefix      = "audit.v1."
)

// listeningTTL is how long it is known how an article was listened to, from the last time
// that somebody did.
const listeningTTL = 400 * 24 * time.Hour

// replayTTL is how long a replay is remembered.
const replayTTL = 90 * 24 * time.Hour

// AckWait is how long a message may go without an acknowledgement or a progress report
// before it is redelivered.
const AckWait = 15 * time.Second

// revisionsPerArticle is how many states of each article the log keeps: a replay reads the
// one again that the job is about, which an edit may follow that is older by the CMS's
// clock; and a sweep works on those that the queue has lost. A deletion erases all of them.
// The server is not told, for under a key that is no article's it would throw away what
// nobody has read; TrimEvents sees to it.
const revisionsPerArticle = 10

// setupTimeout bounds a setup. The client would give each request five seconds,
// and a busy machine needs more than that to create a stream on its disk.
const setupTimeout = time.Minute

// Setup creates the streams, the buckets and the workers' consumer, or brings
// them to their present shape, with what the build before has written in them.
// It may run any number of times, also after one that was broken off. No worker
// of the build before may run meanwhile.
func (c *Conn) Setup(ctx context.Context, replicas int) error {
	if err := c.checkVersion(); err != nil {
		return err
	}
	if err := c.refuseNewer(ctx); err != nil {
		return err
	}
	if err := c.setupStreams(ctx, replicas); err != nil {
		return err
	}
	if err := c.migrate(ctx); err != nil {
		return fmt.Errorf("bring over what the build before has written: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, setupTimeout)
	defer cancel()
	if err := c.dropLeasesOnDisk(ctx); err != nil {
		return err
	}
	if err := eachAtOnce(ctx, bucketConfigs(replicas), c.setupBucket); err != nil {
		return err
	}
	return eachAtOnce(ctx, consumerConfigs(), func(ctx context.Context, k jetstream.ConsumerConfig) error {
		if err := c.setupConsumer(ctx, k); err != nil {
			return fmt.Errorf("set up consumer %s: %w", k.Durable, err)
		}
		return nil
	})
}

// eachAtOnce does the same for all, at once: what waits for the disk waits together. It
// returns the first error, and the context of the others ends with it.
func eachAtOnce[T any](ctx context.Context, all []T, do func(context.Context, T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, one := range all {
		group.Go(func() error { return do(ctx, one) })
	}
	return group.Wait()
}

// setupBucket creates a bucket or brings it to its present shape.
func (c *Conn) setupBucket(ctx context.Context, b jetstream.KeyValueConfig) error {
	if c.streamIsSetUp(ctx, bucketStream(b)) {
		return nil
	}
	if _, err := c.js.CreateOrUpdateKeyValue(ctx, b); err != nil {
		return fmt.Errorf("set up bucket %s: %w", b.Bucket, err)
	}
	return nil
}

// setupStream does so for a stream.
func (c *Conn) setupStream(ctx context.Context, s jetstream.StreamConfig) error {
	if c.streamIsSetUp(ctx, s) {
		return nil
	}
	if _, err := c.js.CreateOrUpdateStream(ctx, s); err != nil {
		return fmt.Errorf("set up stream %s: %w", s.Name, err)
	}
	return nil
}

// streamIsSetUp reports whether a stream is there and in its present shape. What keeps
// from finding that out shows when it is set up.
func (c *Conn) streamIsSetUp(ctx context.Context, want jetstream.StreamConfig) bool {
	there, err := c.js.Stream(ctx, want.Name)
	return err == nil && streamInShape(there.CachedInfo().Config, want)
}

// setupConsumer creates a consumer or brings it to its present shape. A new one
// begins behind what is settled: events that had their effect are not delivered
// again. Where one has begun cannot be changed, and stays.
func (c *Conn) setupConsumer(ctx context.Context, k jetstream.ConsumerConfig) error {
	there, err := c.js.Consumer(ctx, articles, k.Durable)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		floor, err := c.settledFloor(ctx)
		if err == nil {
			_, err = c.js.CreateConsumer(ctx, articles, beginBehind(k, floor))
		}
		return err
	}
	if err != nil {
		return err
	}
	began := there.CachedInfo().Config
	k.DeliverPolicy, k.OptStartSeq, k.OptStartTime = began.DeliverPolicy, began.OptStartSeq, began.OptStartTime
	if consumerInShape(began, k) {
		return nil
	}
	_, err = c.js.UpdateConsumer(ctx, articles, k)
	return err
}

// beginBehind has a consumer that is about to be made begin behind a place; 0 is before
// the first event.
func beginBehind(k jetstream.ConsumerConfig, place uint64) jetstream.ConsumerConfig {
	if place > 0 {
		k.DeliverPolicy, k.OptStartSeq = jetstream.DeliverByStartSequencePolicy, place+1
	}
	return k
}

func (c *Conn) setupStreams(ctx context.Context, replicas int) error {
	ctx, cancel := context.WithTimeout(ctx, setupTimeout)
	defer cancel()
	return eachAtOnce(ctx, streamConfigs(replicas), c.setupStream)
}

// dropLeasesOnDisk removes the leases bucket of a build that kept it on disk: the
// storage of a stream cannot be changed.
func (c *Conn) dropLeasesOnDisk(ctx context.Context) error {
	s, err := c.js.Stream(ctx, "KV_"+leases)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil
	}
	if err == nil && s.CachedInfo().Config.Storage == jetstream.FileStorage {
		err = c.js.DeleteKeyValue(ctx, leases)
	}
	if err != nil {
		return fmt.Errorf("bucket %s: %w", leases, err)
	}
	return nil
}

// checkVersion refuses servers older than the features that are relied on.
func (c *Conn) checkVersion() error {
	v := c.Version()
	var major, minor int
	if _, err := fmt.Sscanf(v, "%d.%d", &major, &minor); err != nil {
		return fmt.Errorf("NATS server version %q: %w", v, err)
	}
	if major < 2 || major == 2 && minor < 14 {
		return lector.Hint(fmt.Errorf("NATS server %s is too old", v), "Lector needs 2.14 or later")
	}
	return nil
}

func streamConfigs(replicas int) []jetstream.StreamConfig {
	stream := func(name, subject, what string) jetstream.StreamConfig {
		return jetstream.StreamConfig{
			Name: name, Subjects: []string{subject}, Description: what,
			Storage: jetstream.FileStorage, Replicas: replicas,
			// No compression: with it, nodes of a cluster that were stopped hard came
			// back with stores that they could not read.
			Compression: jetstream.NoCompression,
			AllowDirect: true, Duplicates: 10 * time.Minute,
		}
	}
	a := stream(articles, "article.v1.>", "what the CMS said about each article")
	b := stream(audio, "audio.v1.>", "what became of it")
	b.MaxMsgsPerSubject = 20
	d := stream(deadLetters, deadLetterPrefix+">", "what nobody can work on, and why")
	d.MaxAge = 180 * 24 * time.Hour
	m := stream(usage, usagePrefix+">", "each call to a voice: what for, and what became of it")
	m.MaxAge = 400 * 24 * time.Hour
	m.AllowDirect = false // the newest entry must be the newest, not a replica's
	u := stream(audit, auditPrefix+">", "who did what by the console or at a terminal")
	u.MaxAge, u.DenyDelete, u.DenyPurge = 400*24*time.Hour, true, true
	n := stream(notifications, notifyPrefix+">", "what addresses of sites are to be told, the newest of each article")
	n.MaxMsgsPerSubject, n.MaxAge = 1, notificationAge
	return []jetstream.StreamConfig{a, b, d, m, u, n}
}

func bucketConfigs(replicas int) []jetstream.KeyValueConfig {
	return []jetstream.KeyValueConfig{
		{Bucket: jobs, Description: "the truth about each article", History: 10, Replicas: replicas, Metadata: map[string]string{formatKey: jobFormat}},
		{Bucket: budgets, Description: "what each site has spent", History: 1, Replicas: replicas},
		{Bucket: pauses, Description: "what operators have paused", History: 1, Replicas: replicas},
		{Bucket: settings, Description: "what the console has set for each site; the file of settings wins over it", History: 1, Replicas: replicas},
		{Bucket: replays, Description: "replays of many articles, and how far they are", History: 1, TTL: replayTTL, Replicas: replicas},
		{Bucket: reconciling, Description: "how far comparisons with feeds and CMSs have come", History: 1, Replicas: replicas},
		{Bucket: access, Description: "hashes of the tokens that the private address takes", History: 1, Replicas: replicas},
		{Bucket: listening, Description: "how each article is listened to, in sums a day", History: 1, TTL: listeningTTL, Replicas: replicas},
		leaseBucket(replicas),
	}
}

// leaseBucket is in memory, for leases are written all the time and outlive no
// server. A single server that restarts forgets the bucket altogether: who needs
// a lease makes it again.
func leaseBucket(replicas int) jetstream.KeyValueConfig {
	return jetstream.KeyValueConfig{
		Bucket: leases, Description: "who works on what", LimitMarkerTTL: time.Minute,
		Storage: jetstream.MemoryStorage, Replicas: replicas,
	}
}

// consumerConfigs are the workers' consumers. Attempts are counted in the job's
// record, not by the broker. Events that wait for a budget count as pending and
// must not keep the articles of other sites out.
func consumerConfigs() []jetstream.ConsumerConfig {
	all := jetstream.ConsumerConfig{AckPolicy: jetstream.AckExplicitPolicy, AckWait: AckWait, MaxDeliver: -1, MaxAckPending: -1}
	queue, early := all, all
	queue.Durable, queue.Description = consumer, "hands each article event to one worker"
	early.Durable, early.Description = urgent, "hands withdrawals and breaking articles to a worker beside the queue"
	return []jetstream.ConsumerConfig{queue, early}
}

// bind opens a stream that Setup made.
func (c *Conn) bind(ctx context.Context, name string) (jetstream.Stream, error) {
	s, err := c.js.Stream(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", name, missing(err))
	}
	return s, nil
}

// bucket opens a bucket that Setup made.
func (c *Conn) bucket(ctx context.Context, name string) (bucket, error) {
	kv, err := c.js.KeyValue(ctx, name)
	if err != nil {
		return bucket{}, fmt.Errorf("bucket %s: %w", name, missing(err))
	}
	return bucket{kv, c, name}, nil
}

// setupHint is what to do when something that Setup makes is not there.
const setupHint = "run lector setup first: it creates the streams and buckets, and brings over what an older build has written"

func missing(err error) error {
	for _, is := range []error{jetstream.ErrStreamNotFound, jetstream.ErrBucketNotFound, jetstream.ErrConsumerNotFound} {
		if errors.Is(err, is) {
			return lector.Hint(err, setupHint)
		}
	}
	return err
}

// RedeliverPending has all unacknowledged messages delivered again at once, instead of
// after the acknowledgement wait. It is for a server whose
// workers ended with it, as an embedded one's do. What was settled already may
// be delivered again, which does no harm.
func (c *Conn) RedeliverPending(ctx context.Context) error {
	s, err := c.bind(ctx, articles)
	if err != nil {
		return err
	}
	if _, err := s.ResetConsumer(ctx, consumer); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	held, err := c.js.Stream(ctx, "KV_"+leases)
	if errors.Is(err, jetstream.ErrStreamNotFound) { // in memory, and so gone with the server
		return nil
	}
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	if err := held.Purge(ctx); err != nil { // those who held them are gone
		return fmt.Errorf("resume: %w", err)
	}
	return nil
}
