package nats

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
	"lector/infra/storedtest"
)

//go:generate go test -run ^TestStoredKinds$ . -update-stored

var updateStored = flag.Bool("update-stored", false, "write the golden files of the version that is not released yet")

// storedKind is a kind of what is stored in NATS.
type storedKind struct {
	file   string                                    // its golden file
	part   string                                    // the stream or bucket of the layout
	filter string                                    // what its subjects begin with behind those of the part
	write  func(context.Context, *Conn) error        // the sample
	read   func(context.Context, *Conn) (any, error) // what write has written
	sample any
}

// keptMessage is a message as it stands in a stream.
type keptMessage struct {
	Subject string      `json:"subject"`
	Header  nats.Header `json:"header,omitempty"`
	Data    string      `json:"data"`
}

// TestStoredKinds: what is written now is what the golden files of this version hold, and
// there is one for each stream and bucket.
func TestStoredKinds(t *testing.T) {
	t.Parallel()
	files := storedtest.Open(t, "../../CHANGELOG.md")
	b := setup(t)
	there := map[string]bool{leases: true} // in memory: nobody reads those of an older build
	for _, k := range storedKinds() {
		if err := k.write(t.Context(), b.Conn); err != nil {
			t.Fatal(k.file, err)
		}
		files.Check(t, k.file, storedtest.Lines(t, keptMessages(t, b.Conn, k)), *updateStored)
		there[k.part] = true
	}
	for _, p := range Layout() {
		if (p.Kind == "stream" || p.Kind == "bucket") && !there[p.Name] {
			t.Errorf("what stands in the %s %s has no golden file", p.Kind, p.Name)
		}
	}
}

// TestStoredKindsOfEachVersion reads what each version has written.
func TestStoredKindsOfEachVersion(t *testing.T) {
	t.Parallel()
	files := storedtest.Open(t, "../../CHANGELOG.md")
	for _, version := range files.Versions(t) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			for _, k := range storedKinds() {
				data, there := files.Read(t, version, k.file)
				if !there {
					continue
				}
				restore(t, b.Conn, data)
				got, err := k.read(t.Context(), b.Conn)
				if err != nil {
					t.Errorf("%s of version %s: %v", k.file, version, err)
					continue
				}
				files.Compare(t, version, k.file, got, k.sample)
			}
		})
	}
}

// restore publishes the messages of a golden file.
func restore(t *testing.T, c *Conn, data []byte) {
	t.Helper()
	for line := range strings.Lines(string(data)) {
		var m keptMessage
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		if _, err := c.js.PublishMsg(t.Context(), &nats.Msg{Subject: m.Subject, Header: m.Header, Data: []byte(m.Data)}); err != nil {
			t.Fatal(err)
		}
	}
}

// keptMessages returns the messages of a kind, in their order. The time of a dead letter
// is the sample's, and what only a write needs is left out.
func keptMessages(t *testing.T, c *Conn, k storedKind) (all []keptMessage) {
	t.Helper()
	stream := k.part
	if _, err := c.streamInfo(t.Context(), stream); err != nil {
		stream = "KV_" + k.part
	}
	for m, err := range stored(t.Context(), c.js, stream, jetstream.OrderedConsumerConfig{}) {
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(m.Subject(), k.filter) {
			continue
		}
		h := maps.Clone(m.Headers())
		for name := range h {
			if strings.HasPrefix(name, "Nats-Expected") {
				delete(h, name)
			}
		}
		if h.Get(timeHeader) != "" {
			h.Set(timeHeader, storedtest.Moment.Format("2006-01-02T15:04:05.999999999Z07:00"))
		}
		all = append(all, keptMessage{m.Subject(), h, string(m.Data())})
	}
	if len(all) == 0 {
		t.Errorf("%s: nothing was written", k.file)
	}
	return all
}

// storedKinds are all kinds, each with a sample that has every field.
func storedKinds() []storedKind {
	return slices.Concat(streamKinds(), bucketKinds())
}

