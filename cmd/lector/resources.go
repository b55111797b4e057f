package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"lector"
	"lector/infra/nats"
	"lector/infra/observe"
	"lector/infra/store/disk"
	"lector/infra/store/s3"
	"lector/worker"
	"lector/worker/synth"
)

// store is what both stores offer.
type store interface {
	worker.Store
	Ping(ctx context.Context) error
}

// resources holds what a command has opened; close closes it in reverse order.
type resources struct {
	app           *app
	config        *config
	log           *slog.Logger
	tracer        *lector.Tracer // nil: nothing is recorded
	broker        *nats.Embedded // the embedded server; nil: it runs in another process
	metering      *metering      // nil: created in memory when first needed
	closers       []func() error
	conns         []*nats.Conn
	recreate      bool                // make streams again that are gone, empty
	pauses        *nats.Pauses        // nil: nothing is paused
	siteSettings  *nats.SiteSettings  // of the console; nil: none hold
	opening       *voiceOpening       // of the configured voices, begun early; nil: it has not begun, or is used up
	missingVoices map[string]error    // configured, and cannot be opened
	answers       *worker.Answers     // of voices, until their clips are made; nil: there is no narrator
	flight        *synth.Singleflight // of all calls to voices; nil: no voice has been opened
	slots         synth.Slots         // likewise

	open      func(ctx context.Context, name string, v voiceConfig) (synth.Voice, error) // a configured voice
	check     synth.Checker                                                              // of clips
	allVoices bool                                                                       // must open: one that is missed is an error
	silent    bool                                                                       // the voices are: lector bench
}

func (a *app) resources(c *config) *resources {
	a.addThreads()
	return &resources{app: a, config: c, log: a.logger(c.Log), open: a.openVoice, check: a.clipChecker()}
}

// logger writes to stderr.
func (a *app) logger(c logConfig) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Level)) // checked when the settings were read
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(observe.JobHandler(slog.NewJSONHandler(a.stderr, o)))
	}
	return slog.New(observe.JobHandler(slog.NewTextHandler(a.stderr, o)))
}

func (h *resources) onClose(f func() error) { h.closers = append(h.closers, f) }

// close closes what was opened, the last first, and adds what went wrong to
// *err. A request without an answer may have been refused: then the reason came
// on another way.
func (h *resources) close(err *error) {
	for _, c := range h.conns {
		*err = c.Explain(*err)
	}
	for i := len(h.closers) - 1; i >= 0; i-- {
		*err = errors.Join(*err, h.closers[i]())
	}
}

// store opens the configured store.
func (h *resources) store(ctx context.Context) (store, error) {
	if h.config.Store.Kind == "s3" {
		s, err := s3.Open(ctx, h.config.bucket())
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	s, err := disk.Open(filepath.Join(h.config.Data, "store"))
	if err != nil {
		return nil, err
	}
	h.onClose(s.Close)
	return s, nil
}

// bucket is the configured one.
func (c *config) bucket() s3.Config {
	return s3.Config{Bucket: c.Store.Bucket, Endpoint: c.Store.Endpoint, Region: c.Store.Region}
}

// natsDir is where the embedded server keeps its streams.
func (c *config) natsDir() string { return filepath.Join(c.Data, "nats") }

// embedded starts the server in this process, when no other is configured, and
// sets it up.
func (h *resources) embedded(ctx context.Context) error {
	if h.config.NATS.URL != "" {
		return nil
	}
	users, err := h.app.natsUsers(h.config.NATS.Users)
	if err != nil {
		return err
	}
	e, err := nats.Start(h.config.natsDir(), h.config.NATS.Listen, users, h.log)
	if err != nil {
		return err
	}
	h.onClose(e.Close)
	h.broker = e
	c, err := h.dial("setup", e.Access())
	if err != nil {
		return err
	}
	err = h.setup(ctx, c, 1)
	if err == nil {
		err = c.RedeliverPending(ctx)
	}
	return errors.Join(err, c.Close())
}

// setup sets NATS up, unless something is gone that was there: that would come
// again without what was in it.
func (h *resources) setup(ctx context.Context, c *nats.Conn, replicas int) error {
	losses, err := c.Losses(ctx)
	if err != nil {
		return err
	}
	if err := nats.LossError(losses); err != nil && !h.recreate {
		return err
	}
	for _, l := range losses {
		h.log.Warn("was lost and created again, empty", "lost", l.Name, "what", l.What)
	}
	if err := c.Recreate(ctx, replicas, losses); err != nil {
		return err
	}
	return c.Setup(ctx, replicas)
}

// nats connects to the configured server, or to the one that another lector of
// the same data directory has embedded.
func (h *resources) nats(role string) (*nats.Conn, error) {
	c := h.config
	if c.NATS.URL != "" {
		return h.closeLater(nats.Connect(nats.Options{
			URL: string(c.NATS.URL), Credentials: c.NATS.Credentials, User: c.NATS.User, Password: string(c.NATS.Password),
			TLS: c.NATS.tls(), Name: role, Log: h.log,
		}))
	}
	access, err := nats.ReadAccess(c.natsDir())
	if errors.Is(err, lector.ErrNotFound) {
		return nil, lector.Hint(fmt.Errorf("no lector is running with the data directory %s", c.Data),
			"start lector serve (or lector demo) first, name its directory with -data, or set nats.url (LECTOR_NATS_URL)")
	}
	if err != nil {
		return nil, err
	}
	return h.closeLater(h.dial(role, access))
}

// asOperator connects in the role ops for as long as do runs.
func (a *app) asOperator(c *config, do func(*nats.Conn) error) (err error) {
	h := a.resources(c)
	defer h.close(&err)
	conn, err := h.nats("ops")
	if err != nil {
		return err
	}
	return do(conn)
}

func (h *resources) dial(role string, a nats.Access) (*nats.Conn, error) {
	return nats.Connect(nats.Options{URL: a.URL, User: a.User, Password: a.Password, Name: role, Log: h.log})
}

func (h *resources) closeLater(c *nats.Conn, err error) (*nats.Conn, error) {
	if err != nil {
		return nil, err
	}
	h.onClose(c.Close)
	h.conns = append(h.conns, c)
	return c, nil
}

// audioURL is where listeners find the store's objects.
func (c *config) audioURL() string {
	if c.Store.PublicURL != "" {
		return c.Store.PublicURL
	}
	return c.publicURL()
}

// publicURL is where listeners find the public HTTP server.
func (c *config) publicURL() string {
	if c.PublicURL != "" {
		return c.PublicURL
	}
	return c.localURL()
}

// addresses is where listeners find the public HTTP server and the files.
func (c *config) addresses() lector.Addresses {
	return lector.Addresses{Public: c.publicURL(), Files: c.audioURL()}
}

// workerName identifies this process in records and leases.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	// In a container each process has the same number.
	return fmt.Sprintf("%s-%d-%s", host, os.Getpid(), strings.ToLower(rand.Text()[:4]))
}
