package nats

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"lector"
	"lector/infra/limittest"
)

func TestRefusalIsExplained(t *testing.T) {
	t.Parallel()
	s := startOther(t, &server.Options{Users: []*server.User{
		{Username: "setup", Password: "s"},
		{Username: "cms", Password: "c", Permissions: &server.Permissions{Publish: &server.SubjectPermission{Allow: []string{"article.v1.>"}}}},
	}})
	if err := dialOther(t, Options{URL: s.ClientURL(), User: "setup", Password: "s"}).Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	c := dialOther(t, Options{URL: s.ClientURL(), User: "cms", Password: "c"})
	publish(t, c, event("1", "a"))
	if err := c.Explain(context.DeadlineExceeded); !errors.Is(err, context.DeadlineExceeded) || lector.HintOf(err) != "" {
		t.Errorf("without a refusal: %v", err)
	}
	if err := c.nc.Publish("audio.v1.havana.k", nil); err != nil {
		t.Fatal(err)
	}
	limittest.Until(t, "the refusal is known", func() bool { return c.refusals.newest() != "" })
	err := c.Explain(fmt.Errorf("announce: %w", context.DeadlineExceeded))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "the NATS user cms may not use audio.v1.havana.k") {
		t.Errorf("%v", err)
	}
	if hint := lector.HintOf(err); !strings.Contains(hint, "the role that may is worker") {
		t.Errorf("hint %q", hint)
	}
	for _, other := range []error{nil, lector.ErrNotFound, context.Canceled} {
		if got := c.Explain(other); got != other { //nolint:errorlint // the very same
			t.Errorf("%v became %v", other, got)
		}
	}
}

func TestRefusalsAreRead(t *testing.T) {
	t.Parallel()
	r := newRefusals()
	for text, want := range map[string]string{
		`Permissions Violation for Publish to "audio.v1.a.b"`:                 "audio.v1.a.b",
		`Permissions Violation for Subscription to "_INBOX.x.*"`:              "_INBOX.x.*",
		`Permissions Violation for Subscription to "a" using queue "workers"`: "a",
		`Stale Connection`: "",
	} {
		if got := r.note(fmt.Errorf("%w: %s", nats.ErrPermissionViolation, text)); got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
	if got := r.note(errors.New(`permissions violation for publish to "x"`)); got != "" || r.has("x") || !r.has("a") {
		t.Errorf("of another kind: %q", got)
	}
}

func TestRoleHint(t *testing.T) {
	t.Parallel()
	for subject, want := range map[string]string{
		"article.v1.a.b": "cms or ops", "$JS.API.STREAM.CREATE.ARTICLES": "setup", "other": "no role",
	} {
		if got := roleHint(subject); !strings.Contains(got, want) {
			t.Errorf("%s: %q", subject, got)
		}
	}
	for want, o := range map[string]Options{"the NATS user a": {User: "a"}, "the NATS user of /x.creds": {Credentials: "/x.creds"}, "this NATS user": {}} {
		if got := o.user(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
