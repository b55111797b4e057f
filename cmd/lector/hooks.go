package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"lector"
	"lector/publisher/intake"
	"lector/publisher/intake/arc"
	"lector/publisher/intake/ghost"
	"lector/publisher/intake/webhook"
)

// hookConfig is how one site takes the webhooks of one source.
type hookConfig struct {
	// Secrets sign the webhooks: each is {env: NAME} or {file: PATH}. Any one of them will
	// do, so that two hold while one is replaced by the next. Files are read again with
	// each webhook.
	Secrets []secretSource `yaml:"secrets,omitempty"`
	// PerSecond is how many webhooks are taken in a second, in the long run; ten times
	// as many may come at once. 0 is 100.
	PerSecond float64 `yaml:"per_second,omitempty"`
}

// secretSource says where a secret is.
type secretSource struct {
	Env  string `yaml:"env,omitempty"`  // the variable; the same name with _FILE may name a file
	File string `yaml:"file,omitempty"` // or a file
}

// hookSources are the kinds of senders, by the names that they have in addresses and
// settings.
func hookSources() map[string]intake.Source {
	return map[string]intake.Source{
		"arc": arc.Source{}, "ghost": ghost.Source{}, "webhook": webhook.Source{}, "wordpress": webhook.Source{},
	}
}

// checkHooks refuses hooks that could take nothing.
func checkHooks(key string, hooks map[string]hookConfig) error {
	sources := hookSources()
	for _, name := range slices.Sorted(maps.Keys(hooks)) {
		hook, key := hooks[name], key+".hooks."+name
		_, known := sources[name]
		switch {
		case !known:
			return lector.Hint(fmt.Errorf("%s: no webhooks come from there", key), "known are %s", joinKeys(sources))
		case len(hook.Secrets) == 0:
			return lector.Hint(fmt.Errorf("%s.secrets: is missing", key), "give secrets: [{env: NAME}] or [{file: PATH}]")
		case hook.PerSecond < 0:
			return fmt.Errorf("%s.per_second: %g is negative", key, hook.PerSecond)
		}
		for i, s := range hook.Secrets {
			if err := s.check(fmt.Sprintf("%s.secrets.%d", key, i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// check refuses what names no secret.
func (s secretSource) check(key string) error {
	if (s.Env == "") == (s.File == "") || s.Env != "" && !variableName().MatchString(s.Env) {
		return lector.Hint(fmt.Errorf("%s: is neither {env: NAME} nor {file: PATH}", key), "the secret itself never stands in lector.yaml")
	}
	return nil
}

// read reads the secret. One that is empty is an error.
func (s secretSource) read(a *app) (text string, err error) {
	name := s.File
	if s.Env != "" {
		name = s.Env
		text, err = a.secret(s.Env)
	} else {
		var data []byte
		data, err = os.ReadFile(s.File)
		text = strings.TrimSpace(string(data))
	}
	if err == nil && text == "" {
		err = fmt.Errorf("%s is empty", name)
	}
	return text, err
}

// hookSecrets reads the secrets of a hook that can be read.
func (a *app) hookSecrets(sources []secretSource) (secrets []string, err error) {
	for _, s := range sources {
		text, readErr := s.read(a)
		if readErr == nil {
			secrets = append(secrets, text)
		}
		err = errors.Join(err, readErr)
	}
	return secrets, err
}

// checkHookSecrets refuses to begin with a secret that cannot be used.
func (a *app) checkHookSecrets(key string, source intake.Source, hook hookConfig) error {
	secrets, err := a.hookSecrets(hook.Secrets)
	for _, secret := range secrets {
		_, keyErr := source.Key(secret)
		err = errors.Join(err, keyErr)
	}
	if err != nil {
		return usageError{lector.Hint(fmt.Errorf("settings: %s.secrets: %w", key, err), `echo "whsec_$(openssl rand -base64 32)" makes one`)}
	}
	return nil
}

// openHooks sets up the webhooks, and the connection that their events go out on.
func (s *server) openHooks(_ context.Context, r roles) (err error) {
	sites, err := s.hookSites(s.config)
	if nothing := len(sites) == 0 && s.conn == nil; err != nil || nothing || !r.publisher {
		return err
	}
	conn := s.conn
	if conn == nil {
		if conn, err = s.nats("cms"); err != nil {
			return err
		}
	}
	s.hookEvents = eventPublisher{conn: conn, store: func(context.Context) (store, error) { return s.store, nil }}
	if len(sites) > 0 { // the first may come with new settings
		s.hooks, err = s.intake(sites)
	}
	return err
}

// intake takes the webhooks of sites.
func (s *server) intake(sites map[string]intake.Site) (http.Handler, error) {
	return intake.New(intake.Config{
		Sites: sites, Sources: hookSources(), Log: s.log, Publisher: s.hookEvents, Tracer: s.tracer,
		Answered: func(site, source string, o intake.Outcome, took time.Duration) {
			s.metrics.Webhook(site, source, string(o), took)
		},
	})
}

// hookSites are the sites that take webhooks.
func (s *server) hookSites(c *config) (map[string]intake.Site, error) {
	sites, sources := map[string]intake.Site{}, hookSources()
	for name, site := range c.Sites {
		hooks := map[string]intake.Hook{}
		for source, hook := range site.Hooks {
			if err := s.app.checkHookSecrets("sites."+name+".hooks."+source, sources[source], hook); err != nil {
				return nil, err
			}
			hooks[source] = intake.Hook{PerSecond: hook.PerSecond, Secrets: func() ([]string, error) { return s.app.hookSecrets(hook.Secrets) }}
			for _, o := range intake.Outcomes {
				s.metrics.DeclareWebhook(name, source, string(o))
			}
		}
		if len(hooks) > 0 {
			sites[name] = intake.Site{URL: site.URL, Hooks: hooks}
		}
	}
	return sites, nil
}
