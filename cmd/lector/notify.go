package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"lector"
	"lector/infra/nats"
	"lector/publisher/intake/webhook"
	"lector/publisher/outbound"
)

// notifyConfig is an address of a site that gets the audio events of its articles, by
// the rules of Standard Webhooks.
type notifyConfig struct {
	URL string `yaml:"url"` // the address that is called, as https://cms.example/hooks/audio
	// Secrets sign what is sent: each is {env: NAME} or {file: PATH}, and each signs, so
	// that two hold while one is replaced by the next. Files are read again each time.
	Secrets []secretSource `yaml:"secrets"`
	// Events are those that it is told of: ready, failed, removed. Default all.
	Events []string `yaml:"events,omitempty"`
}

// purgeConfig is a request that has a CDN forget what it keeps of an article that was
// withdrawn. In url and body {url} is an address of the audio, {host} and {path} its
// parts; each address gets a request. Where the body has {urls}, a JSON array of them,
// there is one request for 30.
type purgeConfig struct {
	URL     string                  `yaml:"url,omitempty"`     // the address that is asked, as "{url}"
	Method  string                  `yaml:"method,omitempty"`  // of the request; default PURGE
	Body    string                  `yaml:"body,omitempty"`    // of the request, in JSON
	Headers map[string]secretSource `yaml:"headers,omitempty"` // each {env: NAME} or {file: PATH}, which holds all of its value
}

// purgeTarget is the name of the CDN among the addresses of a site.
const purgeTarget = "purge"

// writeBackTarget is the name of the CMS among the addresses of a site.
const writeBackTarget = "write_back"

// audioEventTypes are those of audio events, as the settings name them.
var audioEventTypes = map[string]string{"ready": lector.AudioReady, "failed": lector.AudioFailed, "removed": lector.AudioRemoved}

// checkNotify refuses addresses to which no notification could be sent.
func checkNotify(key string, s siteConfig) error {
	for _, name := range slices.Sorted(maps.Keys(s.Notify)) {
		n, key := s.Notify[name], key+".notify."+name
		switch {
		case !lector.ValidSite(name) || name == purgeTarget || name == writeBackTarget:
			return lector.Hint(fmt.Errorf("%s: no usable name", key), "use 1 to 63 characters of a-z, 0-9, _ and -, and neither %s nor %s",
				purgeTarget, writeBackTarget)
		case n.URL == "":
			return fmt.Errorf("%s.url: is missing", key)
		case len(n.Secrets) == 0:
			return lector.Hint(fmt.Errorf("%s.secrets: is missing", key), "give secrets: [{env: NAME}] or [{file: PATH}]")
		}
		for _, e := range n.Events {
			if audioEventTypes[e] == "" {
				return lector.Hint(fmt.Errorf("%s.events: there is no event %q", key, e), "known are %s", joinKeys(audioEventTypes))
			}
		}
		if err := checkServer(key+".url", n.URL, "what is sent is signed with secrets"); err != nil {
			return err
		}
		for i, secret := range n.Secrets {
			if err := secret.check(fmt.Sprintf("%s.secrets.%d", key, i)); err != nil {
				return err
			}
		}
	}
	return s.Purge.check(key + ".purge")
}

// check refuses a request that could not be made.
func (p purgeConfig) check(key string) error {
	if p.URL == "" {
		if p.Method != "" || p.Body != "" || len(p.Headers) > 0 {
			return lector.Hint(fmt.Errorf("%s.url: is missing", key), `give url: "{url}" to ask the CDN at the address itself`)
		}
		return nil
	}
	example := strings.NewReplacer("{url}", "https://audio.example/a.mp3", "{host}", "audio.example", "{path}", "/a.mp3").Replace(p.URL)
	if _, err := http.NewRequest(p.method(), example, nil); err != nil { //nolint:noctx // it is never sent
		return fmt.Errorf("%s: no request can be made of its method and url", key)
	}
	if err := checkServer(key+".url", example, "a key goes into headers, by {env: NAME}"); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(p.Headers)) {
		if err := p.Headers[name].check(key + ".headers." + name); err != nil {
			return err
		}
	}
	return nil
}

