package nats

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// Conn is a connection to NATS with its JetStream.
type Conn struct {
	nc       *nats.Conn
	js       jetstream.JetStream
	log      *slog.Logger
	options  Options
	writes   *writes
	refusals *refusals
	letters  letterKinds

	mu       sync.Mutex
	children []*Conn // made by connectAgain, closed with this one
}

// Options are the address of NATS and the login.
type Options struct {
	URL            string // one, or several with commas between them; a login in it is never printed
	Credentials    string // path of a .creds file, for servers that want one
	User, Password string
	TLS            TLS
	Name           string // of this client, as the server lists it
	Log            *slog.Logger
}

// Connect connects once; from then on the client reconnects by itself, without a limit.
func Connect(o Options) (*Conn, error) {
	if err := CheckURL(o.URL); err != nil {
		return nil, fmt.Errorf("nats.url: %w", err)
	}
	if err := o.TLS.check(); err != nil {
		return nil, err
	}
	refused := newRefusals()
	nc, err := nats.Connect(o.URL, o.natsOptions(refused)...)
	if err != nil {
		return nil, lector.Hint(fmt.Errorf("connect to NATS at %s: %w", lector.MaskAddress(o.URL), o.redact(err)), "%s", connectHint(err))
	}
	js, err := jetstream.New(nc)
	if err != nil {
		nc.Close()
		return nil, fmt.Errorf("JetStream: %w", err)
	}
	w := newWrites()
	c := &Conn{nc: nc, log: o.Log, options: o, writes: w, refusals: refused}
	c.js = observedJetStream{js, w, c.leaderless}
	if err := c.checkInbox(); err != nil {
		nc.Close()
		return nil, err
	}
	return c, nil
}

// connectAgain connects once more, as the same client. It is closed with c.
func (c *Conn) connectAgain() (*Conn, error) {
	more, err := Connect(c.options)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.children = append(c.children, more)
	c.mu.Unlock()
	return more, nil
}

// connectTimeout is how long a connection may take. The embedded server gives
// clients as long to say who they are; its own two seconds are too short on a
// machine that is busy.
const connectTimeout = 5 * time.Second

func (o Options) natsOptions(refused *refusals) []nats.Option {
	opts := []nats.Option{
		nats.Name(o.Name),
		nats.MaxReconnects(-1),
		// A login that is refused twice would end the connection for good, also where the
		// server takes it again a minute later.
		nats.IgnoreAuthErrorAbort(),
		nats.Timeout(connectTimeout),
		// The defaults need four minutes to notice a frozen server.
		nats.PingInterval(5 * time.Second),
		nats.MaxPingsOutstanding(2),
		// A role may only subscribe to its own inbox.
		nats.CustomInboxPrefix("_INBOX_" + o.Name),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if loginRefused(err) {
				if refused.noteLogin(err) {
					o.Log.Error("NATS refuses the login of this process", "error", o.redact(err), "hint", loginHint)
				}
				return
			}
			// A refused publish shows up at the caller only as a time-out; the
			// reason arrives here.
			if subject := refused.note(err); subject != "" {
				o.Log.Error("NATS refused", "error", o.redact(err), "hint", roleHint(subject))
				return
			}
			o.Log.Error("NATS refused", "error", o.redact(err))
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				o.Log.Warn("NATS connection lost", "error", o.redact(err))
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			refused.loginTaken()
			o.Log.Info("NATS connection is back")
		}),
	}
	opts = append(opts, o.TLS.options()...)
	if o.Credentials != "" {
		opts = append(opts, nats.UserCredentials(o.Credentials))
	}
	if o.User != "" {
		opts = append(opts, nats.UserInfo(o.User, o.Password))
	}
	return opts
}

func connectHint(err error) string {
	if hint := tlsHint(err); hint != "" {
		return hint
	}
	switch {
	case loginRefused(err):
		return "the server refused the login: check nats.user and LECTOR_NATS_PASSWORD, or nats.credentials"
	case errors.Is(err, nats.ErrNoServers), errors.Is(err, nats.ErrTimeout):
		return "is a NATS server running there? Start one, or set nats.url (LECTOR_NATS_URL)"
	}
	return "check nats.url (LECTOR_NATS_URL) and nats.credentials"
}

// Connected reports whether there is a connection, without asking the server.
func (c *Conn) Connected() bool { return c.nc.IsConnected() }

// Ping reports whether the server answers and has JetStream.
func (c *Conn) Ping(ctx context.Context) error {
	if !c.Connected() {
		return c.disconnected()
	}
	if _, err := c.js.AccountInfo(ctx); err != nil {
		return fmt.Errorf("JetStream: %w", err)
	}
	return nil
}

// loginRefused reports whether a server has refused the login.
func loginRefused(err error) bool {
	for _, refusal := range []error{nats.ErrAuthorization, nats.ErrAuthExpired, nats.ErrAuthRevoked, nats.ErrAccountAuthExpired} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

// loginHint is what to do about a login that was taken once and is refused now.
const loginHint = "the server refuses the login that this process began with: set the present one (LECTOR_NATS_PASSWORD, nats.credentials) and restart it"

// disconnected says that there is no connection, and why not where that is known.
func (c *Conn) disconnected() error {
	if err := c.refusals.refusedLogin(); err != nil {
		return lector.Hint(fmt.Errorf("NATS: not connected: %w", c.options.redact(err)),
			"%s", loginHint)
	}
	return errors.New("NATS: not connected")
}

// Version returns the server's version.
func (c *Conn) Version() string { return c.nc.ConnectedServerVersion() }

// Close sends what is still to be sent and closes the connection, and those
// that were made beside it.
func (c *Conn) Close() error {
	c.mu.Lock()
	more := c.children
	c.children = nil
	c.mu.Unlock()
	err := c.close()
	for _, m := range more {
		err = errors.Join(err, m.Close())
	}
	return err
}

// flushTimeout bounds how long a connection that is closed waits until the server has
// all that was sent.
const flushTimeout = 10 * time.Second

func (c *Conn) close() error {
	err := c.nc.FlushTimeout(flushTimeout)
	c.nc.Close()
	if errors.Is(err, nats.ErrConnectionClosed) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("close the connection to NATS: %w", err)
	}
	return nil
}

// withDefaultTimeout gives a request that has no deadline of its own one of ten seconds.
func withDefaultTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, 10*time.Second)
}
