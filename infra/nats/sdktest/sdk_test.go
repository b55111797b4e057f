package sdktest

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	cenats "github.com/cloudevents/sdk-go/protocol/nats/v2"
	cejs "github.com/cloudevents/sdk-go/protocol/nats_jetstream/v2"
	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/nats-io/nats-server/v2/server"
	natsgo "github.com/nats-io/nats.go"

	"lector"
	"lector/infra/limittest"
	"lector/infra/nats"
)

const password = "password-of-the-cms"

// broker is a server with a login for a CMS, and a worker's end of it.
type broker struct {
	url   string
	queue *nats.Queue
}

// open starts the embedded server, or one by infra/deploy/nats.conf.
func open(t *testing.T, configured bool) *broker {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	start := startEmbedded
	if configured {
		start = startConfigured
	}
	access := start(t)
	c := connect(t, access, "setup", quiet)
	if err := c.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	q, err := connect(t, access, "worker", quiet).Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return &broker{access.URL, q}
}

func startEmbedded(t *testing.T) nats.Access {
	t.Helper()
	e, err := nats.Start(filepath.Join(t.TempDir(), "nats"), "127.0.0.1:0", []nats.User{{Role: "cms", Password: password}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e.Access()
}

// startConfigured starts a server by nats.conf in which all have the same password.
func startConfigured(t *testing.T) nats.Access {
	t.Helper()
	conf, err := os.ReadFile("../../deploy/nats.conf")
	if err != nil {
		t.Fatal(err)
	}
	opts := new(server.Options)
	if err := opts.ProcessConfigString(regexp.MustCompile(`\$NATS_\w+`).ReplaceAllString(string(conf), password)); err != nil {
		t.Fatal(err)
	}
	opts.Host, opts.Port, opts.HTTPPort, opts.StoreDir, opts.NoSigs, opts.NoLog = "127.0.0.1", server.RANDOM_PORT, 0, t.TempDir(), true, true
	s, err := server.NewServer(opts)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	limittest.Until(t, "the server takes connections", func() bool { return s.ReadyForConnections(time.Second) })
	return nats.Access{URL: s.ClientURL(), Password: password}
}

// connect logs in as a role, or as the user that may do everything.
func connect(t *testing.T, a nats.Access, role string, log *slog.Logger) *nats.Conn {
	t.Helper()
	c, err := nats.Connect(nats.Options{URL: a.URL, User: cmp.Or(a.User, role), Password: a.Password, Name: role, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// next returns the next event as a worker gets it.
func (d *broker) next(t *testing.T) lector.Delivery {
	t.Helper()
	got, err := d.queue.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Ack(t.Context()); err != nil {
		t.Fatal(err)
	}
	return got
}

func article(id string) map[string]any {
	return map[string]any{
		"site": "havana", "id": id, "title": "The bridge opens", "language": "en", "visibility": "public",
		"url": "https://news.example/" + id, "updated_at": time.Now().UTC().Format(time.RFC3339),
		"body": map[string]any{"content_type": "text/html", "content": "<p>The bridge opened at noon.</p>"},
	}
}

func newEvent(t *testing.T, id string) cloudevents.Event {
	t.Helper()
	e := cloudevents.NewEvent()
	e.SetID("event-" + id)
	e.SetSource("https://cms.example")
	e.SetType(string(lector.Published))
	if err := e.SetData(cloudevents.ApplicationJSON, article(id)); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestGoSDK: the two senders of the CloudEvents SDK, under the rights of the role
// cms. The first knows no headers and so no modes; the second looks for the stream
// before it publishes.
func TestGoSDK(t *testing.T) {
	t.Parallel()
	for _, configured := range []bool{false, true} {
		sendByGo(t, open(t, configured))
	}
}

func sendByGo(t *testing.T, d *broker) {
	t.Helper()
	login := natsgo.UserInfo("cms", password)
	for name, send := range map[string]func(ctx context.Context, subject string, e cloudevents.Event) error{
		"nats": func(ctx context.Context, subject string, e cloudevents.Event) error {
			p, err := cenats.NewSender(d.url, subject, cenats.NatsOptions(login))
			if err != nil {
				return err
			}
			return sendBy(ctx, p, func() error { return p.Close(ctx) }, e)
		},
		"jetstream": func(ctx context.Context, subject string, e cloudevents.Event) error {
			p, err := cejs.NewSender(d.url, "ARTICLES", subject, cejs.NatsOptions(login), nil)
			if err != nil {
				return err
			}
			return sendBy(ctx, p, func() error { return p.Close(ctx) }, e)
		},
	} {
		e := newEvent(t, name)
		if err := send(t.Context(), lector.ArticleSubject("havana", lector.Key("havana", name)), e); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := d.next(t)
		if got.Err != nil || got.Event.Article.ID != name || got.Event.ID != e.ID() || got.Event.Type != lector.Published {
			t.Errorf("%s: %+v, %v", name, got.Event, got.Err)
		}
	}
}

// TestOneSubjectForAll: a sender of the Go SDK is made for one subject, so whoever follows
// its documents sends all articles on it. None is lost, also of more than a subject's
// stream once kept before any worker looked.
func TestOneSubjectForAll(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	p, err := cejs.NewSender(d.url, "ARTICLES", "article.v1.havana.all", cejs.NatsOptions(natsgo.UserInfo("cms", password)), nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := cloudevents.NewClient(p)
	if err != nil {
		t.Fatal(err)
	}
	const n = 25
	for i := range n {
		if result := c.Send(t.Context(), newEvent(t, fmt.Sprintf("one-%d", i))); !cloudevents.IsACK(result) {
			t.Fatalf("not confirmed: %v", result)
		}
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for range n {
		e := d.next(t)
		if e.Err != nil {
			t.Fatal(e.Err)
		}
		got[e.Event.Article.ID] = true
	}
	if len(got) != n {
		t.Errorf("%d of %d articles came", len(got), n)
	}
}

func sendBy(ctx context.Context, sender any, closeSender func() error, e cloudevents.Event) error {
	c, err := cloudevents.NewClient(sender)
	if err != nil {
		return err
	}
	result := c.Send(ctx, e)
	if err := closeSender(); err != nil {
		return err
	}
	if !cloudevents.IsACK(result) {
		return fmt.Errorf("not confirmed: %w", result)
	}
	return nil
}

// TestJavaScriptSDK: the packages cloudevents and nats of npm, structured and
// binary. LECTOR_JS is a directory with their node_modules.
func TestJavaScriptSDK(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("LECTOR_JS")
	node, err := exec.LookPath("node")
	if dir == "" || err != nil {
		t.Skip("SKIPPED: node or its packages are missing; make test fetches them where npm is there")
	}
	script, err := os.Open("publish.mjs")
	if err != nil {
		t.Fatal(err)
	}
	defer script.Close()
	d := open(t, false)
	cmd := exec.CommandContext(t.Context(), node, "--input-type=module", "-")
	cmd.Dir, cmd.Stdin = dir, script
	cmd.Env = append(os.Environ(), "NATS_URL="+d.url, "NATS_USER=cms", "NATS_PASSWORD="+password,
		"SUBJECTS="+strings.Join([]string{subjectOf("structured"), subjectOf("binary"), subjectOf("bare")}, " "))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for range 3 {
		got := d.next(t)
		if got.Err != nil || !strings.Contains("structured binary bare", got.Event.Article.ID) || got.Event.Type != lector.Published {
			t.Errorf("%+v, %v", got.Event, got.Err)
		}
	}
	if n := strings.Count(string(out), "stored as"); n != 3 {
		t.Errorf("%d of 3 publishes were confirmed: %s", n, out)
	}
}

func subjectOf(id string) string { return lector.ArticleSubject("havana", lector.Key("havana", id)) }
