package nats

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// Times of the watchdog.
const (
	watchInterval = 3 * time.Second  // between two looks
	answerTime    = 4 * time.Second  // for one question
	stallTime     = 15 * time.Second // without a delivery although events wait and are asked for
	probeInterval = 15 * time.Second // without a confirmed write, until one is tried
)

// Watchdog checks periodically whether what Setup made is there and works. It creates a
// missing consumer again, but never a stream or a bucket: the loss of their messages
// would go unnoticed.
type Watchdog struct {
	conn   *Conn
	probe  bool          // try a write when there was none for a while
	heal   bool          // make a consumer again, and try writes
	answer time.Duration // how long one question may take
	now    func() time.Time
	stalls map[string]*stall // by consumer
	silent time.Time         // since when the leases do not answer; zero: they do
	floors sync.Map          // by consumer, up to where all events were settled when it was last seen

	mu    sync.Mutex
	seen  string // what the last look found
	fault error  // what the last two looks found
}

// Watchdog returns a watchdog that has not checked anything yet. With probe it tries a
// write when nothing was written for a while: for a server whose health cannot be asked.
func (c *Conn) Watchdog(probe bool) *Watchdog {
	return &Watchdog{conn: c, probe: probe, heal: true, answer: answerTime, now: time.Now, stalls: map[string]*stall{}}
}

// Run checks until ctx ends.
func (w *Watchdog) Run(ctx context.Context) {
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	for {
		w.Check(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Fault returns what is wrong, or nil. It must have been found twice in a row: at
// a change of leader a stream does not answer for a moment.
func (w *Watchdog) Fault() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fault
}

// Check checks once.
func (w *Watchdog) Check(ctx context.Context) {
	found := w.look(ctx)
	if ctx.Err() != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.fault
	text := ""
	if found != nil {
		text = faultKinds(found)
	}
	switch {
	case found == nil:
		w.fault = nil
	case w.seen == text, before != nil:
		w.fault = found
	}
	w.seen = text
	logChange(w.conn.log, before, w.fault)
}

// logChange tells once when something goes wrong, and once when it is mended.
func logChange(log *slog.Logger, before, now error) {
	switch {
	case before == nil && now != nil:
		log.Error("NATS is not usable", "error", now, "hint", lector.HintOf(now))
	case before != nil && now == nil:
		log.Info("NATS is usable again")
	}
}

// Diagnose returns what is wrong now, without changing or writing anything. A fault counts
// when two checks in a row have found it.
func (c *Conn) Diagnose(ctx context.Context) error {
	if err := c.checkSetUp(ctx); err != nil {
		return err
	}
	w := &Watchdog{conn: c, answer: answerTime, now: time.Now, stalls: map[string]*stall{}}
	if w.look(ctx) == nil && !w.waiting() {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(watchInterval):
	}
	later := w.now().Add(stallTime)
	w.now = func() time.Time { return later } // one look is enough to see no delivery
	return w.look(ctx)
}

// checkSetUp says where no setup has ever been.
func (c *Conn) checkSetUp(ctx context.Context) error {
	for _, name := range []string{articles, "KV_" + jobs} {
		if _, err := c.streamInfo(ctx, name); !errors.Is(err, jetstream.ErrStreamNotFound) {
			return nil
		}
	}
	return lector.Hint(errors.New("no streams and buckets are there"), setupHint)
}

// waiting reports whether events wait and are asked for at this moment.
func (w *Watchdog) waiting() bool {
	for _, s := range w.stalls {
		if !s.since.IsZero() {
			return true
		}
	}
	return false
}

// faults are several things that are wrong.
type faults []error

// Error implements error.
func (f faults) Error() string {
	texts := make([]string, len(f))
	for i, err := range f {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap returns them all.
func (f faults) Unwrap() []error { return f }

// faultKinds is the text of an error without its figures, which change.
func faultKinds(err error) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, err.Error())
}

// look returns what is wrong at this moment.
func (w *Watchdog) look(ctx context.Context) error {
	if !w.conn.nc.IsConnected() {
		return w.conn.disconnected()
	}
	var found faults
	for _, err := range w.askAll(ctx) {
		if err != nil {
			found = append(found, err)
		}
	}
	found = append(found, w.checkLeases(ctx)...)
	found = append(found, w.tryWrite(ctx)...)
	if len(found) == 0 {
		return nil
	}
	return found
}

// askAll asks for every stream, bucket and consumer at once. The answers have
// their places, so that the same faults have the same text.
func (w *Watchdog) askAll(ctx context.Context) []error {
	names, consumers := durableStreams(), watchedConsumers()
	answers := make([]error, len(names)+len(consumers))
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() { answers[i] = w.checkStream(ctx, name) })
	}
	infos := make([]*jetstream.ConsumerInfo, len(consumers))
	for i, k := range consumers {
		wait.Go(func() { infos[i], answers[len(names)+i] = w.checkConsumer(ctx, k) })
	}
	wait.Wait()
	for i, k := range consumers {
		if answers[len(names)+i] == nil {
			answers[len(names)+i] = w.checkStall(k, infos[i])
		}
	}
	return answers
}

