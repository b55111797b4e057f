package nats

import (
	"log/slog"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
	"lector/infra/limittest"
)

// recorded starts a server on the recorded directory of the build before, not
// set up anew yet. Log is what the connection logs.
func recorded(t *testing.T) (c *Conn, log *strings.Builder) {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "tar", "-xzf", "../../cmd/lector/testdata/before-usage.tar.gz", "-C", dir).CombinedOutput()
	if err != nil {
		t.Fatalf("tar: %v: %s", err, out)
	}
	e, err := Start(filepath.Join(dir, "data", "nats"), "127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	log = &strings.Builder{}
	c = dial(t, filepath.Join(dir, "data", "nats"))
	c.log = slog.New(slog.NewTextHandler(log, nil))
	return c, log
}

// contents are the messages of a stream, as subject and data.
func contents(t *testing.T, c *Conn, stream string) (all []string, headers []string) {
	t.Helper()
	for m, err := range stored(t.Context(), c.js, stream, jetstream.OrderedConsumerConfig{}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m.Subject()+" "+string(m.Data()))
		headers = append(headers, m.Headers().Get(reasonHeader)+"|"+m.Headers().Get(timeHeader)+"|"+m.Headers().Get("lector-reason"))
	}
	return all, headers
}

// TestMigrateStreams: after a migration that was broken off anywhere, a second
// one leaves the same messages in the same order, and no old stream.
func TestMigrateStreams(t *testing.T) {
	t.Parallel()
	for name, most := range map[string]int{"never begun": 0, "broken off": 3, "all copied, nothing removed": 1000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := recorded(t)
			want := map[string][]string{}
			for _, f := range formerStreams() {
				all, _ := contents(t, c, f.name)
				for _, m := range all {
					want[f.to] = append(want[f.to], f.toPrefix+strings.TrimPrefix(m, f.prefix))
				}
			}
			if len(want[usage]) < 10 || len(want[deadLetters]) != 2 {
				t.Fatalf("the recording holds %d calls and %d dead letters", len(want[usage]), len(want[deadLetters]))
			}
			breakOff(t, c, most)
			for range 2 {
				if err := c.Setup(limittest.Context(t), 1); err != nil {
					t.Fatal(err)
				}
				wantPresentJobs(t, c)
				for stream, messages := range want {
					if got, _ := contents(t, c, stream); !slices.Equal(got, messages) {
						t.Errorf("%s holds %q, want %q", stream, got, messages)
					}
				}
			}
			for _, f := range formerStreams() {
				if _, err := c.js.Stream(t.Context(), f.name); err == nil {
					t.Errorf("stream %s is still there", f.name)
				}
			}
		})
	}
}

// wantPresentJobs reads all records, none of which may have a former field.
func wantPresentJobs(t *testing.T, c *Conn) {
	t.Helper()
	kv, err := c.js.KeyValue(t.Context(), jobs)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := kv.Keys(t.Context())
	if err != nil || len(keys) != 5 {
		t.Fatalf("jobs %q, %v", keys, err)
	}
	for _, key := range keys {
		entry, err := kv.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if record := string(entry.Value()); strings.Contains(record, `"characters":{`) || !strings.Contains(record, `"usage":{`) {
			t.Errorf("job %s: %s", key, record)
		}
	}
}

