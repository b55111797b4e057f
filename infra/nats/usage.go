package nats

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// UsageLedger is the ledger of what attempts use: a stream to which the beginning
// and the end of each attempt are appended, and nothing is ever changed. It is
// shared by all workers.
type UsageLedger struct{ conn *Conn }

// UsageLedger binds to the ledger.
func (c *Conn) UsageLedger(ctx context.Context) (*UsageLedger, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	if _, err := c.bind(ctx, usage); err != nil {
		return nil, err
	}
	return &UsageLedger{c}, nil
}

// usageSubject is where the usage of a job is written. Names of sites are
// tokens, and keys are. An older build wrote the calls for a chunk there.
func usageSubject(site, job string) string {
	return usagePrefix + token(site) + "." + token(job)
}

// tokenCharacters may stand in a token of a subject.
const tokenCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

// token makes any text one token of a subject.
func token(s string) string {
	if s == "" {
		return "-"
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(tokenCharacters, r) {
			return r
		}
		return '_'
	}, s)
}

// maxUsageEntry bounds an entry in bytes, well below what a NATS server takes.
const maxUsageEntry = 512 << 10

// Write appends what an attempt uses, once, however often it is sent.
func (l *UsageLedger) Write(ctx context.Context, u lector.AttemptUsage) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	data, err := encodeUsage(u)
	if err != nil {
		return err
	}
	m := nats.NewMsg(usageSubject(u.Site, u.Job))
	m.Data = data
	id := fmt.Sprintf("%s.%d.%t.%t.%d", u.ID, len(u.Calls), u.Ended.IsZero(), u.Lost, len(u.Spooled))
	_, err = l.conn.js.PublishMsg(ctx, m, jetstream.WithMsgID(id))
	return publishHint(err)
}

// encodeUsage writes an entry. Of an attempt with so many calls that it would not
// fit, the calls of each voice and outcome become one.
func encodeUsage(u lector.AttemptUsage) ([]byte, error) {
	data, err := json.Marshal(u)
	if err != nil || len(data) <= maxUsageEntry {
		return data, err
	}
	u.Calls = sumCalls(u.Calls)
	return json.Marshal(u)
}

func sumCalls(calls []lector.Call) (sums []lector.Call) {
	type key struct {
		voice   string
		outcome lector.CallOutcome
	}
	at := map[key]int{}
	for _, c := range calls {
		k := key{c.Voice, c.Outcome}
		i, ok := at[k]
		if !ok {
			i = len(sums)
			at[k] = i
			c.Chunk, c.RequestID, c.Error = "", "", ""
			sums = append(sums, c)
			continue
		}
		sums[i].Characters, sums[i].Cost = sums[i].Characters+c.Characters, sums[i].Cost+c.Cost
	}
	return sums
}

// Last returns the newest entry of a job, as the leader has it, or
// lector.ErrNotFound.
func (l *UsageLedger) Last(ctx context.Context, site, job string) (lector.AttemptUsage, error) {
	m, err := l.conn.lastMessage(ctx, usage, usageSubject(site, job))
	if err != nil {
		return lector.AttemptUsage{}, fmt.Errorf("usage of job %s: %w", job, err)
	}
	return decodeUsage(m.Data)
}

// decodeUsage reads an entry. A single call, as an older build has written it, is
// an attempt with that call, whose end has an entry of the same ID.
func decodeUsage(data []byte) (lector.AttemptUsage, error) {
	var u struct {
		lector.AttemptUsage
		Outcome lector.CallOutcome `json:"outcome"`
	}
	if err := json.Unmarshal(data, &u); err != nil {
		return u.AttemptUsage, fmt.Errorf("entry of the usage ledger: %w", err)
	}
	if u.Version >= lector.UsageVersion {
		return u.AttemptUsage, nil
	}
	var c lector.Call
	if err := json.Unmarshal(data, &c); err != nil {
		return u.AttemptUsage, fmt.Errorf("entry of the usage ledger: %w", err)
	}
	return lector.AttemptUsage{ID: c.ID, Site: c.Site, Job: c.Job, Began: c.Began, Ended: c.Ended, Calls: []lector.Call{c}}, nil
}

// Calls yields the calls of attempts that began in [from, to), each with what
// became of it, in the order in which the attempts ended; those that have not
// ended come last. An empty site is any. It ends with the first error.
func (l *UsageLedger) Calls(ctx context.Context, site string, from, to time.Time) iter.Seq2[lector.Call, error] {
	wanted := "*"
	if site != "" {
		wanted = token(site)
	}
	return func(yield func(lector.Call, error) bool) {
		all, err := l.attempts(ctx, usagePrefix+wanted+".*", from, to)
		if err != nil {
			yield(lector.Call{}, err)
			return
		}
		for _, u := range all {
			for _, c := range u.AllCalls() {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

// JobCalls returns the calls of a job's attempts that began at a moment or later.
func (l *UsageLedger) JobCalls(ctx context.Context, site, job string, from time.Time) (calls []lector.Call, err error) {
	all, err := l.attempts(ctx, usageSubject(site, job), from, time.Now().Add(time.Hour))
	for _, u := range all {
		calls = append(calls, u.AllCalls()...)
	}
	return calls, err
}

// attempts returns the entries that count of the attempts that began in [from, to).
func (l *UsageLedger) attempts(ctx context.Context, subject string, from, to time.Time) ([]lector.AttemptUsage, error) {
	newest := map[string]lector.AttemptUsage{}
	for u, err := range l.entries(ctx, subject, from) {
		if err != nil {
			return nil, err
		}
		if u.Began.Before(from) || !u.Began.Before(to) {
			continue
		}
		if earlier, ok := newest[u.ID]; !ok || u.Replaces(earlier) {
			newest[u.ID] = u
		}
	}
	all := make([]lector.AttemptUsage, 0, len(newest))
	for _, u := range newest {
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b lector.AttemptUsage) int {
		open := cmp.Compare(boolInt(a.Ended.IsZero()), boolInt(b.Ended.IsZero()))
		return cmp.Or(open, a.Ended.Compare(b.Ended), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// maxClockSkew is how much the server's clock may be behind a worker's.
const maxClockSkew = time.Minute

// entries yields what the ledger holds since a moment, and ends with what was
// there when it was asked.
func (l *UsageLedger) entries(ctx context.Context, subject string, from time.Time) iter.Seq2[lector.AttemptUsage, error] {
	return func(yield func(lector.AttemptUsage, error) bool) {
		since := from.Add(-maxClockSkew)
		for m, err := range stored(ctx, l.conn.js, usage, jetstream.OrderedConsumerConfig{
			FilterSubjects: []string{subject},
			DeliverPolicy:  jetstream.DeliverByStartTimePolicy, OptStartTime: &since,
		}) {
			if err != nil {
				yield(lector.AttemptUsage{}, fmt.Errorf("usage ledger: %w", err))
				return
			}
			if u, err := decodeUsage(m.Data()); !yield(u, err) || err != nil {
				return
			}
		}
	}
}
