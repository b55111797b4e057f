package main

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"lector"
)

func TestProgramEnv(t *testing.T) {
	t.Parallel()
	a := &app{getenv: func(name string) string {
		return map[string]string{"MODEL": "/models/a", "API_KEY": "hunter2"}[name]
	}}
	for text, want := range map[string][]string{
		`[MODEL, API_KEY, NOT_SET]`:         {"API_KEY=hunter2", "MODEL=/models/a"},
		`{MODEL: /models/b, THREADS: 4}`:    {"MODEL=/models/b", "THREADS=4"},
		`{MODEL: , API_KEY: ~, DEBUG: yes}`: {"API_KEY=hunter2", "DEBUG=yes", "MODEL=/models/a"},
		`{EMPTY: ""}`:                       {"EMPTY="},
		`[]`:                                nil,
		`{}`:                                nil,
	} {
		var e programEnv
		if err := yaml.Unmarshal([]byte(text), &e); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if got := a.environment(e); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for _, bad := range []string{`[A=hunter2]`, `[[A]]`, `hunter2`, `{A: [hunter2]}`, `{"a b": x}`, `["1"]`, `{A: "x\0y"}`, `[""]`, `["~"]`} {
		var e programEnv
		err := yaml.Unmarshal([]byte(bad), &e)
		if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestProgramEnvIsPrintedWithoutSecrets(t *testing.T) {
	t.Parallel()
	var e programEnv
	const text = "{MODEL: /models/a, HF_TOKEN: hunter2, DB_PASSWORD: hunter2, BACKEND: 'http://me:hunter2@h', API_KEY: }"
	if err := yaml.Unmarshal([]byte(text), &e); err != nil {
		t.Fatal(err)
	}
	out, err := yaml.Marshal(voiceConfig{Backend: "exec", Env: e})
	if err != nil || strings.Contains(string(out), "hunter2") {
		t.Errorf("%v: %s", err, out)
	}
	for _, want := range []string{"MODEL: /models/a", "API_KEY: null"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %s: %s", want, out)
		}
	}
}

// A value in the file may choose a model: what was spoken by another one does
// not count as spoken. A key that is handed on may be renewed.
func TestProgramEnvIsPartOfTheVoice(t *testing.T) {
	t.Parallel()
	parameters := func(env string) string {
		var e programEnv
		if err := yaml.Unmarshal([]byte(env), &e); err != nil {
			t.Fatal(err)
		}
		return voiceConfig{Backend: "exec", Env: e}.override(&silentVoice{}).Capabilities().Parameters
	}
	none, a, b := parameters("{}"), parameters("{MODEL: a}"), parameters("{MODEL: b}")
	if none != parameters("[MODEL, API_KEY]") || a == none || a == b || a != parameters("{MODEL: a, API_KEY: }") {
		t.Errorf("%q %q %q", none, a, b)
	}
}

func TestEnvIsForPrograms(t *testing.T) {
	t.Parallel()
	value := "x"
	for backend, good := range map[string]bool{"exec": true, "system": true, "openai": false, "polly": false} {
		c := testConfig(t.TempDir())
		c.Voices = map[string]voiceConfig{"x": {Backend: backend, Env: programEnv{"A": &value}}}
		if err := c.check(); (err == nil) != good || !good && (!strings.Contains(err.Error(), "voices.x.env") || lector.HintOf(err) == "") {
			t.Errorf("%s: %v", backend, err)
		}
	}
}