// durableStreams names the streams that Setup makes and that outlive a restart,
// those of the buckets among them.
func durableStreams() (names []string) {
	for _, s := range streamConfigs(1) {
		names = append(names, s.Name)
	}
	for _, b := range bucketConfigs(1) {
		if b.Storage == jetstream.FileStorage {
			names = append(names, "KV_"+b.Bucket)
		}
	}
	return names
}

// watchedConsumer is a consumer of the workers.
type watchedConsumer struct {
	stream string
	config jetstream.ConsumerConfig
}

func watchedConsumers() (all []watchedConsumer) {
	for _, k := range consumerConfigs() {
		all = append(all, watchedConsumer{articles, k})
	}
	return all
}

// displayName names a stream as an operator knows it.
func displayName(stream string) string {
	if bucket, ok := strings.CutPrefix(stream, "KV_"); ok {
		return "bucket " + bucket
	}
	return "stream " + stream
}

func (w *Watchdog) checkStream(ctx context.Context, name string) error {
	refused := func() bool { return w.conn.refusals.has("$JS.API.STREAM.INFO." + name) }
	if refused() { // as by an older nats.conf: this stream cannot be looked at
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, w.answer)
	defer cancel()
	s, err := w.conn.js.Stream(ctx, name)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound) && dispensable[name] != "":
		return w.without(name)
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return lector.Hint(goneError(displayName(name)), "%s", goneHint)
	case unanswered(err) && refused():
		return nil
	case unanswered(err):
		return lector.Hint(fmt.Errorf("%s does not answer", displayName(name)), "%s", leaderHint)
	case err != nil:
		return fmt.Errorf("%s: %w", displayName(name), err)
	}
	if group := s.CachedInfo().Cluster; group != nil && group.Leader == "" && len(group.Replicas) > 0 {
		return lector.Hint(fmt.Errorf("%s has no leader", displayName(name)), "%s", leaderHint)
	}
	return nil
}

// dispensable names the buckets that workers can work without, as in an installation that
// an older build has set up, and what cannot be done then.
var dispensable = map[string]string{
	"KV_" + pauses:   "nothing can be paused",
	"KV_" + settings: "no rule can be switched off in the console",
}

// without is the error for an installation that lacks a dispensable bucket.
func (w *Watchdog) without(name string) error {
	if w.heal {
		return nil
	}
	return lector.Hint(fmt.Errorf("%s is not there: %s", displayName(name), dispensable[name]), "run lector setup: it makes it")
}

// goneError is the finding that a stream is not there.
type goneError string

// Error implements error.
func (e goneError) Error() string { return string(e) + " is gone" }

func gone(err error) bool { return errors.As(err, new(goneError)) }

const (
	goneHint   = "run lector setup: it says what is lost and makes it again when it is told to"
	leaderHint = "do most of the NATS servers run, and is their disk full? See their logs; nats stream report shows the groups"
)

func unanswered(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, nats.ErrNoResponders)
}

// checkConsumer makes a consumer again that is gone: its stream holds all events,
// and what has had its effect is passed over.
func (w *Watchdog) checkConsumer(ctx context.Context, k watchedConsumer) (*jetstream.ConsumerInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, w.answer)
	defer cancel()
	name := k.config.Durable
	c, err := w.conn.js.Consumer(ctx, k.stream, name)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound): // which is a finding of its own
		return nil, nil
	case errors.Is(err, jetstream.ErrConsumerNotFound) && w.heal:
		return nil, w.makeAgain(ctx, k)
	case errors.Is(err, jetstream.ErrConsumerNotFound):
		return nil, lector.Hint(fmt.Errorf("consumer %s is gone", name), "run lector setup: it makes it again, and nothing is lost")
	case unanswered(err):
		return nil, lector.Hint(fmt.Errorf("consumer %s does not answer", name), "%s", leaderHint)
	case err != nil:
		return nil, fmt.Errorf("consumer %s: %w", name, err)
	}
	w.floors.Store(name, c.CachedInfo().AckFloor.Stream)
	return c.CachedInfo(), nil
}

// makeAgain makes a consumer that begins behind what is settled. Where nobody can say
// what is, all events come once more, which changes nothing but takes its time.
func (w *Watchdog) makeAgain(ctx context.Context, k watchedConsumer) error {
	settled, err := w.settled(ctx, k)
	if err != nil {
		w.conn.log.Warn("the new consumer starts at the first event", "consumer", k.config.Durable, "error", w.conn.Explain(err))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.answer)
	defer cancel()
	_, err = w.conn.js.CreateConsumer(ctx, k.stream, beginBehind(k.config, settled))
	if err == nil || errors.Is(err, jetstream.ErrConsumerExists) {
		w.conn.log.Warn("consumer was missing and was created again", "consumer", k.config.Durable, "from", settled+1)
		return nil
	}
	return lector.Hint(fmt.Errorf("consumer %s is gone and cannot be made again: %w", k.config.Durable, w.conn.Explain(err)),
		"run lector setup: it may make it again, and nothing is lost")
}