// breakOff does what a migration does until it has copied some messages of each
// stream and rewritten a record, so long ago that the server would not find the
// same message twice.
func breakOff(t *testing.T, c *Conn, most int) {
	t.Helper()
	if err := c.setupStreams(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	kv, err := c.js.KeyValue(t.Context(), jobs)
	if err != nil {
		t.Fatal(err)
	}
	if changed, err := (bucket{kv, c, jobs}).migrateJob(t.Context(), jobKey("havana", lector.Key("havana", "market"))); !changed || err != nil {
		t.Fatalf("one record: %v, %v", changed, err)
	}
	for _, f := range formerStreams() {
		info, err := c.streamInfo(t.Context(), f.name)
		if err != nil {
			t.Fatal(err)
		}
		done := 0
		for m, err := range stored(t.Context(), c.js, f.name, jetstream.OrderedConsumerConfig{}) {
			if done++; done > most {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			out, err := f.renamed(f.id(info), m)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.js.PublishMsg(t.Context(), out); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestMigratedDeadLetters: reason and time stand in the headers of today.
func TestMigratedDeadLetters(t *testing.T) {
	t.Parallel()
	c, _ := recorded(t)
	if err := c.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	_, headers := contents(t, c, deadLetters)
	for i, want := range []string{"no voice for language", "unsupported event type"} {
		reason, rest, _ := strings.Cut(headers[i], "|")
		at, former, _ := strings.Cut(rest, "|")
		if _, err := time.Parse(time.RFC3339Nano, at); err != nil || former != "" || !strings.Contains(reason, want) {
			t.Errorf("dead letter %d: %q", i, headers[i])
		}
	}
}

// TestMigrateSaysNothingTwice: where there is nothing to do, nothing is said and
// no record is written.
func TestMigrateSaysNothingTwice(t *testing.T) {
	t.Parallel()
	c, log := recorded(t)
	if _, err := c.JobStore(t.Context()); err == nil || !strings.Contains(lector.HintOf(err), "lector setup") {
		t.Errorf("records of the build before: %v", err)
	}
	if err := c.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	if said := log.String(); strings.Count(said, "migrated") != 3 || !strings.Contains(said, "records=5") {
		t.Errorf("said %q", said)
	}
	last := written(t, c)
	log.Reset()
	if err := c.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	if now := written(t, c); log.Len() > 0 || now != last {
		t.Errorf("said %q, wrote %d more", log, now-last)
	}
	if _, err := c.JobStore(t.Context()); err != nil {
		t.Error(err)
	}
}

// written is how many messages all streams ever took.
func written(t *testing.T, c *Conn) (n uint64) {
	t.Helper()
	for _, stream := range []string{articles, audio, usage, deadLetters, "KV_" + jobs, "KV_" + budgets, "KV_" + leases} {
		info, err := c.streamInfo(t.Context(), stream)
		if err != nil {
			t.Fatal(err)
		}
		n += info.State.LastSeq
	}
	return n
}

// TestFormerAudioEventsAreRead: what was announced before keeps its figures.
func TestFormerAudioEventsAreRead(t *testing.T) {
	t.Parallel()
	c, _ := recorded(t)
	for e, err := range c.Announcements(t.Context(), "havana", lector.Key("havana", "market")) {
		if err != nil || e.Type != lector.AudioReady || e.Usage != (lector.Usage{Billed: 28, Reused: 42}) {
			t.Errorf("%+v, %v", e, err)
		}
		break
	}
}

func TestRenameJobFields(t *testing.T) {
	t.Parallel()
	before := `{"id":"k","site":"s","lane":"normal","told":"h","characters":{"billed":1,"reused":2,"unknown":3},` +
		`"attempts":[{"outcome":"put off"},{"outcome":"given back"},{"outcome":"failed"},{"outcome":"ready"}],` +
		`"chunks":[{"state":"paid"},{"state":"reused"}]}`
	data, old, err := renameJobFields([]byte(before))
	if err != nil || !old {
		t.Fatal(old, err)
	}
	j, err := decodeJob(data)
	if err != nil || j.AnnouncedRendition != "h" || j.Lane != "" || j.Usage != (lector.Usage{Billed: 1, Reused: 2, Unknown: 3}) {
		t.Errorf("%s, %v", data, err)
	}
	var words []string
	for _, a := range j.Attempts {
		words = append(words, a.Outcome)
	}
	for _, c := range j.Chunks {
		words = append(words, c.State)
	}
	if want := []string{"snoozed", "released", "failed", "ready", "synthesized", "reused"}; !slices.Equal(words, want) {
		t.Errorf("%q, want %q", words, want)
	}
	if _, old, err := renameJobFields(data); old || err != nil {
		t.Errorf("renamed again: %v, %v", old, err)
	}
}
