package nats

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"lector"
	"lector/infra/limittest"
)

func TestAccessTokens(t *testing.T) {
	t.Parallel()
	s := setup(t)
	now := time.Now().UTC()
	secret, first := lector.NewAccessToken("ann", lector.RoleView, now, time.Time{})
	_, second := lector.NewAccessToken("ci", lector.RoleReplay, now.Add(time.Minute), now.Add(time.Hour))
	for _, token := range []lector.AccessToken{first, second} {
		if err := s.AddAccessToken(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddAccessToken(t.Context(), first); err == nil {
		t.Error("a token is added twice")
	}
	found, err := s.AccessToken(t.Context(), lector.TokenHash(secret))
	if err != nil || found != first {
		t.Errorf("%+v, %v", found, err)
	}
	all, err := s.AccessTokens(t.Context())
	if err != nil || len(all) != 2 || all[0] != second {
		t.Errorf("listed %+v, %v", all, err)
	}
	if err := s.RevokeAccessToken(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{first.Hash, first.Hash[:12], "", "*", ">", "a.b", secret} {
		if found, err := s.AccessToken(t.Context(), hash); !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("%q: %+v, %v", hash, found, err)
		}
	}
	if all, err := s.AccessTokens(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("listed %+v, %v", all, err)
	}
}

func TestAudit(t *testing.T) {
	t.Parallel()
	s := setup(t)
	at := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	for i := range 5 {
		e := lector.AuditEntry{Time: at.Add(time.Duration(i) * time.Hour), Who: fmt.Sprint("user", i%2), Way: "token", Action: []string{"replay", "dead letter: drop"}[i%2], Target: fmt.Sprint(i)}
		if err := s.RecordAudit(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		query lector.AuditQuery
		want  string
	}{
		"all":         {lector.AuditQuery{}, "01234"},
		"of one":      {lector.AuditQuery{Who: "user1"}, "13"},
		"one thing":   {lector.AuditQuery{Action: "dead letter: drop"}, "13"},
		"other sign":  {lector.AuditQuery{Action: "dead letter; drop"}, ""},
		"since":       {lector.AuditQuery{Since: at.Add(3 * time.Hour)}, "34"},
		"of nobody":   {lector.AuditQuery{Who: "nobody"}, ""},
		"never done":  {lector.AuditQuery{Action: ">"}, ""},
		"of the rest": {lector.AuditQuery{Who: "user0", Since: at.Add(1)}, "24"},
	} {
		got := ""
		for e, err := range s.AuditEntries(t.Context(), c.query) {
			if err != nil || fmt.Sprint(e.Sequence-1) != e.Target {
				t.Errorf("%s: %+v, %v", name, e, err)
			}
			got += e.Target
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	stream, err := s.js.Stream(t.Context(), audit)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(stream.DeleteMsg(t.Context(), 1), stream.SecureDeleteMsg(t.Context(), 2)); err == nil {
		t.Error("an entry can be deleted")
	}
	if err := stream.Purge(t.Context()); err == nil {
		t.Error("the audit can be emptied")
	}
}

// TestAuditOfWhatIsNotDone: an entry that cannot be stored now is not stored later, when its
// caller has left the action undone; and one that is sent again is one.
func TestAuditOfWhatIsNotDone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.RecordAudit(t.Context(), lector.AuditEntry{Action: "pause"}); err != nil {
		t.Fatal(err)
	}
	for m, err := range b.messagesOf(t.Context(), audit, auditPrefix+">", 0) {
		if err != nil || header(m.headers(), nats.MsgIdHdr) == "" {
			t.Errorf("an entry without an id: %v, %v", m.headers(), err)
		}
	}
	shutdown(b.server.server)
	limittest.Until(t, "the connection is lost", func() bool { return !b.Connected() })
	if err := b.RecordAudit(t.Context(), lector.AuditEntry{Action: "pause"}); !errors.Is(err, nats.ErrDisconnected) {
		t.Errorf("without a connection: %v", err)
	}
	if left, err := b.nc.Buffered(); err != nil || left > 0 {
		t.Errorf("%d bytes are to be sent later, %v", left, err)
	}
}