// MakeConsumers creates the workers' consumers that are missing, before a worker runs.
// Its errors are not returned: whoever uses the consumers gets them.
func (w *Watchdog) MakeConsumers(ctx context.Context) {
	for _, k := range watchedConsumers() {
		_, _ = w.checkConsumer(ctx, k)
	}
}

// settled returns up to where all events of a consumer that is gone were settled: as
// it was when it was last seen, else as the jobs' records say.
func (w *Watchdog) settled(ctx context.Context, k watchedConsumer) (uint64, error) {
	floor, _ := w.floors.Load(k.config.Durable)
	if place, _ := floor.(uint64); place > 0 {
		return place, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), setupTimeout)
	defer cancel()
	ctx, stop := w.conn.untilRefused(ctx)
	defer stop()
	return w.conn.settledFloor(ctx)
}

// stall is how long a consumer has delivered nothing although events wait and are
// asked for.
type stall struct {
	delivered uint64
	since     time.Time // zero: it is not so
}

// observe returns how long it has been so.
func (s *stall) observe(info *jetstream.ConsumerInfo, now time.Time) time.Duration {
	wanted := info.NumPending > 0 && info.NumWaiting > 0 && !info.Paused
	switch {
	case !wanted:
		s.since = time.Time{}
		return 0
	case s.since.IsZero() || s.delivered != info.Delivered.Consumer:
		s.delivered, s.since = info.Delivered.Consumer, now
	}
	return now.Sub(s.since)
}

func (w *Watchdog) checkStall(k watchedConsumer, info *jetstream.ConsumerInfo) error {
	if info == nil {
		return nil
	}
	name := k.config.Durable
	s := w.stalls[name]
	if s == nil {
		s = new(stall)
		w.stalls[name] = s
	}
	if s.observe(info, w.now()) < stallTime {
		return nil
	}
	return lector.Hint(fmt.Errorf("consumer %s delivers nothing, although %d events wait", name, info.NumPending), "%s", leaderHint)
}

// A probe is written under a key of the budgets bucket that no site can have, as
// the mark of a deleted key: nobody who reads the bucket sees it. It is a page
// long, since a shorter one may still fit on a full disk.
const (
	probeKey  = "_probe"
	probeSize = 4096
)

func probe() *nats.Msg {
	m := nats.NewMsg("$KV." + budgets + "." + probeKey)
	m.Header.Set("KV-Operation", "DEL")
	m.Data = make([]byte, probeSize)
	return m
}

// leasesSilent is for how long the leases may not answer until their bucket is removed.
// All that were held are over by then, for nobody could renew them.
const leasesSilent = 2 * leaseTTL

// checkLeases returns what is wrong with the bucket of the leases. One that is not there
// is made again by who needs a lease. One that does not answer for a long time is
// removed, for all work stands still: in a cluster whose servers were restarted one
// after the other a stream in memory was seen to be left without a leader for good.
func (w *Watchdog) checkLeases(ctx context.Context) []error {
	const name = "KV_" + leases
	err := w.checkStream(ctx, name)
	if err == nil || gone(err) || !w.heal {
		w.silent = time.Time{}
	}
	switch {
	case err == nil, gone(err):
		return nil
	case w.silent.IsZero():
		w.silent = w.now()
	case w.now().Sub(w.silent) >= leasesSilent:
		w.silent = w.now()
		w.removeLeases(ctx)
	}
	return []error{err}
}

func (w *Watchdog) removeLeases(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	err := w.conn.js.DeleteStream(ctx, "KV_"+leases)
	w.conn.log.Warn("the bucket of the leases did not answer and was removed; the next lease creates it again",
		"after", leasesSilent, "error", w.conn.Explain(err))
}

// tryWrite returns what does not confirm its writes. Where nothing was written for
// a while it tries one.
func (w *Watchdog) tryWrite(ctx context.Context) []error {
	if w.heal && w.conn.writes.suspect(w.probe) {
		ctx, cancel := context.WithTimeout(ctx, w.answer)
		defer cancel()
		w.conn.writes.tried.Add(1)
		_, _ = w.conn.js.PublishMsg(ctx, probe()) // noted as every write
	}
	var all []error
	for _, err := range w.conn.writes.faults() {
		all = append(all, lector.Hint(err, "is the disk of the NATS server full? Free some space, then restart the server; see its log"))
	}
	return all
}
