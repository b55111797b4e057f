package nats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// UsageLedger is the ledger of calls to voices: a stream to which the beginning and
// the end of each call are appended, and nothing is ever changed. It is shared
// by all workers.
type UsageLedger struct {
	js     jetstream.JetStream
	stream jetstream.Stream
}

// UsageLedger binds to the ledger of calls.
func (c *Conn) UsageLedger(ctx context.Context) (*UsageLedger, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	s, err := c.bind(ctx, usage)
	if err != nil {
		return nil, err
	}
	return &UsageLedger{c.js, s}, nil
}

// usageSubject is where calls for a chunk are booked. Names of sites are
// tokens, and hashes are.
func usageSubject(site, chunk string) string {
	return usagePrefix + token(site) + "." + token(chunk)
}

// token makes any text one token of a subject.
func token(s string) string {
	if s == "" {
		return "-"
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, s)
}

// Begin appends a call's intent. A call for the same chunk that has begun and
// not ended is booked as unknown and returned: its worker held the chunk's
// lease, and we hold it now.
func (l *UsageLedger) Begin(ctx context.Context, c lector.Call) (lost []lector.Call, err error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	last, err := l.lastCall(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("begin call: %w", err)
	}
	if last.Outcome == lector.CallOpen && last.ID != "" && c.Chunk != "" {
		last.Outcome, last.Ended, last.Error = lector.CallUnknown, c.Began, "its worker was lost"
		if err := l.appendCall(ctx, last); err != nil {
			return nil, fmt.Errorf("book lost call: %w", err)
		}
		lost = append(lost, last)
	}
	if err := l.appendCall(ctx, c); err != nil {
		return lost, fmt.Errorf("begin call: %w", err)
	}
	return lost, nil
}

// End appends what became of a call.
func (l *UsageLedger) End(ctx context.Context, c lector.Call) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	if err := l.appendCall(ctx, c); err != nil {
		return fmt.Errorf("end call: %w", err)
	}
	return nil
}

// lastCall returns the newest entry for a call's chunk.
func (l *UsageLedger) lastCall(ctx context.Context, c lector.Call) (lector.Call, error) {
	raw, err := l.stream.GetLastMsgForSubject(ctx, usageSubject(c.Site, c.Chunk))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return lector.Call{}, nil
	}
	if err != nil {
		return lector.Call{}, err
	}
	return decodeCall(raw.Data)
}

func decodeCall(data []byte) (lector.Call, error) {
	var c lector.Call
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("entry of the usage ledger: %w", err)
	}
	return c, nil
}

// appendCall writes an entry once, however often it is sent.
func (l *UsageLedger) appendCall(ctx context.Context, c lector.Call) error {
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	msg := nats.NewMsg(usageSubject(c.Site, c.Chunk))
	msg.Data = data
	_, err = l.js.PublishMsg(ctx, msg, jetstream.WithMsgID(c.ID+"."+string(c.Outcome)))
	return publishHint(err)
}

// Calls yields the calls that began in [from, to), each with what became of it,
// in the order of their ends; those that have not ended come last and are open.
// An empty site is any. It ends with the first error.
func (l *UsageLedger) Calls(ctx context.Context, site string, from, to time.Time) iter.Seq2[lector.Call, error] {
	wanted := "*"
	if site != "" {
		wanted = token(site)
	}
	return l.calls(ctx, []string{usagePrefix + wanted + ".*"}, from, to)
}

// CallsFor returns the calls for the given chunks of a site that began at a moment or
// later, those that have not ended last.
func (l *UsageLedger) CallsFor(ctx context.Context, site string, chunks []string, from time.Time) (calls []lector.Call, err error) {
	var subjects []string
	for _, c := range chunks {
		subjects = append(subjects, usageSubject(site, c))
	}
	slices.Sort(subjects)
	for some := range slices.Chunk(slices.Compact(subjects), 200) { // so that a request stays small
		for c, err := range l.calls(ctx, some, from, time.Now().Add(time.Hour)) {
			if err != nil {
				return nil, err
			}
			calls = append(calls, c)
		}
	}
	return calls, nil
}

func (l *UsageLedger) calls(ctx context.Context, subjects []string, from, to time.Time) iter.Seq2[lector.Call, error] {
	return func(yield func(lector.Call, error) bool) {
		open := map[string]lector.Call{}
		for c, err := range l.entries(ctx, subjects, from) {
			if err != nil {
				yield(c, err)
				return
			}
			if c.Began.Before(from) || !c.Began.Before(to) {
				continue
			}
			if c.Outcome == lector.CallOpen {
				open[c.ID] = c
				continue
			}
			delete(open, c.ID)
			if !yield(c, nil) {
				return
			}
		}
		for _, c := range open {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// maxClockSkew is how much the server's clock may be behind a worker's.
const maxClockSkew = time.Minute

// entries yields what the ledger holds since a moment, and ends with what was
// there when it was asked.
func (l *UsageLedger) entries(ctx context.Context, subjects []string, from time.Time) iter.Seq2[lector.Call, error] {
	return func(yield func(lector.Call, error) bool) {
		since := from.Add(-maxClockSkew)
		for m, err := range stored(ctx, l.js, usage, jetstream.OrderedConsumerConfig{
			FilterSubjects: subjects,
			DeliverPolicy:  jetstream.DeliverByStartTimePolicy, OptStartTime: &since,
		}) {
			if err != nil {
				yield(lector.Call{}, fmt.Errorf("usage ledger: %w", err))
				return
			}
			if c, err := decodeCall(m.Data()); !yield(c, err) || err != nil {
				return
			}
		}
	}
}