func (p purgeConfig) method() string {
	if p.Method == "" {
		return "PURGE"
	}
	return p.Method
}

// notifying sends notifications to the addresses of sites, in the process that has the
// lease for it.
type notifying struct {
	queue    *nats.NotifyQueue
	notifier *outbound.Notifier
}

// openNotifying readies it where a site names an address.
func (s *server) openNotifying(ctx context.Context) error {
	targets, err := s.notifyTargets()
	if err != nil || len(targets) == 0 {
		return err
	}
	queue, err := s.conn.NotifyQueue(ctx)
	if err != nil {
		return err
	}
	s.notifying = &notifying{queue, &outbound.Notifier{
		Queue: queue, Targets: targets, Addresses: s.config.addresses(), Log: s.log, Tracer: s.tracer,
		OnOutcome: func(site, target string, o outbound.Outcome) {
			s.metrics.Notification(s.siteLabel(site), s.targetLabel(site, target), string(o))
		},
	}}
	return nil
}

// notifyTargets are the addresses of all sites.
func (s *server) notifyTargets() (map[string]map[string]outbound.Target, error) {
	all := map[string]map[string]outbound.Target{}
	for site, c := range s.config.Sites {
		targets, client := map[string]outbound.Target{}, c.client(15*time.Second)
		for name, n := range c.Notify {
			key := "sites." + site + ".notify." + name
			if err := s.app.checkHookSecrets(key, webhook.Source{}, hookConfig{Secrets: n.Secrets}); err != nil {
				return nil, err
			}
			targets[name] = outbound.Target{Types: n.types(), Sender: outbound.Webhook{
				Client: client, URL: n.URL, Secrets: func() ([]string, error) { return s.app.hookSecrets(n.Secrets) },
			}}
		}
		if p := c.Purge; p.URL != "" {
			if _, err := s.app.secretHeaders(p.Headers); err != nil {
				return nil, usageError{fmt.Errorf("settings: sites.%s.purge.headers: %w", site, err)}
			}
			targets[purgeTarget] = outbound.Target{Types: []string{lector.AudioRemoved}, Files: true, Sender: outbound.Purge{
				Client: client, Method: p.method(), URL: p.URL, Body: p.Body, Headers: func() (http.Header, error) { return s.app.secretHeaders(p.Headers) },
			}}
		}
		if c.CMS.WriteBack {
			targets[writeBackTarget] = s.writeBack(c)
			s.metrics.DeclareCMSWrite(site)
		}
		if len(targets) > 0 {
			all[site] = targets
		}
		for name := range targets {
			for _, o := range outbound.Outcomes {
				s.metrics.DeclareNotification(site, name, string(o))
			}
		}
	}
	return all, nil
}

func (n notifyConfig) types() (all []string) {
	for name, t := range audioEventTypes {
		if len(n.Events) == 0 || slices.Contains(n.Events, name) {
			all = append(all, t)
		}
	}
	return all
}

// secretHeaders reads the headers of a request that hold secrets.
func (a *app) secretHeaders(sources map[string]secretSource) (http.Header, error) {
	h := http.Header{}
	for name, source := range sources {
		value, err := source.read(a)
		if err != nil {
			return nil, err
		}
		h.Set(name, value)
	}
	return h, nil
}

// targetLabel is an address as a label: one of the settings, or unknown.
func (s *server) targetLabel(site, target string) string {
	c := s.current().Sites[site]
	if _, known := c.Notify[target]; known || target == purgeTarget || target == writeBackTarget {
		return target
	}
	return "unknown"
}

// notifyRetry is how long after the lease to tell was refused it is asked for again.
const notifyRetry = 10 * time.Second

// notify sends notifications while this process has the lease for it.
func (s *server) notify(ctx context.Context) error {
	return s.whileLeased(ctx, "notify", notifyRetry, s.notifying.notifier.Run)
}

func (s *server) measureNotifications(ctx context.Context) error {
	if s.notifying == nil {
		return nil
	}
	waiting, err := s.notifying.queue.Waiting(ctx)
	if err == nil {
		s.metrics.SetNotificationsWaiting(waiting)
	}
	return err
}
