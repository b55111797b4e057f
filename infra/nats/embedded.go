package nats

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"lector"
)

// Embedded is a NATS server in this process, with JetStream on disk and every
// write synced before it is confirmed.
type Embedded struct {
	server      *server.Server
	access      Access
	dir         string
	file        string
	lock        *os.File
	stopMonitor func() // stops the monitor and waits for it
}

// Access is how other processes of the same user reach an embedded server: a
// loopback address and a password that is made anew at each start.
type Access struct {
	URL      string `json:"url"`
	User     string `json:"user"`
	Password string `json:"password"`
}

// accessFile lies beside the streams, readable by the owner only.
const accessFile = "access.json"

// ReadAccess returns how to reach the embedded server whose directory is dir,
// or lector.ErrNotFound when none runs there: one that was killed leaves its
// address behind.
func ReadAccess(dir string) (Access, error) {
	data, err := os.ReadFile(filepath.Join(dir, accessFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Access{}, lector.ErrNotFound
	}
	if err != nil {
		return Access{}, err
	}
	var a Access
	if err := json.Unmarshal(data, &a); err != nil {
		return Access{}, fmt.Errorf("read %s: %w", accessFile, err)
	}
	if !a.reachable() {
		return Access{}, lector.ErrNotFound
	}
	return a, nil
}

// reachable reports whether anybody listens at the address.
func (a Access) reachable() bool {
	u, err := url.Parse(a.URL)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return false
	}
	_ = c.Close() // it has answered
	return true
}

// Start starts a server that keeps its streams in dir and listens on address,
// which must be a loopback one; port 0 takes any free port. Close it before
// the process ends. The users may log in beside Lector itself.
func Start(dir, address string, users []User, log *slog.Logger) (*Embedded, error) {
	opts, err := serverOptions(dir, address)
	if err != nil {
		return nil, err
	}
	if len(users) > 0 {
		opts.Users = serverUsers(opts.Username, opts.Password, users)
	}
	e, err := start(dir, address, opts, log)
	if err != nil {
		return nil, err
	}
	e.stopMonitor = e.startMonitor(log)
	return e, nil
}

// start starts a server that is not watched.
func start(dir, address string, opts *server.Options, log *slog.Logger) (*Embedded, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, lector.Hint(err, "what -data names must be a directory that this user may write: choose another with -data DIR")
	}
	held, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	e := &Embedded{dir: dir, file: filepath.Join(dir, accessFile), lock: held, stopMonitor: func() {}}
	if e.server, err = startServer(opts, address, log); err != nil {
		return nil, errors.Join(err, unlock(held))
	}
	e.access = Access{URL: e.server.ClientURL(), User: opts.Username, Password: opts.Password}
	if err := e.writeAccess(); err != nil {
		return nil, lector.Hint(errors.Join(err, e.Close()),
			"is the disk of %s full? Free some space, or choose another directory with -data DIR", dir)
	}
	return e, nil
}

// startMonitor runs monitor until the function that it returns is called.
func (e *Embedded) startMonitor(log *slog.Logger) (calm func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		e.monitor(ctx, log)
	}()
	return func() { cancel(); <-done }
}

// startServer starts the server and waits until it is ready.
func startServer(opts *server.Options, address string, log *slog.Logger) (*server.Server, error) {
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("embedded NATS: %w", err)
	}
	s.SetLoggerV2(serverLog{log}, false, false, false)
	s.Start()
	if !s.ReadyForConnections(20 * time.Second) {
		shutdown(s)
		return nil, lector.Hint(fmt.Errorf("embedded NATS did not start on %s", address),
			"is the address taken? Set nats.listen to another, or to 127.0.0.1:0 for any free port")
	}
	if !s.JetStreamEnabled() {
		shutdown(s)
		return nil, lector.Hint(errors.New("embedded NATS: JetStream did not start"), "see the log above; is the disk full?")
	}
	return s, nil
}

func serverOptions(dir, address string) (*server.Options, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, lector.Hint(fmt.Errorf("nats.listen: %w", err), "give HOST:PORT, for example 127.0.0.1:4222")
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, lector.Hint(fmt.Errorf("nats.listen %s is not a loopback address", address),
			"for other machines run a NATS server of its own and set nats.url")
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 0 || n > 65535 {
		return nil, fmt.Errorf("nats.listen: port %q is not a number from 0 to 65535", port)
	}
	if n == 0 {
		n = server.RANDOM_PORT
	}
	return &server.Options{
		ServerName: "lector", Host: host, Port: n,
		Username: "lector", Password: rand.Text(), AuthTimeout: connectTimeout.Seconds(),
		JetStream: true, StoreDir: dir, SyncAlways: true,
		NoSigs: true, DisableJetStreamBanner: true,
		MaxClosedClients: closedClients,
	}, nil
}

// closedClients is how many clients the server remembers that are gone, for its own
// monitoring, which nobody asks. It makes room for all of them at once, by itself for 10,000.
const closedClients = 10

func (e *Embedded) writeAccess() error {
	data, err := json.Marshal(e.access)
	if err != nil {
		return err
	}
	return os.WriteFile(e.file, data, 0o600)
}

// Access returns how to connect to the server.
func (e *Embedded) Access() Access { return e.access }

// Close stops the server and waits until its files are closed.
func (e *Embedded) Close() error {
	e.stopMonitor()
	shutdown(e.server)
	err := os.Remove(e.file)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, unlock(e.lock))
}

func shutdown(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

// serverLog shows the server's warnings and errors in our log and keeps its
// notices for debugging.
type serverLog struct{ log *slog.Logger }

func (l serverLog) logf(level slog.Level, format string, v []any) {
	l.log.Log(context.Background(), level, "nats-server: "+fmt.Sprintf(format, v...))
}

// Noticef logs for debugging what is a notice to the server.
func (l serverLog) Noticef(format string, v ...any) { l.logf(slog.LevelDebug, format, v) }

// Debugf logs for debugging.
func (l serverLog) Debugf(format string, v ...any) { l.logf(slog.LevelDebug, format, v) }

// Tracef logs for debugging; the server traces nothing unless it is told to.
func (l serverLog) Tracef(format string, v ...any) { l.logf(slog.LevelDebug, format, v) }

// Warnf passes over the advice to hash the password: ours is random, lives as
// long as this process and is never in a file that others can read.
func (l serverLog) Warnf(format string, v ...any) {
	if !strings.Contains(format, "Plaintext passwords") {
		l.logf(slog.LevelWarn, format, v)
	}
}

// Errorf logs an error.
func (l serverLog) Errorf(format string, v ...any) { l.logf(slog.LevelError, format, v) }

// Fatalf does not end the process: Start finds out that nothing is ready.
func (l serverLog) Fatalf(format string, v ...any) { l.logf(slog.LevelError, format, v) }
