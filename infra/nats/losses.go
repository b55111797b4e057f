package nats

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// Loss is a stream or a bucket that is gone although others show that it was
// there.
type Loss struct {
	Stream string // its name on the server
	Name   string // as an operator knows it
	What   string // what is lost with it
}

// streamContents says what is in the streams and buckets that every installation has
// since the build that gave the jobs bucket its format.
var streamContents = map[string]string{
	articles:        "the article events: those that waited are not read, and no job can be replayed until its article is published again",
	audio:           "the announcements: who has not read them yet never hears of them",
	usage:           "the usage ledger: what the voices cost so far is not known any more",
	deadLetters:     "the dead letters",
	"KV_" + jobs:    "the records of all articles: what is public cannot be replayed or listed, and is not withdrawn until it is published again",
	"KV_" + budgets: "what each site has spent: all budgets begin anew",
}

// Losses returns the streams and buckets that are missing. It returns none before the first
// setup, when no stream ever held a message, and where an older build has been at work.
func (c *Conn) Losses(ctx context.Context) ([]Loss, error) {
	ctx, cancel := context.WithTimeout(ctx, setupTimeout)
	defer cancel()
	there, err := c.presentStreams(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for streams: %w", err)
	}
	if !everUsed(there) || formerBuild(there) {
		return nil, nil
	}
	var all []Loss
	for _, name := range durableStreams() {
		if what, known := streamContents[name]; known && there[name] == nil {
			all = append(all, Loss{name, displayName(name), what})
		}
	}
	return all, nil
}

func (c *Conn) presentStreams(ctx context.Context) (map[string]*jetstream.StreamInfo, error) {
	there := map[string]*jetstream.StreamInfo{}
	names := durableStreams()
	for _, f := range formerStreams() {
		names = append(names, f.name)
	}
	var mu sync.Mutex
	return there, eachAtOnce(ctx, names, func(ctx context.Context, name string) error {
		info, err := c.streamInfo(ctx, name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", displayName(name), err)
		}
		mu.Lock()
		defer mu.Unlock()
		there[name] = info
		return nil
	})
}

// everUsed reports whether a message was ever written: that is so only where a
// setup came to its end.
func everUsed(there map[string]*jetstream.StreamInfo) bool {
	for name, info := range there {
		if streamContents[name] != "" && info.State.LastSeq > 0 {
			return true
		}
	}
	return false
}

// formerBuild reports whether the present setup is the one that brings over what
// an older build has written, which had other streams.
func formerBuild(there map[string]*jetstream.StreamInfo) bool {
	for _, f := range formerStreams() {
		if there[f.name] != nil {
			return true
		}
	}
	records := there["KV_"+jobs]
	return records != nil && records.Config.Metadata[formatKey] == ""
}

// LossError returns the error for missing streams and buckets; nil for none.
func LossError(losses []Loss) error {
	if len(losses) == 0 {
		return nil
	}
	var texts []string
	for _, l := range losses {
		texts = append(texts, fmt.Sprintf("%s is gone, and with it %s", l.Name, l.What))
	}
	return lector.Hint(errors.New(strings.Join(texts, "; ")),
		"bring it back: start the NATS server that had it, or restore a backup; where it is lost for good, lector setup -recreate makes it again, empty")
}

// Recreate makes streams again that are gone, where a later Setup would not do it
// right: the places of new article events must come behind those that the records
// name.
func (c *Conn) Recreate(ctx context.Context, replicas int, losses []Loss) error {
	for _, l := range losses {
		if l.Stream == articles {
			return c.recreateArticles(ctx, replicas)
		}
	}
	return nil
}

func (c *Conn) recreateArticles(ctx context.Context, replicas int) error {
	last, err := c.lastRecorded(ctx)
	if err != nil {
		return fmt.Errorf("make stream %s again: %w", articles, err)
	}
	ctx, cancel := context.WithTimeout(ctx, setupTimeout)
	defer cancel()
	for _, s := range streamConfigs(replicas) {
		if s.Name != articles {
			continue
		}
		s.FirstSeq = last + 1
		if _, err := c.js.CreateStream(ctx, s); err != nil {
			return fmt.Errorf("make stream %s again: %w", articles, err)
		}
	}
	return nil
}

// lastRecorded returns the highest place of an event that a job's record names.
func (c *Conn) lastRecorded(ctx context.Context) (last uint64, err error) {
	store, err := c.JobStore(ctx)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for j, err := range store.Jobs(ctx) {
		if err != nil {
			return 0, err
		}
		last = max(last, j.Sequence)
	}
	return last, nil
}
