package main

import (
	"context"
	"fmt"
	"maps"

	"go.yaml.in/yaml/v3"

	"lector"
)

// config prints the effective settings.
func (a *app) config(_ context.Context, args []string) error {
	fs := a.flags("config")
	s := a.settings(fs)
	if err := a.parseFlags(fs, args); err != nil {
		return err
	}
	c, err := a.load(s)
	if err != nil {
		return err
	}
	out, err := yaml.Marshal(c.masked())
	if err != nil {
		return fmt.Errorf("config: %w", err)
	}
	_, err = a.stdout.Write(out)
	return err
}

// masked returns the settings as they may be printed. Secrets hide themselves;
// a key may stand in the query of a voice's address too.
func (c config) masked() config {
	c.Voices = maps.Clone(c.Voices)
	for name, v := range c.Voices {
		v.URL = lector.MaskAddress(v.URL)
		c.Voices[name] = v
	}
	c.Store.Endpoint = lector.MaskAddress(c.Store.Endpoint)
	return c
}

const configHelp = `Prints the effective settings, secrets masked, as a lector.yaml.

A setting comes from, the later the stronger: the defaults, lector.yaml (or
-config FILE), the environment, a flag. Lists and maps live in the file only;
every other setting has an environment name: LECTOR_ and the path of its key in
capitals, as in LECTOR_LISTEN or LECTOR_STORE_KIND.

Secrets never stand in the file: LECTOR_NATS_PASSWORD (or, naming a file,
LECTOR_NATS_PASSWORD_FILE), AWS_SECRET_ACCESS_KEY, and for a voice the variable
that its key_env names.

  lector config                      what is in force here
  lector config > lector.yaml        a file to start from`