func streamKinds() []storedKind {
	event, audioEvent := sampleEvent(), sampleAudio()
	note := lector.Notification{Target: "cdn", Event: audioEvent, Files: []string{"https://reader.example/a.mp3"}}
	letter, entry, call := sampleLetter(event), lector.AuditEntry{}, lector.AttemptUsage{}
	storedtest.Fill(&entry)
	storedtest.Fill(&call)
	call.Version, call.Calls[0].Outcome = lector.UsageVersion, lector.CallPaid
	return []storedKind{
		{"article.jsonl", articles, "", func(ctx context.Context, c *Conn) error { _, err := c.Publish(ctx, event); return err },
			func(ctx context.Context, c *Conn) (any, error) {
				e, _, err := c.NewestEvent(ctx, lector.JobRef{Site: event.Article.Site, ID: event.Article.Key()})
				return e, err
			}, event},
		{"audio.jsonl", audio, "", func(ctx context.Context, c *Conn) error { return c.Announce(ctx, audioEvent) },
			func(ctx context.Context, c *Conn) (any, error) {
				return c.LastAnnouncement(ctx, audioEvent.Site, audioEvent.Key)
			}, audioEvent},
		{"notification.jsonl", notifications, "", func(ctx context.Context, c *Conn) error {
			q, err := c.NotifyQueue(ctx)
			if err != nil {
				return err
			}
			return q.Notify(ctx, note)
		}, func(ctx context.Context, c *Conn) (any, error) {
			m, err := c.lastMessage(ctx, notifications, lector.NotificationSubject(audioEvent.Site, "cdn", audioEvent.Key))
			if err != nil {
				return nil, err
			}
			return decodeNotification(m.headers(), m.Data)
		}, note},
		{"usage.jsonl", usage, "", func(ctx context.Context, c *Conn) error { return (&UsageLedger{c}).Write(ctx, call) },
			func(ctx context.Context, c *Conn) (any, error) {
				return (&UsageLedger{c}).Last(ctx, call.Site, call.Job)
			}, call},
		{"deadletter.jsonl", deadLetters, "", func(ctx context.Context, c *Conn) error {
			m, err := c.encodeArticle(event)
			if err != nil {
				return err
			}
			return c.deadLetter(ctx, undelivered{subject: m.Subject, header: m.Header, data: m.Data, sequence: 1}, lector.ClassInput, letter.Reason)
		}, func(ctx context.Context, c *Conn) (any, error) { return c.DeadLetter(ctx, 1) }, letter},
		{"audit.jsonl", audit, "", func(ctx context.Context, c *Conn) error { return c.RecordAudit(ctx, entry) },
			func(ctx context.Context, c *Conn) (any, error) {
				for e, err := range c.AuditEntries(ctx, lector.AuditQuery{}) {
					return e, err
				}
				return nil, nil
			}, entry},
	}
}

func bucketKinds() []storedKind {
	job, budget, pause, set := sampleJob(), budgetRecord{}, lector.Pause{}, lector.SiteSettings{}
	replay, token, plays := lector.Replay{}, lector.AccessToken{}, listeningRecord{}
	for _, sample := range []any{&budget, &pause, &set, &replay, &token, &plays} {
		storedtest.Fill(sample)
	}
	pause.Kind, token.Hash, set.Version = lector.PauseSite, "abcdef", 0
	plays.Site, plays.Key = "havana", "key"
	refs := []lector.JobRef{{Site: "havana", ID: "key"}}
	return []storedKind{
		{"job.jsonl", jobs, "", func(ctx context.Context, c *Conn) error {
			s, err := c.JobStore(ctx)
			if err == nil {
				_, err = s.Save(ctx, job, 0)
			}
			return err
		}, func(ctx context.Context, c *Conn) (any, error) {
			s, err := c.JobStore(ctx)
			if err != nil {
				return nil, err
			}
			j, _, err := s.Job(ctx, job.Site, job.ID)
			return j, err
		}, job},
		jsonKind("budget.jsonl", budgets, "havana", budget),
		jsonKind("listening.jsonl", listening, jobKey(plays.Site, plays.Key), plays),
		{"pause.jsonl", pauses, "", func(ctx context.Context, c *Conn) error { return c.Pauses().Set(ctx, pause) },
			func(ctx context.Context, c *Conn) (any, error) {
				all, err := c.Pauses().All(ctx)
				return first(all), err
			}, pause},
		{"settings.jsonl", settings, "", func(ctx context.Context, c *Conn) error { return c.SiteSettings().Change(ctx, set) },
			func(ctx context.Context, c *Conn) (any, error) { return c.SiteSettings().Site(ctx, set.Site) }, set},
		{"replay.jsonl", replays, "$KV.replays.replay.", func(ctx context.Context, c *Conn) error {
			s, err := c.Replays(ctx)
			if err != nil {
				return err
			}
			return s.Create(ctx, replay, refs)
		}, func(ctx context.Context, c *Conn) (any, error) {
			s, err := c.Replays(ctx)
			if err != nil {
				return nil, err
			}
			r, _, err := s.Replay(ctx, replay.ID)
			return r, err
		}, replay},
		{"replaylist.jsonl", replays, "$KV.replays.list.", func(context.Context, *Conn) error { return nil }, // Create has written it
			func(ctx context.Context, c *Conn) (any, error) {
				s, err := c.Replays(ctx)
				if err != nil {
					return nil, err
				}
				for ref, err := range s.List(ctx, replay.ID, 0) {
					return ref, err
				}
				return lector.JobRef{}, lector.ErrNotFound
			}, refs[0]},
		{"reconcile.jsonl", reconciling, "", func(ctx context.Context, c *Conn) error {
			p, err := c.Places(ctx)
			if err != nil {
				return err
			}
			return p.SetPlace(ctx, "havana.mark", []byte("place"))
		}, func(ctx context.Context, c *Conn) (any, error) {
			p, err := c.Places(ctx)
			if err != nil {
				return nil, err
			}
			value, err := p.Place(ctx, "havana.mark")
			return string(value), err
		}, "place"},
		{"token.jsonl", access, "", func(ctx context.Context, c *Conn) error { return c.AddAccessToken(ctx, token) },
			func(ctx context.Context, c *Conn) (any, error) { return c.AccessToken(ctx, token.Hash) }, token},
	}
}

