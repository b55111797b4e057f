package nats

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// Pauses keeps what operators have paused. Paused answers from memory, by what Run
// has seen last.
type Pauses struct{ watched[lector.Pause] }

// Pauses binds to the bucket of pauses. It makes no request.
func (c *Conn) Pauses() *Pauses {
	return &Pauses{watched[lector.Pause]{conn: c, name: pauses, read: readPause}}
}

func readPause(entry jetstream.KeyValueEntry) (p lector.Pause, err error) {
	err = json.Unmarshal(entry.Value(), &p)
	return p, err
}

// Paused returns the pause of something, if there is one.
func (p *Pauses) Paused(kind lector.PauseKind, name string) (lector.Pause, bool) {
	return p.get(pauseKey(kind, name))
}

// plainName is a name that can stand in a key as it is.
var plainName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]+$`) })

func pauseKey(kind lector.PauseKind, name string) string {
	if !plainName().MatchString(name) {
		name = "=" + base64.RawURLEncoding.EncodeToString([]byte(name))
	}
	return string(kind) + "." + name
}

// All returns all pauses, ordered by kind and name.
func (p *Pauses) All(ctx context.Context) ([]lector.Pause, error) {
	all, err := p.entries(ctx)
	if err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Values(all), func(a, b lector.Pause) int {
		return strings.Compare(pauseKey(a.Kind, a.Name), pauseKey(b.Kind, b.Name))
	}), nil
}

// Create pauses something. It is lector.ErrExists where that is paused already.
func (p *Pauses) Create(ctx context.Context, pause lector.Pause) error {
	return p.change(ctx, pause.String(), func(ctx context.Context, b bucket) error {
		value, err := json.Marshal(pause)
		if err == nil {
			_, err = b.compareAndSet(ctx, pauseKey(pause.Kind, pause.Name), value, 0)
		}
		if errors.Is(err, lector.ErrConflict) {
			err = lector.ErrExists
		}
		return err
	})
}

// Set pauses something, or changes who paused it, why and since when.
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
