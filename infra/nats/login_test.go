package nats

import (
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"lector"
	"lector/infra/limittest"
)

// TestPasswordThatWasChanged: a process whose password the server takes no more says so,
// goes on trying, and works again when the server has the former one back.
func TestPasswordThatWasChanged(t *testing.T) {
	t.Parallel()
	options := &server.Options{Username: "worker", Password: "former password"}
	s := startOther(t, options)
	c := dialOther(t, Options{URL: s.ClientURL(), User: "worker", Password: "former password"})
	if err := c.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	change := func(password string) {
		t.Helper()
		changed := options.Clone()
		changed.Password, changed.Port = password, s.Addr().(*net.TCPAddr).Port
		if err := s.ReloadOptions(changed); err != nil {
			t.Fatal(err)
		}
	}
	change("present password")
	limittest.Until(t, "the login is refused three times", func() bool { return refusedLogins(c) >= 3 })
	err := c.Ping(t.Context())
	if !errors.Is(err, nats.ErrAuthorization) || !strings.Contains(lector.HintOf(err), "restart") {
		t.Errorf("%v, hint %q", err, lector.HintOf(err))
	}
	if found := c.Watchdog(false).look(t.Context()); !errors.Is(found, nats.ErrAuthorization) {
		t.Errorf("the watchdog: %v", found)
	}
	change("former password")
	limittest.Until(t, "it is connected again", c.Connected)
	if err := c.Ping(limittest.Context(t)); err != nil {
		t.Error(err)
	}
}

// refusedLogins returns how often the login was refused in a row.
func refusedLogins(c *Conn) int {
	c.refusals.mu.Lock()
	defer c.refusals.mu.Unlock()
	return c.refusals.logins
}
