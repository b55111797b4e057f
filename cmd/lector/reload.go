package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"lector"
	"lector/publisher"
)

// reloadInterval is how often the files of settings and secrets are looked at. They are
// read when they have not changed since the look before: half a file may be good settings.
const reloadInterval = 2 * time.Second

// reloader reads the settings again, by SIGHUP or when one of their files has changed.
// Settings that are refused change nothing: those before them hold on.
type reloader struct {
	load     func() (*config, error)
	files    func(*config) []string // those that are looked at
	apply    func(context.Context, *config) (restart []string, err error)
	report   func(restart []string, err error)
	interval time.Duration

	watched []string
	seen    [sha256.Size]byte
	hangup  chan os.Signal
}

// reloader begins to look at the files of settings that have just been read. Apply and
// report are to be set before it runs.
func (a *app) reloader(set *settings, c *config) *reloader {
	r := &reloader{
		load: func() (*config, error) { return a.load(set) }, files: a.settingsFiles(set.file),
		interval: reloadInterval, hangup: make(chan os.Signal, 1),
	}
	r.watch(c)
	signal.Notify(r.hangup, syscall.SIGHUP)
	return r
}

// watch looks at the files of settings from now on.
func (r *reloader) watch(c *config) {
	r.watched = r.files(c)
	r.seen = fingerprint(r.watched)
}

// run looks at the files until ctx ends.
func (r *reloader) run(ctx context.Context) error {
	defer signal.Stop(r.hangup)
	tick := time.NewTicker(r.interval)
	defer tick.Stop()
	last := r.seen
	for {
		asked := false
		select {
		case <-ctx.Done():
			return nil
		case <-r.hangup:
			asked = true
		case <-tick.C:
		}
		now := fingerprint(r.watched)
		written := now == last // else somebody may be in the middle of it
		last = now
		if !asked && (now == r.seen || !written) {
			continue
		}
		r.seen = now // before they are read: a change meanwhile is another one
		c, restart, err := r.once(ctx)
		if err == nil && !slices.Equal(r.files(c), r.watched) {
			r.watch(c)
		}
		r.report(restart, err)
	}
}

// once reads the settings and has them applied.
func (r *reloader) once(ctx context.Context) (*config, []string, error) {
	c, err := r.load()
	if err != nil {
		return nil, nil, err
	}
	restart, err := r.apply(ctx, c)
	return c, restart, err
}

