package nats

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// Pauses keeps what operators have paused. Paused answers from memory, by what Run
// has seen last.
type Pauses struct {
	conn *Conn

	mu  sync.Mutex
	all map[string]lector.Pause
}

// Pauses binds to the bucket of pauses. It makes no request.
func (c *Conn) Pauses() *Pauses { return &Pauses{conn: c} }

// pausesRetry is how long after a watch that could not go on the next one is begun.
const pausesRetry = 30 * time.Second

// Paused returns the pause of something, if there is one.
func (p *Pauses) Paused(kind lector.PauseKind, name string) (lector.Pause, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found, paused := p.all[pauseKey(kind, name)]
	return found, paused
}

// plainName is a name that can stand in a key as it is.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func pauseKey(kind lector.PauseKind, name string) string {
	if !plainName.MatchString(name) {
		name = "=" + base64.RawURLEncoding.EncodeToString([]byte(name))
	}
	return string(kind) + "." + name
}

// Run keeps what Paused answers up to date, until ctx ends. While the bucket cannot be
// read the last that is known holds.
func (p *Pauses) Run(ctx context.Context) {
	for ctx.Err() == nil {
		err := p.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		p.conn.log.Debug("pauses not read", "error", p.conn.Explain(err))
		select {
		case <-ctx.Done():
		case <-time.After(pausesRetry):
		}
	}
}

// follow notes all that is there and each change, until ctx ends.
func (p *Pauses) follow(ctx context.Context) error {
	b, err := p.open(ctx)
	if err != nil {
		return err
	}
	all, complete := map[string]lector.Pause{}, false
	return b.follow(ctx, ">", stallCheck, func(entry jetstream.KeyValueEntry) {
		all = maps.Clone(all)
		apply(all, entry)
		if complete {
			p.replace(all)
		}
	}, func() {
		complete = true
		p.replace(all)
	})
}

// Load reads all pauses.
func (p *Pauses) Load(ctx context.Context) error {
	_, err := p.All(ctx)
	return err
}

// All returns all pauses, ordered by kind and name.
func (p *Pauses) All(ctx context.Context) ([]lector.Pause, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	b, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	all := map[string]lector.Pause{}
	for entry, err := range b.entries(ctx, ">") {
		if err != nil {
			return nil, err
		}
		apply(all, entry)
	}
	p.replace(all)
	return slices.SortedFunc(maps.Values(all), func(a, b lector.Pause) int {
		return strings.Compare(pauseKey(a.Kind, a.Name), pauseKey(b.Kind, b.Name))
	}), nil
}

// open binds to the bucket. A server that has refused it once, as by an older nats.conf,
// is not asked again: each time would be in its log.
func (p *Pauses) open(ctx context.Context) (bucket, error) {
	if subject := "$JS.API.STREAM.INFO.KV_" + pauses; p.conn.refusals.has(subject) {
		return bucket{}, lector.Hint(fmt.Errorf("%s may not use %s", p.conn.options.user(), subject), "%s", roleHint(subject))
	}
	return p.conn.bucket(ctx, pauses)
}

// apply enters a change. An entry that cannot be read pauses nothing.
func apply(all map[string]lector.Pause, entry jetstream.KeyValueEntry) {
	var p lector.Pause
	if entry.Operation() != jetstream.KeyValuePut || json.Unmarshal(entry.Value(), &p) != nil {
		delete(all, entry.Key())
		return
	}
	all[entry.Key()] = p
}

func (p *Pauses) replace(all map[string]lector.Pause) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = all
}

// Set pauses something, or changes the reason.
func (p *Pauses) Set(ctx context.Context, pause lector.Pause) error {
	return p.change(ctx, pause.String(), func(ctx context.Context, b bucket) error {
		value, err := json.Marshal(pause)
		if err == nil {
			_, err = b.kv.Put(ctx, pauseKey(pause.Kind, pause.Name), value)
		}
		return err
	})
}

// Remove resumes what is paused.
func (p *Pauses) Remove(ctx context.Context, pause lector.Pause) error {
	return p.change(ctx, "resume "+pause.Name, func(ctx context.Context, b bucket) error {
		return b.kv.Delete(ctx, pauseKey(pause.Kind, pause.Name))
	})
}

func (p *Pauses) change(ctx context.Context, what string, f func(context.Context, bucket) error) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	b, err := p.conn.bucket(ctx, pauses)
	if err == nil {
		err = f(ctx, b)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
