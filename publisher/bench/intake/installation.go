package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// installation is a lector that serves, in a folder of its own.
type installation struct {
	binary, dir   string
	public, admin string // addresses
	process       *exec.Cmd
}

const settings = `data: %[1]s/data
sites:
  bench:
    url: %[2]q
    hooks: {ghost: {secrets: [{file: %[1]s/secret}]}}
`

const comparing = `    allow_private: true
    cms: {ghost: {url: %[2]q, key: {file: %[1]s/key}}}
`

// prepare writes two settings: with and without a CMS to be compared with.
func (i *installation) prepare(cms string) (err error) {
	if i.public, err = freeAddress(); err != nil {
		return err
	}
	if i.admin, err = freeAddress(); err != nil {
		return err
	}
	for name, text := range map[string]string{
		i.settings(false):           fmt.Sprintf(settings, i.dir, cms),
		i.settings(true):            fmt.Sprintf(settings+comparing, i.dir, cms),
		secretFile(i.dir):           secret,
		filepath.Join(i.dir, "key"): strings.Repeat("0", 24) + ":" + strings.Repeat("0", 64),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (i *installation) settings(compare bool) string {
	return filepath.Join(i.dir, fmt.Sprintf("compare-%t.yaml", compare))
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (i *installation) hook() string { return "http://" + i.public + "/hooks/ghost/bench" }

// start starts the server and waits until it is ready.
func (i *installation) start(ctx context.Context, compare bool) error {
	i.process = exec.CommandContext(ctx, i.binary, "serve", "-config", i.settings(compare))
	i.process.Env = append(os.Environ(), "LECTOR_LISTEN="+i.public, "LECTOR_ADMIN_LISTEN="+i.admin,
		"LECTOR_PUBLIC_URL=http://"+i.public, "LECTOR_LOG_LEVEL=error")
	i.process.Stderr = os.Stderr
	if err := i.process.Start(); err != nil {
		return err
	}
	err := await(ctx, "serve is ready", func() bool {
		response, err := http.Get("http://" + i.admin + "/readyz")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	if err != nil {
		i.stop()
	}
	return err
}

// stop ends the server, which may have ended.
func (i *installation) stop() {
	_ = i.process.Process.Signal(os.Interrupt)
	_ = i.process.Wait()
}

func (i *installation) kill() {
	_ = i.process.Process.Kill()
	_ = i.process.Wait()
}

// mostMemory is how many MB of the process were resident at most.
func (i *installation) mostMemory() (float64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", i.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	words := strings.Fields(rest)
	if len(words) == 0 {
		return 0, fmt.Errorf("process %d: no VmHWM", i.process.Process.Pid)
	}
	kilobytes, err := strconv.ParseFloat(words[0], 64)
	return kilobytes / 1024, err
}

// awaitMetric waits until the metrics are as wanted.
func (i *installation) awaitMetric(ctx context.Context, what string, done func(map[string]float64) bool) error {
	return await(ctx, what, func() bool {
		response, err := http.Get("http://" + i.admin + "/metrics")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		all := map[string]float64{}
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), " ")
			if n, err := strconv.ParseFloat(value, 64); err == nil {
				all[name] = n
			}
		}
		return len(all) > 0 && done(all)
	})
}

// patience is how long anything may take.
const patience = 10 * time.Minute

func await(ctx context.Context, what string, done func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for !done() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: not after %v: %w", what, patience, context.Cause(ctx))
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}