// fingerprint is another one when what is in one of the files is. A secret that is
// replaced by a link to another file, as in a volume of Kubernetes, is seen too. What is
// no file, such as a pipe, could be read once only, and is left alone.
func fingerprint(files []string) [sha256.Size]byte {
	h := sha256.New()
	for _, name := range files {
		var data []byte
		info, err := os.Stat(name)
		if err == nil && info.Mode().IsRegular() {
			data, err = os.ReadFile(name)
		}
		fmt.Fprintf(h, "%q %t %d\n", name, err == nil, len(data))
		h.Write(data)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// settingsFiles are the files that settings and the keys of voices are read from. Those
// of webhooks are read at each of them.
func (a *app) settingsFiles(file string) func(*config) []string {
	return func(c *config) []string {
		files := []string{cmp.Or(file, a.getenv("LECTOR_CONFIG"), configFile)}
		for _, name := range slices.Sorted(maps.Keys(c.Voices)) {
			v := c.Voices[name]
			if key := a.getenv(v.keyVariable() + "_FILE"); key != "" {
				files = append(files, key)
			}
		}
		return files
	}
}

// reloadState is what became of the last settings that were read.
type reloadState struct{ refused atomic.Pointer[string] }

// note is a line about settings that were refused, or "".
func (s *reloadState) note() string {
	if why := s.refused.Load(); why != nil {
		return "settings refused; the earlier ones stay in force: " + *why
	}
	return ""
}

// reportReload says in log and metrics what became of settings that were read again.
func (s *server) reportReload(restart []string, err error) {
	s.metrics.Reload(err == nil)
	if err != nil {
		why := withHint(err)
		s.reloaded.refused.Store(&why)
		s.log.Error("settings refused; the earlier ones stay in force", "error", err, "hint", lector.HintOf(err))
		return
	}
	s.reloaded.refused.Store(nil)
	s.log.Info("settings read again and applied")
	if len(restart) > 0 {
		s.log.Warn("changed settings take effect after a restart", "settings", strings.Join(restart, ", "))
	}
}

// applySettings has new settings hold for what begins from now on, and returns the names
// of those that hold from the next start on only. With an error nothing has changed.
func (s *server) applySettings(ctx context.Context, read *config) (restart []string, err error) {
	if s.public != nil && read.PublicURL == "" && s.config.PublicURL == s.public.url() { // which is where it is empty
		read.PublicURL = s.config.PublicURL
	}
	c, restart := s.current().withRunning(*read)
	hooks, err := s.newHooks(c)
	if err != nil {
		return nil, err
	}
	if s.worker != nil {
		n, err := s.resources.with(c).narrator(ctx, s.store)
		if err != nil {
			return nil, err
		}
		if b, ok := s.metering.budget.(boundedBudget); ok {
			b.SetBounds(c.budgets())
		}
		s.metrics.Declare(slices.Sorted(maps.Keys(c.Sites)), slices.Sorted(maps.Keys(c.Voices)))
		s.narrators.Store(n)
		s.worker.Use(n)
	}
	s.reread.Store(c)
	if s.public != nil {
		s.site.set(publisher.New(s.publisherConfig(c, hooks)))
	}
	return restart, nil
}

// boundedBudget is a budget whose bounds can change.
type boundedBudget interface {
	SetBounds(map[string]lector.Budget)
}

// newHooks returns what takes webhooks by new settings.
func (s *server) newHooks(c *config) (http.Handler, error) {
	if s.public == nil {
		return nil, nil
	}
	sites, err := s.hookSites(c)
	switch {
	case err != nil || len(sites) == 0:
		return nil, err
	case s.hookEvents == nil:
		return nil, lector.Hint(errors.New("settings: the first hooks of a process need a connection to NATS"), "restart it")
	}
	return s.intake(sites)
}

// with returns the resources for new settings: what is open is shared. All voices must
// open, so that a wrong key does not take the place of one that works.
func (h *resources) with(c *config) *resources {
	next := *h
	next.closers = slices.Clip(h.closers) // what next opens is in no slice of h
	next.config, next.opening, next.allVoices = c, nil, true
	return &next
}

// current are the settings that hold now.
func (s *server) current() *config {
	if c := s.reread.Load(); c != nil {
		return c
	}
	return s.config
}

// withRunning returns the settings with those of c that cannot change while a process
// runs, and the names of those that differ.
func (c *config) withRunning(read config) (*config, []string) {
	fixed := []struct {
		name     string
		now, new any
	}{
		{"data", &c.Data, &read.Data}, {"listen", &c.Listen, &read.Listen}, {"admin_listen", &c.AdminListen, &read.AdminListen},
		{"admin_access", &c.AdminAccess, &read.AdminAccess}, {"public_url", &c.PublicURL, &read.PublicURL}, {"nats", &c.NATS, &read.NATS},
		{"store", &c.Store, &read.Store}, {"worker", &c.Worker, &read.Worker}, {"log", &c.Log, &read.Log}, {"traces", &c.Traces, &read.Traces},
	}
	var restart []string
	for _, f := range fixed {
		if keep(f.now, f.new) {
			restart = append(restart, f.name)
		}
	}
	sites := map[string]siteConfig{}
	for name, site := range read.Sites {
		now := c.Sites[name]
		for key, f := range map[string][2]any{
			"cms": {&now.CMS, &site.CMS}, "source_feed": {&now.SourceFeed, &site.SourceFeed}, "backfill": {&now.Backfill, &site.Backfill},
			"notify": {&now.Notify, &site.Notify}, "purge": {&now.Purge, &site.Purge}, "allow_private": {&now.AllowPrivate, &site.AllowPrivate},
		} {
			if keep(f[0], f[1]) {
				restart = append(restart, "sites."+name+"."+key)
			}
		}
		sites[name] = site
	}
	read.Sites = sites
	slices.Sort(restart)
	return &read, restart
}

// keep puts what now points to in the place of what is read, and reports whether they
// differed.
func keep(now, read any) bool {
	a, b := reflect.ValueOf(now).Elem(), reflect.ValueOf(read).Elem()
	if reflect.DeepEqual(a.Interface(), b.Interface()) {
		return false
	}
	b.Set(a)
	return true
}

// replaceableHandler is a handler that another one can take the place of.
type replaceableHandler struct{ now atomic.Pointer[http.Handler] }

func (h *replaceableHandler) set(next http.Handler) { h.now.Store(&next) }

// ServeHTTP implements http.Handler.
func (h *replaceableHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*h.now.Load()).ServeHTTP(w, r)
}
