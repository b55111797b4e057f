package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
	"go.yaml.in/yaml/v3"

	"lector"
)

// configFile is read when it is there and -config names no other.
const configFile = "lector.yaml"

// settings are the flags that every command with a configuration has.
type settings struct {
	fs           *flag.FlagSet
	file         string
	data, listen string
}

// settings adds -config and -data to the flags.
func (a *app) settings(fs *flag.FlagSet) *settings {
	s := &settings{fs: fs}
	fs.StringVar(&s.file, "config", "", "read the settings from `FILE` (default lector.yaml, where there is one)")
	fs.StringVar(&s.data, "data", "", "keep everything in `DIR` (default ./data)")
	return s
}

// load reads the configuration.
func (a *app) load(s *settings) (*config, error) { return a.loadOver(defaults(), s) }

// loadOver reads the configuration over other defaults.
func (a *app) loadOver(c config, s *settings) (*config, error) {
	if err := a.readFile(&c, s.file); err != nil {
		return nil, err
	}
	if err := a.readEnvironment(&c); err != nil {
		return nil, err
	}
	if c.Traces.Endpoint == "" {
		c.Traces.Endpoint = a.otlpEndpoint()
	}
	if s.data != "" {
		c.Data = s.data
	}
	if s.listen != "" {
		c.Listen = s.listen
	}
	c.complete()
	if err := c.check(); err != nil {
		return nil, usageError{err}
	}
	return &c, nil
}

func (a *app) readFile(c *config, name string) error {
	given := name != "" || a.getenv("LECTOR_CONFIG") != ""
	if name == "" {
		name = a.getenv("LECTOR_CONFIG")
	}
	if name == "" {
		name = configFile
	}
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && !given {
		return nil
	}
	if err != nil {
		return usageError{fmt.Errorf("settings: %w", err)}
	}
	for _, refuse := range []func([]byte) error{refuseFormerKeys, refuseZeroBudgets} {
		if err := refuse(data); err != nil {
			return usageError{fmt.Errorf("settings in %s: %w", name, err)}
		}
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	err = d.Decode(c)
	if err == nil && d.Decode(&yaml.Node{}) == nil { // what stands behind a --- would not count
		err = errSecondDocument
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return usageError{lector.Hint(fmt.Errorf("settings in %s: %s", name, yamlMessage(err)), "%s", yamlHint(err))}
	}
	return nil
}

// readEnvironment overlays LECTOR_… variables; a secret's NAME_FILE names a
// file that holds it.
func (a *app) readEnvironment(c *config) error {
	if err := a.refuseFormerVariables(); err != nil {
		return usageError{fmt.Errorf("settings in the environment: %w", err)}
	}
	vars := map[string]string{}
	for _, name := range envNames() {
		if v := a.getenv(name); v != "" {
			vars[name] = v
		}
	}
	const name = "LECTOR_NATS_PASSWORD"
	var err error
	if vars[name], err = a.secret(name); err != nil {
		return err
	}
	return overlay(c, vars)
}

// overlay reads one variable after the other, so that the one that is wrong can
// be named.
func overlay(c *config, vars map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		err := env.ParseWithOptions(c, env.Options{Environment: map[string]string{name: vars[name]}, Prefix: "LECTOR_"})
		var wrong env.ParseError
		if errors.As(err, &wrong) {
			err = fmt.Errorf("%q is not %s", vars[name], typeName(wrong.Type.String()))
		}
		if err != nil {
			return usageError{fmt.Errorf("settings in the environment: %s: %w", name, err)}
		}
	}
	return nil
}

// envNames lists the variables that the struct names.
func envNames() []string {
	params, err := env.GetFieldParamsWithOptions(&config{}, env.Options{Prefix: "LECTOR_"})
	if err != nil { // the tags are ours
		panic(err)
	}
	var names []string
	for _, p := range params {
		if p.OwnKey != "" {
			names = append(names, p.Key)
		}
	}
	slices.Sort(names)
	return names
}

// unknownError is the error for a name that is not configured.
func unknownError(what, name string) error { return fmt.Errorf("unknown %s %q", what, name) }

func joinKeys[V any](m map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}
