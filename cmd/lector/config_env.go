package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"lector"
)

// programEnv is what the program of a voice gets beside PATH, HOME, LANG and
// TMPDIR: a list of names, whose values are taken from Lector's own
// environment, or a map of names to values, where an empty one is taken from
// there too.
type programEnv map[string]*string

// UnmarshalYAML reads the list or the map.
func (e *programEnv) UnmarshalYAML(n *yaml.Node) error {
	*e = programEnv{}
	switch n.Kind {
	case yaml.SequenceNode:
		for _, name := range n.Content {
			if err := e.add(name, nil); err != nil {
				return err
			}
		}
		return nil
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if err := e.add(n.Content[i], n.Content[i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("line %d: env: give a list of names, or names with their values", n.Line)
}

var variableName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`) })

// add takes one name; the error quotes no value.
func (e programEnv) add(name, value *yaml.Node) error {
	if !variableName().MatchString(name.Value) {
		return fmt.Errorf("line %d: env: what stands there is no name of a variable; a value goes behind a colon, as in {NAME: value}", name.Line)
	}
	switch {
	case value == nil, value.Tag == "!!null":
		e[name.Value] = nil
	case value.Kind != yaml.ScalarNode || strings.Contains(value.Value, "\x00"):
		return fmt.Errorf("line %d: env.%s: is not a text", value.Line, name.Value)
	default:
		e[name.Value] = &value.Value
	}
	return nil
}

// secretName is how variables are called that hold what must not be printed.
var secretName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)key|token|secret|pass|cred|auth|private`) })

// MarshalYAML hides values that are likely secrets, which do not belong into
// the file.
func (e programEnv) MarshalYAML() (any, error) {
	shown := maps.Clone(map[string]*string(e))
	for name, value := range shown {
		if value == nil {
			continue
		}
		if masked := lector.MaskAddress(*value); secretName().MatchString(name) {
			shown[name] = new(string)
			*shown[name] = lector.Masked
		} else {
			shown[name] = &masked
		}
	}
	return shown, nil
}

// environment returns the variables of a voice's program as NAME=value. One
// that is named and not set in Lector's own environment is left out.
func (a *app) environment(e programEnv) []string {
	var env []string
	for _, name := range slices.Sorted(maps.Keys(e)) {
		switch value := e[name]; {
		case value != nil:
			env = append(env, name+"="+*value)
		case a.getenv(name) != "":
			env = append(env, name+"="+a.getenv(name))
		}
	}
	return env
}

// digest names the values that stand in the file: they may choose a model, so
// another value is another sound. It is empty where there are none.
func (e programEnv) digest() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(e)) {
		if value := e[name]; value != nil {
			fmt.Fprintf(&b, "%s=%s\x00", name, *value)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}

// checkEnv refuses an environment for a voice that starts no program.
func checkEnv(key string, v voiceConfig) error {
	if len(v.Env) == 0 || v.Backend == "exec" || v.Backend == "system" {
		return nil
	}
	return lector.Hint(fmt.Errorf("%s.env: a voice of %s starts no program", key, v.Backend), "env is for voices of exec and system")
}
