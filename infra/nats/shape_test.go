package nats

import (
	"maps"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lector/infra/limittest"
)

// TestSecondSetupWritesNothing: what the first has made is in shape, so that a start of an
// installation that is there waits for no disk. What somebody has changed is not in shape,
// and is changed back.
func TestSecondSetupWritesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	wanted := streamConfigs(1)
	for _, k := range bucketConfigs(1) {
		wanted = append(wanted, bucketStream(k))
	}
	there := func(name string) jetstream.StreamConfig {
		t.Helper()
		s, err := b.js.Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		return s.CachedInfo().Config
	}
	for _, want := range wanted {
		if got := there(want.Name); !streamInShape(got, want) {
			t.Errorf("%s would be written again:\n%+v\n%+v", want.Name, withStreamDefaults(got), withStreamDefaults(want))
		}
	}
	for _, want := range consumerConfigs() {
		k, err := b.js.Consumer(t.Context(), articles, want.Durable)
		if err != nil {
			t.Fatal(err)
		}
		if got := k.CachedInfo().Config; !consumerInShape(got, want) {
			t.Errorf("%s would be written again:\n%+v\n%+v", want.Durable, got, want)
		}
	}
	for _, want := range wanted {
		changed := there(want.Name)
		changed.Description, changed.Metadata = "somebody's", maps.Clone(changed.Metadata)
		changed.MaxAge += 24 * time.Hour
		if streamInShape(changed, want) {
			t.Errorf("%s: a change is not seen", want.Name)
		}
		if _, err := b.js.UpdateStream(t.Context(), changed); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	for _, want := range wanted {
		if got := there(want.Name); !streamInShape(got, want) {
			t.Errorf("%s was not changed back: %+v", want.Name, got)
		}
	}
}
