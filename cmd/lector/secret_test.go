package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lector/infra/nats"
)

// watchedOutput is what a program prints. At the given text it calls seen.
type watchedOutput struct {
	mu    sync.Mutex
	text  bytes.Buffer
	want  string
	found func()
}

func (h *watchedOutput) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n, err := h.text.Write(p)
	if h.want != "" && strings.Contains(h.text.String(), h.want) {
		h.found()
	}
	return n, err
}

// runCaptured runs lector with the environment and returns its exit code and all
// that it printed. What serves on is stopped when it says that it is ready.
func runCaptured(t *testing.T, env map[string]string, args ...string) (int, string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out := &watchedOutput{want: "msg=ready", found: stop}
	a := &app{stdin: strings.NewReader(""), stdout: out, stderr: out, getenv: func(name string) string { return env[name] }, cores: 1}
	code := a.run(ctx, args)
	return code, out.text.String()
}

// settingsFile has a voice that needs nothing installed.
func settingsFile(t *testing.T, more string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "lector.yaml")
	text := "listen: 127.0.0.1:0\nadmin_listen: 127.0.0.1:0\nlog: {level: debug}\nvoices: {x: {backend: exec, command: [cat]}}\n" + more
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestNoPasswordIsPrinted: a login may stand in nats.url, and every command
// that connects says where to.
func TestNoPasswordIsPrinted(t *testing.T) {
	t.Parallel()
	broker, err := nats.Start(filepath.Join(t.TempDir(), "nats"), "127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	access := broker.Access()
	host := strings.TrimPrefix(access.URL, "nats://")
	for name, tt := range map[string]struct {
		url  string
		good bool
	}{
		"right":    {"nats://" + access.User + ":" + access.Password + "@" + host, true},
		"second":   {"nats://127.0.0.1:1,nats://" + access.User + ":" + access.Password + "@" + host, true},
		"wrong":    {"nats://lector:hunter2hunter2@" + host, false},
		"token":    {"nats://hunter2hunter2@" + host, false},
		"nobody":   {"nats://lector:hunter2hunter2@127.0.0.1:1", false},
		"no URL":   {"nats://lector:hunter2/hunter2@" + host, false},
		"bad port": {"nats://lector:hunter2@127.0.0.1:hunter2", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, data := settingsFile(t, ""), filepath.Join(t.TempDir(), "data")
			env := map[string]string{"LECTOR_NATS_URL": tt.url}
			for _, args := range [][]string{{"config"}, {"setup"}, {"doctor"}, {"doctor", "-json"}, {"jobs", "list"}, {"serve"}, {"worker"}} {
				code, text := runCaptured(t, env, append(args, "-config", file, "-data", data)...)
				if strings.Contains(text, access.Password) || strings.Contains(text, "hunter2") {
					t.Errorf("%v prints the password:\n%s", args, text)
				}
				if args[0] != "config" && (code == 0) != tt.good {
					t.Errorf("%v: exit code %d:\n%s", args, code, text)
				}
				if tt.good && args[0] != "setup" && args[0] != "jobs" && !strings.Contains(text, "lector:[redacted]@"+host) {
					t.Errorf("%v does not say where NATS is:\n%s", args, text)
				}
			}
		})
	}
}

// TestNoSettingIsQuotedWithItsPassword: what is wrong with an address is told
// without the password that stands in it.
func TestNoSettingIsQuotedWithItsPassword(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"store: {kind: s3, bucket: b, endpoint: 'http://me:hunter2@h:7070'}",
		"store: {kind: s3, bucket: b, endpoint: 'http://me:hun/hunter2@h:7070'}",
		"store: {public_url: 'https://me:hunter2@h'}",
		"public_url: 'ftp://me:hunter2@h'",
		"public_url: 'https://me:hun/hunter2@h'",
		"nats: 'nats://me:hunter2@h'",
		"nats: {credentials: \"-----BEGIN NATS USER JWT-----\\nhunter2\"}",
		"sites: {h: {url: 'https://me:hunter2@h'}}",
		"sites: {h: {podcast: {image: 'https://me:hunter2@h/x.png'}}}",
		"sites: {h: {podcast: {image: 'javascript:hunter2'}}}",
	} {
		code, said := runCaptured(t, nil, "config", "-config", settingsFile(t, text))
		if code != 2 || strings.Contains(strings.ReplaceAll(said, "javascript:hunter2", ""), "hunter2") {
			t.Errorf("%s: %d %s", text, code, said)
		}
	}
	for _, url := range []string{"'http://me:hunter2@h'", "'http://me:hun/hunter2@h'", "'ftp://h?hunter2'", "'nothing?hunter2'"} {
		file := filepath.Join(t.TempDir(), "lector.yaml")
		if err := os.WriteFile(file, []byte("voices: {x: {backend: openai, voice: v, url: "+url+"}}"), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, said := runCaptured(t, nil, "config", "-config", file); code != 2 || strings.Contains(said, "hunter2") {
			t.Errorf("%s: %d %s", url, code, said)
		}
	}
}

// TestQueryOfAVoiceIsHidden: some services take their key in the query.
func TestQueryOfAVoiceIsHidden(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "lector.yaml")
	text := "voices: {x: {backend: openai, voice: v, url: 'http://127.0.0.1:1/v1?key=hunter2'}}"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"config"}, {"voices"}, {"voices", "-json"}, {"voices", "test", "x"}, {"doctor"}} {
		if _, said := runCaptured(t, nil, append(args, "-config", file)...); strings.Contains(said, "hunter2") {
			t.Errorf("%v: %s", args, said)
		}
	}
}