// jsonKind is a kind whose record is written beside something that is drawn by lot, or
// summed up: it is encoded and decoded as its package does.
func jsonKind[T any](file, part, key string, sample T) storedKind {
	return storedKind{file, part, "", func(ctx context.Context, c *Conn) error {
		b, err := c.bucket(ctx, part)
		if err != nil {
			return err
		}
		data, err := json.Marshal(sample)
		if err == nil {
			_, err = b.compareAndSet(ctx, key, data, 0)
		}
		return err
	}, func(ctx context.Context, c *Conn) (any, error) {
		var got T
		b, err := c.bucket(ctx, part)
		if err != nil {
			return nil, err
		}
		_, value, err := b.read(ctx, key)
		return got, errors.Join(err, json.Unmarshal(value, &got))
	}, sample}
}

func first[T any](all []T) (one T) {
	if len(all) > 0 {
		one = all[0]
	}
	return one
}

func sampleEvent() (e lector.ArticleEvent) {
	storedtest.Fill(&e)
	e.Trace = lector.ParseTraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "rojo=1")
	e.Type, e.Lane, e.NoLane, e.Arrived = lector.Published, lector.Breaking, "", 0
	a := &e.Article
	a.Site, a.Visibility, a.Language, a.Audio = "havana", lector.Public, "en", "off"
	a.URL, a.Image = "https://reader.example/a", "https://reader.example/a.jpg"
	a.Body = lector.Body{ContentType: lector.HTML, Content: "<p>Text.</p>"}
	return e
}

func sampleAudio() (e lector.AudioEvent) {
	storedtest.Fill(&e)
	e.ID, e.Type, e.Time = "k-3-lector.audio.ready.v1", lector.AudioReady, storedtest.Moment
	return e
}

func sampleLetter(e lector.ArticleEvent) lector.DeadLetter {
	data, err := json.Marshal(e.Article)
	if err != nil { // an Article holds nothing that JSON cannot
		panic(err)
	}
	return lector.DeadLetter{
		Size: len(data), ID: 1, Time: storedtest.Moment, Class: string(lector.ClassInput), Reason: "nobody can work on it",
		Subject: lector.ArticleSubject(e.Article.Site, e.Article.Key()), Site: e.Article.Site, Article: e.Article.ID,
	}
}

func sampleJob() (j lector.Job) {
	storedtest.Fill(&j)
	j.Site, j.ID, j.State, j.Stage, j.Lane, j.Class = "havana", "key", lector.Failed, lector.StageSynth, lector.Breaking, lector.ClassVoiceDown
	return j
}
